//! The notary's state machine: pure, deterministic, and the same whether one process or a cluster orders the batches.

use std::collections::{BTreeMap, BTreeSet};

use ledger::certificate::{
    BatchEntry, Certificate, MapPin, cancelled_on, id_paths, ids_root, spent_on, tokens_root,
};
use ledger::codec;
use ledger::public::PublicPart;
use ledger::token::{self, Sort};
use ledger::validity::{Home, check_header};
use ledger::{Digest, Token, TransactionId};
use minicbor::{Decode, Encode};
use tlog::{Checkpoint, Frontier, Node, NoteSigner, Origin};

use super::request::{NotaryRefusal, Request, Submission, Verdict};
use super::store::{NotaryBatch, NotaryStore};
use crate::store::StoreError;

/// The ids and spent tokens of one batch, from which its certificates can be made again.
#[derive(Clone, Debug, Default, Encode, Decode)]
struct Body {
    #[n(0)]
    ids: Vec<TransactionId>,
    #[n(1)]
    spent: Vec<(Token, Digest)>,
}

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
const CHECKPOINT: &str = "checkpoint";

/// A notary: tokens used up, and the log of what was certified.
pub struct Notary<S> {
    home: Home,
    signer: NoteSigner,
    origin: Origin,
    store: S,
    frontier: Frontier,
    checkpoint: String,
    time_ms: u64,
    in_doubt: bool,
}

fn body_name(height: u64) -> String {
    format!("body/{height:016x}")
}

/// Where an id is remembered: a name of its own among the tokens, which no token can have.
fn certified_key(id: &TransactionId) -> [u8; 32] {
    Digest::of(&[b"certified/v1", id.bytes()]).0
}

fn position(height: u64, index: u32) -> [u8; 32] {
    let mut place = [0; 32];
    place[..8].copy_from_slice(&height.to_be_bytes());
    place[8..12].copy_from_slice(&index.to_be_bytes());
    place
}

fn height_of(place: [u8; 32]) -> (u64, u32) {
    let mut height = [0; 8];
    height.copy_from_slice(&place[..8]);
    let mut index = [0; 4];
    index.copy_from_slice(&place[8..12]);
    (u64::from_be_bytes(height), u32::from_be_bytes(index))
}

impl<S: NotaryStore> Notary<S> {
    /// Opens the notary where its store left off.
    ///
    /// # Errors
    /// [`NotaryError`].
    pub fn open(
        home: Home,
        signer: NoteSigner,
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
            Some(last) => Self::entry_of(&store, last)?.time_ms,
            None => 0,
        };
        let mut notary = Self {
            home,
            signer,
            origin,
            store,
            frontier,
            checkpoint: String::new(),
            time_ms,
            in_doubt: false,
        };
        notary.checkpoint = notary.sign(&notary.frontier)?;
        Ok(notary)
    }

    fn entry_of(store: &S, height: u64) -> Result<BatchEntry, NotaryError> {
        let bytes = store
            .entry(height)?
            .ok_or(NotaryError::Damaged("a missing entry"))?;
        codec::decode(&bytes).map_err(|_| NotaryError::Damaged("an unreadable entry"))
    }

    fn sign(&self, frontier: &Frontier) -> Result<String, NotaryError> {
        let checkpoint = Checkpoint::new(self.origin.clone(), frontier.size(), frontier.root())
            .map_err(|_| NotaryError::Damaged("log size"))?;
        checkpoint
            .sign(&self.signer)
            .map(|note| note.to_string())
            .map_err(|_| NotaryError::Sign)
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

    /// Decides a batch at an agreed time under a pinned map: all answers, durable when it returns.
    ///
    /// Time never runs backwards from batch to batch, whatever the clock says: what was too late once stays too late. (Over
    /// a restart it is held only to the last entry of the log.)
    ///
    /// # Errors
    /// [`NotaryError`]; no answer may leave then, and the notary must be opened again from its store, which may or may not
    /// hold the batch.
    pub fn apply(
        &mut self,
        now_ms: u64,
        map: MapPin,
        requests: &[Request],
    ) -> Result<Vec<Verdict>, NotaryError> {
        if self.in_doubt {
            return Err(NotaryError::Reopen);
        }
        let now_ms = now_ms.max(self.time_ms);
        self.time_ms = now_ms;
        let mut body = Body::default();
        let mut fresh: BTreeMap<Token, Digest> = BTreeMap::new();
        let mut index_of: BTreeMap<TransactionId, u32> = BTreeMap::new();
        let mut verdicts = Vec::with_capacity(requests.len());
        for request in requests {
            verdicts.push(match request {
                Request::Certify(submission) => {
                    let id = submission.opening.id();
                    let again = index_of.contains_key(&id);
                    if again {
                        Decision::Fresh(id)
                    } else if let Some(certificate) = self.certificate(&id)? {
                        Decision::Done(Verdict::Certified(certificate))
                    } else {
                        match self.judge(submission, &id, (now_ms, map.size), &fresh)? {
                            Some(refusal) => Decision::Done(Verdict::Refused(refusal)),
                            None => {
                                let on = spent_on(&id, &submission.r);
                                let spent = submission.opening.header.spent();
                                fresh
                                    .extend(spent.map(|(sort, token)| (sort.mark(token, &id), on)));
                                index_of.insert(id, body.ids.len() as u32);
                                body.ids.push(id);
                                Decision::Fresh(id)
                            }
                        }
                    }
                }
                Request::Cancel(id, secret) => {
                    let token = token::cancel(&secret.0);
                    let mark = Sort::Cancel.mark(&token, id);
                    let cancelled = cancelled_on(&token);
                    Decision::Done(match self.spent(&mark, &fresh)? {
                        None => {
                            fresh.insert(mark, cancelled);
                            Verdict::Cancelled
                        }
                        Some(spent_on) if spent_on == cancelled => Verdict::Cancelled,
                        Some(spent_on) => {
                            Verdict::Refused(NotaryRefusal::TokenUsed { token, spent_on })
                        }
                    })
                }
                Request::Status(id) => match self.certificate(id)? {
                    Some(certificate) => Decision::Done(Verdict::Certified(certificate)),
                    None => Decision::Done(Verdict::Unknown(now_ms)),
                },
            });
        }
        if fresh.is_empty() {
            return Ok(verdicts.into_iter().filter_map(Decision::done).collect());
        }
        body.spent = fresh.into_iter().collect();
        let entry = self.append(now_ms, map, &body)?;
        let certificates = self.certificates(&entry, &body)?;
        Ok(verdicts
            .into_iter()
            .filter_map(|decision| match decision {
                Decision::Done(verdict) => Some(verdict),
                Decision::Fresh(id) => {
                    let index = *index_of.get(&id)? as usize;
                    certificates.get(index).cloned().map(Verdict::Certified)
                }
            })
            .collect())
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
        let bytes = codec::encode(&entry);
        let mut frontier = self.frontier.clone();
        let mut batch = NotaryBatch::new();
        frontier.append_with(tlog::leaf_hash(&bytes), |node: Node, hash| {
            batch.nodes.push(((node.level, node.index), hash.0));
        });
        let checkpoint = self.sign(&frontier)?;
        batch
            .tokens
            .extend(body.spent.iter().map(|(token, on)| (*token.bytes(), on.0)));
        let places = (0u32..)
            .zip(&body.ids)
            .map(|(index, id)| (certified_key(id), position(height, index)));
        batch.tokens.extend(places);
        batch.entries.push((height, bytes));
        batch.meta.push((body_name(height), codec::encode(body)));
        batch.meta.push((FRONTIER.to_owned(), frontier.to_bytes()));
        batch
            .meta
            .push((CHECKPOINT.to_owned(), checkpoint.clone().into_bytes()));
        self.in_doubt = true;
        self.store.commit(batch)?;
        self.in_doubt = false;
        self.frontier = frontier;
        self.checkpoint = checkpoint;
        Ok(entry)
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

    /// The certificate of an id certified earlier, under the latest checkpoint.
    fn certificate(&self, id: &TransactionId) -> Result<Option<Certificate>, NotaryError> {
        let Some(place) = self.store.token(&certified_key(id))? else {
            return Ok(None);
        };
        let (height, index) = height_of(place);
        let entry = Self::entry_of(&self.store, height)?;
        let body = self
            .store
            .meta(&body_name(height))?
            .ok_or(NotaryError::Damaged("a missing batch"))?;
        let body: Body =
            codec::decode(&body).map_err(|_| NotaryError::Damaged("an unreadable batch"))?;
        Ok(self
            .certificates(&entry, &body)?
            .into_iter()
            .nth(index as usize))
    }

    fn certificates(
        &self,
        entry: &BatchEntry,
        body: &Body,
    ) -> Result<Vec<Certificate>, NotaryError> {
        let size = self.frontier.size();
        let read = |node: Node| match self.store.node(node.level, node.index) {
            Ok(Some(hash)) => Ok(tlog::Hash(hash)),
            Ok(None) => Err(NotaryError::Damaged("a missing tree node")),
            Err(error) => Err(NotaryError::Store(error)),
        };
        let log_path: Vec<Digest> = tlog::prove_inclusion(entry.height, size, read)
            .map_err(|_| NotaryError::Damaged("the log's tree"))?
            .into_iter()
            .map(Digest::from)
            .collect();
        let certificate = |(index, path)| Certificate {
            entry: *entry,
            index,
            path,
            log_index: entry.height,
            log_path: log_path.clone(),
            checkpoint: self.checkpoint.clone(),
        };
        Ok((0u32..).zip(id_paths(&body.ids)).map(certificate).collect())
    }
}

enum Decision {
    Done(Verdict),
    Fresh(TransactionId),
}

impl Decision {
    fn done(self) -> Option<Verdict> {
        match self {
            Self::Done(verdict) => Some(verdict),
            Self::Fresh(_) => None,
        }
    }
}
