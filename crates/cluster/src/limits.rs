//! Every limit of the cluster, with its reason. All validators must have the same: an oversized message ends a connection.

use std::time::Duration;

/// Bytes of one proposal: what one message of the ledger may have.
pub const PROPOSAL_BYTES_MAX: usize = ledger::limits::MESSAGE_BYTES_MAX;
/// Bytes of a proposal beside what clients asked: a reading, a checkpoint of the map with its signatures, heads of lists.
pub const PROPOSAL_OWN_BYTES: usize = 8 * 1024;
/// Bytes that clients wait with: eight proposals. Who comes later is told that the notary is busy.
pub const WAITING_BYTES_MAX: usize = 8 * PROPOSAL_BYTES_MAX;
/// A leader with nothing to propose waits this long, so that readings stay fresh and an idle cluster stays nearly idle.
pub const HEARTBEAT: Duration = Duration::from_millis(1_000);
/// How far the agreed time may be behind a leader's clock for it to propose what clients asked, in milliseconds: well within what
/// clocks may be apart, and more than an idle cluster of four is behind.
pub const BEHIND_MS_MAX: u64 = protocol::limits::CLOCK_SKEW_MS / 3;
/// Pause before a block that only brings a reading, so that one wrong clock keeps nobody busy.
pub const CATCH_UP: Duration = Duration::from_millis(10);
/// A leader that proposes nothing for this long is passed over: more than a heartbeat and a slow disk.
pub const LEADER_TIMEOUT: Duration = Duration::from_millis(2_000);
/// A view that isn't certified after this long is given up.
pub const CERTIFICATION_TIMEOUT: Duration = Duration::from_millis(3_000);
/// A leader that was silent for this long loses its turns without being waited for.
pub const SKIP_TIMEOUT: Duration = Duration::from_secs(5);
/// Pause before a message that may have been lost is sent again.
pub const RETRY: Duration = Duration::from_millis(500);
/// How long an answer of another validator is waited for.
pub const FETCH_TIMEOUT: Duration = Duration::from_secs(2);
/// How long validators stay after they handed the log over, for those who have not seen it yet.
pub const STAY: Duration = Duration::from_secs(10);
/// Views behind the last final one whose votes are remembered.
pub const VIEWS_KEPT: u64 = 256;
/// Final blocks that are kept for validators that were away: they hold what clients asked, so no longer than needed. At one
/// block a second a day and more, at fifty half an hour.
pub const BLOCKS_KEPT: u64 = 100_000;
/// Blocks in one section of an archive: what is let go of at once.
pub const BLOCKS_PER_SECTION: u64 = 1_024;
/// Blocks handed to be applied before the first of them is: catching up reads ahead this far.
pub const BLOCKS_AHEAD: usize = 16;
/// Messages of one peer on one channel in a second: ten times what fifty blocks a second need. Memory is set aside for it.
pub const MESSAGES_PER_SECOND: u32 = 512;
/// Messages that an actor of the engine has waiting.
pub const MAILBOX: usize = 256;
/// Checkpoints of our own that wait for cosignatures: what is older was overtaken by a newer one.
pub const CHECKPOINTS_WAITING_MAX: usize = 1_024;
/// Bytes of a message of one validator to the others about a checkpoint.
pub const LINE_BYTES_MAX: usize = 4 * 1024;
