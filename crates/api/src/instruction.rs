//! Instructions: what a client wants done, and how far it has got.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;

/// One action of one contract, to be done once however often it is sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Instruction {
    /// The client's idempotency key: the same key with the same content is the same instruction. 1 to 200 bytes.
    pub key: String,
    /// The party in whose name; the node's own body when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party: Option<String>,
    /// The contract's name; the highest accepted version is used.
    pub contract: String,
    /// The action's name.
    pub action: String,
    /// The arguments by name. Amounts as text, `"1234.56"`; dates as `"2026-11-20"`; absent options left out.
    #[serde(default)]
    pub args: BTreeMap<String, Json>,
    /// Addresses of the facts that it uses up, in the order in which the action names them; money is picked by the node.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub consumes: Vec<String>,
    /// Addresses of the facts that it only reads, in the order in which the action names them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<String>,
}

/// How far an instruction has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Accepted; waiting for money, keys of the other party, or its turn.
    Queued,
    /// Being signed or certified.
    InFlight,
    /// Certified.
    Done,
    /// Refused; `code` and `reason` say why.
    Refused,
}

/// An instruction's state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InstructionStatus {
    /// The idempotency key.
    pub key: String,
    /// How far it has got.
    pub state: State,
    /// The transaction, once there is one: 64 hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transaction: Option<String>,
    /// The name of the rule that refused it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The refusal in words, with its figures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Several instructions in one request; each succeeds or fails by itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Instructions {
    /// The instructions, at most 1,000.
    pub instructions: Vec<Instruction>,
    /// Answer only when every one is done or refused, or after 30 seconds.
    #[serde(default)]
    pub wait: bool,
}

/// The states of several instructions, in the order in which they were sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InstructionsStatus {
    /// One for each instruction sent.
    pub instructions: Vec<InstructionStatus>,
}
