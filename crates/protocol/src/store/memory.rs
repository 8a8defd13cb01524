//! A store in memory, for tests and the simulator: the reference that the store on disk is compared with.

use std::collections::BTreeMap;
use std::ops::Bound;

use super::{Pair, Store, StoreError, Table, WriteBatch, prefix_end, scan_start};

/// Keeps everything in memory. Cloning it is the simulator's snapshot of a disk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemoryStore {
    tables: BTreeMap<Table, BTreeMap<Vec<u8>, Vec<u8>>>,
    commits: u64,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many batches have been committed.
    pub fn commits(&self) -> u64 {
        self.commits
    }

    /// Every pair of a key space, ascending by key.
    pub fn pairs(&self, table: Table) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.tables
            .get(&table)
            .into_iter()
            .flatten()
            .map(|(key, value)| (key.as_slice(), value.as_slice()))
    }
}

impl Store for MemoryStore {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self
            .tables
            .get(&table)
            .and_then(|pairs| pairs.get(key))
            .cloned())
    }

    fn scan(
        &self,
        table: Table,
        prefix: &[u8],
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<Pair>, StoreError> {
        let Some(pairs) = self.tables.get(&table) else {
            return Ok(Vec::new());
        };
        let start = scan_start(prefix, after);
        let end = prefix_end(prefix);
        if end.as_ref().is_some_and(|end| start >= *end) {
            return Ok(Vec::new());
        }
        let end = end.map_or(Bound::Unbounded, Bound::Excluded);
        Ok(pairs
            .range((Bound::Included(start), end))
            .take(limit)
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect())
    }

    fn commit(&mut self, batch: WriteBatch) -> Result<(), StoreError> {
        for (table, key, value) in batch.into_writes() {
            let pairs = self.tables.entry(table).or_default();
            match value {
                Some(value) => pairs.insert(key, value),
                None => pairs.remove(&key),
            };
        }
        self.commits += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled() -> MemoryStore {
        let mut store = MemoryStore::new();
        let mut batch = WriteBatch::new();
        for key in ["", "a", "a1", "a2", "b"] {
            batch.put(Table::Facts, key, key);
        }
        batch.put(Table::Facts, [0xff, 0xff], [1]);
        store.commit(batch).unwrap();
        store
    }

    #[test]
    fn a_scan_returns_its_prefix_in_order_after_the_given_key() {
        let store = filled();
        type Case = (
            &'static [u8],
            Option<&'static [u8]>,
            usize,
            &'static [&'static [u8]],
        );
        let cases: [Case; 8] = [
            (b"a", None, 9, &[b"a", b"a1", b"a2"]),
            (b"a", Some(b"a"), 9, &[b"a1", b"a2"]),
            (b"a", Some(b"a1"), 1, &[b"a2"]),
            (b"a", Some(b""), 1, &[b"a"]),
            (b"a", Some(b"b"), 9, &[]),
            (b"", Some(b"a2"), 9, &[b"b", &[0xff, 0xff]]),
            (&[0xff], None, 9, &[&[0xff, 0xff]]),
            (b"a", None, 0, &[]),
        ];
        for (prefix, after, limit, expected) in cases {
            let found = store.scan(Table::Facts, prefix, after, limit).unwrap();
            let keys: Vec<&[u8]> = found.iter().map(|(key, _)| key.as_slice()).collect();
            assert_eq!(keys, expected, "prefix {prefix:?} after {after:?}");
        }
    }

    #[test]
    fn the_last_write_to_a_key_is_the_one_that_stays() {
        let mut store = filled();
        let mut batch = WriteBatch::new();
        batch.put(Table::Facts, "a", "new");
        batch.delete(Table::Facts, "a");
        batch.delete(Table::Facts, "b");
        batch.put(Table::Facts, "b", "again");
        batch.delete(Table::Facts, "never there");
        store.commit(batch).unwrap();
        assert_eq!(store.get(Table::Facts, b"a"), Ok(None));
        assert_eq!(store.get(Table::Facts, b"b"), Ok(Some(b"again".to_vec())));
        assert_eq!(store.get(Table::Keys, b"b"), Ok(None));
    }
}
