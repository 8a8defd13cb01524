//! Trees small enough to hold in memory: a batch, a transaction, a fact. Same shape and proofs as
//! the log.

use crate::frontier::Frontier;
use crate::hash::{Hash, node_hash};

/// Root of the tree without leaves: SHA-256 of nothing (RFC 6962 §2.1).
pub const EMPTY_ROOT: Hash = Hash([
    0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24,
    0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
]);

/// A whole tree in memory: one node hash for each leaf to build, then root and paths are look-ups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MerkleTree {
    /// From the leaves up to the single root; an odd last hash moves up unchanged. Empty only
    /// without leaves.
    levels: Vec<Vec<Hash>>,
}

impl MerkleTree {
    /// Builds the tree over leaf hashes (see [`crate::leaf_hash`]).
    pub fn new(leaf_hashes: Vec<Hash>) -> MerkleTree {
        let mut levels = Vec::new();
        let mut level = leaf_hashes;
        while level.len() > 1 {
            let above = parents(&level);
            levels.push(std::mem::replace(&mut level, above));
        }
        if !level.is_empty() {
            levels.push(level);
        }
        MerkleTree { levels }
    }

    /// Number of leaves.
    pub fn len(&self) -> usize {
        self.levels.first().map_or(0, Vec::len)
    }

    /// True without leaves.
    pub fn is_empty(&self) -> bool {
        self.levels.is_empty()
    }

    /// The root; [`EMPTY_ROOT`] without leaves.
    pub fn root(&self) -> Hash {
        self.levels
            .last()
            .and_then(|top| top.first())
            .copied()
            .unwrap_or(EMPTY_ROOT)
    }

    /// Inclusion proof of the leaf at `index`, from the leaf's sibling up; `None` if there is no
    /// such leaf.
    pub fn path(&self, index: usize) -> Option<Vec<Hash>> {
        if index >= self.len() {
            return None;
        }
        let siblings = self
            .levels
            .iter()
            .enumerate()
            .filter_map(|(height, level)| level.get((index >> height) ^ 1));
        Some(siblings.copied().collect())
    }
}

fn parents(level: &[Hash]) -> Vec<Hash> {
    let pairs = level.chunks(2);
    pairs
        .map(|pair| match pair {
            [left, right] => node_hash(left, right),
            odd => odd[0],
        })
        .collect()
}

/// Root of the tree over leaf hashes, without keeping the tree.
pub fn merkle_root(leaf_hashes: &[Hash]) -> Hash {
    let mut frontier = Frontier::new();
    for leaf in leaf_hashes {
        frontier.append(*leaf);
    }
    frontier.root()
}

/// Inclusion proof of one leaf, from its sibling up; `None` if there is no leaf `index`.
/// For more than one leaf of the same tree build a [`MerkleTree`].
pub fn merkle_path(leaf_hashes: &[Hash], index: usize) -> Option<Vec<Hash>> {
    if index >= leaf_hashes.len() {
        return None;
    }
    let mut path = Vec::new();
    let mut level = std::borrow::Cow::Borrowed(leaf_hashes);
    let mut position = index;
    while level.len() > 1 {
        path.extend(level.get(position ^ 1));
        level = parents(&level).into();
        position /= 2;
    }
    Some(path)
}
