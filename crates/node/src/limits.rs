//! Every limit of this crate, with its reason. Limits that an operator may want to change are in the configuration file.

/// Write-ahead log pages (4 KiB each) after which a commit also moves them into the database file: bounds the log to
/// about 16 MB and start-up after a crash to well under a second.
pub const WAL_PAGES_MAX: u64 = 4_096;

/// Page cache of a store's connection, in KiB.
pub const STORE_CACHE_KIB: u32 = 65_536;

/// Prepared statements kept per connection: five shapes for each key space, with room to spare.
pub const STATEMENTS_CACHED: usize = 96;

/// How long a connection waits for another one of the same process (backup, reader, checkpoint), in milliseconds.
pub const STORE_BUSY_MS: u64 = 5_000;

/// Free disk bytes below which the notary's store refuses to write. Its engine cannot take back a half-written
/// batch when the disk fills up under it, so it never starts one that might not fit.
pub const NOTARY_DISK_RESERVE_BYTES: u64 = 64 << 20;

/// Block cache of the notary's store, in bytes.
pub const NOTARY_CACHE_BYTES: u64 = 64 << 20;
