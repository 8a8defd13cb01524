//! Nodes of a tree read from its tiles, so that proofs can be built wherever a log's tiles are at
//! hand.

use std::collections::BTreeMap;

use crate::hash::Hash;
use crate::limits::{TILE_HEIGHT, TILE_WIDTH};
use crate::node::Node;
use crate::tile::{Tile, TileBytesError};
use crate::tree::merkle_root;

/// Answers the reads of [`crate::prove_inclusion`] and its siblings from tiles, fetching each tile
/// once.
///
/// Tiles are taken as they come. That is safe: a proof built from wrong ones does not verify.
#[derive(Debug)]
pub struct TileReader<F> {
    size: u64,
    fetch: F,
    /// At most two tiles a level for one proof.
    fetched: BTreeMap<Tile, Vec<Hash>>,
}

/// Why a node could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TileReadError<E> {
    /// The tree has no such complete subtree.
    #[error("a tree of {size} leaves has no complete subtree {} at level {}", node.index, node.level)]
    NotInTree {
        /// Node asked for.
        node: Node,
        /// Leaves in the tree.
        size: u64,
    },
    /// The tile could not be fetched.
    #[error("{tile} could not be fetched")]
    Fetch {
        /// The tile.
        tile: Tile,
        /// What the fetch returned.
        #[source]
        source: E,
    },
    /// The tile has the wrong length.
    #[error("a tile is damaged")]
    Bytes(#[source] TileBytesError),
}

impl<E, F: FnMut(Tile) -> Result<Vec<u8>, E>> TileReader<F> {
    /// Reads the tree of `size` leaves. `fetch` gives a tile's content, with exactly the tile's
    /// width: where a partial tile was deleted in favour of the full one, it cuts the full one.
    pub fn new(size: u64, fetch: F) -> TileReader<F> {
        TileReader {
            size,
            fetch,
            fetched: BTreeMap::new(),
        }
    }

    /// Root of a complete subtree.
    ///
    /// # Errors
    /// [`TileReadError`].
    pub fn read(&mut self, node: Node) -> Result<Hash, TileReadError<E>> {
        let not_in_tree = TileReadError::NotInTree {
            node,
            size: self.size,
        };
        let in_tree = self
            .size
            .checked_shr(u32::from(node.level))
            .is_some_and(|complete| node.index < complete);
        if !in_tree {
            return Err(not_in_tree);
        }
        // Tiles hold every eighth level: the node is the root over some neighbouring hashes of one
        // tile.
        let hashes = 1usize << (node.level % TILE_HEIGHT);
        let first = node.index << (node.level % TILE_HEIGHT);
        let (index, position) = (
            first / u64::from(TILE_WIDTH),
            (first % u64::from(TILE_WIDTH)) as usize,
        );
        let Some(tile) = Tile::in_tree(node.level / TILE_HEIGHT, index, self.size) else {
            return Err(not_in_tree);
        };
        let content = self.tile(tile)?;
        content
            .get(position..position + hashes)
            .map(merkle_root)
            .ok_or(not_in_tree)
    }

    fn tile(&mut self, tile: Tile) -> Result<&[Hash], TileReadError<E>> {
        use std::collections::btree_map::Entry;
        match self.fetched.entry(tile) {
            Entry::Occupied(fetched) => Ok(fetched.into_mut()),
            Entry::Vacant(missing) => {
                let bytes =
                    (self.fetch)(tile).map_err(|source| TileReadError::Fetch { tile, source })?;
                Ok(missing.insert(tile.decode(&bytes).map_err(TileReadError::Bytes)?))
            }
        }
    }
}
