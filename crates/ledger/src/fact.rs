//! Facts and their commitments.
//!
//! A fact's commitment is a salted Merkle root over its leaves: the head (contract and kind), the control policy's hash,
//! the token key's hash, the due it discharges, then one leaf for each field of the kind, absent ones included. Leaf
//! positions are fixed by the kind, every level has its own tag and every count is hashed in, so one root has one
//! reading. Any subset of leaves can be shown and proven alone; without salt and payload the root is a random number.

use aws_lc_rs::hmac;
use deed::Value;
use minicbor::{Decode, Encode};

use crate::codec;
use crate::control::Control;
use crate::digest::{ContractId, Digest, TransactionId, keyed};
use crate::limits::LIST_ITEMS_MAX;
use crate::token::TokenKey;

/// Leaves before the first field: head, control, token key, due.
pub const FIXED_LEAVES: usize = 4;

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
}

/// One leaf as shown to somebody: its content with its salt, or its hash.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub enum Leaf {
    /// Hidden behind its hash.
    #[n(0)]
    Hidden(#[n(0)] Digest),
    /// Shown: the leaf's salt and content.
    #[n(1)]
    Shown(#[n(0)] Digest, #[n(1)] LeafContent),
}

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
}

/// A fact with some leaves shown and the others hidden: exactly as many leaves as the kind has.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub struct Opening {
    /// Every leaf in order.
    #[n(0)]
    pub leaves: Vec<Leaf>,
}

/// The salt of the leaf at `position`.
fn leaf_salt(key: &hmac::Key, position: usize) -> Digest {
    keyed(key, &[b"leaf/v1", &(position as u32).to_be_bytes()])
}

fn leaf_hash(position: usize, salt: &Digest, content: &LeafContent) -> Digest {
    let place = (position as u32).to_be_bytes();
    match content {
        // A list gets a tree of its own, with a leaf for its length, so that later one item can be shown alone.
        LeafContent::Field(Value::List(items)) => {
            let key = hmac::Key::new(hmac::HMAC_SHA256, &salt.0);
            let length = leaf_salt(&key, 0);
            let mut hashes = vec![Digest::of(&[
                &[0x02],
                &length.0,
                &(items.len() as u64).to_be_bytes(),
            ])];
            hashes.extend(items.iter().enumerate().map(|(i, item)| {
                let content = codec::encode(&LeafContent::Field(item.clone()));
                Digest::of(&[&[0x03], &leaf_salt(&key, i + 1).0, &content])
            }));
            Digest::of(&[&[0x04], &place, &root(0x05, &hashes).0])
        }
        _ => Digest::of(&[&[0x00], &salt.0, &place, &codec::encode(content)]),
    }
}

/// The root over hashes at one level: tag and count bind its reading.
pub(crate) fn root(tag: u8, hashes: &[Digest]) -> Digest {
    let count = (hashes.len() as u32).to_be_bytes();
    Digest::of(&[&[tag], &count, &merkle(hashes).0])
}

/// RFC 6962 interior tree over hashes that already are leaf hashes.
pub(crate) fn merkle(hashes: &[Digest]) -> Digest {
    let leaves: Vec<tlog::Hash> = hashes.iter().map(|h| (*h).into()).collect();
    tlog::merkle_root(&leaves).into()
}

/// The path from the leaf at `index` to [`merkle`] of all.
pub(crate) fn merkle_path(hashes: &[Digest], index: usize) -> Option<Vec<Digest>> {
    let leaves: Vec<tlog::Hash> = hashes.iter().map(|h| (*h).into()).collect();
    Some(
        tlog::merkle_path(&leaves, index)?
            .into_iter()
            .map(Digest::from)
            .collect(),
    )
}

/// The root that [`root`] would give over `count` hashes of which this one, at `index`, has this path; `None` if the
/// path has the wrong length.
pub(crate) fn root_from_path(
    tag: u8,
    hash: Digest,
    index: u32,
    count: u32,
    path: &[Digest],
) -> Option<Digest> {
    let path: Vec<tlog::Hash> = path.iter().map(|h| (*h).into()).collect();
    let inner = tlog::root_from_path(hash.into(), index.into(), count.into(), &path).ok()?;
    Some(Digest::of(&[&[tag], &count.to_be_bytes(), &inner.0]))
}

impl Fact {
    /// The secret that blinds this fact's token.
    #[must_use]
    pub fn token_key(&self) -> TokenKey {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.salt.0);
        TokenKey(keyed(&key, &[b"token key/v1"]).0)
    }

    fn contents(&self) -> Vec<LeafContent> {
        let mut contents = Vec::with_capacity(FIXED_LEAVES + self.fields.len());
        contents.push(LeafContent::Head(
            self.contract,
            self.kind,
            self.fields.len() as u32,
        ));
        contents.push(LeafContent::Control(self.control.hash()));
        contents.push(LeafContent::TokenKey(self.token_key().hash()));
        contents.push(LeafContent::Due(self.due));
        contents.extend(self.fields.iter().cloned().map(LeafContent::Field));
        contents
    }

    /// Shows the leaves for which `shown(position)` holds; positions count from 0 over all leaves.
    #[must_use]
    pub fn open(&self, shown: impl Fn(usize) -> bool) -> Opening {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.salt.0);
        let leaves = self
            .contents()
            .into_iter()
            .enumerate()
            .map(|(position, content)| {
                let salt = leaf_salt(&key, position);
                if shown(position) {
                    Leaf::Shown(salt, content)
                } else {
                    Leaf::Hidden(leaf_hash(position, &salt, &content))
                }
            })
            .collect();
        Opening { leaves }
    }

    /// The commitment to the whole fact.
    #[must_use]
    pub fn commitment(&self) -> Digest {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.salt.0);
        let hashes: Vec<Digest> = self
            .contents()
            .iter()
            .enumerate()
            .map(|(position, content)| leaf_hash(position, &leaf_salt(&key, position), content))
            .collect();
        root(0x10, &hashes)
    }
}

impl Opening {
    /// The commitment that this opening belongs to.
    #[must_use]
    pub fn commitment(&self) -> Digest {
        let hashes: Vec<Digest> = self
            .leaves
            .iter()
            .enumerate()
            .map(|(position, leaf)| match leaf {
                Leaf::Hidden(hash) => *hash,
                Leaf::Shown(salt, content) => leaf_hash(position, salt, content),
            })
            .collect();
        root(0x10, &hashes)
    }

    /// Whether each shown leaf holds the sort of content that belongs at its position and the number of leaves is the
    /// one that the head states. The head must be shown: without it the positions mean nothing.
    #[must_use]
    pub fn well_formed(&self) -> bool {
        let Some((_, _, fields)) = self.head() else {
            return false;
        };
        fields as usize <= LIST_ITEMS_MAX
            && self.leaves.len() == FIXED_LEAVES + fields as usize
            && self
                .leaves
                .iter()
                .enumerate()
                .all(|(position, leaf)| match leaf {
                    Leaf::Hidden(_) => true,
                    Leaf::Shown(_, content) => matches!(
                        (position, content),
                        (0, LeafContent::Head(..))
                            | (1, LeafContent::Control(_))
                            | (2, LeafContent::TokenKey(_))
                            | (3, LeafContent::Due(_))
                            | (FIXED_LEAVES.., LeafContent::Field(_))
                    ),
                })
    }

    /// Contract, kind and number of fields, when shown.
    #[must_use]
    pub fn head(&self) -> Option<(ContractId, u16, u32)> {
        match self.leaves.first() {
            Some(Leaf::Shown(_, LeafContent::Head(contract, kind, fields))) => {
                Some((*contract, *kind, *fields))
            }
            _ => None,
        }
    }

    /// The due discharged, when shown.
    #[must_use]
    pub fn due(&self) -> Option<Option<DueRef>> {
        match self.leaves.get(3) {
            Some(Leaf::Shown(_, LeafContent::Due(due))) => Some(*due),
            _ => None,
        }
    }

    /// The value of a field, when shown.
    #[must_use]
    pub fn field(&self, index: usize) -> Option<&Value> {
        match self.leaves.get(FIXED_LEAVES + index) {
            Some(Leaf::Shown(_, LeafContent::Field(value))) => Some(value),
            _ => None,
        }
    }
}

/// Tag of the level of a view's created facts.
pub(crate) const OUTPUTS: u8 = 0x22;

/// The root over a view's created facts: their number is hashed in.
#[must_use]
pub fn outputs_root(commitments: &[Digest]) -> Digest {
    root(OUTPUTS, commitments)
}
