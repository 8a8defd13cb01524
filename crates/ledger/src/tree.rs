//! Merkle trees over hashes, each level under a tag of its own.

use minicbor::{Decode, Encode};

use crate::codec;
use crate::digest::Digest;

/// The root over hashes at one level: tag and count bind its reading.
pub(crate) fn root(tag: u8, hashes: &[Digest]) -> Digest {
    counted(tag, hashes.len() as u32, merkle(hashes))
}

pub(crate) fn counted(tag: u8, count: u32, inner: Digest) -> Digest {
    Digest::of(&[&[tag], &count.to_be_bytes(), &inner.0])
}

/// RFC 6962 interior tree over hashes that already are leaf hashes.
fn merkle(hashes: &[Digest]) -> Digest {
    let leaves: Vec<tlog::Hash> = hashes.iter().map(|h| (*h).into()).collect();
    tlog::merkle_root(&leaves).into()
}

fn node(left: &Digest, right: &Digest) -> Digest {
    Digest::of(&[&[0x01], &left.0, &right.0])
}

/// The path from the leaf at `index` to the root of all.
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
    Some(counted(tag, count, inner.into()))
}

/// The place of a leaf in a tree of which the count isn't known otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct TreePlace {
    /// Position.
    #[n(0)]
    pub index: u32,
    /// How many leaves there are.
    #[n(1)]
    pub count: u32,
    /// Path to the root over all of them.
    #[cbor(n(2), with = "codec::path")]
    pub path: Vec<Digest>,
}

impl TreePlace {
    /// The place of the leaf at `index`.
    pub(crate) fn of(leaves: &[Digest], index: usize) -> Option<Self> {
        Some(Self {
            index: index as u32,
            count: leaves.len() as u32,
            path: merkle_path(leaves, index)?,
        })
    }

    /// The root over all, if `leaf` stands here; `None` if the path has the wrong length.
    pub(crate) fn root(&self, tag: u8, leaf: Digest) -> Option<Digest> {
        root_from_path(tag, leaf, self.index, self.count, &self.path)
    }
}

/// The hashes, and as many fillers as the next power of two asks for: their true number stays untold.
pub(crate) fn padded(mut hashes: Vec<Digest>, filler: impl Fn(u32) -> Digest) -> Vec<Digest> {
    let known = hashes.len() as u32;
    hashes.extend((known..known.next_power_of_two()).map(filler));
    hashes
}

/// A leaf of which the hash is known, and whether it goes on being shown.
#[derive(Clone, Copy)]
pub(crate) struct Known {
    pub(crate) position: u32,
    pub(crate) hash: Digest,
    pub(crate) keep: bool,
}

/// A subtree: its root, and, if anything in it is kept, the fewest hashes that stand for the rest of it, left to right.
pub(crate) struct Subtree {
    pub(crate) root: Digest,
    pub(crate) rest: Option<Vec<Digest>>,
}

impl Subtree {
    /// What stands for the subtree: its root, if nothing of it is kept.
    pub(crate) fn hashes(self) -> Vec<Digest> {
        self.rest.unwrap_or_else(|| vec![self.root])
    }
}

/// The subtree over positions `from..to` of which these leaves are known, ascending; `unknown(from, to)` gives the root of
/// the largest subtrees without any, left to right. `None` if it gives none, or if the leaves don't fit.
pub(crate) fn fold(
    known: &[Known],
    from: u32,
    to: u32,
    unknown: &mut impl FnMut(u32, u32) -> Option<Digest>,
) -> Option<Subtree> {
    match (known, to.checked_sub(from)?) {
        ([], _) => Some(Subtree {
            root: unknown(from, to)?,
            rest: None,
        }),
        ([leaf], 1) if leaf.position == from => Some(Subtree {
            root: leaf.hash,
            rest: leaf.keep.then(Vec::new),
        }),
        (_, 0 | 1) => None,
        (_, size) => {
            let middle = from + (1 << (size - 1).ilog2());
            let (left, right) = known.split_at(known.partition_point(|k| k.position < middle));
            let left = fold(left, from, middle, unknown)?;
            let right = fold(right, middle, to, unknown)?;
            let root = node(&left.root, &right.root);
            let kept = left.rest.is_some() || right.rest.is_some();
            let rest = kept.then(|| [left.hashes(), right.hashes()].concat());
            Some(Subtree { root, rest })
        }
    }
}
