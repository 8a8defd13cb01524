//! What was certified earlier, and certificates made again from it.

use std::collections::BTreeMap;

use ledger::certificate::{BatchEntry, Certificate, LogEntry, id_paths};
use ledger::codec;
use ledger::spent::{Spent, SpentTree};
use ledger::{Digest, Token, TransactionId};
use minicbor::{Decode, Encode};
use tlog::Node;

use super::machine::{Decided, Machine, NotaryError, Outcome, Published, Used};
use super::request::{NotaryRefusal, Verdict};
use super::store::{Mark, NotaryStore};
use crate::limits::{BATCH_REQUESTS_MAX, BATCH_TOKENS_MAX};
use crate::store::StoreError;

/// The ids and spent tokens of one batch, from which its certificates can be made again.
#[derive(Clone, Debug, Default, Encode, Decode)]
pub(super) struct Body {
    #[n(0)]
    pub(super) ids: Vec<TransactionId>,
    #[n(1)]
    pub(super) spent: Vec<(Token, Digest)>,
}

impl Body {
    /// The marks that the batch uses up, which stands at this place in the log.
    pub(super) fn marks(&self, height: u64) -> impl Iterator<Item = Mark> {
        let marks = self.spent.iter();
        marks.map(move |(mark, _)| Mark {
            mark: *mark,
            height,
        })
    }
}

/// Bytes of an id in a body, and of a token with what it was spent on: digests with their heads.
const ID_BYTES: usize = 34;
const SPENT_BYTES: usize = 1 + 2 * 34;
// A body that was written can be read: the limits of a batch keep it below what is decoded.
const _: () = assert!(
    16 + BATCH_REQUESTS_MAX * ID_BYTES + BATCH_TOKENS_MAX * SPENT_BYTES
        <= ledger::limits::MESSAGE_BYTES_MAX
);
// One transaction always fits.
const _: () = assert!(ledger::limits::TOKENS_MAX <= BATCH_TOKENS_MAX);

pub(super) fn body_name(height: u64) -> String {
    format!("body/{height:016x}")
}

/// Where an id is remembered: a name of its own among the tokens, which no token can have.
pub(super) fn certified_key(id: &TransactionId) -> [u8; 32] {
    Digest::of(&[b"certified/v1", id.bytes()]).0
}

/// Where an id is in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Its batch's.
    pub(super) height: u64,
    /// Its own in the batch.
    pub(super) index: u32,
}

impl Place {
    pub(super) fn to_bytes(self) -> [u8; 32] {
        let mut place = [0; 32];
        place[..8].copy_from_slice(&self.height.to_be_bytes());
        place[8..12].copy_from_slice(&self.index.to_be_bytes());
        place
    }

    pub(super) fn from_bytes(place: [u8; 32]) -> Self {
        let mut height = [0; 8];
        height.copy_from_slice(&place[..8]);
        let mut index = [0; 4];
        index.copy_from_slice(&place[8..12]);
        Self {
            height: u64::from_be_bytes(height),
            index: u32::from_be_bytes(index),
        }
    }
}

/// What is asked of one batch, each with its place among the answers.
#[derive(Default)]
struct Wanted {
    /// Certificates, by their indexes.
    certificates: Vec<(usize, u32)>,
    /// Proofs that marks were used up.
    proofs: Vec<(usize, Used)>,
}

impl Wanted {
    fn asked(&self) -> impl Iterator<Item = usize> {
        let certificates = self.certificates.iter().map(|(at, _)| *at);
        certificates.chain(self.proofs.iter().map(|(at, _)| *at))
    }
}

fn not_now(reason: &dyn std::fmt::Display) -> Verdict {
    let reason = reason.to_string();
    Verdict::Refused(NotaryRefusal::NotNow { reason })
}

/// The path from an entry to the root of the log of this size.
pub(super) fn path_in_log(
    height: u64,
    size: u64,
    node: impl Fn(u8, u64) -> Result<Option<[u8; 32]>, StoreError>,
) -> Result<Vec<Digest>, NotaryError> {
    let read = |at: Node| match node(at.level, at.index) {
        Ok(Some(hash)) => Ok(tlog::Hash(hash)),
        Ok(None) => Err(NotaryError::Damaged("a missing tree node")),
        Err(error) => Err(NotaryError::Store(error)),
    };
    let path = tlog::prove_inclusion(height, size, read)
        .map_err(|_| NotaryError::Damaged("the log's tree"))?;
    Ok(path.into_iter().map(Digest::from).collect())
}

impl<S: NotaryStore> Machine<S> {
    /// Where an id was certified by an earlier block.
    pub(super) fn certified_at(&self, id: &TransactionId) -> Result<Option<Place>, StoreError> {
        Ok(self.store.token(&certified_key(id))?.map(Place::from_bytes))
    }

    /// The answers to a block's requests, in their order, under a checkpoint that covers it. Each batch is read once, however
    /// many ask for it. A damaged one fails those who ask for it, and nobody else.
    ///
    /// # Errors
    /// [`NotaryError::Store`].
    pub fn verdicts(
        &self,
        decided: &Decided,
        published: &Published,
    ) -> Result<Vec<Verdict>, NotaryError> {
        let mut answers: Vec<Option<Verdict>> = vec![None; decided.outcomes.len()];
        let mut wanted: BTreeMap<u64, Wanted> = BTreeMap::new();
        for (at, outcome) in decided.outcomes.iter().enumerate() {
            match outcome {
                Outcome::Said(verdict) => answers[at] = Some(verdict.clone()),
                Outcome::Certified(Place { height, index }) => {
                    let of = wanted.entry(*height).or_default();
                    of.certificates.push((at, *index));
                }
                Outcome::Used(used) => match self.used_at(&used.mark, decided)? {
                    Some(height) => wanted.entry(height).or_default().proofs.push((at, *used)),
                    None => answers[at] = Some(not_now(&"a used mark without its batch")),
                },
            }
        }
        for (height, wanted) in wanted {
            let made = match decided.batches.get(&height) {
                Some((entry, body)) => self.answer(entry, body, &wanted, published),
                None => self.answer_again(height, &wanted, published),
            };
            match made {
                Ok(made) => {
                    for (at, verdict) in made {
                        answers[at] = Some(verdict);
                    }
                }
                Err(
                    error @ (NotaryError::Damaged(_) | NotaryError::Store(StoreError::Corrupt(_))),
                ) => {
                    for at in wanted.asked() {
                        answers[at] = Some(not_now(&error));
                    }
                }
                Err(error) => return Err(error),
            }
        }
        Ok(answers.into_iter().flatten().collect())
    }

    /// The batch by which a mark was used up, in this block or earlier.
    fn used_at(&self, mark: &Token, decided: &Decided) -> Result<Option<u64>, StoreError> {
        let uses = |body: &Body| {
            body.spent
                .binary_search_by_key(mark, |(mark, _)| *mark)
                .is_ok()
        };
        let mut here = decided.batches.iter();
        if let Some((height, _)) = here.find(|(_, (_, body))| uses(body)) {
            return Ok(Some(*height));
        }
        let all = 8 * mark.bytes().len();
        let kept = self.store.marks(mark, all)?;
        Ok(kept.first().map(|mark| mark.height))
    }

    /// Certificates, and proofs that marks were used up, of one batch.
    fn answer(
        &self,
        entry: &BatchEntry,
        body: &Body,
        wanted: &Wanted,
        published: &Published,
    ) -> Result<Vec<(usize, Verdict)>, NotaryError> {
        let indexes = wanted.certificates.iter().map(|(_, index)| *index);
        let certificates = self.certificates(entry, body, indexes, published)?;
        let places = wanted.certificates.iter().map(|(at, _)| *at);
        let certified = certificates.into_iter().map(Verdict::Certified);
        let mut answers: Vec<_> = places.zip(certified).collect();
        if wanted.proofs.is_empty() {
            return Ok(answers);
        }
        let tree = SpentTree::new(&body.spent);
        let log_path = self.log_path(entry.height, published.size)?;
        for (at, Used { token, mark }) in &wanted.proofs {
            let place = tree.place(mark);
            let (spent_on, place) =
                place.ok_or(NotaryError::Damaged("a used mark that its batch lacks"))?;
            let proof = Spent {
                entry: *entry,
                place,
                log_path: log_path.clone(),
                checkpoint: published.note.clone(),
            };
            let refusal = NotaryRefusal::TokenUsed {
                token: *token,
                spent_on,
                proof: Box::new(proof),
            };
            answers.push((*at, Verdict::Refused(refusal)));
        }
        Ok(answers)
    }

    fn answer_again(
        &self,
        height: u64,
        wanted: &Wanted,
        published: &Published,
    ) -> Result<Vec<(usize, Verdict)>, NotaryError> {
        let LogEntry::Batch(entry) = Self::entry_of(&self.store, height)? else {
            return Err(NotaryError::Damaged("another entry in a batch's place"));
        };
        let body = self.body(height)?;
        self.answer(&entry, &body, wanted, published)
    }

    pub(super) fn body(&self, height: u64) -> Result<Body, NotaryError> {
        let body = self
            .store
            .meta(&body_name(height))?
            .ok_or(NotaryError::Damaged("a missing batch"))?;
        codec::decode(&body).map_err(|_| NotaryError::Damaged("an unreadable batch"))
    }

    /// The path from an entry to the root that the log had at a size.
    pub(super) fn log_path(&self, height: u64, size: u64) -> Result<Vec<Digest>, NotaryError> {
        let node = |level, index| self.store.node(level, index);
        path_in_log(height, size, node)
    }

    /// The certificates of ids in a batch, by their indexes in it.
    fn certificates(
        &self,
        entry: &BatchEntry,
        body: &Body,
        wanted: impl Iterator<Item = u32>,
        published: &Published,
    ) -> Result<Vec<Certificate>, NotaryError> {
        let log_path = self.log_path(entry.height, published.size)?;
        let paths = id_paths(&body.ids);
        wanted
            .map(|index| {
                let path = paths.get(index as usize);
                Ok(Certificate {
                    entry: *entry,
                    index,
                    path: path
                        .ok_or(NotaryError::Damaged("a batch without an id of its own"))?
                        .clone(),
                    log_path: log_path.clone(),
                    checkpoint: published.note.clone(),
                })
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_batch_can_be_read_again() {
        let digest = |n: usize| Digest::of(&[&n.to_be_bytes()]);
        let body = Body {
            ids: (0..BATCH_REQUESTS_MAX)
                .map(|n| TransactionId(digest(n)))
                .collect(),
            spent: (0..BATCH_TOKENS_MAX)
                .map(|n| (Token(digest(n)), digest(n)))
                .collect(),
        };
        let read: Body = codec::decode(&codec::encode(&body)).expect("reads");
        assert_eq!((read.ids, read.spent), (body.ids, body.spent));
    }
}
