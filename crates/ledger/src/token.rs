//! Blinded single-use markers.
//!
//! `k` is known to whoever holds the fact whole; the token is bound to the creating transaction, view, output and home
//! notary, so that two facts never share one and no fact has two. Readers can compute a token; only the controllers can
//! spend it. What a notary can't unlink: counts, timing, and repeated references to one fact.

use crate::digest::{Digest, Lineage, Token, TransactionId, hmac_sha256};
use crate::fact::FactRef;

/// The secret that blinds a fact's token, derived from the fact's salt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenKey(pub [u8; 32]);

impl TokenKey {
    /// The hash that the fact commits to.
    #[must_use]
    pub fn hash(&self) -> Digest {
        Digest::of(&[b"pvn token key/1\0", &self.0])
    }

    /// The blinding value of a fact created at `at` whose home is `notary`.
    #[must_use]
    pub fn rho(&self, notary: &Lineage, at: &FactRef) -> Digest {
        hmac_sha256(
            &self.0,
            &[
                b"rho/v1",
                notary.bytes(),
                at.transaction.bytes(),
                &at.view.to_be_bytes(),
                &at.output.to_be_bytes(),
            ],
        )
    }
}

/// The token of a fact under `control` with blinding value `rho`.
#[must_use]
pub fn token(control: &Digest, rho: &Digest) -> Token {
    Token(Digest::of(&[b"null/v1", &control.0, &rho.0]))
}

/// What a header's token is to the notary, which can't tell one from another by looking at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// A fact's, consumed or referenced: shown with its control policy.
    Fact,
    /// A business key's.
    Key,
    /// A signer's, to cancel with.
    Cancel,
}

impl Sort {
    /// The name under which the notary remembers that a token of this sort was used up by or for a transaction.
    ///
    /// Key tokens take a secret and cancel tokens nothing, so each sort has names of its own: otherwise whoever has seen a
    /// fact's token could burn the fact by listing it as another sort. A cancel token is one transaction's: otherwise whoever
    /// has seen it could cancel without its secret, by listing it in a transaction of its own.
    #[must_use]
    pub fn mark(self, token: &Token, id: &TransactionId) -> Token {
        match self {
            Self::Fact => *token,
            Self::Key => Token(Digest::of(&[b"used key/v1", token.bytes()])),
            Self::Cancel => Token(Digest::of(&[b"used cancel/v1", token.bytes(), id.bytes()])),
        }
    }
}

/// The token by which a signer can cancel a transaction before it is notarised: whoever knows the 32-byte secret can
/// spend it first, and then the transaction can't be certified any more.
#[must_use]
pub fn cancel(secret: &[u8; 32]) -> Token {
    Token(Digest::of(&[b"cancel/v1", secret]))
}
