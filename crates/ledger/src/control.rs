//! Who can use a fact up: control policies over one-time Ed25519 keys.
//!
//! A fact commits to the hash of its policy. Observers who hold everything else can't burn what they see, and an
//! attested fact can be made impossible to consume behind its attestor's back.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use minicbor::{Decode, Encode};
use tlog::Signed;

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

    /// What these signatures claim, for whoever verifies those of many policies together.
    #[must_use]
    pub fn claims<'a>(&'a self, signatures: impl ExactSizeIterator<Item = &'a [u8]>) -> Claims<'a> {
        let signatures: Vec<&[u8]> = signatures.collect();
        let (keys, given) = (self.keys(), signatures.len());
        let by_keys = if keys.is_empty() || keys.len() > CONTROL_KEYS_MAX {
            Err(ControlError::Nobody)
        } else if keys.len() != given {
            let expected = keys.len();
            Err(ControlError::Count { expected, given })
        } else {
            Ok(())
        };
        let recovery = self.recovery.as_ref().filter(|_| given == 1);
        let asked = keys.iter().zip(&signatures).filter(|_| by_keys.is_ok());
        let way_back = recovery.map(|way| &way.key).into_iter().zip(&signatures);
        Claims {
            pairs: asked.chain(way_back).map(|(key, s)| (key, *s)).collect(),
            by_keys,
            recovery_ms: recovery.map(|way| way.after_ms),
        }
    }
}

/// Signatures given for a policy, each beside the key whose it should be.
#[derive(Clone, Debug)]
pub struct Claims<'a> {
    by_keys: Result<(), ControlError>,
    /// From when the last pair is enough, if it is the recovery key's.
    recovery_ms: Option<u64>,
    pairs: Vec<(&'a OneTimeKey, &'a [u8])>,
}

impl<'a> Claims<'a> {
    /// What is to be verified, in order, over this [`message`].
    pub fn signed<'m>(&'m self, message: &'m [u8]) -> impl Iterator<Item = Signed<'m>> {
        self.pairs.iter().map(|(key, signature)| Signed {
            key: &key.0,
            message,
            signature,
        })
    }

    /// What the signatures authorise, by which of them hold.
    #[must_use]
    pub fn found(&self, holds: &[bool]) -> Found {
        let recovered = self.recovery_ms.filter(|_| holds.last() == Some(&true));
        let of_keys = self.pairs.len() - usize::from(self.recovery_ms.is_some());
        let wrong = holds.iter().take(of_keys).position(|holds| !holds);
        Found {
            by_keys: match (self.by_keys, wrong) {
                (Ok(()), Some(position)) => Err(ControlError::Signature { position }),
                (by_keys, _) => by_keys,
            },
            recovered_ms: recovered,
        }
    }
}

/// What signatures authorise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// Whether those sign whom the policy names.
    pub by_keys: Result<(), ControlError>,
    /// From when the recovery key's signature is enough, if that is what was given.
    pub recovered_ms: Option<u64>,
}

impl Found {
    /// Whether they authorise at a time.
    ///
    /// # Errors
    /// [`ControlError`] with what is missing.
    pub fn at(&self, time_ms: u64) -> Result<(), ControlError> {
        match self.recovered_ms {
            Some(from_ms) if time_ms >= from_ms => Ok(()),
            _ => self.by_keys,
        }
    }
}

const DOMAIN: &[u8; 24] = b"pvn control signature/1\0";

/// Bytes that a controller signs.
pub const MESSAGE_BYTES: usize = DOMAIN.len() + 32 + 32;

/// What a controller signs: the token and the transaction that uses it up.
#[must_use]
pub fn message(token: &Token, id: &TransactionId) -> [u8; MESSAGE_BYTES] {
    let mut message = [0; MESSAGE_BYTES];
    let (domain, rest) = message.split_at_mut(DOMAIN.len());
    let (of_token, of_id) = rest.split_at_mut(32);
    domain.copy_from_slice(DOMAIN);
    of_token.copy_from_slice(token.bytes());
    of_id.copy_from_slice(id.bytes());
    message
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
