//! Openings: chosen leaves of a fact with the fewest hashes that prove them.
//!
//! How many leaves there are is the kind's, which every opening shows; which of the others are absent, and what stands in
//! them, can't be learnt from it. Whoever holds an opening can make one that shows less.

use deed::Value;
use minicbor::{Decode, Encode};

use crate::codec;
use crate::digest::{ContractId, Digest};
use crate::fact::DueRef;
use crate::leaf::{FIXED_LEAVES, HOLDER, LeafContent};
use crate::limits::FIELDS_MAX;
use crate::list::ListPart;
use crate::public_key::PublicKey;
use crate::tree::{Known, Subtree, counted, fold};

/// Tag of the level of a fact's leaves.
pub(crate) const FACT: u8 = 0x10;

/// A leaf shown.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub struct ShownLeaf {
    /// Its position.
    #[n(0)]
    pub position: u32,
    /// Its salt.
    #[n(1)]
    pub salt: Digest,
    /// What stands in it.
    #[n(2)]
    pub content: LeafContent,
}

/// A fact with some leaves shown and the others hidden.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub struct Opening {
    /// The leaves shown, ascending. The head is one of them: without it the positions mean nothing.
    #[cbor(n(0), with = "codec::list")]
    pub shown: Vec<ShownLeaf>,
    /// Lists of which a part is shown, ascending by leaf.
    #[cbor(n(1), with = "codec::list")]
    pub lists: Vec<ListPart>,
    /// The roots of the largest subtrees without anything shown, left to right.
    #[cbor(n(2), with = "codec::hashes")]
    pub hashes: Vec<Digest>,
}

impl Opening {
    /// The opening of a fact with these leaves that shows those for which `keep(position)` holds.
    pub(crate) fn of(leaves: Vec<ShownLeaf>, keep: impl Fn(usize) -> bool) -> Self {
        let known: Vec<Known> = leaves
            .iter()
            .map(|leaf| Known {
                position: leaf.position,
                hash: leaf.content.hash(leaf.position, &leaf.salt),
                keep: keep(leaf.position as usize),
            })
            .collect();
        let tree = fold(&known, 0, leaves.len() as u32, &mut |_, _| None);
        let shown = leaves.into_iter().filter(|l| keep(l.position as usize));
        Self {
            shown: shown.collect(),
            lists: Vec::new(),
            hashes: tree.map(Subtree::hashes).unwrap_or_default(),
        }
    }

    /// The commitment that this opening belongs to. `None` if it is malformed: the head hidden, a leaf twice or out of
    /// order, content of a sort that doesn't belong at its position, a hash too many or too few.
    #[must_use]
    pub fn commitment(&self) -> Option<Digest> {
        let tree = self.tree(|_| false)?;
        Some(counted(FACT, self.leaves()?, tree.root))
    }

    /// An opening of the same fact that shows no more than the leaves for which `keep(position)` holds. `None` if this
    /// one is malformed or the head isn't kept.
    #[must_use]
    pub fn narrow(&self, keep: impl Fn(usize) -> bool) -> Option<Self> {
        let tree = self.tree(&keep).filter(|_| keep(0))?;
        let shown = self.shown.iter().filter(|l| keep(l.position as usize));
        let lists = self.lists.iter().filter(|l| keep(l.position as usize));
        Some(Self {
            shown: shown.cloned().collect(),
            lists: lists.cloned().collect(),
            hashes: tree.hashes(),
        })
    }

    /// An opening of the same fact that shows of a list, which this one shows whole or in part, no more than the items for
    /// which `keep(index)` holds, and its length only where `length` says so. `None` if that would be nothing of the list.
    #[must_use]
    pub fn narrow_list(
        &self,
        field: usize,
        length: bool,
        keep: impl Fn(u32) -> bool,
    ) -> Option<Self> {
        let position = (FIXED_LEAVES + field) as u32;
        let mut narrowed = self.clone();
        if let Some(at) = self.lists.iter().position(|l| l.position == position) {
            narrowed.lists[at] = self.lists[at].narrow(length, keep)?;
        } else {
            let at = self.shown.iter().position(|l| l.position == position)?;
            let leaf = narrowed.shown.remove(at);
            let LeafContent::Field(Value::List(items)) = leaf.content else {
                return None;
            };
            let part = ListPart::of(position, &leaf.salt, &items, length, keep)?;
            narrowed.lists.push(part);
            narrowed.lists.sort_by_key(|list| list.position);
        }
        Some(narrowed)
    }

    /// The tree that the opening describes, and what would be left of it; `None` if it describes none.
    fn tree(&self, keep: impl Fn(usize) -> bool) -> Option<Subtree> {
        let mut hashes = self.hashes.iter().copied();
        let tree = fold(&self.known(keep)?, 0, self.leaves()?, &mut |_, _| {
            hashes.next()
        })?;
        hashes.next().is_none().then_some(tree)
    }

    /// The number of leaves, from the head.
    fn leaves(&self) -> Option<u32> {
        let (_, _, fields) = self.head()?;
        (fields as usize <= FIELDS_MAX).then(|| FIXED_LEAVES as u32 + fields)
    }

    /// The leaves of which the hash follows from what is shown.
    fn known(&self, keep: impl Fn(usize) -> bool) -> Option<Vec<Known>> {
        let known = |position: u32, hash| Known {
            position,
            hash,
            keep: keep(position as usize),
        };
        // Positions are cheap to look at, and leaves and lists are not: whoever sends thousands is not worked for.
        let ascending = self.shown.is_sorted_by(|a, b| a.position < b.position)
            && self.lists.is_sorted_by(|a, b| a.position < b.position);
        let count = self.shown.len() + self.lists.len();
        if !ascending || count > FIXED_LEAVES + FIELDS_MAX {
            return None;
        }
        let mut all = Vec::with_capacity(count);
        for ShownLeaf {
            position,
            salt,
            content,
        } in &self.shown
        {
            if !content.belongs_at(*position) {
                return None;
            }
            all.push(known(*position, content.hash(*position, salt)));
        }
        for list in &self.lists {
            if (list.position as usize) < FIXED_LEAVES {
                return None;
            }
            all.push(known(list.position, list.hash()?));
        }
        all.sort_by_key(|leaf| leaf.position);
        let once = all.is_sorted_by(|a, b| a.position < b.position);
        once.then_some(all)
    }

    pub(crate) fn content(&self, position: usize) -> Option<&LeafContent> {
        let at = self
            .shown
            .binary_search_by_key(&position, |leaf| leaf.position as usize);
        Some(&self.shown[at.ok()?].content)
    }

    /// Contract, kind and number of fields, when shown.
    #[must_use]
    pub fn head(&self) -> Option<(ContractId, u16, u32)> {
        match self.shown.first()?.content {
            LeafContent::Head(contract, kind, fields) => Some((contract, kind, fields)),
            _ => None,
        }
    }

    /// The due discharged, when shown.
    #[must_use]
    pub fn due(&self) -> Option<Option<DueRef>> {
        match self.content(3)? {
            LeafContent::Due(due) => Some(*due),
            _ => None,
        }
    }

    /// The key of whoever can show the fact, when the leaf is shown and has one.
    #[must_use]
    pub fn holder(&self) -> Option<&PublicKey> {
        match self.content(HOLDER)? {
            LeafContent::Holder(key) => key.as_ref(),
            _ => None,
        }
    }

    /// The value of a field, when shown whole.
    #[must_use]
    pub fn field(&self, index: usize) -> Option<&Value> {
        match self.content(FIXED_LEAVES + index)? {
            LeafContent::Field(value) => Some(value),
            _ => None,
        }
    }

    /// What is shown of a field that is a list, when that is a part of it.
    #[must_use]
    pub fn part(&self, index: usize) -> Option<&ListPart> {
        let position = FIXED_LEAVES + index;
        self.lists.iter().find(|l| l.position as usize == position)
    }
}
