//! Tiles (C2SP tlog-tiles, "Merkle Tree"): the tree in files of up to 256 hashes that never change
//! once full.

use std::fmt;

use crate::hash::{HASH_BYTES, Hash};
use crate::limits::{TILE_HEIGHT, TILE_INDEX_MAX, TILE_LEVEL_MAX, TILE_WIDTH};
use crate::tile_path::TileSpan;
use crate::tree::merkle_root;

/// Levels that a tree of up to [`crate::limits::TREE_SIZE_MAX`] leaves can have tiles on.
const TILE_LEVELS: u8 = 8;

/// Name of a tile of hashes. Text form: its path, `tile/<level>/<index>[.p/<width>]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tile {
    level: u8,
    span: TileSpan,
}

/// Name of a bundle of log entries. Text form: its path, `tile/entries/<index>[.p/<width>]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryBundle {
    span: TileSpan,
}

/// Why numbers don't name a tile or a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TileError {
    /// Above [`TILE_LEVEL_MAX`].
    #[error("a tile's level is at most {TILE_LEVEL_MAX}, got {got}")]
    Level {
        /// Level given.
        got: u8,
    },
    /// Above [`TILE_INDEX_MAX`].
    #[error("a tile's index is at most {TILE_INDEX_MAX}, got {got}")]
    Index {
        /// Index given.
        got: u64,
    },
    /// Zero, or above [`TILE_WIDTH`].
    #[error("a tile's width is 1 to {TILE_WIDTH}, got {got}")]
    Width {
        /// Width given.
        got: u16,
    },
}

/// Why bytes aren't the content of a tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{tile} has {expected} bytes, got {got}")]
pub struct TileBytesError {
    /// The tile.
    pub tile: Tile,
    /// Bytes that its width implies.
    pub expected: usize,
    /// Bytes given.
    pub got: usize,
}

impl Tile {
    /// Names a tile of `width` hashes (256 when full).
    ///
    /// # Errors
    /// [`TileError`].
    pub fn new(level: u8, index: u64, width: u16) -> Result<Tile, TileError> {
        if level > TILE_LEVEL_MAX {
            return Err(TileError::Level { got: level });
        }
        Ok(Tile {
            level,
            span: TileSpan::new(index, width)?,
        })
    }

    /// Tile `index` at `level` as it is in a tree of `size` leaves, or `None` where that tree has
    /// no hashes.
    pub fn in_tree(level: u8, index: u64, size: u64) -> Option<Tile> {
        let span = TileSpan::in_row(index, hashes_at(level, size))?;
        Some(Tile { level, span })
    }

    pub(crate) const fn from_parts(level: u8, span: TileSpan) -> Tile {
        Tile { level, span }
    }

    /// Level: its hashes are roots of complete subtrees of `256^level` leaves.
    pub fn level(&self) -> u8 {
        self.level
    }

    /// Index within the level.
    pub fn index(&self) -> u64 {
        self.span.index()
    }

    /// Number of hashes, 1 to 256.
    pub fn width(&self) -> u16 {
        self.span.width()
    }

    /// True with 256 hashes: such a tile never changes.
    pub fn is_full(&self) -> bool {
        self.span.width() == TILE_WIDTH
    }

    /// Reads the tile's content.
    ///
    /// # Errors
    /// [`TileBytesError`] unless it has exactly as many hashes as the tile is wide.
    pub fn decode(&self, bytes: &[u8]) -> Result<Vec<Hash>, TileBytesError> {
        let expected = usize::from(self.width()) * HASH_BYTES;
        if bytes.len() != expected {
            return Err(TileBytesError {
                tile: *self,
                expected,
                got: bytes.len(),
            });
        }
        let (hashes, _) = bytes.as_chunks::<HASH_BYTES>();
        Ok(hashes.iter().map(|hash| Hash(*hash)).collect())
    }

    /// Content of a tile of these hashes.
    pub fn encode(hashes: &[Hash]) -> Vec<u8> {
        hashes.iter().flat_map(|hash| hash.0).collect()
    }
}

impl EntryBundle {
    /// Names a bundle of `width` entries (256 when full).
    ///
    /// # Errors
    /// [`TileError`].
    pub fn new(index: u64, width: u16) -> Result<EntryBundle, TileError> {
        Ok(EntryBundle {
            span: TileSpan::new(index, width)?,
        })
    }

    /// Bundle `index` as it is in a log of `size` entries, or `None` where that log has no entries.
    pub fn in_log(index: u64, size: u64) -> Option<EntryBundle> {
        Some(EntryBundle {
            span: TileSpan::in_row(index, size)?,
        })
    }

    pub(crate) const fn from_span(span: TileSpan) -> EntryBundle {
        EntryBundle { span }
    }

    /// Index of the bundle: its first entry is log entry `256 * index`.
    pub fn index(&self) -> u64 {
        self.span.index()
    }

    /// Number of entries, 1 to 256.
    pub fn width(&self) -> u16 {
        self.span.width()
    }
}

/// Hashes that a tree of `size` leaves has at a tile level.
fn hashes_at(level: u8, size: u64) -> u64 {
    size.checked_shr(u32::from(level) * u32::from(TILE_HEIGHT))
        .unwrap_or(0)
}

/// The tiles that have to be written when a log grows from `old_size` to `new_size` leaves, by
/// level and index: those with new hashes, at their width in the new tree.
pub fn tiles_grown(old_size: u64, new_size: u64) -> impl Iterator<Item = Tile> {
    let width = u64::from(TILE_WIDTH);
    (0..TILE_LEVELS).flat_map(move |level| {
        let (old, new) = (hashes_at(level, old_size), hashes_at(level, new_size));
        let end = if new > old { new.div_ceil(width) } else { 0 };
        (old / width..end).filter_map(move |index| Tile::in_tree(level, index, new_size))
    })
}

/// All tiles of the tree over these leaf hashes, by level and index, with their hashes.
pub fn build_tiles(leaf_hashes: &[Hash]) -> Vec<(Tile, Vec<Hash>)> {
    let size = leaf_hashes.len() as u64;
    let mut tiles = Vec::new();
    let mut row = leaf_hashes.to_vec();
    for level in 0..TILE_LEVELS {
        let chunks = (0..).zip(row.chunks(usize::from(TILE_WIDTH)));
        tiles.extend(chunks.filter_map(|(index, hashes)| {
            Some((Tile::in_tree(level, index, size)?, hashes.to_vec()))
        }));
        row = row
            .chunks_exact(usize::from(TILE_WIDTH))
            .map(merkle_root)
            .collect();
    }
    tiles
}

impl fmt::Display for Tile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tile/{}/{}", self.level, self.span)
    }
}

impl fmt::Display for EntryBundle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tile/entries/{}", self.span)
    }
}
