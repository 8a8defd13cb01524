//! JSON Web Signatures (RFC 7515) in compact form, with ES256.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ledger::signature::SigningKey;
use serde_json::{Value, json};

use super::ExportError;
use super::jwk::Jwk;

/// base64url without padding.
pub(super) fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// What is signed of a token: header and claims.
pub(super) fn signed_part(header: &Value, claims: &Value) -> String {
    let (header, claims) = (header.to_string(), claims.to_string());
    format!("{}.{}", base64url(header), base64url(claims))
}

/// Signs claims under a type of token. The key is named by its thumbprint.
///
/// # Errors
/// [`ExportError`].
pub(super) fn sign(key: &SigningKey, typ: &str, claims: &Value) -> Result<String, ExportError> {
    let kid = base64url(Jwk::es256_kid(key.public())?.0);
    let signed = signed_part(&json!({ "alg": "ES256", "kid": kid, "typ": typ }), claims);
    let signature = key.sign_bytes(signed.as_bytes())?;
    Ok(format!("{signed}.{}", base64url(signature)))
}
