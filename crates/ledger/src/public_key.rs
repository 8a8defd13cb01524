//! Public keys by suite: what verifying with one has taught is kept with it.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use aws_lc_rs::signature::{self, ParsedPublicKey};
use minicbor::{Decode, Encode};
use tlog::Ed25519Key;

use crate::codec::array_len;
use crate::digest::Digest;
use crate::limits::{KEY_BYTES_MAX, VERIFIED_MAX};

/// A signature suite, by the number under which it stands in keys and signatures. One that this version doesn't know
/// verifies nothing; its keys are carried all the same, so that others can go ahead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(transparent)]
pub struct Suite(#[n(0)] pub u8);

impl Suite {
    /// ECDSA P-256 with SHA-256 (FIPS 186-5): uncompressed point of 65 bytes, signature r ‖ s of 64.
    pub const P256: Self = Self(1);
    /// Ed25519 (RFC 8032, verified under ZIP-215): 32 and 64 bytes.
    pub const ED25519: Self = Self(2);
    /// P-256 together with ML-DSA-65 (FIPS 204), key ‖ key and signature ‖ signature: both must verify, each over
    /// `"pvn hybrid/1\0"` and the message, so that neither half counts where it stands alone.
    pub const P256_MLDSA65: Self = Self(3);

    /// Whether this version verifies its signatures.
    #[must_use]
    pub fn is_known(self) -> bool {
        matches!(self, Self::P256 | Self::ED25519 | Self::P256_MLDSA65)
    }
}

const POINT_BYTES: usize = 65;
const ECDSA_BYTES: usize = 64;
const ED25519_KEY_BYTES: usize = 32;
const MLDSA65_KEY_BYTES: usize = 1952;

/// A key that isn't written in its suite's one form, or for which anybody can sign. Libraries read several forms of some;
/// then two verifiers would differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a public key of suite {suite} in its one form")]
pub struct KeyForm {
    /// The suite's number.
    pub suite: u8,
}

/// A public key with its suite. Copies share what they have learned.
#[derive(Clone)]
pub struct PublicKey {
    suite: Suite,
    bytes: Vec<u8>,
    learned: Arc<Learned>,
}

#[derive(Default)]
struct Learned {
    /// Reading a key costs a fifth of a verification.
    parsed: OnceLock<Parsed>,
    /// Hashes of what was verified and may come again.
    verified: Mutex<BTreeSet<Digest>>,
}

enum Parsed {
    One(ParsedPublicKey),
    Ed25519(Ed25519Key),
    Both(ParsedPublicKey, ParsedPublicKey),
    Unusable,
}

impl Parsed {
    fn of(suite: Suite, bytes: &[u8]) -> Self {
        let p256 = |bytes| ParsedPublicKey::new(&signature::ECDSA_P256_SHA256_FIXED, bytes).ok();
        let parsed = match suite {
            Suite::P256 => p256(bytes).map(Self::One),
            Suite::ED25519 => Ed25519Key::read(bytes).map(Self::Ed25519),
            Suite::P256_MLDSA65 => bytes.split_at_checked(POINT_BYTES).and_then(|(p, m)| {
                let m = ParsedPublicKey::new(&signature::ML_DSA_65, m).ok()?;
                Some(Self::Both(p256(p)?, m))
            }),
            Suite(_) => None,
        };
        parsed.unwrap_or(Self::Unusable)
    }

    fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::One(key) => key.verify_sig(message, signature).is_ok(),
            Self::Ed25519(key) => key.signed(message, signature),
            Self::Both(first, second) => {
                let message = hybrid_message(message);
                signature
                    .split_at_checked(ECDSA_BYTES)
                    .is_some_and(|(a, b)| {
                        first.verify_sig(&message, a).is_ok()
                            && second.verify_sig(&message, b).is_ok()
                    })
            }
            Self::Unusable => false,
        }
    }
}

/// What both halves of a signature of [`Suite::P256_MLDSA65`] are over.
#[must_use]
pub fn hybrid_message(message: &[u8]) -> Vec<u8> {
    [b"pvn hybrid/1\0", message].concat()
}

impl PublicKey {
    /// The key with these bytes, which must be in the suite's one form; whether they are a key shows when it is used.
    ///
    /// # Errors
    /// [`KeyForm`].
    pub fn new(suite: Suite, bytes: Vec<u8>) -> Result<Self, KeyForm> {
        let is_point = bytes.first() == Some(&4);
        let formed = match suite {
            Suite::P256 => bytes.len() == POINT_BYTES && is_point,
            Suite::ED25519 => <&[u8; ED25519_KEY_BYTES]>::try_from(bytes.as_slice())
                .is_ok_and(|point| !tlog::has_small_order(point)),
            Suite::P256_MLDSA65 => bytes.len() == POINT_BYTES + MLDSA65_KEY_BYTES && is_point,
            Suite(_) => (1..=KEY_BYTES_MAX).contains(&bytes.len()),
        };
        if !formed {
            return Err(KeyForm { suite: suite.0 });
        }
        Ok(Self {
            suite,
            bytes,
            learned: Arc::default(),
        })
    }

    /// The suite.
    #[must_use]
    pub fn suite(&self) -> Suite {
        self.suite
    }

    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The P-256 key that it is, or that is its first half.
    #[must_use]
    pub fn p256(&self) -> Option<Self> {
        match self.suite {
            Suite::P256 => Some(self.clone()),
            Suite::P256_MLDSA65 => {
                let point = self.bytes.get(..POINT_BYTES)?;
                Self::new(Suite::P256, point.to_vec()).ok()
            }
            Suite(_) => None,
        }
    }

    /// Whether the signature over bytes that carry their own domain tag verifies.
    #[must_use]
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let parsed = &self.learned.parsed;
        parsed
            .get_or_init(|| Parsed::of(self.suite, &self.bytes))
            .verifies(message, signature)
    }

    /// [`Self::verifies`], looked up for whatever has verified before.
    #[must_use]
    pub(crate) fn verifies_again(&self, message: &[u8], signature: &[u8]) -> bool {
        let length = (message.len() as u64).to_be_bytes();
        let both = Digest::of(&[&length, message, signature]);
        let verified = || {
            let verified = self.learned.verified.lock();
            verified.unwrap_or_else(PoisonError::into_inner)
        };
        if verified().contains(&both) {
            return true;
        }
        let verifies = self.verifies(message, signature);
        if verifies {
            let mut verified = verified();
            if verified.len() >= VERIFIED_MAX {
                verified.clear();
            }
            verified.insert(both);
        }
        verifies
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        (self.suite, &self.bytes) == (other.suite, &other.bytes)
    }
}

impl Eq for PublicKey {}

impl std::fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let fields = (self.suite.0, &self.bytes);
        f.debug_tuple("PublicKey").field(&fields).finish()
    }
}

impl<C> Encode<C> for PublicKey {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.array(2)?.u8(self.suite.0)?.bytes(&self.bytes)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for PublicKey {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        if array_len(d, 2)? != 2 {
            return Err(minicbor::decode::Error::message(
                "a key is a suite and bytes",
            ));
        }
        let (suite, bytes) = (Suite(d.u8()?), d.bytes()?);
        Self::new(suite, bytes.to_vec())
            .map_err(|_| minicbor::decode::Error::message("not a key in its suite's one form"))
    }
}
