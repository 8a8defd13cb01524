//! The notary's state machine: pure, deterministic, and the same whether one process or a cluster orders the batches.

use std::collections::{BTreeMap, BTreeSet};

use ledger::certificate::{
    BatchEntry, LogEntry, MapPin, cancelled_on, ids_root, spent_on, tokens_root,
};
use ledger::codec;
use ledger::public::PublicPart;
use ledger::token::{self, Sort};
use ledger::validity::{Home, check_header};
use ledger::{Digest, Token, TransactionId};
use tlog::{Checkpoint, Frontier, Node, Origin};

use super::current::Current;
use super::past::{Body, body_name, certified_key, position};
use super::request::{NotaryRefusal, Request, Submission, Verdict};
use super::store::{NotaryBatch, NotaryStore};
use crate::limits::{BATCH_REQUESTS_MAX, BATCH_TOKENS_MAX};
use crate::log_signer::LogSigner;
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
}

const FRONTIER: &str = "frontier";

/// A notary: tokens used up, and the log of what was certified.
pub struct Notary<S> {
    home: Home,
    signer: LogSigner,
    origin: Origin,
    pub(super) store: S,
    pub(super) frontier: Frontier,
    pub(super) checkpoint: String,
    time_ms: u64,
    in_doubt: bool,
    pub(super) current: Current,
}

impl<S: NotaryStore> Notary<S> {
    /// Opens the notary where its store left off.
    ///
    /// # Errors
    /// [`NotaryError`].
    pub fn open(
        home: Home,
        signer: impl Into<LogSigner>,
        origin: Origin,
        store: S,
    ) -> Result<Self, NotaryError> {
        let frontier = match store.meta(FRONTIER)? {
            Some(bytes) => {
                Frontier::from_bytes(&bytes).map_err(|_| NotaryError::Damaged("frontier"))?
            }
            None => Frontier::new(),
        };
        let time_ms = match frontier.size().checked_sub(1) {
            Some(last) => Self::entry_of(&store, last)?.time_ms(),
            None => 0,
        };
        let mut notary = Self {
            home,
            signer: signer.into(),
            origin,
            store,
            frontier,
            checkpoint: String::new(),
            time_ms,
            in_doubt: false,
            current: Current::default(),
        };
        notary.checkpoint = notary.sign(&notary.frontier)?;
        Ok(notary)
    }

    pub(super) fn entry_of(store: &S, height: u64) -> Result<LogEntry, NotaryError> {
        let bytes = store
            .entry(height)?
            .ok_or(NotaryError::Damaged("a missing entry"))?;
        LogEntry::read(&bytes).map_err(|_| NotaryError::Damaged("an unreadable entry"))
    }

    fn sign(&self, frontier: &Frontier) -> Result<String, NotaryError> {
        let checkpoint = Checkpoint::new(self.origin.clone(), frontier.size(), frontier.root())
            .map_err(|_| NotaryError::Damaged("log size"))?;
        self.signer.sign(&checkpoint).ok_or(NotaryError::Sign)
    }

    /// The latest signed checkpoint.
    #[must_use]
    pub fn checkpoint(&self) -> &str {
        &self.checkpoint
    }

    /// Entries in the log.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// The store, for serving the log.
    #[must_use]
    pub fn store(&self) -> &S {
        &self.store
    }

    /// Decides requests at an agreed time under a pinned map: all answers, durable when it returns. What is too much for one
    /// batch of the log goes to the next.
    ///
    /// Time never runs backwards from batch to batch, whatever the clock says: what was too late once stays too late. (Over
    /// a restart it is held only to the last entry of the log.)
    ///
    /// # Errors
    /// [`NotaryError`]; no answer may leave then, and the notary must be opened again from its store, which may or may not
    /// hold the batches.
    pub fn apply(
        &mut self,
        now_ms: u64,
        map: MapPin,
        requests: &[Request],
    ) -> Result<Vec<Verdict>, NotaryError> {
        let now_ms = self.agree(now_ms)?;
        let mut answers = self.earlier(requests)?;
        let mut batch = Batch::default();
        // Where the answer is to an id that an earlier batch of these requests certified.
        let mut done: BTreeMap<TransactionId, usize> = BTreeMap::new();
        for (at, request) in requests.iter().enumerate() {
            if answers[at].is_some() {
                continue;
            }
            let id = request.id();
            let known = done.get(&id).and_then(|at| answers[*at].clone());
            if known.is_some() && !matches!(request, Request::Cancel(..)) {
                answers[at] = known;
                continue;
            }
            answers[at] = match request {
                Request::Certify(_) | Request::Status(_) if batch.index_of.contains_key(&id) => {
                    batch.waiting.push((at, batch.index_of[&id]));
                    None
                }
                Request::Certify(submission) => {
                    match self.judge(submission, &id, (now_ms, map.size), &batch.fresh)? {
                        Some(refusal) => Some(Verdict::Refused(refusal)),
                        None => {
                            let header = &submission.opening.header;
                            let on = spent_on(&id, &submission.r);
                            let marks = header.spent().map(|(sort, token)| sort.mark(token, &id));
                            let marks: Vec<Token> = marks.collect();
                            if !batch.has_room(marks.len()) {
                                self.write(now_ms, map, &mut batch, &mut answers, &mut done)?;
                            }
                            batch.fresh.extend(marks.into_iter().map(|mark| (mark, on)));
                            let index = batch.ids.len() as u32;
                            batch.index_of.insert(id, index);
                            batch.waiting.push((at, index));
                            batch.ids.push(id);
                            None
                        }
                    }
                }
                Request::Cancel(_, secret) => {
                    let token = token::cancel(&secret.0);
                    let mark = Sort::Cancel.mark(&token, &id);
                    let cancelled = cancelled_on(&token);
                    Some(match self.spent(&mark, &batch.fresh)? {
                        None => {
                            if !batch.has_room(1) {
                                self.write(now_ms, map, &mut batch, &mut answers, &mut done)?;
                            }
                            batch.fresh.insert(mark, cancelled);
                            Verdict::Cancelled
                        }
                        Some(spent_on) if spent_on == cancelled => Verdict::Cancelled,
                        Some(spent_on) => {
                            Verdict::Refused(NotaryRefusal::TokenUsed { token, spent_on })
                        }
                    })
                }
                Request::Status(_) => Some(Verdict::Unknown(now_ms)),
            };
        }
        self.write(now_ms, map, &mut batch, &mut answers, &mut done)?;
        Ok(answers.into_iter().flatten().collect())
    }

    /// The time that counts, if there is something to be decided now.
    pub(super) fn agree(&mut self, now_ms: u64) -> Result<u64, NotaryError> {
        if self.in_doubt {
            return Err(NotaryError::Reopen);
        }
        self.time_ms = now_ms.max(self.time_ms);
        Ok(self.time_ms)
    }

    /// Writes what was gathered as one batch, answers those who wait for it, and begins another.
    fn write(
        &mut self,
        now_ms: u64,
        map: MapPin,
        batch: &mut Batch,
        answers: &mut [Option<Verdict>],
        done: &mut BTreeMap<TransactionId, usize>,
    ) -> Result<(), NotaryError> {
        let Batch {
            ids,
            fresh,
            waiting,
            ..
        } = std::mem::take(batch);
        if fresh.is_empty() && ids.is_empty() {
            return Ok(());
        }
        let body = Body {
            ids,
            spent: fresh.into_iter().collect(),
        };
        let entry = self.append(now_ms, map, &body)?;
        let wanted = waiting.iter().map(|(_, index)| *index);
        let certificates = self.certificates(&entry, &body, wanted)?;
        for ((at, index), certificate) in waiting.into_iter().zip(certificates) {
            if let Some(id) = body.ids.get(index as usize) {
                done.insert(*id, at);
            }
            answers[at] = Some(Verdict::Certified(certificate));
        }
        Ok(())
    }

    /// Writes one batch: tokens, entry, tree nodes, frontier together, synced.
    fn append(
        &mut self,
        time_ms: u64,
        map: MapPin,
        body: &Body,
    ) -> Result<BatchEntry, NotaryError> {
        let height = self.frontier.size();
        let entry = BatchEntry {
            height,
            time_ms,
            map,
            ids: body.ids.len() as u32,
            ids_root: ids_root(&body.ids),
            tokens_root: tokens_root(&body.spent),
        };
        let mut addition = Addition::to(&self.frontier);
        addition.entry(codec::encode(&entry));
        let batch = &mut addition.batch;
        batch
            .tokens
            .extend(body.spent.iter().map(|(token, on)| (*token.bytes(), on.0)));
        batch.marks.extend(body.marks(height));
        let places = (0u32..)
            .zip(&body.ids)
            .map(|(index, id)| (certified_key(id), position(height, index)));
        batch.tokens.extend(places);
        batch.meta.push((body_name(height), codec::encode(body)));
        self.commit(addition)?;
        Ok(entry)
    }

    /// Commits entries with what belongs to them under a new checkpoint: all of it, synced, or nothing.
    pub(super) fn commit(&mut self, addition: Addition) -> Result<(), NotaryError> {
        let Addition {
            frontier,
            mut batch,
        } = addition;
        let checkpoint = self.sign(&frontier)?;
        batch.meta.push((FRONTIER.to_owned(), frontier.to_bytes()));
        let marks = batch.marks.clone();
        self.in_doubt = true;
        self.store.commit(batch)?;
        self.in_doubt = false;
        self.current.used(marks);
        self.frontier = frontier;
        self.checkpoint = checkpoint;
        Ok(())
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
        submission: &Submission,
        id: &TransactionId,
        now: (u64, u64),
        fresh: &BTreeMap<Token, Digest>,
    ) -> Result<Option<NotaryRefusal>, StoreError> {
        if let Some(refusal) = self.judge_form(submission, id, now) {
            return Ok(Some(refusal));
        }
        let header = &submission.opening.header;
        let referenced = header.referenced().map(|token| (Sort::Fact, token));
        for (sort, token) in header.spent().chain(referenced) {
            if let Some(spent_on) = self.spent(&sort.mark(token, id), fresh)? {
                return Ok(Some(NotaryRefusal::TokenUsed {
                    token: *token,
                    spent_on,
                }));
            }
        }
        Ok(None)
    }

    fn judge_form(
        &self,
        submission: &Submission,
        id: &TransactionId,
        (now_ms, map_size): (u64, u64),
    ) -> Option<NotaryRefusal> {
        let header = &submission.opening.header;
        let malformed = |reason: String| Some(NotaryRefusal::Malformed { reason });
        if let Err(invalid) = check_header(header, &self.home) {
            return malformed(invalid.to_string());
        }
        let views = header.views.len();
        if submission.opening.roots.len() != views
            || submission.authorities.len() != views
            || submission.public.len() != views
        {
            return malformed("its parts do not match its number of views".to_owned());
        }
        let mut marks = BTreeSet::new();
        let referenced = header.referenced().map(|token| (Sort::Fact, token));
        if !header
            .spent()
            .chain(referenced)
            .all(|(sort, token)| marks.insert(sort.mark(token, id)))
        {
            return malformed("one token serves two inputs".to_owned());
        }
        let window = header.terms.window;
        if now_ms > window.until_ms {
            return Some(NotaryRefusal::TooLate {
                until_ms: window.until_ms,
                now_ms,
            });
        }
        if now_ms < window.from_ms {
            return Some(NotaryRefusal::TooEarly {
                from_ms: window.from_ms,
                now_ms,
            });
        }
        if header.terms.map_size > map_size {
            return Some(NotaryRefusal::MapBehind {
                needed: header.terms.map_size,
                known: map_size,
            });
        }
        for ((view, committed), given) in (0u32..).zip(&header.views).zip(&submission.public) {
            if committed.public != given.as_ref().map(|bytes| PublicPart::hash_bytes(bytes)) {
                return Some(NotaryRefusal::NotPublished { view });
            }
        }
        for (view, authorities) in header.views.iter().zip(&submission.authorities) {
            if view.consumed.len() != authorities.len() {
                return malformed("a consumed token comes without authority".to_owned());
            }
            for (token, authority) in view.consumed.iter().zip(authorities) {
                let not_authorised = |reason: String| {
                    Some(NotaryRefusal::NotAuthorised {
                        token: *token,
                        reason,
                    })
                };
                if token::token(&authority.control.hash(), &authority.rho) != *token {
                    return not_authorised(
                        "policy and blinding value give another token".to_owned(),
                    );
                }
                let signatures: Vec<Vec<u8>> =
                    authority.signatures.iter().map(|s| s.to_vec()).collect();
                if let Err(error) = authority.control.authorises(token, id, &signatures, now_ms) {
                    return not_authorised(error.to_string());
                }
            }
        }
        None
    }
}

/// Entries to be added to the log, with what becomes durable together with them.
pub(super) struct Addition {
    frontier: Frontier,
    pub(super) batch: NotaryBatch,
}

impl Addition {
    pub(super) fn to(frontier: &Frontier) -> Self {
        Self {
            frontier: frontier.clone(),
            batch: NotaryBatch::new(),
        }
    }

    /// Adds an entry, and says its place.
    pub(super) fn entry(&mut self, bytes: Vec<u8>) -> u64 {
        let height = self.frontier.size();
        let nodes = &mut self.batch.nodes;
        self.frontier
            .append_with(tlog::leaf_hash(&bytes), |node: Node, hash| {
                nodes.push(((node.level, node.index), hash.0));
            });
        self.batch.entries.push((height, bytes));
        height
    }
}

/// What is gathered for the next entry of the log.
#[derive(Default)]
struct Batch {
    ids: Vec<TransactionId>,
    index_of: BTreeMap<TransactionId, u32>,
    fresh: BTreeMap<Token, Digest>,
    /// Which request waits for the certificate of which id.
    waiting: Vec<(usize, u32)>,
}

impl Batch {
    /// Whether one more transaction of so many tokens fits.
    fn has_room(&self, tokens: usize) -> bool {
        self.ids.len() < BATCH_REQUESTS_MAX && self.fresh.len() + tokens <= BATCH_TOKENS_MAX
    }
}
