//! Keys of P-256 and ML-DSA-65 together (FIPS 186-5, FIPS 204): whoever would forge must break both.
//!
//! The P-256 half can be in a security module; the other one is made from a seed in a file, since few modules know it yet.

use aws_lc_rs::signature::{KeyPair as _, ML_DSA_65_SIGNING, PqdsaKeyPair};
use ledger::signature::{KeyError, PublicKey, SigningKey, Signs, Suite, hybrid_message};
use tlog::hybrid::{self, ML_DSA_SIGNATURE_BYTES};
use tlog::{KeyName, NoteSignature, NoteText, SignatureType, VerifierKey};

/// A P-256 key with an ML-DSA-65 key.
#[derive(Clone)]
pub struct HybridKey {
    p256: SigningKey,
    ml_dsa: PqdsaKeyPair,
    public: PublicKey,
}

impl HybridKey {
    /// A P-256 key, wherever it is kept, with the ML-DSA-65 key of a secret seed.
    ///
    /// # Errors
    /// [`KeyError::Unusable`].
    pub fn new(p256: SigningKey, seed: &[u8; 32]) -> Result<Self, KeyError> {
        let ml_dsa = PqdsaKeyPair::from_seed(&ML_DSA_65_SIGNING, seed);
        let ml_dsa = ml_dsa.map_err(|_| KeyError::Unusable)?;
        let bytes = [p256.public().bytes(), ml_dsa.public_key().as_ref()].concat();
        let public = PublicKey::new(Suite::P256_MLDSA65, bytes).map_err(|_| KeyError::Unusable)?;
        Ok(Self {
            p256,
            ml_dsa,
            public,
        })
    }

    /// Both halves' signatures of one message.
    fn halves(&self, message: &[u8]) -> Result<(Vec<u8>, Vec<u8>), KeyError> {
        let p256 = self.p256.sign_bytes(message)?;
        let mut ml_dsa = vec![0; ML_DSA_SIGNATURE_BYTES];
        let signed = self.ml_dsa.sign(message, &mut ml_dsa);
        signed.map_err(|_| KeyError::Signing)?;
        Ok((p256, ml_dsa))
    }

    /// The key as that of a log with this name.
    pub(crate) fn verifier_key(&self, name: KeyName) -> Option<VerifierKey> {
        VerifierKey::new(name, SignatureType::Hybrid, self.public.bytes()).ok()
    }

    /// The line of a note that it signs under a name.
    pub(crate) fn line(&self, key: &VerifierKey, text: &NoteText) -> Option<NoteSignature> {
        let (p256, ml_dsa) = self.halves(&hybrid::message(text)).ok()?;
        hybrid::line(key, text, &p256, &ml_dsa)
    }
}

impl Signs for HybridKey {
    fn public(&self) -> &PublicKey {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        let (p256, ml_dsa) = self.halves(&hybrid_message(message))?;
        Ok([p256, ml_dsa].concat())
    }
}
