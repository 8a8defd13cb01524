//! Applying what was ordered: decided, durable, cosigned, published, answered, in this order.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use commonware_actor::Feedback;
use commonware_consensus::marshal::Update;
use commonware_consensus::{Heightable as _, Reporter};
use commonware_cryptography::ed25519::PublicKey;
use commonware_cryptography::{Digested, Digestible as _};
use commonware_p2p::{Receiver, Recipients, Sender};
use commonware_runtime::Clock;
use commonware_utils::Acknowledgement as _;
use commonware_utils::acknowledgement::Exact;
use deed::Party;
use futures_util::{FutureExt as _, select_biased};
use protocol::notary::store::NotaryStore;
use protocol::notary::{Agreed, Block as Ordered, Decided, Machine, NotaryError, Published};
use tlog::{Checkpoint, Cosigner};
use tokio::sync::{mpsc, watch};

use crate::block::Block;
use crate::gathering::{Forked, Gathering, Heard};
use crate::limits::{HEARTBEAT, LINE_BYTES_MAX, STAY};
use crate::orderer::{Orderer, unix_ms};
use crate::pool::{Answers, Asked};

/// What a message of one validator to the others begins with: it waits for its turn.
const HURRY: u8 = b'h';
/// What a cosigned checkpoint begins with.
const CHECKPOINT: u8 = b'c';
/// While blocks come faster than this, a validator cosigns for several at once.
const COSIGN_EVERY: Duration = Duration::from_millis(5);

/// Why a validator stops.
#[derive(Debug, thiserror::Error)]
pub enum Stopped {
    /// The machine can't go on.
    #[error(transparent)]
    Notary(#[from] NotaryError),
    /// The others have another log.
    #[error(transparent)]
    Forked(#[from] Forked),
    /// The checkpoint can't be cosigned.
    #[error("the checkpoint can't be cosigned")]
    Cosign,
    /// Others keep the log now, and what this validator had to sign is published.
    #[error("the log was handed over to the authorities of epoch {epoch}")]
    HandedOver {
        /// Theirs.
        epoch: u32,
    },
    /// The engine has stopped.
    #[error("the engine has stopped")]
    Engine,
}

/// One validator, as another has heard of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Its party.
    pub party: Party,
    /// Entries in the log that it last cosigned.
    pub size: u64,
    /// When, in seconds since 1970-01-01 UTC, by its own clock; 0 if never.
    pub time_unix_s: u64,
}

/// How a validator stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// The epoch.
    pub epoch: u32,
    /// Blocks applied.
    pub blocks: u64,
    /// Agreed time, in milliseconds since 1970-01-01 UTC.
    pub agreed_ms: u64,
    /// Entries in its own log.
    pub size: u64,
    /// Entries under the latest published checkpoint.
    pub published: u64,
    /// How many must cosign.
    pub needed: usize,
    /// Everybody, itself among them.
    pub validators: Vec<Seen>,
}

/// Hands final blocks over to be applied.
#[derive(Clone)]
pub(crate) struct Delivery(pub(crate) mpsc::UnboundedSender<(Digested<Block>, Exact)>);

impl Reporter for Delivery {
    type Activity = Update<Block>;

    fn report(&mut self, update: Update<Block>) -> Feedback {
        match update {
            Update::Tip(..) => Feedback::Ok,
            Update::Block(block, done) => match self.0.send((block, done)) {
                Ok(()) => Feedback::Ok,
                Err(_) => Feedback::Closed,
            },
        }
    }
}

/// What is decided and not yet under a published checkpoint.
struct Unanswered {
    decided: Decided,
    asked: Vec<Asked>,
}

/// What an applier tells the rest of its process.
pub(crate) struct Voices {
    pub(crate) published: watch::Sender<Published>,
    pub(crate) agreed: watch::Sender<Agreed>,
    pub(crate) status: watch::Sender<Status>,
}

/// The one task that owns the machine.
pub(crate) struct Applier<S> {
    machine: Machine<S>,
    orderer: Orderer,
    cosigner: Arc<Cosigner>,
    gathering: Gathering,
    unanswered: VecDeque<Unanswered>,
    voices: Voices,
    /// Our latest checkpoint, as it is sent.
    line: Option<(u64, Vec<u8>)>,
    /// Told which block was applied, so that older ones can go.
    forget: Box<dyn Fn(u64) + Send>,
}

impl<S: NotaryStore> Applier<S> {
    pub(crate) fn new(
        machine: Machine<S>,
        orderer: Orderer,
        cosigner: Arc<Cosigner>,
        voices: Voices,
        published: Published,
        forget: Box<dyn Fn(u64) + Send>,
    ) -> Self {
        let gathering = Gathering::new((*orderer.committee).clone(), published);
        Self {
            machine,
            orderer,
            cosigner,
            gathering,
            unanswered: VecDeque::new(),
            voices,
            line: None,
            forget,
        }
    }

    /// Applies, cosigns and answers until something is wrong.
    pub(crate) async fn run<E: Clock>(
        mut self,
        runtime: E,
        mut blocks: mpsc::UnboundedReceiver<(Digested<Block>, Exact)>,
        (mut to_all, mut from_all): (
            impl Sender<PublicKey = PublicKey>,
            impl Receiver<PublicKey = PublicKey>,
        ),
    ) -> Stopped {
        let pool = Arc::clone(&self.orderer.pool);
        let mut tell = |message: Vec<u8>| {
            to_all.send(Recipients::All, message, true);
        };
        let mut cosigned = runtime.current();
        let mut beat = runtime.current();
        let mut leaving = None;
        loop {
            let turn = select_biased! {
                block = blocks.recv().fuse() => match block {
                    None => Err(Stopped::Engine),
                    Some((block, done)) => self.apply(&block).map(|()| {
                        done.acknowledge();
                        if pool.has_waiting() {
                            tell(vec![HURRY]);
                        }
                    }),
                },
                message = from_all.recv().fuse() => match message {
                    Err(_) => Err(Stopped::Engine),
                    Ok((_, message)) => self.hear(message.as_ref()),
                },
                () = pool.news.notified().fuse() => {
                    tell(vec![HURRY]);
                    Ok(())
                },
                () = runtime.sleep_until(beat).fuse() => {
                    beat = runtime.current() + HEARTBEAT;
                    self.tell_status();
                    if let Some((_, line)) = &self.line {
                        tell(line.clone());
                    }
                    Ok(())
                },
            };
            if let Err(stopped) = turn {
                return stopped;
            }
            let now = runtime.current();
            let size = self.machine.size();
            if size >= self.orderer.committee.from()
                && self.line.as_ref().map(|(size, _)| *size) != Some(size)
                && (blocks.is_empty()
                    || now
                        .duration_since(cosigned)
                        .is_ok_and(|d| d >= COSIGN_EVERY))
            {
                cosigned = now;
                match self.cosign(unix_ms(&runtime) / 1_000) {
                    Ok(line) => tell(line),
                    Err(stopped) => return stopped,
                }
            }
            if let Err(error) = self.answer() {
                return error.into();
            }
            if self.has_handed_over() && self.gathering.published().size >= self.machine.size() {
                let left = leaving.get_or_insert(now + STAY);
                if now >= *left {
                    let epoch = self.machine.keys().epoch();
                    return Stopped::HandedOver { epoch };
                }
            }
        }
    }

    /// Decides a block, durably. One that no honest validator would have voted for decides nothing, here as everywhere.
    fn apply(&mut self, block: &Digested<Block>) -> Result<(), Stopped> {
        let height = block.height().get();
        let asked = self.orderer.pool.ordered(height, &block.digest());
        (self.forget)(height);
        // After a decision on who comes next, those before decide nothing.
        if height == 0 || self.has_handed_over() {
            return Ok(());
        }
        let before = self.agreed_before();
        let (agreed, proposal) = match self.orderer.read(block.inner()) {
            Some((leader, proposal)) => {
                let agreed = proposal.follow(&before, leader, &self.orderer.registrar);
                (agreed.unwrap_or(before), proposal)
            }
            None => (before, protocol::notary::Proposal::default()),
        };
        let ordered: Ordered<'_> = proposal.block(height, agreed);
        let Some(decided) = self.machine.decide(&ordered)? else {
            return Ok(());
        };
        if !asked.is_empty() {
            self.unanswered.push_back(Unanswered { decided, asked });
        }
        let agreed = self.machine.agreed().clone();
        self.voices.agreed.send_replace(agreed);
        Ok(())
    }

    fn has_handed_over(&self) -> bool {
        self.machine.keys().epoch() > self.orderer.committee.epoch()
    }

    /// What was agreed before: at the beginning of an epoch there are no readings of its validators.
    fn agreed_before(&self) -> Agreed {
        let before = self.machine.agreed();
        let validators = self.orderer.committee.validators().len();
        match before.validators() == validators {
            true => before.clone(),
            false => Agreed::at_epoch(before.time_ms(), before.map(), validators),
        }
    }

    fn cosign(&mut self, now_unix_s: u64) -> Result<Vec<u8>, Stopped> {
        let origin = self.orderer.committee.origin().clone();
        let (size, root) = (self.machine.size(), self.machine.root());
        let checkpoint = Checkpoint::new(origin, size, root.into()).map_err(|_| Stopped::Cosign)?;
        let line = self.cosigner.cosign(&checkpoint, now_unix_s);
        let note = tlog::Note::new(checkpoint.note_text(), line.map_err(|_| Stopped::Cosign)?);
        let heard = self.gathering.ours(&note)?;
        self.heard(heard)?;
        let message = [&[CHECKPOINT], note.to_string().as_bytes()].concat();
        self.line = Some((size, message.clone()));
        Ok(message)
    }

    fn hear(&mut self, message: &[u8]) -> Result<(), Stopped> {
        match message {
            [HURRY] => self.orderer.pool.hurry(),
            [CHECKPOINT, note @ ..] if note.len() <= LINE_BYTES_MAX => {
                let heard = self.gathering.theirs(note)?;
                self.heard(heard)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn heard(&mut self, heard: Heard) -> Result<(), NotaryError> {
        match heard {
            Heard::Nothing => {}
            Heard::Published(published) => {
                self.machine.keep_handover(&published.note)?;
                self.voices.published.send_replace(published);
            }
            Heard::Differs { validator } => {
                if let Some(one) = self.orderer.committee.validators().get(validator) {
                    tracing::error!(party = %one.party, "a validator cosigned another log than ours");
                }
            }
        }
        Ok(())
    }

    /// Answers whoever asked for what is under the published checkpoint by now.
    fn answer(&mut self) -> Result<(), NotaryError> {
        let published = self.gathering.published();
        while let Some(Unanswered { decided, asked }) = self
            .unanswered
            .pop_front_if(|next| next.decided.size <= published.size)
        {
            let mut verdicts = self.machine.verdicts(&decided, published)?.into_iter();
            for Asked { asking, reply } in asked {
                let registered = asking.statements.iter();
                let registered = registered.map(|hash| self.machine.registered(hash, published));
                let decides = !asking.decision.is_empty();
                let answers = Answers {
                    change: decided.change.clone().filter(|_| decides),
                    verdicts: verdicts.by_ref().take(asking.requests.len()).collect(),
                    registered: registered.collect::<Result<_, _>>()?,
                };
                // Whoever asked may have gone away; asking again gives the same answer.
                drop(reply.send(answers));
            }
        }
        Ok(())
    }

    fn tell_status(&self) {
        let committee = &self.orderer.committee;
        let validators = committee.validators().iter().enumerate();
        let seen = validators.map(|(place, one)| {
            let (size, time_unix_s) = self.gathering.last_word(place).unwrap_or_default();
            Seen {
                party: one.party.clone(),
                size,
                time_unix_s,
            }
        });
        self.voices.status.send_replace(Status {
            epoch: committee.epoch(),
            blocks: self.machine.blocks(),
            agreed_ms: self.machine.agreed().time_ms(),
            size: self.machine.size(),
            published: self.gathering.published().size,
            needed: committee.needed(),
            validators: seen.collect(),
        });
    }
}
