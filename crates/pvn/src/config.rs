//! The configuration file of one process: everything that can be checked is checked before any data is touched.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use deed::Party;
use serde::{Deserialize, Serialize};

/// What a process does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Role {
    Registrar,
    Notary,
    Node,
    Portal,
}

/// One process.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    /// What it does.
    pub(crate) role: Role,
    /// Its data folder.
    pub(crate) data: PathBuf,
    /// Where peers connect.
    pub(crate) peer_listen: SocketAddr,
    /// Where clients, or the public, connect; a registrar has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) http_listen: Option<SocketAddr>,
    /// Where the registrar listens; the registrar itself leaves it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) registrar: Option<String>,
    /// Parties without a node whose accounts this node keeps.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) hosts: Vec<String>,
    /// Contracts accepted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) contracts: Vec<PathBuf>,
    /// The folder that describes a portal's service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) service: Option<PathBuf>,
    /// Length of the windows of transactions drafted here, in milliseconds.
    #[serde(default = "window_ms")]
    pub(crate) window_ms: u64,
}

fn window_ms() -> u64 {
    60_000
}

/// Why a configuration can't be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    #[error("the configuration {} can't be read", path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{}: {source}", path.display())]
    Text { path: PathBuf, source: Box<toml::de::Error> },
    #[error("{}: {what}", path.display())]
    Value { path: PathBuf, what: String },
    #[error("the configuration {} can't be written", path.display())]
    Write { path: PathBuf, source: std::io::Error },
}

/// Longest window that the ledger allows, in milliseconds.
const WINDOW_MS_MAX: u64 = ledger::limits::WINDOW_MS_MAX / 2;

impl Config {
    /// Reads and checks a configuration; paths in it are relative to its folder.
    pub(crate) fn load(path: &Path) -> Result<Self, ConfigError> {
        let text = fs::read_to_string(path).map_err(|source| ConfigError::Read { path: path.to_owned(), source })?;
        let mut config: Self = toml::from_str(&text)
            .map_err(|source| ConfigError::Text { path: path.to_owned(), source: Box::new(source) })?;
        let folder = path.parent().unwrap_or(Path::new("."));
        config.data = folder.join(&config.data);
        config.contracts.iter_mut().for_each(|c| *c = folder.join(&*c));
        config.service = config.service.map(|s| folder.join(s));
        config.check(path)?;
        Ok(config)
    }

    fn check(&self, path: &Path) -> Result<(), ConfigError> {
        let wrong = |what: &str| Err(ConfigError::Value { path: path.to_owned(), what: what.to_owned() });
        if self.role != Role::Registrar && self.registrar.is_none() {
            return wrong("`registrar` is missing: where does the registrar listen?");
        }
        if self.role != Role::Registrar && self.http_listen.is_none() {
            return wrong("`http_listen` is missing: where do clients connect?");
        }
        if self.role == Role::Node && self.http_listen.is_some_and(|a| !a.ip().is_loopback()) {
            return wrong("`http_listen` of a node must be a loopback address: put a proxy with TLS before it");
        }
        if self.role == Role::Portal && self.service.is_none() {
            return wrong("`service` is missing: which folder describes what the portal shows?");
        }
        if matches!(self.role, Role::Node | Role::Portal) && self.contracts.is_empty() {
            return wrong("`contracts` is empty: which contracts are accepted?");
        }
        if let Some(bad) = self.hosts.iter().find(|party| Party::new(party).is_err()) {
            return wrong(&format!("`hosts`: {bad:?} is not a party identifier"));
        }
        if self.window_ms == 0 || self.window_ms > WINDOW_MS_MAX {
            return wrong(&format!("`window_ms` must be from 1 to {WINDOW_MS_MAX}"));
        }
        Ok(())
    }

    /// Writes the configuration.
    pub(crate) fn save(&self, path: &Path) -> Result<(), ConfigError> {
        let text = toml::to_string(self).unwrap_or_default();
        fs::write(path, text).map_err(|source| ConfigError::Write { path: path.to_owned(), source })
    }

    /// The hosted parties.
    pub(crate) fn hosted(&self) -> Vec<Party> {
        self.hosts.iter().filter_map(|party| Party::new(party).ok()).collect()
    }
}
