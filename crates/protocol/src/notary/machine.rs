//! The notary's state machine: pure, deterministic, and the same whether one process or a cluster orders the blocks.
//!
//! It decides and records; it signs nothing. Certificates are made from what it recorded under a checkpoint that somebody
//! [published](Published): its one notary, or enough validators.

use std::collections::BTreeMap;

use ledger::authorities::DecisionRefusal;
use ledger::certificate::{BatchEntry, LogEntry, cancelled_on, spent_on};
use ledger::codec;
use ledger::log_keys::LogKeys;
use ledger::token::{self, Sort};
use ledger::validity::Home;
use ledger::{Digest, Token, TransactionId};
use minicbor::{Decode, Encode};
use tlog::Frontier;

use super::agreed::Agreed;
use super::authorities::Change;
use super::check::{Asked, Checked};
use super::current::{Current, MarksRoot};
use super::past::{Body, Place};
use super::request::{Request, Verdict};
use super::round::{Addition, Round};
use super::store::NotaryStore;
use crate::store::StoreError;

/// Why the notary can't go on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotaryError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What the store holds contradicts itself.
    #[error("the notary's store is damaged: {0}")]
    Damaged(&'static str),
    /// The checkpoint couldn't be signed.
    #[error("the checkpoint could not be signed")]
    Sign,
    /// A batch failed to be written, and may be there all the same: deciding on would rewrite the log.
    #[error("the notary must be opened again from its store")]
    Reopen,
    /// Others keep the log now.
    #[error(
        "the log went over to other authorities, of epoch {epoch}: this notary can sign no more"
    )]
    HandedOver {
        /// The epoch.
        epoch: u32,
    },
    /// A block came out of turn: what is between it and the last one is missing.
    #[error("block {given} came and block {expected} is next")]
    Gap {
        /// The block that came.
        given: u64,
        /// The block that is next.
        expected: u64,
    },
}

const FRONTIER: &str = "frontier";
const POSITION: &str = "position";

/// Requests in the order that was agreed, with what else was agreed.
#[derive(Clone, Debug)]
pub struct Block<'a> {
    /// Its place among the blocks of those who keep the log now; the first is 1.
    pub number: u64,
    /// Time and map.
    pub agreed: Agreed,
    /// What is asked.
    pub requests: Asked<'a>,
    /// Hashes of statements to be registered.
    pub statements: &'a [Digest],
    /// Whether the root over the used marks is entered, if it is time.
    pub keeps_current: bool,
    /// A decision on who keeps the log from the next block on, a signed note.
    pub decision: Option<&'a str>,
}

/// How far the machine has come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
struct Position {
    /// Blocks applied of those who keep the log now.
    #[n(0)]
    blocks: u64,
    /// What was agreed in the last of them.
    #[n(1)]
    agreed: Agreed,
}

/// What was decided on a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Certified at this place, in this block or earlier: its certificate is made under a published checkpoint.
    Certified(Place),
    /// Refused, since this token was used up: its proof is made under a published checkpoint.
    Used(Used),
    /// Something that needs no checkpoint.
    Said(Verdict),
}

/// A token that came a second time, and the mark that it left the first time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Used {
    pub(super) token: Token,
    pub(super) mark: Token,
}

/// What a block came to.
#[derive(Clone, Debug)]
pub struct Decided {
    /// Entries in the log with it.
    pub size: u64,
    /// The log's root with it.
    pub root: Digest,
    /// What became of the decision, if the block has one.
    pub change: Option<Result<Change, DecisionRefusal>>,
    pub(super) outcomes: Vec<Outcome>,
    /// The batches that it made, by their heights.
    pub(super) batches: BTreeMap<u64, (BatchEntry, Body)>,
}

/// A checkpoint of the log that is signed as its readers ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// Entries in the log.
    pub size: u64,
    /// The log's root.
    pub root: Digest,
    /// The checkpoint, a C2SP signed note.
    pub note: String,
}

/// A block worked out and not written yet.
pub struct Prepared {
    addition: Addition,
    /// Who keeps the log from here on, if that changes.
    keys: Option<LogKeys>,
    position: Position,
    decided: Decided,
    root: Option<MarksRoot>,
}

impl Prepared {
    /// What the block comes to once it is written.
    #[must_use]
    pub fn decided(&self) -> &Decided {
        &self.decided
    }

    /// Whether nothing is recorded but that there was a block.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.addition.batch.is_empty()
    }
}

/// Tokens used up, and the log of what was certified.
pub struct Machine<S> {
    home: Home,
    keys: LogKeys,
    pub(super) store: S,
    frontier: Frontier,
    position: Position,
    in_doubt: bool,
    pub(super) current: Current,
}

impl<S: NotaryStore> Machine<S> {
    /// Opens the machine of the log that was founded with these keys where its store left off.
    ///
    /// # Errors
    /// [`NotaryError`].
    pub fn open(home: Home, founder: LogKeys, store: S) -> Result<Self, NotaryError> {
        let frontier = match store.meta(FRONTIER)? {
            Some(bytes) => {
                Frontier::from_bytes(&bytes).map_err(|_| NotaryError::Damaged("frontier"))?
            }
            None => Frontier::new(),
        };
        let mut position = match store.meta(POSITION)? {
            Some(bytes) => codec::decode(&bytes).map_err(|_| NotaryError::Damaged("position"))?,
            None => Position::default(),
        };
        if let Some(last) = frontier.size().checked_sub(1) {
            let time_ms = Self::entry_of(&store, last)?.time_ms();
            position.agreed = position.agreed.no_earlier_than(time_ms);
        }
        Ok(Self {
            home,
            keys: Self::keepers(founder, &store)?,
            store,
            frontier,
            position,
            in_doubt: false,
            current: Current::default(),
        })
    }

    pub(super) fn entry_of(store: &S, height: u64) -> Result<LogEntry, NotaryError> {
        let bytes = store
            .entry(height)?
            .ok_or(NotaryError::Damaged("a missing entry"))?;
        LogEntry::read(&bytes).map_err(|_| NotaryError::Damaged("an unreadable entry"))
    }

    /// Entries in the log.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// The log's root.
    #[must_use]
    pub fn root(&self) -> Digest {
        self.frontier.root().into()
    }

    /// Who kept and keeps the log.
    #[must_use]
    pub fn keys(&self) -> &LogKeys {
        &self.keys
    }

    /// Blocks applied of those who keep the log now.
    #[must_use]
    pub fn blocks(&self) -> u64 {
        self.position.blocks
    }

    /// What was agreed in the last block.
    #[must_use]
    pub fn agreed(&self) -> &Agreed {
        &self.position.agreed
    }

    /// The store, for serving the log.
    #[must_use]
    pub fn store(&self) -> &S {
        &self.store
    }

    /// Decides a block, durable when it returns; nothing for a block that was decided before. What is too much for one batch
    /// of the log goes to the next.
    ///
    /// # Errors
    /// [`NotaryError`]; no answer may leave then. After any but [`NotaryError::Gap`] the machine must be opened again from its
    /// store, which may or may not hold the block.
    pub fn decide(&mut self, block: &Block<'_>) -> Result<Option<Decided>, NotaryError> {
        if block.number <= self.position.blocks {
            return Ok(None);
        }
        let prepared = self.prepare(block)?;
        self.commit(prepared).map(Some)
    }

    /// Works out a block without writing it.
    ///
    /// # Errors
    /// [`NotaryError`].
    pub fn prepare(&mut self, block: &Block<'_>) -> Result<Prepared, NotaryError> {
        if self.in_doubt {
            return Err(NotaryError::Reopen);
        }
        let expected = self.position.blocks + 1;
        if block.number != expected {
            let given = block.number;
            return Err(NotaryError::Gap { given, expected });
        }
        let mut round = Round::begin(&self.frontier, &block.agreed);
        let root = match block.keeps_current {
            true => self.enter_root(&mut round)?,
            false => None,
        };
        let requests = block.requests.checked(&self.home);
        let mut outcomes = Vec::with_capacity(requests.len());
        for request in requests.iter() {
            outcomes.push(self.decide_one(request, &mut round)?);
        }
        round.close();
        let time_ms = round.time_ms;
        self.enter_statements(block.statements, time_ms, &mut round.addition)?;
        // Last of all: what it enters is the last that those before sign.
        let entered = block
            .decision
            .map(|note| self.enter_decision(note, time_ms, &mut round.addition));
        let (change, keys) = match entered {
            Some(Ok((change, keys))) => (Some(Ok(change)), keys),
            Some(Err(refusal)) => (Some(Err(refusal)), None),
            None => (None, None),
        };
        let Round {
            addition, batches, ..
        } = round;
        // Those who come next count from the beginning.
        let blocks_after = keys.as_ref().map_or(block.number, |_| 0);
        Ok(Prepared {
            keys,
            decided: Decided {
                size: addition.frontier.size(),
                root: addition.frontier.root().into(),
                change,
                outcomes,
                batches,
            },
            addition,
            root,
            position: Position {
                blocks: blocks_after,
                agreed: block.agreed.clone(),
            },
        })
    }

    /// Commits entries with what belongs to them, and that the block was applied: all of it, synced, or nothing.
    ///
    /// # Errors
    /// [`NotaryError`].
    pub fn commit(&mut self, prepared: Prepared) -> Result<Decided, NotaryError> {
        let Prepared {
            addition: Addition {
                frontier,
                mut batch,
            },
            keys,
            position,
            decided,
            root,
        } = prepared;
        batch.meta.push((FRONTIER.to_owned(), frontier.to_bytes()));
        batch
            .meta
            .push((POSITION.to_owned(), codec::encode(&position)));
        let marks = batch.marks.clone();
        self.in_doubt = true;
        self.store.commit(batch)?;
        self.in_doubt = false;
        self.current.entered(marks, root);
        self.frontier = frontier;
        self.position = position;
        self.keys = keys.unwrap_or_else(|| self.keys.clone());
        Ok(decided)
    }

    /// Takes what an idle block agreed without writing it down, for who orders alone and needs to count nothing. Over a restart
    /// its time is forgotten.
    pub(super) fn pass_over(&mut self, idle: Prepared) -> Decided {
        self.position.agreed = idle.position.agreed;
        idle.decided
    }

    fn decide_one(&self, checked: &Checked, round: &mut Round) -> Result<Outcome, NotaryError> {
        let (id, request) = (checked.id(), checked.request());
        if !matches!(request, Request::Cancel(..))
            && let Some(place) = self.place_of(&id, round)?
        {
            return Ok(Outcome::Certified(place));
        }
        Ok(match request {
            Request::Certify(submission) => {
                let now = (round.time_ms, round.map.size);
                match self.judge(checked, now, &round.fresh)? {
                    Some(refused) => refused,
                    None => {
                        let on = spent_on(&id, &submission.r);
                        Outcome::Certified(round.certify(id, checked.marks().collect(), on))
                    }
                }
            }
            Request::Cancel(_, secret) => {
                let token = token::cancel(&secret.0);
                let mark = Sort::Cancel.mark(&token, &id);
                let cancelled = cancelled_on(&token);
                match self.spent(&mark, &round.fresh)? {
                    None => {
                        round.spend(vec![mark], cancelled);
                        Outcome::Said(Verdict::Cancelled)
                    }
                    Some(spent_on) if spent_on == cancelled => Outcome::Said(Verdict::Cancelled),
                    Some(_) => Outcome::Used(Used { token, mark }),
                }
            }
            Request::Status(_) => Outcome::Said(Verdict::Unknown(round.time_ms)),
        })
    }

    /// Where an id was certified, in an earlier block or in this one.
    fn place_of(&self, id: &TransactionId, round: &Round) -> Result<Option<Place>, StoreError> {
        match round.placed.get(id) {
            Some(place) => Ok(Some(*place)),
            None => self.certified_at(id),
        }
    }

    fn spent(
        &self,
        token: &Token,
        fresh: &BTreeMap<Token, Digest>,
    ) -> Result<Option<Digest>, StoreError> {
        match fresh.get(token) {
            Some(on) => Ok(Some(*on)),
            None => Ok(self.store.token(token.bytes())?.map(Digest)),
        }
    }

    /// Everything that speaks against certifying; `None` if nothing does.
    fn judge(
        &self,
        checked: &Checked,
        (now_ms, map_size): (u64, u64),
        fresh: &BTreeMap<Token, Digest>,
    ) -> Result<Option<Outcome>, StoreError> {
        if let Some(refusal) = checked.refused(now_ms, map_size) {
            return Ok(Some(Outcome::Said(Verdict::Refused(refusal))));
        }
        for (token, mark) in checked.tokens() {
            if self.spent(mark, fresh)?.is_some() {
                let (token, mark) = (*token, *mark);
                return Ok(Some(Outcome::Used(Used { token, mark })));
            }
        }
        Ok(None)
    }
}
