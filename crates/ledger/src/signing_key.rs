//! Organisations' private keys, wherever they are kept, and signing with them.

use std::sync::Arc;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{self, EcdsaKeyPair, KeyPair as _};
use deed::Party;

use crate::digest::{Digest, NetworkId, TransactionId};
use crate::limits::SIGNED_TOGETHER_MAX;
use crate::public_key::{PublicKey, Suite};
use crate::signature::{SCOPES, STROKE, Scope, ScopedSignature, leaf, scope_leaves, stroke};
use crate::tree::{TreePlace, root};

/// A transaction to be signed for what was verified of it.
#[derive(Clone, Debug)]
pub struct ToSign {
    /// The transaction.
    pub id: TransactionId,
    /// What was verified.
    pub scope: Vec<Scope>,
    /// 32 bytes that strangers can't guess.
    pub salt: Digest,
}

/// Why a key can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not a P-256 private key in PKCS#8.
    #[error("not a P-256 private key in PKCS#8 form")]
    Unusable,
    /// The crypto provider could not sign.
    #[error("the crypto provider could not sign")]
    Signing,
    /// What keeps the key elsewhere did not sign.
    #[error("{0}")]
    Elsewhere(String),
}

/// What signs with one private key: in memory, or in a device that never lets the key out.
pub trait Signs: Send + Sync {
    /// The public half.
    fn public(&self) -> &PublicKey;

    /// A signature in the suite's one form over a message that carries its own domain tag.
    ///
    /// # Errors
    /// [`KeyError`]; nothing was signed then that anybody sees.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError>;
}

/// An organisation's signing key. Copies are the same key.
#[derive(Clone)]
pub struct SigningKey(Arc<dyn Signs>);

/// A P-256 key in memory.
struct InMemory {
    pair: EcdsaKeyPair,
    public: PublicKey,
}

impl Signs for InMemory {
    fn public(&self) -> &PublicKey {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        // ECDSA needs a nonce: the provider's generator, not the caller's, so that no caller can repeat one.
        let signature = self.pair.sign(&SystemRandom::new(), message);
        Ok(signature.map_err(|_| KeyError::Signing)?.as_ref().to_vec())
    }
}

impl SigningKey {
    /// Reads a PKCS#8 private key.
    ///
    /// # Errors
    /// [`KeyError::Unusable`].
    pub fn from_pkcs8(bytes: &[u8]) -> Result<Self, KeyError> {
        let algorithm = &signature::ECDSA_P256_SHA256_FIXED_SIGNING;
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, bytes).map_err(|_| KeyError::Unusable)?;
        let public = PublicKey::new(Suite::P256, pair.public_key().as_ref().to_vec())
            .map_err(|_| KeyError::Unusable)?;
        Ok(Self::by(InMemory { pair, public }))
    }

    /// A key that is kept elsewhere.
    #[must_use]
    pub fn by(signs: impl Signs + 'static) -> Self {
        Self(Arc::new(signs))
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> &PublicKey {
        self.0.public()
    }

    /// Signs arbitrary bytes that carry their own domain tag.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn sign_bytes(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        self.0.sign(message)
    }

    /// Signs transactions at one stroke, each for what was verified of it; the signatures come in the same order.
    ///
    /// # Errors
    /// [`KeyError`]; more than [`SIGNED_TOGETHER_MAX`] at a time are [`KeyError::Signing`].
    pub fn sign(
        &self,
        party: &Party,
        network: &NetworkId,
        mut transactions: Vec<ToSign>,
    ) -> Result<Vec<ScopedSignature>, KeyError> {
        if transactions.len() > SIGNED_TOGETHER_MAX {
            return Err(KeyError::Signing);
        }
        for ToSign { scope, .. } in &mut transactions {
            scope.sort();
            scope.dedup();
        }
        let suite = self.public().suite();
        let leaves: Vec<Digest> = transactions
            .iter()
            .map(|ToSign { id, scope, salt }| {
                let scopes = root(SCOPES, &scope_leaves(salt, scope));
                leaf(network, id, party, suite, &scopes)
            })
            .collect();
        let signature = self.sign_bytes(&stroke(&root(STROKE, &leaves)))?;
        let places = (0..leaves.len()).map(|index| TreePlace::of(&leaves, index));
        transactions
            .into_iter()
            .zip(places)
            .map(|(ToSign { scope, salt, .. }, place)| {
                Ok(ScopedSignature {
                    party: party.clone(),
                    suite,
                    scope,
                    salt,
                    signature: signature.clone(),
                    place: place.ok_or(KeyError::Signing)?,
                })
            })
            .collect()
    }
}
