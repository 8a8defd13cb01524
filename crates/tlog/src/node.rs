//! Names of the nodes that a log keeps: the roots of its complete subtrees, which never change once
//! the tree has them.

use std::ops::Range;

use crate::limits::{TILE_HEIGHT, TILE_WIDTH};

/// A complete subtree: `2^level` leaves starting at leaf `index * 2^level`. Level 0 is the leaf
/// itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Node {
    /// Height above the leaves.
    pub level: u8,
    /// Position within its level, from the left.
    pub index: u64,
}

/// Where a hash is kept in C2SP tiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileSlot {
    /// Level of the tile.
    pub level: u8,
    /// Index of the tile within its level.
    pub index: u64,
    /// Position of the hash within the tile, 0 to 255.
    pub position: u8,
}

impl Node {
    /// The leaf at `index`.
    pub const fn leaf(index: u64) -> Node {
        Node { level: 0, index }
    }

    /// The slot of this node's hash, or `None` for the nodes between tile levels, which tiles leave
    /// out because they follow from the hashes below.
    pub const fn tile_slot(self) -> Option<TileSlot> {
        if self.level.is_multiple_of(TILE_HEIGHT) {
            Some(TileSlot {
                level: self.level / TILE_HEIGHT,
                index: self.index / TILE_WIDTH as u64,
                position: (self.index % TILE_WIDTH as u64) as u8,
            })
        } else {
            None
        }
    }
}

/// The nodes that appending leaf `leaf_index` completes, from the leaf up: all that a log has to
/// write for it.
pub fn completed_by(leaf_index: u64) -> impl Iterator<Item = Node> {
    (0..=leaf_index.trailing_ones().min(u64::BITS - 1) as u8).map(move |level| Node {
        level,
        index: leaf_index >> level,
    })
}

/// The fewest complete subtrees that cover `leaves`, from left to right.
pub(crate) fn cover(leaves: Range<u64>) -> Vec<Node> {
    let mut nodes = Vec::new();
    let mut start = leaves.start;
    while start < leaves.end {
        let level = (leaves.end - start).ilog2().min(start.trailing_zeros());
        nodes.push(Node {
            level: level as u8,
            index: start >> level,
        });
        start += 1 << level;
    }
    nodes
}

/// The complete subtrees whose roots together give the root of a tree of `size` leaves, from left
/// to right. There are as many as `size` has one bits.
pub fn subtrees(size: u64) -> Vec<Node> {
    cover(0..size)
}
