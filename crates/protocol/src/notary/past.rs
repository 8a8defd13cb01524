//! What was certified earlier, and certificates made again from it.

use std::collections::BTreeMap;

use ledger::certificate::{BatchEntry, Certificate, LogEntry, id_paths};
use ledger::codec;
use ledger::{Digest, Token, TransactionId};
use minicbor::{Decode, Encode};
use tlog::Node;

use super::machine::{Decided, Machine, NotaryError, Outcome, Published};
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
        let mut wanted: BTreeMap<u64, Vec<(usize, u32)>> = BTreeMap::new();
        for (at, outcome) in decided.outcomes.iter().enumerate() {
            match outcome {
                Outcome::Said(verdict) => answers[at] = Some(verdict.clone()),
                Outcome::Certified(Place { height, index }) => {
                    wanted.entry(*height).or_default().push((at, *index));
                }
            }
        }
        for (height, asked) in wanted {
            let indexes = asked.iter().map(|(_, index)| *index);
            let made = match decided.batches.get(&height) {
                Some((entry, body)) => self.certificates(entry, body, indexes, published),
                None => self.made_again(height, indexes, published),
            };
            match made {
                Ok(certificates) => {
                    for ((at, _), certificate) in asked.into_iter().zip(certificates) {
                        answers[at] = Some(Verdict::Certified(certificate));
                    }
                }
                Err(
                    error @ (NotaryError::Damaged(_) | NotaryError::Store(StoreError::Corrupt(_))),
                ) => {
                    for (at, _) in asked {
                        let reason = error.to_string();
                        answers[at] = Some(Verdict::Refused(NotaryRefusal::NotNow { reason }));
                    }
                }
                Err(error) => return Err(error),
            }
        }
        Ok(answers.into_iter().flatten().collect())
    }

    fn made_again(
        &self,
        height: u64,
        indexes: impl Iterator<Item = u32>,
        published: &Published,
    ) -> Result<Vec<Certificate>, NotaryError> {
        let LogEntry::Batch(entry) = Self::entry_of(&self.store, height)? else {
            return Err(NotaryError::Damaged("another entry in a batch's place"));
        };
        let body = self.body(height)?;
        self.certificates(&entry, &body, indexes, published)
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
