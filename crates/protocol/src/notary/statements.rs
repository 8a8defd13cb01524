//! Statements in the log: hashes of what somebody signed, with the time at which they were registered.

use std::collections::BTreeSet;

use ledger::Digest;
use ledger::certificate::{LogEntry, StatementEntry};
use ledger::codec;

use super::machine::{Addition, Notary, NotaryError};
use super::past::{height_of, position};
use super::store::NotaryStore;

/// A statement in the log, and the path to the root that the log had when this was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registered {
    /// The log's entry.
    pub entry: StatementEntry,
    /// The entry's place in the log.
    pub index: u64,
    /// Entries in the log.
    pub size: u64,
    /// The log's root at this size.
    pub root: Digest,
    /// From the entry to the root.
    pub path: Vec<Digest>,
}

/// Where a statement is remembered: a name of its own among the tokens, which no token can have.
fn registered_key(statement: &Digest) -> [u8; 32] {
    Digest::of(&[b"registered/v1", &statement.0]).0
}

impl<S: NotaryStore> Notary<S> {
    /// Registers statements by their hashes, each as an entry of the log: durable when it returns. Whoever registers one again
    /// is shown the entry that there is. What a statement says, and who signed it, the notary doesn't learn.
    ///
    /// # Errors
    /// [`NotaryError`]; no answer may leave then, and the notary must be opened again from its store, which may or may not
    /// hold the entries.
    pub fn register(
        &mut self,
        now_ms: u64,
        statements: &[Digest],
    ) -> Result<Vec<Registered>, NotaryError> {
        let time_ms = self.agree(now_ms)?;
        let mut addition = Addition::to(&self.frontier);
        let mut fresh = BTreeSet::new();
        for statement in statements {
            let key = registered_key(statement);
            if self.store.token(&key)?.is_some() || !fresh.insert(*statement) {
                continue;
            }
            let entry = StatementEntry {
                time_ms,
                statement: *statement,
            };
            let index = addition.entry(codec::encode(&entry));
            addition.batch.tokens.push((key, position(index, 0)));
        }
        if !fresh.is_empty() {
            self.commit(addition)?;
        }
        let registered = statements.iter();
        registered.map(|hash| self.registered(hash)).collect()
    }

    fn registered(&self, statement: &Digest) -> Result<Registered, NotaryError> {
        let place = self.store.token(&registered_key(statement))?;
        let (index, _) = height_of(place.ok_or(NotaryError::Damaged("a missing statement"))?);
        match Self::entry_of(&self.store, index)? {
            LogEntry::Statement(entry) if entry.statement == *statement => Ok(Registered {
                entry,
                index,
                size: self.frontier.size(),
                root: self.frontier.root().into(),
                path: self.log_path(index)?,
            }),
            _ => Err(NotaryError::Damaged("another entry in a statement's place")),
        }
    }
}
