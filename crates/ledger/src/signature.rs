//! Organisations' signatures, scoped to what the signer verified.
//!
//! A party signs the network, the transaction id and a tree over each (view root, role) that it verified. Whoever relies on
//! a signature requires its own view in it: a registrar shown a harmless view must not lend its name to a hidden one. Nodes
//! see all of it; a stranger is shown an [`Attestation`]: the one leaf that vouches for what it was shown, under a salt,
//! so that it can't try out what else was signed. ECDSA is malleable: no signature is an identifier.
//!
//! A node under load signs many transactions at one stroke: what is signed is the root over all of them, and each
//! signature carries the path from its own. The others are hashes over random identifiers and say nothing.

use aws_lc_rs::hmac;
use deed::Party;
use minicbor::{Decode, Encode};

use crate::codec;
use crate::digest::{Digest, NetworkId, TransactionId, ViewRoot, keyed};
use crate::limits::{SCOPES_MAX, SIGNED_TOGETHER_MAX};
pub use crate::public_key::{KeyForm, PublicKey, Suite, hybrid_message};
pub use crate::signing_key::{KeyError, SigningKey, Signs, ToSign};
use crate::tree::{TreePlace, padded, root};

/// In what capacity a party signs a view.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub enum Role {
    /// Saw the view whole, checked it and agrees.
    #[n(0)]
    Signer,
    /// Saw the view whole, checked it and vouches for the facts that it creates.
    #[n(1)]
    Attestor,
    /// Was shown these outputs of the view, and the keys in them that are to be its own are.
    #[n(2)]
    Receiver(#[cbor(n(0), with = "codec::list")] Vec<u32>),
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
    pub suite: Suite,
    /// What the party verified, in ascending order.
    #[cbor(n(2), with = "codec::list")]
    pub scope: Vec<Scope>,
    /// What blinds one scope from those who are shown another.
    #[n(3)]
    pub salt: Digest,
    /// The signature's bytes.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub signature: Vec<u8>,
    /// Its place among what was signed at one stroke.
    #[n(5)]
    pub place: TreePlace,
}

/// That a party vouches for one view, as strangers see it: nothing else that it signed.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Attestation {
    /// The signature suite.
    #[n(0)]
    pub suite: Suite,
    /// The signature's bytes.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub signature: Vec<u8>,
    /// Salt of the scope.
    #[n(2)]
    pub salt: Digest,
    /// The scope's place among what the party signed of the transaction.
    #[n(3)]
    pub scope: TreePlace,
    /// The transaction's place among what was signed at one stroke.
    #[n(4)]
    pub stroke: TreePlace,
}

impl ScopedSignature {
    /// Whether it is this party's signature, under `key`, of this transaction.
    #[must_use]
    pub fn verifies(&self, key: &PublicKey, network: &NetworkId, id: &TransactionId) -> bool {
        if self.scope.len() > SCOPES_MAX || !self.scope.is_sorted() {
            return false;
        }
        let scopes = root(SCOPES, &scope_leaves(&self.salt, &self.scope));
        let leaf = leaf(network, id, &self.party, self.suite, &scopes);
        self.suite == key.suite() && signed(key, leaf, &self.place, &self.signature)
    }

    /// What a stranger is shown of it, who is to see that the party vouches for this view; `None` if it doesn't.
    #[must_use]
    pub fn attestation(&self, view: &ViewRoot) -> Option<Attestation> {
        let scope = Scope {
            view: *view,
            role: Role::Attestor,
        };
        let salt = scope_salt(&blinding(&self.salt), &scope);
        let leaves = scope_leaves(&self.salt, &self.scope);
        let index = leaves.binary_search(&scope_leaf(&salt, &scope)).ok()?;
        Some(Attestation {
            suite: self.suite,
            signature: self.signature.clone(),
            salt,
            scope: TreePlace::of(&leaves, index)?,
            stroke: self.place.clone(),
        })
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

impl Attestation {
    /// Whether `party`, under `key`, vouches for this view of this transaction.
    #[must_use]
    pub fn verifies(
        &self,
        party: &Party,
        key: &PublicKey,
        network: &NetworkId,
        id: &TransactionId,
        view: &ViewRoot,
    ) -> bool {
        let scope = Scope {
            view: *view,
            role: Role::Attestor,
        };
        let scopes = self.scope.root(SCOPES, scope_leaf(&self.salt, &scope));
        self.suite == key.suite()
            && scopes.is_some_and(|scopes| {
                let leaf = leaf(network, id, party, self.suite, &scopes);
                signed(key, leaf, &self.stroke, &self.signature)
            })
    }
}

/// Tag of the level of what was signed at one stroke.
pub(crate) const STROKE: u8 = 0x36;
/// Tag of the level of the scopes of one transaction.
pub(crate) const SCOPES: u8 = 0x37;

pub(crate) fn leaf(
    network: &NetworkId,
    id: &TransactionId,
    party: &Party,
    suite: Suite,
    scopes: &Digest,
) -> Digest {
    let signer = codec::encode(&(party.as_str(), suite));
    Digest::of(&[&[0x35], network.bytes(), id.bytes(), &signer, &scopes.0])
}

fn scope_leaf(salt: &Digest, scope: &Scope) -> Digest {
    Digest::of(&[&[0x38], &salt.0, &codec::encode(scope)])
}

fn blinding(salt: &Digest) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, &salt.0)
}

fn scope_salt(key: &hmac::Key, scope: &Scope) -> Digest {
    keyed(key, &[b"scope/v2", &codec::encode(scope)])
}

/// The scopes' leaves, and fillers up to the next power of two, in the order of their hashes: what has which place tells
/// nothing.
pub(crate) fn scope_leaves(salt: &Digest, scopes: &[Scope]) -> Vec<Digest> {
    let key = blinding(salt);
    let leaves = scopes.iter();
    let leaves = leaves.map(|scope| scope_leaf(&scope_salt(&key, scope), scope));
    let mut leaves = padded(leaves.collect(), |index| {
        let inner = keyed(&key, &[b"filler/v2", &index.to_be_bytes()]);
        Digest::of(&[&[0x39], &inner.0])
    });
    leaves.sort();
    leaves
}

fn signed(key: &PublicKey, leaf: Digest, place: &TreePlace, signature: &[u8]) -> bool {
    let root = place.root(STROKE, leaf);
    place.count as usize <= SIGNED_TOGETHER_MAX
        && root.is_some_and(|root| key.verifies_again(&stroke(&root), signature))
}

pub(crate) fn stroke(root: &Digest) -> Vec<u8> {
    [b"pvn signature/2\0".as_slice(), &root.0].concat()
}
