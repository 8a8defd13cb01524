//! Organisations' signatures, scoped to what the signer verified.
//!
//! A party signs the network, the transaction id and the list of (view root, role) that it verified. Whoever relies on a
//! signature requires its own view in that list: a registrar shown a harmless view must not lend its name to a hidden
//! one. Suite 1 is ECDSA P-256 with SHA-256 (FIPS 186-5), 64-byte signatures. ECDSA is malleable: no signature is an
//! identifier.

use std::cell::RefCell;
use std::collections::HashMap;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{self, EcdsaKeyPair, KeyPair as _, ParsedPublicKey};
use deed::Party;
use minicbor::{Decode, Encode};

use crate::codec;
use crate::digest::{NetworkId, TransactionId, ViewRoot};
use crate::limits::PARSED_KEYS_MAX;

/// ECDSA P-256 with SHA-256, fixed-length signatures.
pub const SUITE_P256: u8 = 1;

/// In what capacity a party signs a view.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub enum Role {
    /// Saw the view whole, checked it and agrees.
    #[n(0)]
    Signer,
    /// Saw the view whole, checked it and vouches for the facts that it creates.
    #[n(1)]
    Attestor,
    /// Was shown these outputs of the view, and their control keys are its own.
    #[n(2)]
    Receiver(#[n(0)] Vec<u32>),
}

/// One view that a signature covers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub struct Scope {
    /// The view.
    #[n(0)]
    pub view: ViewRoot,
    /// In what capacity.
    #[n(1)]
    pub role: Role,
}

/// A party's signature over a transaction, as far as it saw it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ScopedSignature {
    /// Who signs.
    #[cbor(n(0), with = "codec::party")]
    pub party: Party,
    /// The signature suite.
    #[n(1)]
    pub suite: u8,
    /// What the party verified, in ascending order.
    #[n(2)]
    pub scope: Vec<Scope>,
    /// The signature's bytes.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub signature: Vec<u8>,
}

/// A signing key's public half: uncompressed P-256 point, 65 bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct PublicKey(#[cbor(n(0), with = "minicbor::bytes")] pub Vec<u8>);

/// Why a key can't be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not a P-256 private key in PKCS#8.
    #[error("not a P-256 private key in PKCS#8 form")]
    Unusable,
    /// The crypto provider could not sign.
    #[error("the crypto provider could not sign")]
    Signing,
}

/// An organisation's signing key.
pub struct SigningKey(EcdsaKeyPair);

impl SigningKey {
    /// Reads a PKCS#8 private key.
    ///
    /// # Errors
    /// [`KeyError::Unusable`].
    pub fn from_pkcs8(bytes: &[u8]) -> Result<Self, KeyError> {
        EcdsaKeyPair::from_pkcs8(&signature::ECDSA_P256_SHA256_FIXED_SIGNING, bytes)
            .map(Self)
            .map_err(|_| KeyError::Unusable)
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.public_key().as_ref().to_vec())
    }

    /// Signs arbitrary bytes that carry their own domain tag.
    ///
    /// # Errors
    /// [`KeyError::Signing`].
    pub fn sign_bytes(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        // ECDSA needs a nonce: the provider's generator, not the caller's, so that no caller can repeat one.
        let signature = self
            .0
            .sign(&SystemRandom::new(), message)
            .map_err(|_| KeyError::Signing)?;
        Ok(signature.as_ref().to_vec())
    }

    /// Signs a transaction for what was verified of it.
    ///
    /// # Errors
    /// [`KeyError::Signing`].
    pub fn sign(
        &self,
        party: &Party,
        network: &NetworkId,
        id: &TransactionId,
        mut scope: Vec<Scope>,
    ) -> Result<ScopedSignature, KeyError> {
        scope.sort();
        scope.dedup();
        let signature = self.sign_bytes(&message(network, id, party, &scope))?;
        Ok(ScopedSignature {
            party: party.clone(),
            suite: SUITE_P256,
            scope,
            signature,
        })
    }
}

thread_local! {
    /// Keys seen by this thread: reading one costs a fifth of a verification, and members sign again and again.
    static PARSED: RefCell<HashMap<Vec<u8>, ParsedPublicKey>> = RefCell::default();
}

impl PublicKey {
    /// Whether the signature over bytes that carry their own domain tag verifies.
    #[must_use]
    pub fn verifies(&self, message: &[u8], bytes: &[u8]) -> bool {
        PARSED.with_borrow_mut(|parsed| {
            if !parsed.contains_key(&self.0) {
                let key = ParsedPublicKey::new(&signature::ECDSA_P256_SHA256_FIXED, &self.0);
                let Ok(key) = key else { return false };
                if parsed.len() >= PARSED_KEYS_MAX {
                    parsed.clear();
                }
                parsed.insert(self.0.clone(), key);
            }
            let key = parsed.get(&self.0);
            key.is_some_and(|key| key.verify_sig(message, bytes).is_ok())
        })
    }
}

impl ScopedSignature {
    /// Whether it is this party's signature, under `key`, of this transaction.
    #[must_use]
    pub fn verifies(&self, key: &PublicKey, network: &NetworkId, id: &TransactionId) -> bool {
        self.suite == SUITE_P256
            && self.scope.is_sorted()
            && key.verifies(
                &message(network, id, &self.party, &self.scope),
                &self.signature,
            )
    }

    /// Whether the view is covered in this role.
    #[must_use]
    pub fn covers(&self, view: &ViewRoot, role: &Role) -> bool {
        self.scope
            .iter()
            .any(|s| s.view == *view && s.role == *role)
    }

    /// Whether the signer says that it received this output.
    #[must_use]
    pub fn received(&self, view: &ViewRoot, output: u32) -> bool {
        self.scope
            .iter()
            .any(|s| s.view == *view && matches!(&s.role, Role::Receiver(o) if o.contains(&output)))
    }
}

fn message(network: &NetworkId, id: &TransactionId, party: &Party, scope: &[Scope]) -> Vec<u8> {
    let mut message = b"pvn signature/1\0".to_vec();
    message.extend_from_slice(network.bytes());
    message.extend_from_slice(id.bytes());
    message.extend(codec::encode(&(party.as_str(), scope)));
    message
}
