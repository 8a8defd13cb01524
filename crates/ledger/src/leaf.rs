//! What stands in a fact's leaves, and how each is hashed.

use aws_lc_rs::hmac;
use deed::Value;
use minicbor::{Decode, Encode};

use crate::codec;
use crate::digest::{ContractId, Digest, keyed};
use crate::fact::DueRef;
use crate::list;
use crate::public_key::PublicKey;

/// Leaves before the first field: head, control, token key, due, holder.
pub const FIXED_LEAVES: usize = 5;
/// Position of the leaf with the key of whoever can show the fact.
pub const HOLDER: usize = 4;

/// What stands in a leaf.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub enum LeafContent {
    /// Contract, kind and number of fields.
    #[n(0)]
    Head(#[n(0)] ContractId, #[n(1)] u16, #[n(2)] u32),
    /// Hash of the control policy.
    #[n(1)]
    Control(#[n(0)] Digest),
    /// Hash of the token key.
    #[n(2)]
    TokenKey(#[n(0)] Digest),
    /// The due discharged, or none.
    #[n(3)]
    Due(#[n(0)] Option<DueRef>),
    /// A field's value.
    #[n(4)]
    Field(#[cbor(n(0), with = "codec::value")] Value),
    /// The key of whoever shows the fact, or none.
    #[n(5)]
    Holder(#[n(0)] Option<PublicKey>),
}

impl LeafContent {
    /// Whether this sort of content belongs at the position.
    pub(crate) fn belongs_at(&self, position: u32) -> bool {
        match self {
            Self::Head(..) => position == 0,
            Self::Control(_) => position == 1,
            Self::TokenKey(_) => position == 2,
            Self::Due(_) => position == 3,
            Self::Holder(_) => position as usize == HOLDER,
            Self::Field(_) => position >= FIXED_LEAVES as u32,
        }
    }

    /// The leaf's hash.
    pub(crate) fn hash(&self, position: u32, salt: &Digest) -> Digest {
        match self {
            Self::Field(Value::List(items)) => list::leaf_hash(position, salt, items),
            _ => Digest::of(&[
                &[0x00],
                &salt.0,
                &position.to_be_bytes(),
                &codec::encode(self),
            ]),
        }
    }
}

/// The salt of the leaf at `position`, from the fact's salt.
pub(crate) fn leaf_salt(key: &hmac::Key, position: u32) -> Digest {
    keyed(key, &[b"leaf/v1", &position.to_be_bytes()])
}
