//! What an event did that an oracle may care about.

use ledger::TransactionId;
use ledger::certificate::Certificate;
use protocol::message::Message;
use protocol::notary::Submission;
use protocol::notary::store::NotaryBatch;
use protocol::store::Write;

/// One thing that became known to the world, and to nobody in it.
pub(crate) enum News {
    /// A machine's disk was written.
    Written { at: usize, write: Write },
    /// The notary's disk was written.
    Logged { batch: NotaryBatch },
    /// A message left a machine.
    Sent {
        from: usize,
        to: usize,
        bytes: Vec<u8>,
        message: Box<Message>,
    },
    /// A message was taken over by a machine.
    Received { at: usize, message: Box<Message> },
    /// The notary certified what it was shown.
    Certified {
        id: TransactionId,
        submission: Box<Submission>,
        certificate: Box<Certificate>,
    },
}
