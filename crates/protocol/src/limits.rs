//! Every limit of the protocol, with its reason.

/// Default length of a transaction's window: long enough for a slow signer, short enough to free money soon.
pub const WINDOW_MS: u64 = 60_000;
/// How far clocks may be apart: a window opens this much before its drafter's now.
pub const CLOCK_SKEW_MS: u64 = 30_000;
/// A proposal that arrives no longer than this after its window was only slow; one that is later comes from a wrong clock.
pub const LATE_MS: u64 = 2 * CLOCK_SKEW_MS;
/// Flows that one node drives at a time: bounds memory and the money that is locked.
pub const FLOWS_MAX: usize = 512;
/// Flows that wait for one node: should it keep quiet, the others go on.
pub const FLOWS_PER_PEER: usize = FLOWS_MAX / 4 * 3;
/// Proposals of one peer that are signed and whose outcome is open: enough for all of its flows, and for those whose outcome
/// is on its way.
pub const SIGNED_MAX: usize = 4 * FLOWS_MAX;
/// One-time keys in a sheet given to one peer.
pub const SHEET_KEYS: u32 = 64;
/// Sheets given for one request.
pub const SHEETS_PER_REQUEST: u32 = 4;
/// Requests for keys that one peer is granted a second: keys for four thousand payments, twice what two cores can make.
pub const SHEET_REQUESTS_PER_SECOND: u32 = 16;
/// Sheets of one party that are kept before more are dropped.
pub const SHEETS_KEPT: usize = 4 * SHEETS_PER_REQUEST as usize;
/// Into how many facts a holder's money of one sort is divided, so that payments needn't wait for each other's change.
pub const FAN_OUT: usize = 192;
/// Divided again when fewer than this many facts are left, and only by one payment at a time: otherwise every payment
/// under way would divide its change, and money would fall to dust.
pub const FAN_OUT_MIN: usize = 24;
/// Candidates given to the drafter when no single money fact suffices: all of a divided purse and some more.
pub const CANDIDATES_MAX: usize = 240;
/// After this long without an answer a proposal or request is sent again.
pub const RETRY_MS: u64 = 5_000;
/// The secret of a business key is kept this long for an instruction that still waits for something else.
pub const KEY_SECRETS_KEPT_MS: u64 = WINDOW_MS;
/// How long after its window a responder waits for the outcome before it asks the notary.
pub const GRACE_MS: u64 = 10_000;
/// Requests in one batch of the notary: a batch is one leaf, one sync, one signature.
pub const BATCH_REQUESTS_MAX: usize = 1024;
/// The root over the used marks is entered in the log once this long has passed since the last, whether or not anything was used:
/// less than the ten seconds that are promised by what an idle notary waits.
pub const CURRENT_EVERY_MS: u64 = 8_000;
/// Used marks that are gathered before they are added to the set together: together they cost less, and a few thousand hold up
/// nobody by more than some milliseconds.
pub const MARKS_ADDED_TOGETHER: usize = 4_096;
/// Tokens that one batch of the notary uses up, so that its record stays small enough to be read again; what is more goes to
/// the next batch. As many as 1,024 payments of 32 tokens.
pub const BATCH_TOKENS_MAX: usize = 32 * 1024;
/// Bytes of an instruction's idempotency key.
pub const KEY_BYTES_MAX: usize = 200;
/// Entries in the directory: members refuse a longer one.
pub const MEMBERS_MAX: usize = ledger::limits::LIST_ITEMS_MAX;
/// Bytes of the directory with its proof: members refuse a larger one, and it must fit one answer.
pub const DIRECTORY_BYTES_MAX: usize = ledger::limits::MESSAGE_BYTES_MAX;
/// Bytes of a member's name: one line on a page, in any script.
pub const NAME_BYTES_MAX: usize = 200;
/// Bytes of one service that a member offers: one line each.
pub const SERVICE_BYTES_MAX: usize = 500;
/// Services that one member names.
pub const SERVICES_MAX: usize = 16;
/// Bytes of a member's website.
pub const WEBSITE_BYTES_MAX: usize = 500;
/// Bytes of an endpoint: the longest name of RFC 1035 with a port.
pub const ENDPOINT_BYTES_MAX: usize = 260;
/// Checkpoints of earlier sizes of the map's log that the registrar keeps as it signs now, 5 kB each.
pub const SIGNED_AGAIN_MAX: usize = 4096;
/// A member changes its endpoint no more often than this: each change is a whole directory more in the registrar's log.
pub const ENDPOINT_CHANGE_MS: u64 = 10_000;
/// How long a weaker key stays in a member's record after it was given up: longer than any window of a transaction that was
/// signed before, and clocks may differ.
pub const KEY_GOES_AFTER_MS: u64 = ledger::limits::WINDOW_MS_MAX + 2 * CLOCK_SKEW_MS;
