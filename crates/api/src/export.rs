//! Asking a node for a fact in other ecosystems' formats.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A form in which a fact leaves the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ExportForm {
    /// A credential with selective disclosure (RFC 9901), `dc+sd-jwt`.
    SdJwtVc,
    /// A W3C Verifiable Credential 2.0, `vc+jwt`: the fact whole.
    VcJwt,
    /// A transparent statement of SCITT (RFC 9943): a proof, signed, with the notary's receipt (RFC 9942).
    Statement,
}

/// What is to be exported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExportRequest {
    /// The fact: transaction, view and output, as in `…-0-1`.
    pub fact: String,
    /// The form.
    pub form: ExportForm,
    /// The fields that a statement's proof shows; all of them, where none are named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
    /// Whom a statement's proof is shown to, for a fact that only its holder can show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audience: Option<String>,
    /// That verifier's nonce, 16 to 64 bytes in hexadecimal digits, likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
}

/// An SD-JWT VC to be shown by its holder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ShowRequest {
    /// The fact that it was made from: transaction, view and output, as in `…-0-1`.
    pub fact: String,
    /// The credential, as its issuer's node made it.
    pub credential: String,
    /// The fields to show; all of them, where none are named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
    /// The verifier's name for itself.
    pub audience: String,
    /// The verifier's nonce.
    pub nonce: String,
}
