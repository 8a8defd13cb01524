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
/// Levels of the tree over a list's items, whatever its length, so that the length stays untold.
pub const LIST_DEPTH: u32 = 12;
/// Items in one list value.
pub const LIST_ITEMS_MAX: usize = 1 << LIST_DEPTH;
/// Fields of one kind: four times what the contract language allows in one declaration.
pub const FIELDS_MAX: usize = 1024;
/// Bytes in one text value.
pub const TEXT_BYTES_MAX: usize = 64 * 1024;
/// Longest time window of a transaction in milliseconds: a longer one would be a free option on somebody's signature.
pub const WINDOW_MS_MAX: u64 = 15 * 60 * 1000;
/// Scopes of one signature: three roles in each view.
pub const SCOPES_MAX: usize = 3 * VIEWS_MAX;
/// Signatures carried by one transaction.
pub const SIGNATURES_MAX: usize = 64;
/// Addresses in one signed sheet: one signature vouches for this many one-time keys.
pub const SHEET_ADDRESSES_MAX: u32 = 256;
/// Keys in one control policy.
pub const CONTROL_KEYS_MAX: usize = 8;
/// Hashes in one Merkle path: enough for 2^40 entries.
pub const PATH_MAX: usize = 64;
/// Transactions that a party signs at one stroke: the path of each is six hashes at most.
pub const SIGNED_TOGETHER_MAX: usize = 64;
/// Bytes of a public key of a suite that this version doesn't know: the known ones take 2,017 at most.
pub const KEY_BYTES_MAX: usize = 8 * 1024;
/// Keys of one member, each of another suite: one in use and one that follows it, twice over.
pub const MEMBER_KEYS_MAX: usize = 4;
/// Verified strokes that a key remembers, 32 bytes each.
pub const VERIFIED_MAX: usize = 4_096;
/// Bytes of the name under which a verifier asks for a presentation.
pub const AUDIENCE_BYTES_MAX: usize = 256;
/// Bytes of a verifier's nonce at least: fewer could be guessed, or come again.
pub const NONCE_BYTES_MIN: usize = 16;
/// Bytes of a verifier's nonce at most.
pub const NONCE_BYTES_MAX: usize = 64;
/// How far a holder's clock may be ahead of the verifier's, in milliseconds.
pub const PRESENTED_AHEAD_MS_MAX: u64 = 60 * 1000;
/// Marks in one bucket of the set of used ones: a proof shows all of them, 256 bytes.
pub const BUCKET_MARKS_MAX: usize = 16;
/// Bits of a mark by which the set of used ones is divided. Seventeen marks that share so many take more work than there is, and
/// would only stay in one bucket together, about which nothing is proven.
pub const MARK_BITS_MAX: usize = PATH_MAX;
/// How far a log's time may be ahead of the verifier's clock, in milliseconds.
pub const CURRENT_AHEAD_MS_MAX: u64 = 60 * 1000;
/// Bytes of each chunk of a file but the last: small enough to hold some in memory, and to be sent again; large enough that
/// hashes and requests weigh nothing beside it.
pub const CHUNK_BYTES: usize = 1 << 20;
/// Bytes of one file: 65,536 chunks, of which the hashes take 2 MiB.
pub const FILE_BYTES_MAX: u64 = 64 << 30;
/// Fewest validators that keep a log together: with three, none may lie.
pub const VALIDATORS_MIN: usize = 4;
/// Most validators of a log: each signs every checkpoint, and all of them with those before fit one note.
pub const VALIDATORS_MAX: usize = 31;
/// Bytes of a decision on authorities with its signatures: 31 validators, and 62 that sign.
pub const DECISION_BYTES_MAX: usize = 24 * 1024;
/// Epochs of one log's authorities: a change a month for ten years, and their whole history fits one message.
pub const EPOCHS_MAX: usize = 120;
