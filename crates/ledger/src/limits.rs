//! Every limit of the ledger, with its reason. An unbounded input is an attack.

/// Views in one transaction: a house sale with its money needs five; more is a batch job in disguise.
pub const VIEWS_MAX: usize = 32;
/// Facts consumed, referenced or created by one view: bounds the cost of one verification.
pub const FACTS_PER_VIEW_MAX: usize = 256;
/// Tokens in one transaction: what one notary request may make the notary look up.
pub const TOKENS_MAX: usize = 1024;
/// Observers of one view.
pub const OBSERVERS_MAX: usize = 16;
/// Bytes of one encoded message or bundle.
pub const MESSAGE_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Nesting of lists and records inside one field.
pub const VALUE_DEPTH_MAX: usize = 8;
/// Items in one list value.
pub const LIST_ITEMS_MAX: usize = 4096;
/// Bytes in one text value.
pub const TEXT_BYTES_MAX: usize = 64 * 1024;
/// Longest time window of a transaction in milliseconds: a longer one would be a free option on somebody's signature.
pub const WINDOW_MS_MAX: u64 = 15 * 60 * 1000;
/// Signatures carried by one transaction.
pub const SIGNATURES_MAX: usize = 64;
/// Addresses in one signed sheet: one signature vouches for this many one-time keys.
pub const SHEET_ADDRESSES_MAX: u32 = 256;
/// Keys in one control policy.
pub const CONTROL_KEYS_MAX: usize = 8;
/// Hashes in one Merkle path: enough for 2^40 entries.
pub const PATH_MAX: usize = 64;
/// Members' keys that a thread keeps ready for use; a few kilobytes each.
pub const PARSED_KEYS_MAX: usize = 1_024;
/// Transactions that a party signs at one stroke: the path of each is six hashes at most.
pub const SIGNED_TOGETHER_MAX: usize = 64;
/// Verified strokes that a thread remembers, 32 bytes each.
pub const VERIFIED_STROKES_MAX: usize = 4_096;
