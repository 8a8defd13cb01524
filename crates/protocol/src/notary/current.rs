//! Whether a token is still unused: the root over the used marks, entered in the log every few seconds, and proofs under it.
//!
//! The root at a place in the log covers everything before it, and nothing else goes into it: whoever has the log's bodies makes
//! the same one. The set in memory is made of what the store holds, the first time that it is needed.

use std::cell::RefCell;

use ledger::Token;
use ledger::certificate::LogEntry;
use ledger::codec;
use ledger::current::{CurrentEntry, Unused};

use super::machine::{Machine, NotaryError};
use super::marks::{Marks, Place};
use super::past::path_in_log;
use super::round::Round;
use super::store::{Mark, NotaryBatch, NotaryStore};
use crate::limits::{CURRENT_EVERY_MS, MARKS_ADDED_TOGETHER};
use crate::store::StoreError;

/// Where the latest root stands in the log.
const LATEST: &str = "current";

/// Bits of a mark, all of them.
const MARK_BITS: usize = 256;

/// What the notary holds of it in memory: nothing, until it is asked for.
#[derive(Default)]
pub(super) struct Current {
    loaded: Option<Loaded>,
}

struct Loaded {
    marks: Marks,
    /// Used since, and not yet in the set.
    since: Vec<Mark>,
    latest: Option<MarksRoot>,
}

impl Current {
    /// Marks that were used up, and a root that was entered before them, both durable now.
    pub(super) fn entered(&mut self, marks: Vec<Mark>, root: Option<MarksRoot>) {
        if let Some(loaded) = &mut self.loaded {
            loaded.since.extend(marks);
            loaded.latest = root.or(loaded.latest.take());
        }
    }
}

/// The latest root with the set that it is of. A clone costs nothing, and goes on being true.
#[derive(Clone, Debug)]
pub struct MarksRoot {
    entry: CurrentEntry,
    marks: Marks,
}

/// What is known of a mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known {
    /// It was unused when the root was entered, and here is the proof.
    Unused(Box<Unused>),
    /// It is used up.
    Used,
}

impl MarksRoot {
    /// The entry.
    #[must_use]
    pub fn entry(&self) -> &CurrentEntry {
        &self.entry
    }

    /// What is known of a mark, from the notary's store, under a checkpoint of the log of this size.
    ///
    /// # Errors
    /// [`NotaryError`], if the store can't be read or holds something else.
    pub fn of(
        &self,
        mark: &Token,
        (checkpoint, size): (&str, u64),
        marks: impl Fn(&Token, usize) -> Result<Vec<Mark>, StoreError>,
        node: impl Fn(u8, u64) -> Result<Option<[u8; 32]>, StoreError>,
    ) -> Result<Known, NotaryError> {
        let covered = self.entry.covered;
        let absence = match self.marks.place(mark, covered, &marks)? {
            Place::Used => return Ok(Known::Used),
            Place::Bucket(absence) => absence,
            Place::Crowded => return Err(NotaryError::Damaged("too many marks of one beginning")),
        };
        Ok(Known::Unused(Box::new(Unused {
            absence,
            entry: self.entry,
            log_path: path_in_log(covered, size, node)?,
            checkpoint: checkpoint.to_owned(),
        })))
    }
}

impl<S: NotaryStore> Machine<S> {
    /// Enters the root over the marks used before this block, if it is time.
    pub(super) fn enter_root(
        &mut self,
        round: &mut Round,
    ) -> Result<Option<MarksRoot>, NotaryError> {
        let mut loaded = match self.current.loaded.take() {
            Some(loaded) => loaded,
            None => self.load_current()?,
        };
        let last = loaded.latest.as_ref().map(|root| root.entry.time_ms);
        let due = last.is_none_or(|last| round.time_ms >= last.saturating_add(CURRENT_EVERY_MS));
        if due || loaded.since.len() >= MARKS_ADDED_TOGETHER {
            let read = |like: &Token, bits| self.store.marks(like, bits);
            loaded.marks.add(std::mem::take(&mut loaded.since), &read)?;
        }
        let root = due.then(|| MarksRoot {
            entry: CurrentEntry {
                time_ms: round.time_ms,
                covered: round.addition.frontier.size(),
                count: loaded.marks.count(),
                root: loaded.marks.root(),
            },
            marks: loaded.marks.clone(),
        });
        if let Some(root) = &root {
            let place = round.addition.entry(codec::encode(&root.entry));
            let latest = (LATEST.to_owned(), place.to_be_bytes().to_vec());
            round.addition.batch.meta.push(latest);
        }
        self.current.loaded = Some(loaded);
        Ok(root)
    }

    /// The latest root, once it is known.
    #[must_use]
    pub fn marks_root(&self) -> Option<&MarksRoot> {
        self.current.loaded.as_ref()?.latest.as_ref()
    }

    /// The set under the latest root, and what was used since.
    fn load_current(&mut self) -> Result<Loaded, NotaryError> {
        let latest = self.latest_root()?;
        if latest.is_none() {
            self.keep_marks()?;
        }
        let since = RefCell::new(Vec::new());
        let before = latest.map_or(self.size(), |entry| entry.covered);
        let read = |like: &Token, bits| {
            let (covered, later) = self
                .store
                .marks(like, bits)?
                .into_iter()
                .partition(|mark: &Mark| mark.height < before);
            since.borrow_mut().extend::<Vec<Mark>>(later);
            Ok(covered)
        };
        let about = latest.map_or(self.size() << 16, |entry| entry.count);
        let marks = Marks::load(about, &read)?;
        if latest.is_some_and(|entry| (entry.count, entry.root) != (marks.count(), marks.root())) {
            return Err(NotaryError::Damaged("the used marks"));
        }
        let mut since = since.into_inner();
        // A range may have been read twice.
        since.sort_by_key(|mark| mark.mark);
        since.dedup();
        Ok(Loaded {
            latest: latest.map(|entry| MarksRoot {
                entry,
                marks: marks.clone(),
            }),
            marks,
            since,
        })
    }

    fn latest_root(&self) -> Result<Option<CurrentEntry>, NotaryError> {
        let Some(place) = self.store.meta(LATEST)? else {
            return Ok(None);
        };
        let place = place.try_into().map(u64::from_be_bytes);
        let place = place.map_err(|_| NotaryError::Damaged("where the latest root is"))?;
        match Self::entry_of(&self.store, place)? {
            LogEntry::Current(entry) => Ok(Some(entry)),
            _ => Err(NotaryError::Damaged("another entry in a root's place")),
        }
    }

    /// Stores of earlier versions have no marks beside the tokens: before the first root, those that are missing are made of
    /// the batches.
    fn keep_marks(&mut self) -> Result<(), NotaryError> {
        let mut batch = NotaryBatch::new();
        for height in 0..self.size() {
            if let LogEntry::Batch(_) = Self::entry_of(&self.store, height)? {
                for mark in self.body(height)?.marks(height) {
                    if self.store.marks(&mark.mark, MARK_BITS)?.is_empty() {
                        batch.marks.push(mark);
                    }
                }
            }
            if batch.marks.len() >= MARKS_ADDED_TOGETHER {
                self.store.commit(std::mem::take(&mut batch))?;
            }
        }
        match batch.is_empty() {
            true => Ok(()),
            false => Ok(self.store.commit(batch)?),
        }
    }
}
