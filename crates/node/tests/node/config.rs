//! Configuration files: what is read, and what is said about what can't be.

mod files;
mod refusals;

use std::path::Path;

use node::config::{Config, ConfigError};
use tempfile::TempDir;

/// A folder with what configurations name.
pub(crate) fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("one.deed"), "").unwrap();
    std::fs::write(folder.path().join("two.deed"), "").unwrap();
    std::fs::create_dir(folder.path().join("service")).unwrap();
    folder
}

fn parse(text: &str, folder: &Path) -> Result<Config, ConfigError> {
    Config::parse(text, &folder.join("pvn.toml"))
}

const NODE: &str = r#"role = "node"
peer_listen = "127.0.0.1:7400"
http_listen = "127.0.0.1:7480"
registrar = "https://127.0.0.1:7300/"
contracts = ["one.deed"]
"#;

const REGISTRAR: &str = r#"role = "registrar"
peer_listen = "127.0.0.1:7300"
"#;

const NOTARY: &str = r#"role = "notary"
peer_listen = "[::1]:7500"
http_listen = "0.0.0.0:7580"
registrar = "registrar.example:7300"
"#;

const PORTAL: &str = r#"role = "portal"
peer_listen = "0.0.0.0:7600"
endpoint = "portal.example:7600"
http_listen = "0.0.0.0:8080"
registrar = "registrar.example:7300"
contracts = ["one.deed", "two.deed"]
service = "service"
"#;

/// One configuration of each role.
pub(crate) const EVERY_ROLE: [&str; 4] = [NODE, REGISTRAR, NOTARY, PORTAL];
