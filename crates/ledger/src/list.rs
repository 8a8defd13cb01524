//! Lists inside a fact: a tree of constant depth, so that one item can be shown without telling how many there are.
//!
//! What stands for a subtree without items looks like any other hash to whoever lacks the leaf's salt.

use aws_lc_rs::hmac;
use deed::Value;
use minicbor::{Decode, Encode};

use crate::codec;
use crate::digest::{Digest, keyed};
use crate::limits::{LIST_DEPTH, LIST_ITEMS_MAX};
use crate::tree::{Known, fold};

/// An item shown, with its place in the list from 0.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub struct ShownItem {
    /// Its place.
    #[n(0)]
    pub index: u32,
    /// Its salt.
    #[n(1)]
    pub salt: Digest,
    /// The item.
    #[cbor(n(2), with = "codec::value")]
    pub value: Value,
}

/// The number of items, shown.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ShownLength {
    /// Its salt.
    #[n(0)]
    pub salt: Digest,
    /// How many items the list has.
    #[n(1)]
    pub items: u64,
}

/// A part of a list: some of its items, its length, or both.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub struct ListPart {
    /// The leaf in which the list stands.
    #[n(0)]
    pub position: u32,
    /// How many items there are, if that is shown.
    #[n(1)]
    pub length: Option<ShownLength>,
    /// The items shown, ascending.
    #[cbor(n(2), with = "codec::list")]
    pub items: Vec<ShownItem>,
    /// What stands for the rest: the length's hash where it isn't shown, then the largest subtrees without a shown item,
    /// left to right.
    #[cbor(n(3), with = "codec::hashes")]
    pub hashes: Vec<Digest>,
}

fn item_hash(index: u32, salt: &Digest, value: &Value) -> Digest {
    let bytes = codec::value::bytes(value);
    Digest::of(&[&[0x03], &salt.0, &index.to_be_bytes(), &bytes])
}

fn length_hash(salt: &Digest, items: u64) -> Digest {
    Digest::of(&[&[0x02], &salt.0, &items.to_be_bytes()])
}

/// The salts of a list, which follow from its leaf's.
struct Salts(hmac::Key);

impl Salts {
    fn of(leaf: &Digest) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, &leaf.0))
    }

    fn length(&self) -> Digest {
        keyed(&self.0, &[b"length/v2"])
    }

    fn item(&self, index: u32) -> Digest {
        keyed(&self.0, &[b"item/v2", &index.to_be_bytes()])
    }

    /// What stands for the subtree over `from..to`, which has no items.
    fn filler(&self, from: u32, to: u32) -> Digest {
        let level = (to - from).ilog2() as u8;
        let place = (from >> level).to_be_bytes();
        let inner = keyed(&self.0, &[b"filler/v2", &[level], &place]);
        Digest::of(&[&[0x06], &inner.0])
    }
}

/// A list's leaf hash, and, if anything of it is shown, the hashes that stand for the rest.
struct Cut {
    hash: Digest,
    rest: Option<Vec<Digest>>,
}

fn cut(
    position: u32,
    (length, shows_length): (Digest, bool),
    known: &[Known],
    unknown: &mut impl FnMut(u32, u32) -> Option<Digest>,
) -> Option<Cut> {
    let tree = fold(known, 0, 1 << LIST_DEPTH, unknown)?;
    let hash = Digest::of(&[&[0x04], &position.to_be_bytes(), &length.0, &tree.root.0]);
    let rest = (shows_length || tree.rest.is_some()).then(|| {
        let hidden = (!shows_length).then_some(length);
        hidden.into_iter().chain(tree.hashes()).collect()
    });
    Some(Cut { hash, rest })
}

/// A whole list: its leaf hash, and the hashes for what isn't shown of it.
fn cut_whole(
    position: u32,
    salts: &Salts,
    items: &[Value],
    length: bool,
    shown: impl Fn(u32) -> bool,
) -> Option<Cut> {
    let known: Vec<Known> = (0u32..)
        .zip(items)
        .map(|(index, item)| Known {
            position: index,
            hash: item_hash(index, &salts.item(index), item),
            keep: shown(index),
        })
        .collect();
    let length = (length_hash(&salts.length(), items.len() as u64), length);
    let mut filler = |from, to| Some(salts.filler(from, to));
    cut(position, length, &known, &mut filler)
}

/// The hash of the leaf at `position`, in which this list stands.
pub(crate) fn leaf_hash(position: u32, salt: &Digest, items: &[Value]) -> Digest {
    // No list is longer than its limit: the decoder sees to that.
    cut_whole(position, &Salts::of(salt), items, false, |_| false)
        .map_or_else(Digest::default, |cut| cut.hash)
}

impl ListPart {
    /// The part of a whole list that is to be shown; `None` if that is nothing.
    pub(crate) fn of(
        position: u32,
        salt: &Digest,
        items: &[Value],
        length: bool,
        shown: impl Fn(u32) -> bool,
    ) -> Option<Self> {
        let salts = Salts::of(salt);
        let hashes = cut_whole(position, &salts, items, length, &shown)?.rest?;
        let items_shown = (0u32..).zip(items).filter(|(index, _)| shown(*index));
        Some(Self {
            position,
            length: length.then(|| ShownLength {
                salt: salts.length(),
                items: items.len() as u64,
            }),
            items: items_shown
                .map(|(index, value)| ShownItem {
                    index,
                    salt: salts.item(index),
                    value: value.clone(),
                })
                .collect(),
            hashes,
        })
    }

    /// The hash of the leaf in which the list stands; `None` if the part is malformed.
    #[must_use]
    pub fn hash(&self) -> Option<Digest> {
        Some(self.cut(false, |_| false)?.hash)
    }

    /// What is left when less of it is shown; `None` if that is nothing.
    pub(crate) fn narrow(&self, length: bool, shown: impl Fn(u32) -> bool) -> Option<Self> {
        let hashes = self.cut(length, &shown)?.rest?;
        let items = self.items.iter().filter(|item| shown(item.index));
        Some(Self {
            position: self.position,
            length: self.length.clone().filter(|_| length),
            items: items.cloned().collect(),
            hashes,
        })
    }

    fn cut(&self, length: bool, shown: impl Fn(u32) -> bool) -> Option<Cut> {
        let limit = LIST_ITEMS_MAX as u64;
        let items_max = self.length.as_ref().map_or(limit, |length| length.items);
        let last = self.items.last().map(|item| u64::from(item.index));
        let nothing = self.length.is_none() && self.items.is_empty();
        let ascending = self.items.is_sorted_by(|a, b| a.index < b.index);
        if nothing || !ascending || items_max > limit || last >= Some(items_max) {
            return None;
        }
        let mut hashes = self.hashes.iter().copied();
        let length = match &self.length {
            Some(shown) => (length_hash(&shown.salt, shown.items), length),
            None => (hashes.next()?, false),
        };
        let known: Vec<Known> = self
            .items
            .iter()
            .map(|item| Known {
                position: item.index,
                hash: item_hash(item.index, &item.salt, &item.value),
                keep: shown(item.index),
            })
            .collect();
        let cut = cut(self.position, length, &known, &mut |_, _| hashes.next())?;
        hashes.next().is_none().then_some(cut)
    }
}
