use std::fs;
use std::path::Path;
use std::time::Duration;

use node::config::{
    Config, Files, Keys, Limits, Node, Notary, Portal, Registrar, Role, Signatures,
};
use node::pki::ModuleSettings;
use node::store::StoreOptions;
use node::transport::ServerLimits;

use super::{NODE, NOTARY, PORTAL, REGISTRAR, folder, parse};
use crate::network::party;

#[test]
fn a_short_file_is_filled_up_with_sensible_defaults() {
    let folder = folder();
    let folder = folder.path();
    let common = |role, peer: &str, endpoint: Option<&str>| Config {
        data: folder.join("data"),
        network: None,
        party: None,
        peer_listen: peer.parse().unwrap(),
        endpoint: endpoint.map(str::to_owned),
        role,
        limits: Limits::default(),
    };
    let node = Role::Node(Node {
        registrar: "127.0.0.1:7300".to_owned(),
        http_listen: "127.0.0.1:7480".parse().unwrap(),
        hosts: Vec::new(),
        contracts: vec![folder.join("one.deed")],
        window: Duration::from_secs(60),
        files: Files::of(&folder.join("data")),
        keys: None,
        signatures: Signatures::P256,
    });
    let registrar = Role::Registrar(Registrar {
        certificate_life: Duration::from_hours(30 * 24),
        hybrid: false,
    });
    let notary = Role::Notary(Notary {
        registrar: "registrar.example:7300".to_owned(),
        http_listen: "0.0.0.0:7580".parse().unwrap(),
        hybrid: false,
        witnesses: Vec::new(),
    });
    let portal = Role::Portal(Portal {
        registrar: "registrar.example:7300".to_owned(),
        http_listen: "0.0.0.0:8080".parse().unwrap(),
        contracts: vec![folder.join("one.deed"), folder.join("two.deed")],
        service: folder.join("service"),
    });
    let endpoint = Some("portal.example:7600");
    for (text, expected) in [
        (NODE, common(node, "127.0.0.1:7400", None)),
        (REGISTRAR, common(registrar, "127.0.0.1:7300", None)),
        (NOTARY, common(notary, "[::1]:7500", None)),
        (PORTAL, common(portal, "0.0.0.0:7600", endpoint)),
    ] {
        assert_eq!(parse(text, folder), Ok(expected));
    }
}

/// Every setting, each unlike its default.
const WHOLE: &str = r#"
role = "node"
data = "/var/lib/pvn"
network = "a \"quoted\" network"
party = "GB-GOR-D1196"
peer_listen = "0.0.0.0:7400"
endpoint = "node.example:443"
http_listen = "[::1]:7480"
registrar = "registrar.example:7300"
hosts = ["GB-1", "GB-2"]
contracts = ["one.deed", "two.deed"]
window_ms = 5000
signatures = "both"

[keys]
module = "one.deed"
token = "the body's"
pin_file = "two.deed"
label = "test"

[limits]
connections = 7
connections_per_party = 3
idle_seconds = 30
store_mib = 64
"#;

#[test]
fn every_setting_is_taken() {
    let folder = folder();
    let config = parse(WHOLE, folder.path()).unwrap();
    let expected = Config {
        data: "/var/lib/pvn".into(),
        network: Some("a \"quoted\" network".to_owned()),
        party: Some(party("GB-GOR-D1196")),
        peer_listen: "0.0.0.0:7400".parse().unwrap(),
        endpoint: Some("node.example:443".to_owned()),
        role: Role::Node(Node {
            registrar: "registrar.example:7300".to_owned(),
            http_listen: "[::1]:7480".parse().unwrap(),
            hosts: vec![party("GB-1"), party("GB-2")],
            contracts: vec![
                folder.path().join("one.deed"),
                folder.path().join("two.deed"),
            ],
            window: Duration::from_secs(5),
            files: Files::of(Path::new("/var/lib/pvn")),
            keys: Some(Keys {
                module: ModuleSettings {
                    library: folder.path().join("one.deed"),
                    token: "the body's".to_owned(),
                    pin_file: folder.path().join("two.deed"),
                },
                label: "test".to_owned(),
            }),
            signatures: Signatures::Both,
        }),
        limits: Limits {
            server: ServerLimits {
                connections_max: 7,
                connections_per_party_max: 3,
                idle: Duration::from_secs(30),
                ..ServerLimits::default()
            },
            store: StoreOptions {
                bytes_max: Some(64 << 20),
                ..StoreOptions::default()
            },
        },
    };
    assert_eq!(config, expected);
}

#[test]
fn what_is_written_reads_back_the_same() {
    let folder = folder();
    let path = folder.path().join("pvn.toml");
    let hybrid = [REGISTRAR, NOTARY].map(|text| format!("{text}[log]\nhybrid = true\n"));
    for text in [
        NODE, REGISTRAR, NOTARY, PORTAL, WHOLE, &hybrid[0], &hybrid[1],
    ] {
        let config = parse(text, folder.path()).unwrap();
        fs::write(&path, config.to_text(&path)).unwrap();
        assert_eq!(Config::load(&path), Ok(config));
    }
}

#[test]
fn a_written_file_explains_itself() {
    let folder = folder();
    let path = folder.path().join("pvn.toml");
    let text = parse(REGISTRAR, folder.path()).unwrap().to_text(&path);
    assert_eq!(
        text,
        r#"# Paths are relative to this file's folder.

# What this process does: registrar, notary, node or portal.
role = "registrar"

# Its data folder, readable by its owner alone.
data = "data"

# Where peers connect, by TLS.
peer_listen = "127.0.0.1:7300"

# Life of the certificates it issues.
certificate_days = 30

"#
    );
}

#[test]
fn reading_touches_nothing() {
    let folder = folder();
    let names = || -> Vec<_> {
        let entries = folder.path().read_dir().unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let before = names();
    parse(NODE, folder.path()).unwrap();
    parse("role = 7", folder.path()).unwrap_err();
    assert_eq!(names(), before);
}

#[test]
fn peers_are_told_the_endpoint_or_else_where_it_listens() {
    let folder = folder();
    let told = |text| parse(text, folder.path()).unwrap().announced();
    assert_eq!(told(PORTAL), "portal.example:7600");
    assert_eq!(told(NODE), "127.0.0.1:7400");
}
