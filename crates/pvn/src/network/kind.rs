//! What a process of a local network does.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use deed::Party;
use ledger::map::MemberRole;
use node::config::{
    Config, Files, Keys, Limits, Node, Notary, Portal, Registrar, Role, Signatures,
};
use node::limits::CERTIFICATE_DAYS;
use serde::{Deserialize, Serialize};

/// Windows of drafted transactions: long enough for a slow signer, short enough to free money soon.
const WINDOW: Duration = Duration::from_millis(protocol::limits::WINDOW_MS);

/// What a process does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    Registrar,
    Notary,
    Node,
    Portal,
}

/// Everything that the configuration of a process may need.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) kind: Kind,
    pub(crate) data: PathBuf,
    /// Known once it was joined.
    pub(crate) network: Option<String>,
    pub(crate) party: Party,
    pub(crate) peer_listen: SocketAddr,
    /// Where peers are told to connect, if that is elsewhere.
    pub(crate) endpoint: Option<String>,
    pub(crate) http_listen: SocketAddr,
    pub(crate) registrar: String,
    pub(crate) hosts: Vec<Party>,
    pub(crate) contracts: Vec<PathBuf>,
    pub(crate) service: Option<PathBuf>,
    /// The security module that holds a node's ledger keys.
    pub(crate) keys: Option<Keys>,
}

impl Kind {
    pub(crate) fn of(config: &Config) -> Self {
        match config.role {
            Role::Registrar(_) => Self::Registrar,
            Role::Notary(_) => Self::Notary,
            Role::Node(_) => Self::Node,
            Role::Portal(_) => Self::Portal,
        }
    }

    pub(crate) fn member_role(self) -> MemberRole {
        match self {
            Self::Registrar => MemberRole::Registrar,
            Self::Notary => MemberRole::Notary,
            Self::Node => MemberRole::Body,
            Self::Portal => MemberRole::Portal,
        }
    }
}

impl Settings {
    /// The configuration of the process.
    pub(crate) fn config(self) -> Config {
        let Self {
            kind,
            data,
            network,
            party,
            peer_listen,
            endpoint,
            http_listen,
            registrar,
            hosts,
            contracts,
            service,
            keys,
        } = self;
        let role = match kind {
            Kind::Registrar => Role::Registrar(Registrar {
                certificate_life: Duration::from_hours(24 * CERTIFICATE_DAYS),
                hybrid: false,
            }),
            Kind::Notary => Role::Notary(Notary {
                registrar,
                http_listen,
                hybrid: false,
                witnesses: Vec::new(),
            }),
            Kind::Node => Role::Node(Node {
                registrar,
                http_listen,
                hosts,
                contracts,
                window: WINDOW,
                files: Files::of(&data),
                keys,
                signatures: Signatures::default(),
            }),
            Kind::Portal => Role::Portal(Portal {
                registrar,
                http_listen,
                contracts,
                service: service.unwrap_or_default(),
            }),
        };
        Config {
            data,
            network,
            party: Some(party),
            peer_listen,
            endpoint,
            role,
            limits: Limits::default(),
        }
    }
}

/// Where clients of a configured process connect; a registrar has none.
pub(crate) fn http_of(config: &Config) -> Option<SocketAddr> {
    match &config.role {
        Role::Registrar(_) => None,
        Role::Notary(notary) => Some(notary.http_listen),
        Role::Node(node) => Some(node.http_listen),
        Role::Portal(portal) => Some(portal.http_listen),
    }
}
