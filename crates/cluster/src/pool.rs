//! What this validator's clients asked and nobody has answered yet.
//!
//! Requests aren't passed on to other validators: each proposes what it was asked when it leads. A proposal that came to nothing is
//! proposed again.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use commonware_cryptography::sha256::Digest as BlockDigest;
use ledger::Digest;
use ledger::authorities::DecisionRefusal;
use protocol::limits::BATCH_REQUESTS_MAX;
use protocol::notary::{Change, Registered, Request, Verdict};
use tokio::sync::{Notify, oneshot};

use crate::limits::{PROPOSAL_BYTES_MAX, PROPOSAL_OWN_BYTES, WAITING_BYTES_MAX};

/// What is answered to what was asked, item by item.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    /// To the requests.
    pub verdicts: Vec<Verdict>,
    /// To the statements.
    pub registered: Vec<Registered>,
    /// To the decision.
    pub change: Option<Result<Change, DecisionRefusal>>,
}

/// What one client asks at once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asking {
    /// Requests.
    pub requests: Vec<Request>,
    /// Hashes of statements to be registered.
    pub statements: Vec<Digest>,
    /// A decision on who keeps the log next, a signed note; empty if there is none.
    pub decision: String,
    /// Bytes that all of it has when it is encoded.
    pub bytes: usize,
}

/// Why nothing is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AskError {
    /// It fits no proposal.
    #[error("this is more than one block of the notary takes")]
    TooLarge,
    /// Enough waits already.
    #[error("the notary is busy")]
    Busy,
}

/// What was asked, and who waits for the answer.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) asking: Asking,
    pub(crate) reply: oneshot::Sender<Answers>,
}

struct Proposed {
    height: u64,
    digest: BlockDigest,
    asked: Vec<Asked>,
}

#[derive(Default)]
struct Inside {
    waiting: VecDeque<Asked>,
    waiting_bytes: usize,
    /// In blocks of ours that aren't final yet.
    proposed: Vec<Proposed>,
    /// Another validator has something to propose, and waits for its turn.
    hurried: bool,
}

/// What waits to be ordered.
#[derive(Default)]
pub(crate) struct Pool {
    inside: Mutex<Inside>,
    /// There is a reason to propose.
    reason: Notify,
    /// Something new waits.
    pub(crate) news: Notify,
}

impl Pool {
    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn ask(&self, asking: Asking) -> Result<oneshot::Receiver<Answers>, AskError> {
        let items = asking.requests.len().max(asking.statements.len());
        if asking.bytes > PROPOSAL_BYTES_MAX - PROPOSAL_OWN_BYTES || items > BATCH_REQUESTS_MAX {
            return Err(AskError::TooLarge);
        }
        let (reply, answer) = oneshot::channel();
        let mut inside = self.inside();
        if inside.waiting_bytes + asking.bytes > WAITING_BYTES_MAX {
            return Err(AskError::Busy);
        }
        inside.waiting_bytes += asking.bytes;
        inside.waiting.push_back(Asked { asking, reply });
        drop(inside);
        self.reason.notify_one();
        self.news.notify_one();
        Ok(answer)
    }

    /// Another validator waits for its turn: what it was asked shall not wait for our heartbeat.
    pub(crate) fn hurry(&self) {
        self.inside().hurried = true;
        self.reason.notify_one();
    }

    /// We lead: whoever waits for its turn has us behind it.
    pub(crate) fn lead(&self) {
        self.inside().hurried = false;
    }

    pub(crate) fn has_waiting(&self) -> bool {
        !self.inside().waiting.is_empty()
    }

    fn has_reason(&self) -> bool {
        let inside = self.inside();
        inside.hurried || !inside.waiting.is_empty()
    }

    /// Returns once there is something to propose, or somebody else waits.
    pub(crate) async fn reason(&self) {
        loop {
            let reason = self.reason.notified();
            if self.has_reason() {
                return;
            }
            reason.await;
        }
    }

    /// Takes as much as one proposal holds. Whoever went away meanwhile isn't asked for.
    pub(crate) fn take(&self) -> Vec<Asked> {
        let mut inside = self.inside();
        let (mut taken, mut bytes, mut requests, mut statements) = (Vec::new(), 0, 0, 0);
        let mut decides = false;
        while let Some(Asked { asking, reply }) = inside.waiting.front() {
            let fits = bytes + asking.bytes <= PROPOSAL_BYTES_MAX - PROPOSAL_OWN_BYTES
                && requests + asking.requests.len() <= BATCH_REQUESTS_MAX
                && statements + asking.statements.len() <= BATCH_REQUESTS_MAX
                && (!decides || asking.decision.is_empty());
            let gone = reply.is_closed();
            if !fits && !gone {
                break;
            }
            let Some(asked) = inside.waiting.pop_front() else {
                break;
            };
            inside.waiting_bytes -= asked.asking.bytes;
            if !gone {
                bytes += asked.asking.bytes;
                requests += asked.asking.requests.len();
                statements += asked.asking.statements.len();
                decides |= !asked.asking.decision.is_empty();
                taken.push(asked);
            }
        }
        taken
    }

    /// Remembers what is in a block of ours.
    pub(crate) fn proposed(&self, height: u64, digest: BlockDigest, asked: Vec<Asked>) {
        if !asked.is_empty() {
            self.inside().proposed.push(Proposed {
                height,
                digest,
                asked,
            });
        }
    }

    /// A block became final: what was asked in it if it was ours. Blocks of ours that another took the place of came to nothing;
    /// what is in them waits again, before all else.
    pub(crate) fn ordered(&self, height: u64, digest: &BlockDigest) -> Vec<Asked> {
        let mut inside = self.inside();
        let (settled, open) = std::mem::take(&mut inside.proposed)
            .into_iter()
            .partition(|proposed| proposed.height <= height);
        inside.proposed = open;
        let mut ours = Vec::new();
        let mut again = false;
        for proposed in settled {
            if proposed.digest == *digest {
                ours = proposed.asked;
                continue;
            }
            again = true;
            for asked in proposed.asked.into_iter().rev() {
                inside.waiting_bytes += asked.asking.bytes;
                inside.waiting.push_front(asked);
            }
        }
        drop(inside);
        if again {
            self.reason.notify_one();
            self.news.notify_one();
        }
        ours
    }
}
