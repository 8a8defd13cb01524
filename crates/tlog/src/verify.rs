//! Verification of proofs (RFC 9162 §2.1.3.2 and §2.1.4.2). A proof has exactly the hashes that its
//! sizes imply, neither more nor fewer.

use crate::hash::{Hash, node_hash};

/// Why a leaf is not shown to be in a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InclusionError {
    /// The tree has no such leaf.
    #[error("leaf {index} is not in a tree of {size} leaves")]
    NoSuchLeaf {
        /// Leaf claimed.
        index: u64,
        /// Leaves in the tree.
        size: u64,
    },
    /// The path has too many or too few hashes.
    #[error("the path of this leaf has {expected} hashes, got {got}")]
    PathLength {
        /// Hashes that index and size imply.
        expected: usize,
        /// Hashes given.
        got: usize,
    },
    /// The path leads to another root.
    #[error("the path leads to root {got}, expected {expected}")]
    OtherRoot {
        /// Root to be reached.
        expected: Hash,
        /// Root that leaf and path give.
        got: Hash,
    },
}

/// Why one tree is not shown to extend another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ConsistencyError {
    /// The older tree is empty: nothing is proven.
    #[error("consistency with the empty tree proves nothing")]
    FromEmptyTree,
    /// The older tree is larger than the newer one.
    #[error("a tree of {new_size} leaves does not extend one of {old_size}")]
    Shrunk {
        /// Leaves in the older tree.
        old_size: u64,
        /// Leaves in the newer tree.
        new_size: u64,
    },
    /// The proof has too many or too few hashes.
    #[error("the proof between these sizes has {expected} hashes, got {got}")]
    ProofLength {
        /// Hashes that the sizes imply.
        expected: usize,
        /// Hashes given.
        got: usize,
    },
    /// The proof does not lead to the older root.
    #[error("the proof leads to old root {got}, expected {expected}")]
    OtherOldRoot {
        /// Root to be reached.
        expected: Hash,
        /// Root that the proof gives.
        got: Hash,
    },
    /// The proof does not lead to the newer root.
    #[error("the proof leads to new root {got}, expected {expected}")]
    OtherNewRoot {
        /// Root to be reached.
        expected: Hash,
        /// Root that the proof gives.
        got: Hash,
    },
}

/// The root that a leaf hash and its path lead to, in a tree of `size` leaves.
///
/// The size decides the shape of the tree, but the root does not bind it: take it from a signed
/// checkpoint or from hashed data, never from whoever gives the proof.
///
/// # Errors
/// [`InclusionError::NoSuchLeaf`] and [`InclusionError::PathLength`].
pub fn root_from_path(
    leaf: Hash,
    index: u64,
    size: u64,
    path: &[Hash],
) -> Result<Hash, InclusionError> {
    if index >= size {
        return Err(InclusionError::NoSuchLeaf { index, size });
    }
    let shape = Shape::of(index, size);
    if path.len() != shape.inner + shape.border {
        return Err(InclusionError::PathLength {
            expected: shape.inner + shape.border,
            got: path.len(),
        });
    }
    let (inner, border) = path.split_at(shape.inner);
    Ok(climb_border(climb(leaf, index, inner), border))
}

/// Verifies that a leaf hash is the one at `index` in the tree of `size` leaves with this root. See
/// [`root_from_path`] about `size`.
///
/// # Errors
/// [`InclusionError`].
pub fn verify_inclusion(
    leaf: Hash,
    index: u64,
    size: u64,
    path: &[Hash],
    root: Hash,
) -> Result<(), InclusionError> {
    let got = root_from_path(leaf, index, size, path)?;
    if got != root {
        return Err(InclusionError::OtherRoot {
            expected: root,
            got,
        });
    }
    Ok(())
}

/// Verifies that the tree (`new_size`, `new_root`) starts with all leaves of the tree (`old_size`,
/// `old_root`). Take sizes and roots from signed checkpoints.
///
/// # Errors
/// [`ConsistencyError`].
pub fn verify_consistency(
    old_size: u64,
    old_root: Hash,
    new_size: u64,
    new_root: Hash,
    proof: &[Hash],
) -> Result<(), ConsistencyError> {
    if old_size == 0 {
        return Err(ConsistencyError::FromEmptyTree);
    }
    if old_size > new_size {
        return Err(ConsistencyError::Shrunk { old_size, new_size });
    }
    // Both trees contain the complete subtree that ends at the old tree's last leaf: the proof
    // climbs from it to both roots.
    let shape = Shape::of(old_size - 1, new_size);
    let height = old_size.trailing_zeros();
    let steps = if old_size == new_size {
        Shape {
            inner: 0,
            border: 0,
        }
    } else {
        Shape {
            inner: shape.inner - height as usize,
            border: shape.border,
        }
    };
    let start_is_old_root = old_size == new_size || old_size.is_power_of_two();
    let expected = steps.inner + steps.border + usize::from(!start_is_old_root);
    if proof.len() != expected {
        return Err(ConsistencyError::ProofLength {
            expected,
            got: proof.len(),
        });
    }
    let (start, proof) = match proof.split_first() {
        Some((first, rest)) if !start_is_old_root => (*first, rest),
        _ => (old_root, proof),
    };
    let position = (old_size - 1) >> height;
    let (inner, border) = proof.split_at(steps.inner);
    let got = climb_border(climb_left_siblings(start, position, inner), border);
    if got != old_root {
        return Err(ConsistencyError::OtherOldRoot {
            expected: old_root,
            got,
        });
    }
    let got = climb_border(climb(start, position, inner), border);
    if got != new_root {
        return Err(ConsistencyError::OtherNewRoot {
            expected: new_root,
            got,
        });
    }
    Ok(())
}

/// Number of hashes on the path of a leaf.
struct Shape {
    /// Below the point where the path joins the tree's right edge.
    inner: usize,
    /// On the right edge, where all siblings are left ones.
    border: usize,
}

impl Shape {
    fn of(index: u64, size: u64) -> Shape {
        let inner = u64::BITS - (index ^ (size - 1)).leading_zeros();
        let border = index.checked_shr(inner).unwrap_or(0).count_ones();
        Shape {
            inner: inner as usize,
            border: border as usize,
        }
    }
}

fn climb(start: Hash, index: u64, siblings: &[Hash]) -> Hash {
    siblings
        .iter()
        .enumerate()
        .fold(start, |below, (height, sibling)| {
            if index >> height & 1 == 0 {
                node_hash(&below, sibling)
            } else {
                node_hash(sibling, &below)
            }
        })
}

fn climb_left_siblings(start: Hash, index: u64, siblings: &[Hash]) -> Hash {
    siblings
        .iter()
        .enumerate()
        .fold(start, |below, (height, sibling)| {
            if index >> height & 1 == 0 {
                below
            } else {
                node_hash(sibling, &below)
            }
        })
}

fn climb_border(start: Hash, left_siblings: &[Hash]) -> Hash {
    left_siblings
        .iter()
        .fold(start, |below, left| node_hash(left, &below))
}
