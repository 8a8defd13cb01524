//! The right edge of a log: all that is needed to append to it and to know its root, however long
//! it is.

use crate::hash::{HASH_BYTES, Hash, node_hash};
use crate::limits::TREE_SIZE_MAX;
use crate::node::{Node, subtrees};
use crate::tree::EMPTY_ROOT;

const SIZE_BYTES: usize = 8;

/// Size of a log and the roots of the complete subtrees that make it up, at most 64 hashes.
///
/// Stored form ([`Frontier::to_bytes`]): size as 8 big-endian bytes, then those roots from left to
/// right. The store is trusted for them: a corrupt frontier gives wrong roots, which consistency
/// proofs against earlier checkpoints expose.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frontier {
    size: u64,
    /// Largest subtree first, one for each one bit of `size`.
    roots: Vec<Hash>,
}

/// Why stored bytes aren't a frontier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrontierError {
    /// Too short to hold the size.
    #[error("a frontier starts with 8 bytes of size, got {got} bytes")]
    NoSize {
        /// Bytes given.
        got: usize,
    },
    /// Larger than [`TREE_SIZE_MAX`].
    #[error("a frontier of {size} leaves is larger than any log")]
    TooLarge {
        /// Size read.
        size: u64,
    },
    /// The number of hashes is not the one that the size implies.
    #[error("a frontier of {size} leaves has {expected} bytes, got {got}")]
    Length {
        /// Size read.
        size: u64,
        /// Bytes that this size needs.
        expected: usize,
        /// Bytes given.
        got: usize,
    },
}

impl Frontier {
    /// The frontier of the empty log.
    pub fn new() -> Frontier {
        Frontier::default()
    }

    /// Rebuilds the frontier of a log of `size` leaves from its stored nodes; reads one node for
    /// each one bit of `size`.
    ///
    /// # Errors
    /// Whatever `read` returns.
    pub fn load<E>(size: u64, read: impl FnMut(Node) -> Result<Hash, E>) -> Result<Frontier, E> {
        let roots = subtrees(size)
            .into_iter()
            .map(read)
            .collect::<Result<_, E>>()?;
        Ok(Frontier { size, roots })
    }

    /// Number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Root of the log at this size; [`EMPTY_ROOT`] when empty.
    pub fn root(&self) -> Hash {
        fold_right(&self.roots)
    }

    /// Appends a leaf hash; at most 64 node hashes, less than one on average.
    pub fn append(&mut self, leaf: Hash) {
        self.append_with(leaf, |_, _| ());
    }

    /// Appends a leaf hash and tells `completed` every node that is new with it, from the leaf up:
    /// what the log has to store (for tiles, those with a [`Node::tile_slot`]).
    pub fn append_with(&mut self, leaf: Hash, mut completed: impl FnMut(Node, Hash)) {
        let mut node = Node::leaf(self.size);
        let mut hash = leaf;
        completed(node, hash);
        while node.index & 1 == 1
            && let Some(left) = self.roots.pop()
        {
            hash = node_hash(&left, &hash);
            node = Node {
                level: node.level + 1,
                index: node.index >> 1,
            };
            completed(node, hash);
        }
        self.roots.push(hash);
        self.size += 1;
    }

    /// The stored form.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(SIZE_BYTES + self.roots.len() * HASH_BYTES);
        bytes.extend_from_slice(&self.size.to_be_bytes());
        for root in &self.roots {
            bytes.extend_from_slice(&root.0);
        }
        bytes
    }

    /// Reads the stored form.
    ///
    /// # Errors
    /// [`FrontierError`] unless the bytes are exactly what [`Frontier::to_bytes`] writes for some
    /// frontier.
    pub fn from_bytes(bytes: &[u8]) -> Result<Frontier, FrontierError> {
        let (size, hashes) = bytes
            .split_first_chunk::<SIZE_BYTES>()
            .ok_or(FrontierError::NoSize { got: bytes.len() })?;
        let size = u64::from_be_bytes(*size);
        if size > TREE_SIZE_MAX {
            return Err(FrontierError::TooLarge { size });
        }
        let expected = SIZE_BYTES + size.count_ones() as usize * HASH_BYTES;
        if bytes.len() != expected {
            return Err(FrontierError::Length {
                size,
                expected,
                got: bytes.len(),
            });
        }
        let (hashes, _) = hashes.as_chunks::<HASH_BYTES>();
        let roots = hashes.iter().map(|hash| Hash(*hash)).collect();
        Ok(Frontier { size, roots })
    }
}

/// Root over the roots of complete subtrees, largest first.
pub(crate) fn fold_right(roots: &[Hash]) -> Hash {
    let folded = roots
        .iter()
        .copied()
        .rev()
        .reduce(|right, left| node_hash(&left, &right));
    folded.unwrap_or(EMPTY_ROOT)
}
