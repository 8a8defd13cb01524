//! Statements in the log: hashes of what somebody signed, with the time at which they were registered.

use std::collections::BTreeSet;

use ledger::Digest;
use ledger::certificate::{LogEntry, StatementEntry};
use ledger::codec;

use super::machine::{Machine, NotaryError, Published};
use super::past::Place;
use super::round::Addition;
use super::store::NotaryStore;
use crate::store::StoreError;

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

impl<S: NotaryStore> Machine<S> {
    /// Makes each statement that isn't in the log yet an entry of it.
    pub(super) fn enter_statements(
        &self,
        statements: &[Digest],
        time_ms: u64,
        addition: &mut Addition,
    ) -> Result<(), StoreError> {
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
            let height = addition.entry(codec::encode(&entry));
            let place = Place { height, index: 0 };
            addition.batch.tokens.push((key, place.to_bytes()));
        }
        Ok(())
    }

    /// Where a statement is in the log, under a checkpoint that covers it.
    ///
    /// # Errors
    /// [`NotaryError`].
    pub fn registered(
        &self,
        statement: &Digest,
        published: &Published,
    ) -> Result<Registered, NotaryError> {
        let place = self.store.token(&registered_key(statement))?;
        let place = Place::from_bytes(place.ok_or(NotaryError::Damaged("a missing statement"))?);
        let index = place.height;
        match Self::entry_of(&self.store, index)? {
            LogEntry::Statement(entry) if entry.statement == *statement => Ok(Registered {
                entry,
                index,
                size: published.size,
                root: published.root,
                path: self.log_path(index, published.size)?,
            }),
            _ => Err(NotaryError::Damaged("another entry in a statement's place")),
        }
    }
}
