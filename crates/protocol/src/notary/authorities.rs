//! Who keeps the log, and how that changes: a decision is judged like everything else that is ordered, and entered last in its
//! block. From the next entry on the log is signed by those whom it names.

use ledger::authorities::{DecisionRefusal, History, Link};
use ledger::certificate::{AuthoritiesEntry, LogEntry};
use ledger::codec;
use ledger::log_keys::{LogKeys, verify_checkpoint};

use super::machine::{Machine, NotaryError};
use super::round::Addition;
use super::store::{NotaryBatch, NotaryStore};

/// Where the decisions stand in the log, by epoch.
const DECISIONS: &str = "decisions";

/// The last checkpoint of those before an epoch.
fn handover_name(epoch: u32) -> String {
    format!("handover/{epoch}")
}

/// Other authorities from here on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// The epoch that begins.
    pub epoch: u32,
    /// Where the decision is in the log. Those before sign its checkpoint of one entry more, and no later one.
    pub index: u64,
}

impl<S: NotaryStore> Machine<S> {
    /// Who kept and keeps the log, from the founder's keys and the decisions in the store.
    pub(super) fn keepers(founder: LogKeys, store: &S) -> Result<LogKeys, NotaryError> {
        let mut keys = founder;
        for index in Self::decisions(store)? {
            let LogEntry::Authorities(entry) = Self::entry_of(store, index)? else {
                return Err(NotaryError::Damaged("another entry in a decision's place"));
            };
            let changed = keys.change(index, &entry.note);
            keys = changed.map_err(|_| NotaryError::Damaged("a decision that is none"))?;
        }
        Ok(keys)
    }

    fn decisions(store: &S) -> Result<Vec<u64>, NotaryError> {
        match store.meta(DECISIONS)? {
            Some(bytes) => codec::decode(&bytes).map_err(|_| NotaryError::Damaged("decisions")),
            None => Ok(Vec::new()),
        }
    }

    /// Makes a decision an entry of the log, if it is one of those who keep it now, and says whose keys count from there on.
    /// One that was carried out is answered with the entry that there is.
    pub(super) fn enter_decision(
        &self,
        note: &str,
        time_ms: u64,
        addition: &mut Addition,
    ) -> Result<(Change, Option<LogKeys>), DecisionRefusal> {
        if let Some(begun) = self.keys().begun_by(note) {
            let change = Change {
                epoch: begun.authorities.epoch(),
                index: begun.decided_at(),
            };
            return Ok((change, None));
        }
        let changed = self.keys().change(addition.frontier.size(), note)?;
        let epoch = changed.epoch();
        let index = addition.entry(codec::encode(&AuthoritiesEntry {
            time_ms,
            epoch,
            note: note.to_owned(),
        }));
        let decisions = changed.epochs().iter().map(|epoch| epoch.decided_at());
        let decisions: Vec<u64> = decisions.collect();
        let meta = (DECISIONS.to_owned(), codec::encode(&decisions));
        addition.batch.meta.push(meta);
        Ok((Change { epoch, index }, Some(changed)))
    }

    /// Keeps a published checkpoint, if it is the last one of those before a change: with it strangers can follow the change.
    ///
    /// # Errors
    /// [`NotaryError::Store`].
    pub fn keep_handover(&mut self, note: &str) -> Result<(), NotaryError> {
        let Ok(checkpoint) = verify_checkpoint(note, self.keys()) else {
            return Ok(());
        };
        let mut epochs = self.keys().epochs().iter();
        let Some(next) = epochs.find(|epoch| epoch.from == checkpoint.size() + 1) else {
            return Ok(());
        };
        let name = handover_name(next.authorities.epoch());
        if self.store.meta(&name)?.is_none() {
            let mut batch = NotaryBatch::new();
            batch.meta.push((name, note.as_bytes().to_vec()));
            self.store.commit(batch)?;
        }
        Ok(())
    }

    /// How the authorities changed, as far as the last checkpoints of those before are published.
    ///
    /// # Errors
    /// [`NotaryError`].
    pub fn history(&self) -> Result<History, NotaryError> {
        let mut links = Vec::new();
        for epoch in self.keys().epochs() {
            let name = handover_name(epoch.authorities.epoch());
            let Some(checkpoint) = self.store.meta(&name)? else {
                break;
            };
            let index = epoch.decided_at();
            let LogEntry::Authorities(entry) = Self::entry_of(&self.store, index)? else {
                return Err(NotaryError::Damaged("another entry in a decision's place"));
            };
            let checkpoint = String::from_utf8(checkpoint);
            links.push(Link {
                index,
                entry,
                path: self.log_path(index, index + 1)?,
                checkpoint: checkpoint.map_err(|_| NotaryError::Damaged("a checkpoint"))?,
            });
        }
        Ok(History::new(links))
    }
}
