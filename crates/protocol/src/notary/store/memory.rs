//! A notary's store in memory, for tests and the simulator.

use std::collections::BTreeMap;

use super::{Digest, NotaryBatch, NotaryStore};
use crate::store::StoreError;

/// Keeps everything in memory. Cloning it is the simulator's snapshot of a disk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemoryNotaryStore {
    tokens: BTreeMap<Digest, Digest>,
    entries: BTreeMap<u64, Vec<u8>>,
    nodes: BTreeMap<(u8, u64), Digest>,
    meta: BTreeMap<String, Vec<u8>>,
}

impl MemoryNotaryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// Every consumed token with what it was consumed by, ascending by token.
    pub fn tokens(&self) -> &BTreeMap<Digest, Digest> {
        &self.tokens
    }

    /// Every entry of the log, by index.
    pub fn entries(&self) -> &BTreeMap<u64, Vec<u8>> {
        &self.entries
    }
}

impl NotaryStore for MemoryNotaryStore {
    fn token(&self, token: &Digest) -> Result<Option<Digest>, StoreError> {
        Ok(self.tokens.get(token).copied())
    }

    fn entry(&self, index: u64) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.entries.get(&index).cloned())
    }

    fn node(&self, level: u8, index: u64) -> Result<Option<Digest>, StoreError> {
        Ok(self.nodes.get(&(level, index)).copied())
    }

    fn meta(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.meta.get(name).cloned())
    }

    fn commit(&mut self, batch: NotaryBatch) -> Result<(), StoreError> {
        self.tokens.extend(batch.tokens);
        self.entries.extend(batch.entries);
        self.nodes.extend(batch.nodes);
        self.meta.extend(batch.meta);
        Ok(())
    }
}
