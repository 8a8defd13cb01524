//! A notary's store in memory, for tests and the simulator.

use std::collections::BTreeMap;

use ledger::Token;

use super::{Digest, Mark, NotaryBatch, NotaryStore, sharing};
use crate::store::StoreError;

/// Keeps everything in memory. Cloning it is the simulator's snapshot of a disk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemoryNotaryStore {
    tokens: BTreeMap<Digest, Digest>,
    marks: BTreeMap<Token, u64>,
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

    /// Everything, as one batch that would write it.
    pub fn all(&self) -> NotaryBatch {
        let marks = self.marks.iter();
        NotaryBatch {
            tokens: self.tokens.iter().map(|(a, b)| (*a, *b)).collect(),
            marks: marks
                .map(|(mark, height)| Mark {
                    mark: *mark,
                    height: *height,
                })
                .collect(),
            entries: self.entries.clone().into_iter().collect(),
            nodes: self.nodes.clone().into_iter().collect(),
            meta: self.meta.clone().into_iter().collect(),
        }
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

    fn marks(&self, like: &Token, bits: usize) -> Result<Vec<Mark>, StoreError> {
        let (first, last) = sharing(like.bytes(), bits);
        let [first, last] = [first, last].map(|bytes| Token(ledger::Digest(bytes)));
        let marks = self.marks.range(first..=last);
        Ok(marks
            .map(|(mark, height)| Mark {
                mark: *mark,
                height: *height,
            })
            .collect())
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
        let marks = batch.marks.into_iter();
        self.marks
            .extend(marks.map(|mark| (mark.mark, mark.height)));
        self.entries.extend(batch.entries);
        self.nodes.extend(batch.nodes);
        self.meta.extend(batch.meta);
        Ok(())
    }
}
