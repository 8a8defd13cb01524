//! The configuration file of one process: one TOML file, read whole and checked whole before any data is touched.
//!
//! Everything wrong with a file is reported at once, each with its line and what to do. What is read here is settled:
//! a [`Config`] names only files that are there and addresses that can be listened on.

mod check;
mod fault;
mod files;
mod near;
mod raw;
mod values;
mod write;

pub use fault::{ConfigError, Fault, Problem};
pub use files::{Fetch, Files};

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use deed::Party;

use crate::pki::ModuleSettings;
use crate::store::StoreOptions;
use crate::transport::ServerLimits;
use crate::watch::WitnessAddress;

/// What one process needs to know to start. Paths are relative to the file's folder, or absolute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The data folder. It need not exist yet.
    pub data: PathBuf,
    /// The network's name; a process refuses to work with the data of another network. `None` takes the one joined.
    pub network: Option<String>,
    /// The party that runs the process, as it was admitted. `None` takes the one in the certificate.
    pub party: Option<Party>,
    /// Where peers connect, by TLS.
    pub peer_listen: SocketAddr,
    /// Where peers are told to connect (`host:port`), if that differs from where the process listens.
    pub endpoint: Option<String>,
    /// What the process does, and what only that needs.
    pub role: Role,
    /// What it takes on at once.
    pub limits: Limits,
}

/// What a process does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// Admits members and keeps the network map.
    Registrar(Registrar),
    /// Orders transactions.
    Notary(Notary),
    /// Keeps a body's vault.
    Node(Node),
    /// Shows what has been published.
    Portal(Portal),
}

/// What only a registrar needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Registrar {
    /// Life of the certificates it issues.
    pub certificate_life: Duration,
    /// Whether its log is signed by its hybrid key too.
    pub hybrid: bool,
}

/// What only a notary needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notary {
    /// Where the registrar listens, `host:port`.
    pub registrar: String,
    /// Where the log is served.
    pub http_listen: SocketAddr,
    /// Whether its log is signed by its hybrid key too.
    pub hybrid: bool,
    /// Who is asked to cosign its checkpoints.
    pub witnesses: Vec<WitnessAddress>,
}

/// What only a node needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Where the registrar listens, `host:port`.
    pub registrar: String,
    /// Where the body's own clients connect: a loopback address.
    pub http_listen: SocketAddr,
    /// Parties without a node of their own whose accounts this one keeps.
    pub hosts: Vec<Party>,
    /// The files of the contracts it accepts.
    pub contracts: Vec<PathBuf>,
    /// Length of the windows of transactions drafted here.
    pub window: Duration,
    /// Where it keeps the files that facts name.
    pub files: Files,
    /// Where the ledger keys are, if not in the data folder.
    pub keys: Option<Keys>,
    /// With which suites it signs.
    pub signatures: Signatures,
}

/// With which suites a node signs, and which keys its record in the directory is to have for that.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Signatures {
    /// P-256 alone.
    #[default]
    P256,
    /// P-256 with ML-DSA-65, beside a P-256 key that stays.
    Both,
    /// P-256 with ML-DSA-65 alone.
    Hybrid,
}

impl Signatures {
    /// All of them.
    pub(crate) const ALL: [Self; 3] = [Self::P256, Self::Both, Self::Hybrid];

    /// The word for it in the file.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::P256 => "p256",
            Self::Both => "both",
            Self::Hybrid => "hybrid",
        }
    }
}

/// Ledger keys in a security module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keys {
    /// The module, and its token.
    pub module: ModuleSettings,
    /// What the keys' labels begin with; a dash and the party follow.
    pub label: String,
}

/// What only a portal needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Portal {
    /// Where the registrar listens, `host:port`.
    pub registrar: String,
    /// Where the public reads.
    pub http_listen: SocketAddr,
    /// The files of the contracts whose disclosures it shows.
    pub contracts: Vec<PathBuf>,
    /// The folder that describes the service.
    pub service: PathBuf,
}

/// What a process takes on at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// For the server that peers connect to.
    pub server: ServerLimits,
    /// For the store.
    pub store: StoreOptions,
}

impl Config {
    /// Reads and checks the file at `path`.
    pub fn load(path: &Path) -> Result<Config, ConfigError> {
        let text = fs::read_to_string(path).map_err(|error| {
            let fault = Fault::Unreadable(error.to_string());
            ConfigError::new(path, vec![Problem { line: None, fault }])
        })?;
        Self::parse(&text, path)
    }

    /// Checks the text of a file; `path` is where it is, or will be.
    pub fn parse(text: &str, path: &Path) -> Result<Config, ConfigError> {
        raw::read(text)
            .and_then(|raw| check::check(raw, text, crate::files::folder_of(path)))
            .map_err(|problems| ConfigError::new(path, problems))
    }

    /// The text of a file at `path` that reads back as this configuration, with a word on each setting.
    pub fn to_text(&self, path: &Path) -> String {
        write::text(self, crate::files::folder_of(path))
    }

    /// Where peers are told to connect, `host:port`.
    pub fn announced(&self) -> String {
        let listen = || self.peer_listen.to_string();
        self.endpoint.clone().unwrap_or_else(listen)
    }

    /// The role's name, as the file has it.
    pub fn role_name(&self) -> &'static str {
        match self.role {
            Role::Registrar(_) => "registrar",
            Role::Notary(_) => "notary",
            Role::Node(_) => "node",
            Role::Portal(_) => "portal",
        }
    }
}
