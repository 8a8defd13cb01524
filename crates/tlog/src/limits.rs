//! Every limit of this crate, each with its reason. An unbounded input is an attack.

/// Largest number of leaves in a log: other implementations of the C2SP formats keep sizes in a
/// signed 64-bit integer.
pub const TREE_SIZE_MAX: u64 = i64::MAX as u64;

/// Levels of the tree that one tile spans (C2SP tlog-tiles, "Merkle Tree").
pub const TILE_HEIGHT: u8 = 8;

/// Hashes in a full tile, and entries in a full bundle: 2^`TILE_HEIGHT`.
pub const TILE_WIDTH: u16 = 1 << TILE_HEIGHT;

/// Highest level that a tile path can name (C2SP tlog-tiles: "between 0 and 63").
pub const TILE_LEVEL_MAX: u8 = 63;

/// Highest index of a tile within its level: no tree of `TREE_SIZE_MAX` leaves has one beyond it.
pub const TILE_INDEX_MAX: u64 = TREE_SIZE_MAX >> TILE_HEIGHT;

/// Longest log entry in bytes: its length is a big-endian 16-bit integer (C2SP tlog-tiles, "Log
/// entries").
pub const ENTRY_BYTES_MAX: usize = u16::MAX as usize;

/// Signature lines in a note. The specification demands at least 16; 64 leaves room for every
/// authority of a large cluster, its witnesses and a rotation of their keys.
pub const NOTE_SIGNATURES_MAX: usize = 64;

/// Bytes in a whole note: 64 post-quantum signature lines of almost 7 kB and a short text.
pub const NOTE_BYTES_MAX: usize = 512 * 1024;

/// Bytes in a key name or in a checkpoint's origin: what a one-byte length can hold, as the ML-DSA
/// cosignature of C2SP tlog-cosignature requires.
pub const NAME_BYTES_MAX: usize = u8::MAX as usize;

/// Latest time of a cosignature, in seconds since the Unix epoch (C2SP tlog-cosignature: "MUST NOT
/// exceed 2^63 - 1").
pub const COSIGNATURE_TIME_UNIX_S_MAX: u64 = i64::MAX as u64;

/// Ed25519 signatures verified as one batch: with more the gain is small, and more have to be verified again for one that doesn't hold.
pub const BATCH_SIGNATURES_MAX: usize = 1_024;

/// The smaller batches in which those of a batch are verified that doesn't hold.
pub const BATCH_SIGNATURES_MIN: usize = 64;

/// Hashes in a consistency proof that a witness is given (C2SP tlog-witness: "MUST NOT send more than 63").
pub const CONSISTENCY_HASHES_MAX: usize = 63;
