//! Organisations' public keys: what verifying with one has taught is kept with it.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use aws_lc_rs::signature::{self, ParsedPublicKey};
use minicbor::{Decode, Encode};

use crate::digest::Digest;
use crate::limits::VERIFIED_MAX;

/// A signing key's public half: uncompressed P-256 point, 65 bytes. Copies share what they have learned.
#[derive(Clone)]
pub struct PublicKey {
    bytes: Vec<u8>,
    learned: Arc<Learned>,
}

#[derive(Default)]
struct Learned {
    /// Reading a key costs a fifth of a verification.
    parsed: OnceLock<Option<ParsedPublicKey>>,
    /// Hashes of what was verified and may come again.
    verified: Mutex<BTreeSet<Digest>>,
}

impl PublicKey {
    /// The key with these bytes; whether they are one shows when it is used.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self {
            bytes,
            learned: Arc::default(),
        }
    }

    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether the signature over bytes that carry their own domain tag verifies.
    #[must_use]
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let parsed = self.learned.parsed.get_or_init(|| {
            ParsedPublicKey::new(&signature::ECDSA_P256_SHA256_FIXED, &self.bytes).ok()
        });
        let parsed = parsed.as_ref();
        parsed.is_some_and(|key| key.verify_sig(message, signature).is_ok())
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
        self.bytes == other.bytes
    }
}

impl Eq for PublicKey {}

impl std::fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("PublicKey").field(&self.bytes).finish()
    }
}

impl<C> Encode<C> for PublicKey {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.bytes(&self.bytes)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for PublicKey {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        Ok(Self::new(d.bytes()?.to_vec()))
    }
}
