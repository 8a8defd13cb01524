//! Disks that outlive the machine, fail when told to, and tell the world what was written.

use std::cell::RefCell;
use std::rc::Rc;

use ledger::Token;
use protocol::notary::store::{Mark, MemoryNotaryStore, NotaryBatch, NotaryStore};
use protocol::store::{
    Fault, FaultyStore, MemoryStore, Pair, Store, StoreError, Table, Write, WriteBatch,
};

/// A node's disk: whoever holds a clone holds the same disk.
#[derive(Clone)]
pub struct Disk(Rc<RefCell<Platter>>);

struct Platter {
    store: FaultyStore<MemoryStore>,
    journal: Vec<Write>,
}

impl Disk {
    /// An empty disk.
    #[must_use]
    pub fn new() -> Self {
        let store = FaultyStore::new(MemoryStore::new(), std::collections::BTreeMap::new());
        Self(Rc::new(RefCell::new(Platter {
            store,
            journal: Vec::new(),
        })))
    }

    /// Makes the next commit fail.
    pub fn fail_next(&self, fault: Fault) {
        self.0.borrow_mut().store.fail_next(fault);
    }

    /// What was written since the last call, as it lies on the disk.
    #[must_use]
    pub fn written(&self) -> Vec<Write> {
        std::mem::take(&mut self.0.borrow_mut().journal)
    }

    /// Writes past the node, as a saboteur would.
    pub fn tamper(&self, batch: WriteBatch) {
        let mut platter = self.0.borrow_mut();
        platter.journal.extend(batch.writes().iter().cloned());
        let written = platter.store.inner_mut().commit(batch);
        assert_eq!(written, Ok(()), "a saboteur meets no faults");
    }

    /// Every pair of a table.
    #[must_use]
    pub fn pairs(&self, table: Table) -> Vec<Pair> {
        let platter = self.0.borrow();
        let pairs = platter.store.inner().pairs(table);
        pairs.map(|(k, v)| (k.to_vec(), v.to_vec())).collect()
    }

    /// The number of pairs of a table and whether a key is there.
    #[must_use]
    pub fn has(&self, table: Table, key: &[u8]) -> bool {
        matches!(self.get(table, key), Ok(Some(_)))
    }
}

impl Default for Disk {
    fn default() -> Self {
        Self::new()
    }
}

impl Store for Disk {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.0.borrow().store.get(table, key)
    }

    fn scan(
        &self,
        table: Table,
        prefix: &[u8],
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<Pair>, StoreError> {
        self.0.borrow().store.scan(table, prefix, after, limit)
    }

    fn commit(&mut self, batch: WriteBatch) -> Result<(), StoreError> {
        let mut platter = self.0.borrow_mut();
        let before = platter.store.inner().commits();
        let writes = batch.writes().to_vec();
        let result = platter.store.commit(batch);
        if platter.store.inner().commits() > before {
            platter.journal.extend(writes);
        }
        result
    }
}

/// The notary's disk.
#[derive(Clone)]
pub struct NotaryDisk(Rc<RefCell<NotaryPlatter>>);

struct NotaryPlatter {
    store: MemoryNotaryStore,
    fault: Option<Fault>,
    journal: Vec<NotaryBatch>,
    forgetful: bool,
}

impl NotaryDisk {
    /// An empty disk.
    #[must_use]
    pub fn new() -> Self {
        Self(Rc::new(RefCell::new(NotaryPlatter {
            store: MemoryNotaryStore::new(),
            fault: None,
            journal: Vec::new(),
            forgetful: false,
        })))
    }

    /// Makes the next commit fail.
    pub fn fail_next(&self, fault: Fault) {
        self.0.borrow_mut().fault = Some(fault);
    }

    /// From now on forgets every token: the saboteur's notary.
    pub fn forget_tokens(&self) {
        self.0.borrow_mut().forgetful = true;
    }

    /// What was written since the last call.
    #[must_use]
    pub fn written(&self) -> Vec<NotaryBatch> {
        std::mem::take(&mut self.0.borrow_mut().journal)
    }

    /// A copy of what is on it.
    #[must_use]
    pub fn snapshot(&self) -> MemoryNotaryStore {
        self.0.borrow().store.clone()
    }

    /// Puts an earlier copy back, as a careless operator would.
    pub fn restore(&self, snapshot: MemoryNotaryStore) {
        self.0.borrow_mut().store = snapshot;
    }
}

impl Default for NotaryDisk {
    fn default() -> Self {
        Self::new()
    }
}

impl NotaryStore for NotaryDisk {
    fn token(&self, token: &[u8; 32]) -> Result<Option<[u8; 32]>, StoreError> {
        let platter = self.0.borrow();
        if platter.forgetful {
            return Ok(None);
        }
        platter.store.token(token)
    }

    fn marks(&self, like: &Token, bits: usize) -> Result<Vec<Mark>, StoreError> {
        self.0.borrow().store.marks(like, bits)
    }

    fn entry(&self, index: u64) -> Result<Option<Vec<u8>>, StoreError> {
        self.0.borrow().store.entry(index)
    }

    fn node(&self, level: u8, index: u64) -> Result<Option<[u8; 32]>, StoreError> {
        self.0.borrow().store.node(level, index)
    }

    fn meta(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.0.borrow().store.meta(name)
    }

    fn commit(&mut self, batch: NotaryBatch) -> Result<(), StoreError> {
        let mut platter = self.0.borrow_mut();
        let fault = platter.fault.take();
        if let Some(Fault::Before(error)) = fault {
            return Err(error);
        }
        platter.journal.push(batch.clone());
        platter.store.commit(batch)?;
        match fault {
            Some(Fault::After(error)) => Err(error),
            _ => Ok(()),
        }
    }
}
