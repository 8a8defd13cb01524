//! A certified transaction, as far as a node sees it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A certified transaction.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Transaction {
    /// Its id.
    pub id: String,
    /// When the notary certified it, milliseconds since 1970-01-01 UTC.
    pub certified_at_ms: u64,
    /// Position of its batch in the notary's log.
    pub log_index: u64,
    /// Who signed.
    pub signed_by: Vec<String>,
    /// The facts of it that this node sees.
    pub facts: Vec<KnownFact>,
    /// Parts of it that this node may not see.
    pub hidden_views: usize,
}

/// A fact in a transaction.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct KnownFact {
    /// Its address: transaction, view, output.
    pub fact: String,
    /// `created` or `consumed`.
    pub part: String,
    /// The contract.
    pub contract: String,
    /// The kind.
    pub kind: String,
    /// Its fields by name.
    pub fields: serde_json::Map<String, serde_json::Value>,
}
