//! Ed25519 under one rule: ZIP-215, one by one and in batches.
//!
//! RFC 8032 leaves open what becomes of points of small order and of longer encodings, and lets implementations differ; under
//! ZIP-215 (<https://zips.z.cash/zip-0215>) nothing is left open, and the rule is the one that a batch can keep. A batch's
//! coefficients come from a hash over everything in it: whoever wants a wrong signature to pass would have to find one of
//! 2^128, and the same batch has the same verdict everywhere.

use std::convert::Infallible;

use aws_lc_rs::digest::{Context, SHA256};
use ed25519_zebra::{Signature, VerificationKey, VerificationKeyBytes, batch};
use rand_core::{TryCryptoRng, TryRng};

use crate::cosignature::SIGNATURE_BYTES;
use crate::limits::{BATCH_SIGNATURES_MAX, BATCH_SIGNATURES_MIN};
use crate::public_key::KEY_BYTES;

/// A key, read once.
#[derive(Clone, Copy, Debug)]
pub struct Ed25519Key(VerificationKey);

impl Ed25519Key {
    /// Reads any encoding of a point of the curve; `None` if there is no such point.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<Self> {
        VerificationKey::try_from(bytes).ok().map(Self)
    }

    /// Whether the signature is this key's: `8·S·B = 8·R + 8·k·A`, S below the group order, R and A points in any encoding.
    #[must_use]
    pub fn signed(&self, message: &[u8], signature: &[u8]) -> bool {
        let signature = Signature::from_slice(signature);
        signature.is_ok_and(|signature| self.0.verify(&signature, message).is_ok())
    }
}

/// A signature to be verified together with others.
#[derive(Clone, Copy, Debug)]
pub struct Signed<'a> {
    /// Whose it should be.
    pub key: &'a [u8; KEY_BYTES],
    /// What it should be over.
    pub message: &'a [u8],
    /// The signature.
    pub signature: &'a [u8],
}

impl Signed<'_> {
    /// Whether it holds, by itself.
    #[must_use]
    pub fn holds(&self) -> bool {
        Ed25519Key::read(self.key).is_some_and(|key| key.signed(self.message, self.signature))
    }
}

/// Which of the signatures hold: each verdict is that of [`Signed::holds`], at less than half its cost while all do. One that
/// doesn't hold costs those near it, and no more than twice what they would cost alone.
#[must_use]
pub fn verify_each(signed: &[Signed<'_>]) -> Vec<bool> {
    let mut verdicts = Vec::with_capacity(signed.len());
    for batch in signed.chunks(BATCH_SIGNATURES_MAX) {
        if all_hold(batch) {
            verdicts.resize(verdicts.len() + batch.len(), true);
            continue;
        }
        for part in batch.chunks(BATCH_SIGNATURES_MIN) {
            match part.len() < batch.len() && all_hold(part) {
                true => verdicts.resize(verdicts.len() + part.len(), true),
                false => verdicts.extend(part.iter().map(Signed::holds)),
            }
        }
    }
    verdicts
}

/// Whether all of these signatures hold, but for a chance of 2^-128 of taking a wrong one for right.
fn all_hold(signed: &[Signed<'_>]) -> bool {
    if let [one] = signed {
        return one.holds();
    }
    let mut verifier = batch::Verifier::new();
    let mut seed = Context::new(&SHA256);
    for Signed {
        key,
        message,
        signature,
    } in signed
    {
        let Ok(signature) = <[u8; SIGNATURE_BYTES]>::try_from(*signature) else {
            return false;
        };
        seed.update(*key);
        seed.update(&signature);
        seed.update(&(message.len() as u64).to_be_bytes());
        seed.update(message);
        let key = VerificationKeyBytes::from(**key);
        verifier.queue((key, Signature::from_bytes(&signature), message));
    }
    let mut coefficients = Coefficients {
        seed: [0; 32],
        drawn: 0,
    };
    coefficients.seed.copy_from_slice(seed.finish().as_ref());
    verifier.verify(coefficients).is_ok()
}

/// Bytes that follow from a seed and nothing else.
struct Coefficients {
    seed: [u8; 32],
    drawn: u64,
}

impl TryRng for Coefficients {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(32) {
            let mut block = Context::new(&SHA256);
            block.update(&self.seed);
            block.update(&self.drawn.to_be_bytes());
            chunk.copy_from_slice(&block.finish().as_ref()[..chunk.len()]);
            self.drawn += 1;
        }
        Ok(())
    }
}

// Nobody who makes the batch can choose them: they are unpredictable as long as SHA-256 is.
impl TryCryptoRng for Coefficients {}
