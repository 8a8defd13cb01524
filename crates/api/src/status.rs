//! What a node says of itself.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A node's state in figures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct NodeStatus {
    /// The body that runs it.
    pub party: String,
    /// Its name.
    pub name: String,
    /// The network.
    pub network: String,
    /// Process id.
    pub pid: u32,
    /// `ok`, `degraded` or `failing`.
    pub health: String,
    /// One plain sentence.
    pub sentence: String,
    /// Open work.
    pub open: OpenWork,
    /// Money held, by sort.
    pub holdings: Vec<Holding>,
    /// Money seen as observer, added up; empty for others.
    pub observed: Vec<Total>,
    /// Money attested, added up; empty for others.
    pub attested: Vec<Total>,
    /// Peers.
    pub peers: Vec<Peer>,
    /// Durable syncs, and TLS handshakes, since the process started.
    pub figures: Figures,
}

/// What is not finished.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OpenWork {
    /// Flows that this node drives.
    pub driving: usize,
    /// Proposals signed whose outcome is open.
    pub signed: usize,
    /// Instructions waiting.
    pub queued: usize,
}

/// Money of one sort in one holder's hands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Holding {
    /// The contract.
    pub contract: String,
    /// The kind of money.
    pub kind: String,
    /// The holder.
    pub holder: String,
    /// The attributes by name.
    pub attributes: serde_json::Map<String, serde_json::Value>,
    /// Minor units free to use.
    pub free_minor: i64,
    /// Minor units locked by open flows.
    pub locked_minor: i64,
    /// Number of free facts.
    pub facts: usize,
}

/// A sum over what was observed or attested.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Total {
    /// The contract.
    pub contract: String,
    /// The kind of money.
    pub kind: String,
    /// The holder; none for all that was ever issued.
    pub holder: Option<String>,
    /// The attributes by name.
    pub attributes: serde_json::Map<String, serde_json::Value>,
    /// Minor units.
    pub minor: i64,
}

/// A peer as seen from here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Peer {
    /// Its identifier.
    pub party: String,
    /// Whether it answered last time.
    pub reachable: bool,
    /// Messages waiting for it.
    pub waiting: usize,
    /// The last error, if any.
    pub error: Option<String>,
}

/// Counters since the process started.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Figures {
    /// Durable syncs of the store.
    pub syncs: u64,
    /// TLS handshakes.
    pub handshakes: u64,
    /// Signatures made with the organisations' keys: one stands for all transactions of a step, 64 at most.
    pub signatures: u64,
}

/// A member of the network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Member {
    /// Its identifier.
    pub party: String,
    /// Its name.
    pub name: String,
    /// The member whose node keeps its facts.
    pub host: String,
    /// `body`, `portal`, `notary` or `registrar`.
    pub role: String,
    /// Where its host's peers connect.
    pub endpoint: String,
    /// The public services it offers.
    pub services: Vec<String>,
    /// Its website.
    pub website: String,
}

/// An invariant that doesn't hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Finding {
    /// The invariant's name.
    pub invariant: String,
    /// What was found.
    pub found: String,
}

/// What an audit found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Audit {
    /// The moment of the store that was looked at, milliseconds since 1970-01-01 UTC: what happened later is not in it.
    pub taken_at_ms: u64,
    /// Every invariant that doesn't hold.
    pub findings: Vec<Finding>,
}
