//! Proofs built from the stored nodes of a log, in O(log n) reads.
//!
//! `read` is asked only for complete subtrees within the tree, each at most once for a proof. A
//! key-value store of nodes answers it directly; [`crate::TileReader`] answers it from C2SP tiles.

use std::ops::Range;

use crate::frontier::fold_right;
use crate::hash::Hash;
use crate::node::{Node, cover};

/// Why a proof could not be built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProveError<E> {
    /// The tree has no such leaf.
    #[error("leaf {index} is not in a tree of {size} leaves")]
    NoSuchLeaf {
        /// Leaf asked for.
        index: u64,
        /// Leaves in the tree.
        size: u64,
    },
    /// Nothing can be proven consistent with the empty tree, which every tree extends.
    #[error("consistency with the empty tree needs no proof")]
    FromEmptyTree,
    /// The older tree is larger than the newer one.
    #[error("a tree of {new_size} leaves does not extend one of {old_size}")]
    Shrunk {
        /// Leaves in the older tree.
        old_size: u64,
        /// Leaves in the newer tree.
        new_size: u64,
    },
    /// A stored node could not be read.
    #[error("a stored node could not be read")]
    Read(#[source] E),
}

/// Root of the log at `size` leaves, of any size up to what is stored.
///
/// # Errors
/// Whatever `read` returns.
pub fn stored_root<E>(size: u64, read: impl FnMut(Node) -> Result<Hash, E>) -> Result<Hash, E> {
    range_root(0..size, read)
}

/// Inclusion proof of leaf `index` in the tree of `size` leaves (RFC 9162 §2.1.3.1), from the
/// leaf's sibling up.
///
/// # Errors
/// [`ProveError::NoSuchLeaf`], or [`ProveError::Read`] with what `read` returned.
pub fn prove_inclusion<E>(
    index: u64,
    size: u64,
    mut read: impl FnMut(Node) -> Result<Hash, E>,
) -> Result<Vec<Hash>, ProveError<E>> {
    if index >= size {
        return Err(ProveError::NoSuchLeaf { index, size });
    }
    let mut siblings = Vec::new();
    let mut within = 0..size;
    while within.end - within.start > 1 {
        let (left, right) = split(&within);
        let (inside, sibling) = if index < left.end {
            (left, right)
        } else {
            (right, left)
        };
        siblings.push(sibling);
        within = inside;
    }
    roots_from_the_leaf_up(siblings, &mut read)
}

/// Consistency proof between the tree's first `old_size` and first `new_size` leaves (RFC 9162
/// §2.1.4.1). Empty when they are equal.
///
/// # Errors
/// [`ProveError::FromEmptyTree`], [`ProveError::Shrunk`], or [`ProveError::Read`] with what `read`
/// returned.
pub fn prove_consistency<E>(
    old_size: u64,
    new_size: u64,
    mut read: impl FnMut(Node) -> Result<Hash, E>,
) -> Result<Vec<Hash>, ProveError<E>> {
    if old_size == 0 {
        return Err(ProveError::FromEmptyTree);
    }
    if old_size > new_size {
        return Err(ProveError::Shrunk { old_size, new_size });
    }
    let mut ranges = Vec::new();
    let mut within = 0..new_size;
    while within.end != old_size {
        let (left, right) = split(&within);
        if old_size <= left.end {
            ranges.push(right);
            within = left;
        } else {
            ranges.push(left);
            within = right;
        }
    }
    // The verifier knows the old root already: it is left out where it is itself a subtree of the
    // new tree.
    if within.start != 0 {
        ranges.push(within);
    }
    roots_from_the_leaf_up(ranges, &mut read)
}

/// The two subtrees of a tree over `leaves`: the left one is the largest complete one that is
/// smaller than the whole.
fn split(leaves: &Range<u64>) -> (Range<u64>, Range<u64>) {
    let middle = leaves.start + (1 << (leaves.end - leaves.start - 1).ilog2());
    (leaves.start..middle, middle..leaves.end)
}

fn roots_from_the_leaf_up<E>(
    ranges: Vec<Range<u64>>,
    read: &mut impl FnMut(Node) -> Result<Hash, E>,
) -> Result<Vec<Hash>, ProveError<E>> {
    let roots = ranges
        .into_iter()
        .rev()
        .map(|leaves| range_root(leaves, &mut *read));
    roots.collect::<Result<_, E>>().map_err(ProveError::Read)
}

fn range_root<E>(leaves: Range<u64>, read: impl FnMut(Node) -> Result<Hash, E>) -> Result<Hash, E> {
    let roots = cover(leaves)
        .into_iter()
        .map(read)
        .collect::<Result<Vec<_>, E>>()?;
    Ok(fold_right(&roots))
}
