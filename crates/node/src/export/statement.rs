//! Signed statements of SCITT (RFC 9943): a proof of a fact, signed by whoever states it, and made transparent by receipts.

use deed::Party;
use ledger::Digest;
use ledger::signature::SigningKey;

use super::ExportError;
use super::cose::{
    ALG, CONTENT_TYPE, CWT_CLAIMS, ES256, ISS, KID, SUB, Sign1, encoded, nothing, sign,
};
use super::jwk::Jwk;

/// The payload's media type: a proof bundle or a presentation.
const PROOF: &str = "application/vnd.pvn.proof+cbor";
/// Unprotected header: receipts (RFC 9942 §2).
const RECEIPTS: i64 = 394;

/// A signed statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Statement(Sign1);

impl Statement {
    /// States a proof about a subject: the fact's reference, as text. The issuer's key stands in the network map under its
    /// identifier; the header names it by its thumbprint (RFC 7638).
    ///
    /// # Errors
    /// [`ExportError`].
    pub(crate) fn sign(
        key: &SigningKey,
        issuer: &Party,
        subject: &str,
        proof: Vec<u8>,
    ) -> Result<Self, ExportError> {
        let kid = Jwk::es256_kid(key.public())?;
        let protected = encoded(|e| {
            e.map(4)?.i64(ALG)?.i64(ES256)?;
            e.i64(CONTENT_TYPE)?.str(PROOF)?;
            e.i64(KID)?.bytes(&kid.0)?;
            e.i64(CWT_CLAIMS)?.map(2)?;
            e.i64(ISS)?.str(issuer.as_str())?;
            e.i64(SUB)?.str(subject)?.ok()
        });
        let signature = sign(key, &protected, &proof)?;
        Ok(Self(Sign1 {
            protected,
            payload: Some(proof),
            signature,
        }))
    }

    /// What is registered: SHA-256 of the statement without receipts.
    #[must_use]
    pub(crate) fn hash(&self) -> Digest {
        Digest::of(&[&self.0.bytes(&nothing())])
    }

    /// The statement with receipts: a transparent statement.
    #[must_use]
    pub(crate) fn with(&self, receipts: &[Vec<u8>]) -> Vec<u8> {
        if receipts.is_empty() {
            return self.0.bytes(&nothing());
        }
        self.0.bytes(&encoded(|e| {
            e.map(1)?.i64(RECEIPTS)?.array(receipts.len() as u64)?;
            receipts
                .iter()
                .try_for_each(|receipt| e.bytes(receipt)?.ok())
        }))
    }
}
