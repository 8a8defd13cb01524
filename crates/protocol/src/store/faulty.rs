//! Faults injected below the seam, for tests and the simulator.
//!
//! The fault that breaks ledgers is the second one: the write persisted, and the caller was told that it had not.

use std::collections::BTreeMap;

use super::{Pair, Store, StoreError, Table, WriteBatch};

/// What goes wrong at a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing is written, and the error is returned.
    Before(StoreError),
    /// Everything is written and durable, and the error is returned all the same.
    After(StoreError),
}

/// A store that fails at chosen commits and passes everything else on.
#[derive(Clone, Debug)]
pub struct FaultyStore<S> {
    inner: S,
    plan: BTreeMap<u64, Fault>,
    commits_seen: u64,
}

impl<S> FaultyStore<S> {
    /// Wraps `inner`; the keys of `plan` count commits from 0, failed ones included.
    pub fn new(inner: S, plan: BTreeMap<u64, Fault>) -> Self {
        Self {
            inner,
            plan,
            commits_seen: 0,
        }
    }

    /// Makes the next commit fail.
    pub fn fail_next(&mut self, fault: Fault) {
        self.plan.insert(self.commits_seen, fault);
    }

    /// How many commits were asked for, failed ones included.
    pub fn commits_seen(&self) -> u64 {
        self.commits_seen
    }

    /// What really is stored.
    pub fn inner(&self) -> &S {
        &self.inner
    }

    /// What really is stored, to be changed past the faults.
    pub fn inner_mut(&mut self) -> &mut S {
        &mut self.inner
    }

    /// Takes the wrapper off, as opening the store again after a crash would.
    pub fn into_inner(self) -> S {
        self.inner
    }
}

impl<S: Store> Store for FaultyStore<S> {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.inner.get(table, key)
    }

    fn scan(
        &self,
        table: Table,
        prefix: &[u8],
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<Pair>, StoreError> {
        self.inner.scan(table, prefix, after, limit)
    }

    fn commit(&mut self, batch: WriteBatch) -> Result<(), StoreError> {
        let this = self.commits_seen;
        self.commits_seen += 1;
        match self.plan.remove(&this) {
            Some(Fault::Before(error)) => Err(error),
            Some(Fault::After(error)) => {
                self.inner.commit(batch)?;
                Err(error)
            }
            None => self.inner.commit(batch),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::MemoryStore;

    #[test]
    fn a_fault_before_loses_the_batch_and_a_fault_after_keeps_it() {
        let cases = [
            (Fault::Before(StoreError::Full), None),
            (
                Fault::After(StoreError::Io("lost".into())),
                Some(b"v".to_vec()),
            ),
        ];
        for (fault, expected) in cases {
            let mut store = FaultyStore::new(MemoryStore::new(), BTreeMap::new());
            store.fail_next(fault.clone());
            let mut batch = WriteBatch::new();
            batch.put(Table::Meta, "k", "v");
            assert!(store.commit(batch.clone()).is_err());
            assert_eq!(store.get(Table::Meta, b"k"), Ok(expected), "{fault:?}");
            assert_eq!(store.commit(batch), Ok(()));
            assert_eq!(store.commits_seen(), 2);
        }
    }
}
