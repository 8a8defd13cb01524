//! Facts and their commitments.
//!
//! A fact's commitment is a salted Merkle root over its leaves: the head (contract and kind), the control policy's hash,
//! the token key's hash, the due it discharges, its holder's key, then one leaf for each field of the kind, absent ones
//! included. Leaf positions are fixed by the kind, every level has its own tag and every count is hashed in, so one root
//! has one reading. Any subset of leaves can be shown and proven alone; without salt and payload the root is a random number.

use aws_lc_rs::hmac;
use deed::Value;
use minicbor::{Decode, Encode};

use crate::codec;
use crate::control::Control;
use crate::digest::{ContractId, Digest, TransactionId, hmac_sha256, keyed};
use crate::leaf::leaf_salt;
pub use crate::leaf::{FIXED_LEAVES, HOLDER, LeafContent};
pub use crate::list::{ListPart, ShownItem, ShownLength};
use crate::opening::FACT;
pub use crate::opening::{Opening, ShownLeaf};
use crate::public_key::PublicKey;
use crate::token::TokenKey;
use crate::tree::root;

/// Where a fact was created: transaction, view, output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub struct FactRef {
    /// The creating transaction.
    #[n(0)]
    pub transaction: TransactionId,
    /// Ordinal of the view in it, from 0.
    #[n(1)]
    pub view: u32,
    /// Position among the view's created facts, from 0.
    #[n(2)]
    pub output: u32,
}

impl std::fmt::Display for FactRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}-{}", self.transaction, self.view, self.output)
    }
}

/// The text of [`FactRef`]'s `Display`, read again.
impl std::str::FromStr for FactRef {
    type Err = UnreadableFactRef;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let read = || {
            let mut parts = text.split('-');
            let transaction = TransactionId(Digest::from_hex(parts.next()?)?);
            let mut number = || parts.next()?.parse().ok();
            let (view, output) = (number()?, number()?);
            let at = Self {
                transaction,
                view,
                output,
            };
            // One text for each address: no sign, no leading zeros, no capitals.
            (at.to_string() == text).then_some(at)
        };
        read().ok_or_else(|| UnreadableFactRef(text.chars().take(100).collect()))
    }
}

/// A text that is no fact's address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no fact's address: 64 hexadecimal digits of a transaction, its view and output, as in `…-0-1`"
)]
pub struct UnreadableFactRef(String);

/// A due of this transaction: the position-th amount that the view's command says must be paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub struct DueRef {
    /// Ordinal of the view that states the due.
    #[n(0)]
    pub view: u32,
    /// Position among that view's dues, from 0.
    #[n(1)]
    pub position: u32,
}

/// An immutable shared record.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub struct Fact {
    /// The contract that gives it meaning.
    #[n(0)]
    pub contract: ContractId,
    /// The kind's position in the contract.
    #[n(1)]
    pub kind: u16,
    /// The fields in the kind's order, absent ones as [`Value::Absent`].
    #[cbor(n(2), with = "codec::values")]
    pub fields: Vec<Value>,
    /// 32 random bytes from which every leaf's salt and the token key are derived.
    #[n(3)]
    pub salt: Digest,
    /// Who can use it up.
    #[n(4)]
    pub control: Control,
    /// The one due that it discharges, for money.
    #[n(5)]
    pub due: Option<DueRef>,
    /// The one-time key of whoever can show it as its own.
    #[n(6)]
    pub holder: Option<PublicKey>,
}

impl Fact {
    /// The secret that blinds this fact's token.
    #[must_use]
    pub fn token_key(&self) -> TokenKey {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.salt.0);
        TokenKey(keyed(&key, &[b"token key/v1"]).0)
    }

    /// What stands in each leaf, in order.
    fn contents(&self) -> impl Iterator<Item = LeafContent> {
        let fixed = [
            LeafContent::Head(self.contract, self.kind, self.fields.len() as u32),
            LeafContent::Control(self.control.hash()),
            LeafContent::TokenKey(self.token_key().hash()),
            LeafContent::Due(self.due),
            LeafContent::Holder(self.holder.clone()),
        ];
        let fields = self.fields.iter().cloned().map(LeafContent::Field);
        fixed.into_iter().chain(fields)
    }

    /// Every leaf, shown.
    fn leaves(&self) -> impl Iterator<Item = ShownLeaf> {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.salt.0);
        (0u32..)
            .zip(self.contents())
            .map(move |(position, content)| ShownLeaf {
                position,
                salt: leaf_salt(&key, position),
                content,
            })
    }

    /// A secret of one field for one use outside the ledger, from which nothing that a proof shows can be told.
    #[must_use]
    pub fn field_secret(&self, field: u16, purpose: &[u8]) -> Digest {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.salt.0);
        let salt = leaf_salt(&key, FIXED_LEAVES as u32 + u32::from(field));
        hmac_sha256(&salt.0, &[purpose])
    }

    /// Shows the leaves for which `shown(position)` holds; positions count from 0 over all leaves.
    #[must_use]
    pub fn open(&self, shown: impl Fn(usize) -> bool) -> Opening {
        Opening::of(self.leaves().collect(), shown)
    }

    /// The commitment to the whole fact.
    #[must_use]
    pub fn commitment(&self) -> Digest {
        let hashes: Vec<Digest> = self
            .leaves()
            .map(|leaf| leaf.content.hash(leaf.position, &leaf.salt))
            .collect();
        root(FACT, &hashes)
    }
}
