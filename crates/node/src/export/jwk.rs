//! Public keys as JSON Web Keys (RFC 7517, 7518), and the names that follow from them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ledger::Digest;
use ledger::signature::{PublicKey, Suite};
use serde::Serialize;

/// Other ecosystems' formats are signed with P-256 (ES256), which they all read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the key is of suite {0}, and this format needs a P-256 key")]
pub(crate) struct NotP256(pub u8);

/// A P-256 key. Its members stand in the order that a thumbprint hashes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Jwk {
    crv: &'static str,
    kty: &'static str,
    x: String,
    y: String,
}

impl Jwk {
    /// The key in this form.
    ///
    /// # Errors
    /// [`NotP256`].
    pub(crate) fn of(key: &PublicKey) -> Result<Self, NotP256> {
        let other = NotP256(key.suite().0);
        if key.suite() != Suite::P256 {
            return Err(other);
        }
        // Uncompressed: 04, then the coordinates.
        let point = key.bytes().get(1..).ok_or(other)?;
        let (x, y) = point.split_at_checked(32).ok_or(other)?;
        let text = |bytes| URL_SAFE_NO_PAD.encode(bytes);
        Ok(Self {
            crv: "P-256",
            kty: "EC",
            x: text(x),
            y: text(y),
        })
    }

    /// The key's name for everybody: its thumbprint (RFC 7638), SHA-256.
    #[must_use]
    pub(crate) fn thumbprint(&self) -> Digest {
        let Self { crv, kty, x, y } = self;
        let members = format!(r#"{{"crv":"{crv}","kty":"{kty}","x":"{x}","y":"{y}"}}"#);
        Digest::of(&[members.as_bytes()])
    }
}
