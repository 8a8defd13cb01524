//! Asking a node for a proof.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is to be proven, and to whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProofRequest {
    /// The fact: transaction, view and output, as in `…-0-1`.
    pub fact: String,
    /// The fields to show; all of them, where none are named. Those that name who vouches for the fact are shown in any case.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
    /// The verifier's name for itself, for a fact that only its holder can show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audience: Option<String>,
    /// The verifier's nonce, 16 to 64 bytes in hexadecimal digits, likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// Whether the proof is to show that the fact is still current. Whoever is shown that can recognise the fact, and see when it
    /// is used up, so that no fact is shown so that only its holder can show.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub current: bool,
}
