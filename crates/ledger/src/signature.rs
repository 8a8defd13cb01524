//! Organisations' signatures, scoped to what the signer verified.
//!
//! A party signs the network, the transaction id and the list of (view root, role) that it verified. Whoever relies on a
//! signature requires its own view in that list: a registrar shown a harmless view must not lend its name to a hidden
//! one. Suite 1 is ECDSA P-256 with SHA-256 (FIPS 186-5), 64-byte signatures. ECDSA is malleable: no signature is an
//! identifier.
//!
//! A node under load signs many transactions at one stroke: what is signed is the root over all of them, and each
//! signature carries the path from its own. The others are hashes over random identifiers and say nothing.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{self, EcdsaKeyPair, KeyPair as _, ParsedPublicKey};
use deed::Party;
use minicbor::{Decode, Encode};

use crate::codec;
use crate::digest::{Digest, NetworkId, TransactionId, ViewRoot};
use crate::fact::{merkle_path, root, root_from_path};
use crate::limits::{PARSED_KEYS_MAX, SIGNED_TOGETHER_MAX, VERIFIED_STROKES_MAX};

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
    /// Its place among what was signed at one stroke.
    #[n(4)]
    pub place: StrokePlace,
}

/// A place among what one party signed at one stroke.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct StrokePlace {
    /// Position.
    #[n(0)]
    pub index: u32,
    /// How many were signed together.
    #[n(1)]
    pub count: u32,
    /// Path to the root over all of them.
    #[n(2)]
    pub path: Vec<Digest>,
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
        scope: Vec<Scope>,
    ) -> Result<ScopedSignature, KeyError> {
        let mut signed = self.sign_together(party, network, vec![(*id, scope)])?;
        signed.pop().ok_or(KeyError::Signing)
    }

    /// Signs several transactions at one stroke, each for what was verified of it; the signatures come in the same order.
    ///
    /// # Errors
    /// [`KeyError::Signing`], also for more than [`SIGNED_TOGETHER_MAX`] at a time.
    pub fn sign_together(
        &self,
        party: &Party,
        network: &NetworkId,
        mut transactions: Vec<(TransactionId, Vec<Scope>)>,
    ) -> Result<Vec<ScopedSignature>, KeyError> {
        if transactions.len() > SIGNED_TOGETHER_MAX {
            return Err(KeyError::Signing);
        }
        for (_, scope) in &mut transactions {
            scope.sort();
            scope.dedup();
        }
        let leaves: Vec<Digest> = transactions
            .iter()
            .map(|(id, scope)| leaf(network, id, party, scope))
            .collect();
        let signature = self.sign_bytes(&stroke(&root(STROKE, &leaves)))?;
        let count = leaves.len() as u32;
        let places = (0u32..).map(|index| StrokePlace {
            index,
            count,
            path: merkle_path(&leaves, index as usize).unwrap_or_default(),
        });
        let signed = transactions.into_iter().zip(places);
        Ok(signed
            .map(|((_, scope), place)| ScopedSignature {
                party: party.clone(),
                suite: SUITE_P256,
                scope,
                signature: signature.clone(),
                place,
            })
            .collect())
    }
}

thread_local! {
    /// Keys seen by this thread: reading one costs a fifth of a verification, and members sign again and again.
    static PARSED: RefCell<HashMap<Vec<u8>, ParsedPublicKey>> = RefCell::default();
    /// Strokes that this thread has verified, by key, root and signature.
    static VERIFIED: RefCell<HashSet<Digest>> = RefCell::default();
}

impl PublicKey {
    /// Whether the signature over what was signed at one stroke verifies: looked up for all but the first of them.
    fn verified_stroke(&self, root: &Digest, signature: &[u8]) -> bool {
        let stroke = Digest::of(&[&self.0, &root.0, signature]);
        if VERIFIED.with_borrow(|verified| verified.contains(&stroke)) {
            return true;
        }
        let verifies = self.verifies(&self::stroke(root), signature);
        if verifies {
            VERIFIED.with_borrow_mut(|verified| {
                if verified.len() >= VERIFIED_STROKES_MAX {
                    verified.clear();
                }
                verified.insert(stroke);
            });
        }
        verifies
    }

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
        let StrokePlace { index, count, path } = &self.place;
        if self.suite != SUITE_P256
            || !self.scope.is_sorted()
            || *count as usize > SIGNED_TOGETHER_MAX
        {
            return false;
        }
        let leaf = leaf(network, id, &self.party, &self.scope);
        let root = root_from_path(STROKE, leaf, *index, *count, path);
        root.is_some_and(|root| key.verified_stroke(&root, &self.signature))
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

/// Tag of the level of what was signed at one stroke.
const STROKE: u8 = 0x36;

fn leaf(network: &NetworkId, id: &TransactionId, party: &Party, scope: &[Scope]) -> Digest {
    let signed = codec::encode(&(party.as_str(), scope));
    Digest::of(&[&[0x35], network.bytes(), id.bytes(), &signed])
}

fn stroke(root: &Digest) -> Vec<u8> {
    [b"pvn signature/1\0".as_slice(), &root.0].concat()
}
