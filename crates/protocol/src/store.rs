//! The seam between the state machines and the disk: key spaces, batches, and what a store must promise.
//!
//! A state machine returns a [`WriteBatch`]; whoever runs it hands the batch to a [`Store`] and lets the answers out only
//! after [`Store::commit`] has returned. Faults are injected below this seam ([`FaultyStore`]), so the node and the
//! simulator meet the same ones. Nothing here knows what the bytes mean.

mod faulty;
mod memory;

pub use faulty::{Fault, FaultyStore};
pub use memory::MemoryStore;

/// A key space. Each one is kept apart from the others, so that the same key may occur in several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// Singletons: identity, counters, format version.
    Meta,
    /// The node's own facts: its vault.
    Facts,
    /// Transactions and views that the node may see.
    Transactions,
    /// Flows under way, with what is needed to resume them.
    Flows,
    /// Instructions accepted from clients, by idempotency key.
    Instructions,
    /// Messages not yet acknowledged by their receiver.
    Outbox,
    /// One-time addresses given out.
    Addresses,
    /// Key material and its history.
    Keys,
    /// Secondary look-ups, all of which can be rebuilt from the other tables.
    Index,
    /// Disclosures published by this node.
    Published,
    /// What this node was shown as an observer.
    Observed,
}

impl Table {
    /// Every key space, in declaration order.
    pub const ALL: [Table; 11] = [
        Table::Meta,
        Table::Facts,
        Table::Transactions,
        Table::Flows,
        Table::Instructions,
        Table::Outbox,
        Table::Addresses,
        Table::Keys,
        Table::Index,
        Table::Published,
        Table::Observed,
    ];

    /// The name under which the key space is stored. Part of the storage format: never changed, never reused.
    pub const fn name(self) -> &'static str {
        match self {
            Table::Meta => "meta",
            Table::Facts => "facts",
            Table::Transactions => "transactions",
            Table::Flows => "flows",
            Table::Instructions => "instructions",
            Table::Outbox => "outbox",
            Table::Addresses => "addresses",
            Table::Keys => "keys",
            Table::Index => "index",
            Table::Published => "published",
            Table::Observed => "observed",
        }
    }
}

/// One write: the key space, the key, and the new value or `None` to delete the key.
pub type Write = (Table, Vec<u8>, Option<Vec<u8>>);

/// Writes that become durable together or not at all. They apply in order: the last write to a key is the one that stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WriteBatch {
    writes: Vec<Write>,
}

impl WriteBatch {
    /// An empty batch.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets `key` to `value`, whatever was there.
    pub fn put(&mut self, table: Table, key: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>) {
        self.writes.push((table, key.into(), Some(value.into())));
    }

    /// Removes `key`; removing what is absent is no error.
    pub fn delete(&mut self, table: Table, key: impl Into<Vec<u8>>) {
        self.writes.push((table, key.into(), None));
    }

    /// Adds the writes of `later` after those already here: the means of group commit.
    pub fn append(&mut self, mut later: WriteBatch) {
        self.writes.append(&mut later.writes);
    }

    /// The number of writes, repeated keys counted each time.
    pub fn len(&self) -> usize {
        self.writes.len()
    }

    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.writes.is_empty()
    }

    /// The writes in the order in which they apply.
    pub fn writes(&self) -> &[Write] {
        &self.writes
    }

    /// Takes the writes out, in the order in which they apply.
    pub fn into_writes(self) -> Vec<Write> {
        self.writes
    }
}

/// Why a store could not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// No room. Nothing of the batch was written; the same batch may be tried again once there is room.
    #[error("no room left for the store; nothing of this batch was written")]
    Full,
    /// What is on the disk is not what a store wrote. Restore a backup.
    #[error("the store is damaged: {0}")]
    Corrupt(String),
    /// The operating system failed. After a commit the outcome is unknown until the store is opened again: the batch
    /// may be there whole, or not at all.
    #[error("the store could not be read or written: {0}")]
    Io(String),
}

/// A key and its value.
pub type Pair = (Vec<u8>, Vec<u8>);

/// Ordered key-value storage with atomic, durable batches.
pub trait Store {
    /// The value at `key`, if there is one.
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    /// Up to `limit` pairs whose keys start with `prefix`, ascending by key, strictly after `after` when it is given.
    fn scan(
        &self,
        table: Table,
        prefix: &[u8],
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<Pair>, StoreError>;

    /// Applies the batch whole, and returns only once it would survive loss of power.
    fn commit(&mut self, batch: WriteBatch) -> Result<(), StoreError>;
}

/// The smallest key that is greater than every key starting with `prefix`; `None` when no such key exists.
///
/// Stores use it to turn a prefix into a range.
pub fn prefix_end(prefix: &[u8]) -> Option<Vec<u8>> {
    let kept = prefix.iter().rposition(|&byte| byte != u8::MAX)?;
    let mut end = prefix[..=kept].to_vec();
    end[kept] += 1;
    Some(end)
}

/// The smallest key that a scan of `prefix` strictly after `after` may return.
pub fn scan_start(prefix: &[u8], after: Option<&[u8]>) -> Vec<u8> {
    match after {
        Some(after) if after >= prefix => [after, &[0]].concat(),
        _ => prefix.to_vec(),
    }
}
