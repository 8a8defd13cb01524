//! Who can use a fact up: control policies over one-time Ed25519 keys.
//!
//! A fact commits to the hash of its policy. Observers who hold everything else can't burn what they see, and an
//! attested fact can be made impossible to consume behind its attestor's back.

use aws_lc_rs::signature::{self, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use minicbor::{Decode, Encode};

use crate::codec;
use crate::digest::{Digest, Token, TransactionId, hmac_sha256};
use crate::limits::CONTROL_KEYS_MAX;

/// A one-time Ed25519 public key (RFC 8032), 32 bytes.
pub type OneTimeKey = Digest;

/// A dated way back: after `after_ms`, `key` alone is enough. A lost key or an abolished body freezes nothing.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Recovery {
    /// The key that takes over.
    #[n(0)]
    pub key: OneTimeKey,
    /// From when, in milliseconds since 1970-01-01 UTC.
    #[n(1)]
    pub after_ms: u64,
}

/// The shape of a control policy.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Shape {
    /// Nobody: a permanent record that is never used up.
    #[n(0)]
    Nobody,
    /// Each of these keys must sign: one for a single controller, several for joint control or for a controller
    /// together with the attestor.
    #[n(1)]
    All(#[cbor(n(0), with = "codec::list")] Vec<OneTimeKey>),
}

/// A fact's control policy.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Control {
    /// Whose keys are needed.
    #[n(0)]
    pub shape: Shape,
    /// A dated way back, if any.
    #[n(1)]
    pub recovery: Option<Recovery>,
}

/// Why a consumption isn't authorised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ControlError {
    /// A permanent record.
    #[error("this fact is a permanent record: nobody can use it up")]
    Nobody,
    /// Too few or too many signatures.
    #[error("{given} control signatures where {expected} are needed")]
    Count {
        /// How many the policy needs.
        expected: usize,
        /// How many came.
        given: usize,
    },
    /// A signature doesn't verify.
    #[error("control signature {position} does not verify")]
    Signature {
        /// Which one, from 0.
        position: usize,
    },
}

impl Control {
    /// A single controller without recovery.
    #[must_use]
    pub fn key(key: OneTimeKey) -> Self {
        Self {
            shape: Shape::All(vec![key]),
            recovery: None,
        }
    }

    /// A permanent record.
    #[must_use]
    pub fn nobody() -> Self {
        Self {
            shape: Shape::Nobody,
            recovery: None,
        }
    }

    /// The keys that must sign, in order; none for a permanent record.
    #[must_use]
    pub fn keys(&self) -> &[OneTimeKey] {
        match &self.shape {
            Shape::Nobody => &[],
            Shape::All(keys) => keys,
        }
    }

    /// The hash that a fact commits to.
    #[must_use]
    pub fn hash(&self) -> Digest {
        Digest::of(&[b"pvn control/1\0", &codec::encode(self)])
    }

    /// Checks that `signatures` authorise using up `token` in `id` at `time_ms`.
    ///
    /// # Errors
    /// [`ControlError`] with what is missing.
    pub fn authorises(
        &self,
        token: &Token,
        id: &TransactionId,
        signatures: &[Vec<u8>],
        time_ms: u64,
    ) -> Result<(), ControlError> {
        let message = message(token, id);
        if let Some(recovery) = &self.recovery
            && time_ms >= recovery.after_ms
            && signatures.len() == 1
            && verifies(&recovery.key, &message, &signatures[0])
        {
            return Ok(());
        }
        let keys = self.keys();
        if keys.is_empty() || keys.len() > CONTROL_KEYS_MAX {
            return Err(ControlError::Nobody);
        }
        if keys.len() != signatures.len() {
            return Err(ControlError::Count {
                expected: keys.len(),
                given: signatures.len(),
            });
        }
        match keys
            .iter()
            .zip(signatures)
            .position(|(key, signature)| !verifies(key, &message, signature))
        {
            None => Ok(()),
            Some(position) => Err(ControlError::Signature { position }),
        }
    }
}

fn message(token: &Token, id: &TransactionId) -> Vec<u8> {
    [
        b"pvn control signature/1\0".as_slice(),
        token.bytes(),
        id.bytes(),
    ]
    .concat()
}

fn verifies(key: &OneTimeKey, message: &[u8], signature: &[u8]) -> bool {
    UnparsedPublicKey::new(&signature::ED25519, key.0)
        .verify(message, signature)
        .is_ok()
}

/// A controller's one-time key, derived from the node's secret and a nonce: nothing to store but the nonce.
pub struct OneTimeSecret(Ed25519KeyPair);

impl OneTimeSecret {
    /// Derives the key of this nonce. `None` only if the crypto provider refuses the seed.
    #[must_use]
    pub fn derive(node_secret: &[u8; 32], nonce: &[u8]) -> Option<Self> {
        let seed = hmac_sha256(node_secret, &[b"pvn one-time key/1\0", nonce]);
        Ed25519KeyPair::from_seed_unchecked(&seed.0).ok().map(Self)
    }

    /// The public key.
    #[must_use]
    pub fn public(&self) -> OneTimeKey {
        let mut out = [0; 32];
        out.copy_from_slice(self.0.public_key().as_ref());
        Digest(out)
    }

    /// Authorises using up `token` in `id`.
    #[must_use]
    pub fn authorise(&self, token: &Token, id: &TransactionId) -> Vec<u8> {
        self.0.sign(&message(token, id)).as_ref().to_vec()
    }
}
