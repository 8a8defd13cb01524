//! Reads that see what is about to be written: one step's changes over the store, committed together at its end.

use std::collections::BTreeMap;

use ledger::codec;
use minicbor::{Decode, Encode};

use crate::store::{Pair, Store, StoreError, Table, WriteBatch};

/// One step's writes, by table and key; the last write to a key counts.
#[derive(Debug, Default)]
pub(crate) struct Pending(BTreeMap<(Table, Vec<u8>), Option<Vec<u8>>>);

impl Pending {
    pub(crate) fn put<T: Encode<()>>(&mut self, table: Table, key: impl Into<Vec<u8>>, value: &T) {
        self.0
            .insert((table, key.into()), Some(codec::encode(value)));
    }

    pub(crate) fn put_bytes(&mut self, table: Table, key: impl Into<Vec<u8>>, value: Vec<u8>) {
        self.0.insert((table, key.into()), Some(value));
    }

    pub(crate) fn delete(&mut self, table: Table, key: impl Into<Vec<u8>>) {
        self.0.insert((table, key.into()), None);
    }

    pub(crate) fn bytes(
        &self,
        store: &impl Store,
        table: Table,
        key: &[u8],
    ) -> Result<Option<Vec<u8>>, StoreError> {
        match self.0.get(&(table, key.to_vec())) {
            Some(value) => Ok(value.clone()),
            None => store.get(table, key),
        }
    }

    pub(crate) fn get<T>(
        &self,
        store: &impl Store,
        table: Table,
        key: &[u8],
    ) -> Result<Option<T>, StoreError>
    where
        T: for<'b> Decode<'b, ()>,
    {
        self.bytes(store, table, key)?
            .map(|bytes| read(table, &bytes))
            .transpose()
    }

    pub(crate) fn take(&mut self) -> WriteBatch {
        let mut batch = WriteBatch::new();
        for ((table, key), value) in std::mem::take(&mut self.0) {
            match value {
                Some(value) => batch.put(table, key, value),
                None => batch.delete(table, key),
            }
        }
        batch
    }
}

/// Reads a record of our own writing; anything else means that the store is damaged.
pub(crate) fn read<T: for<'b> Decode<'b, ()>>(table: Table, bytes: &[u8]) -> Result<T, StoreError> {
    minicbor::decode(bytes)
        .map_err(|_| StoreError::Corrupt(format!("an unreadable record in {}", table.name())))
}

/// Every record of a table under a prefix, read page by page.
pub(crate) fn all<T>(
    store: &impl Store,
    table: Table,
    prefix: &[u8],
) -> Result<Vec<(Vec<u8>, T)>, StoreError>
where
    T: for<'b> Decode<'b, ()>,
{
    pairs(store, table, prefix)?
        .into_iter()
        .map(|(key, bytes)| Ok((key, read(table, &bytes)?)))
        .collect()
}

/// Every pair of a table under a prefix, read page by page.
pub(crate) fn pairs(
    store: &impl Store,
    table: Table,
    prefix: &[u8],
) -> Result<Vec<Pair>, StoreError> {
    const PAGE: usize = 1024;
    let mut found: Vec<Pair> = Vec::new();
    loop {
        let after = found.last().map(|(key, _)| key.clone());
        let page = store.scan(table, prefix, after.as_deref(), PAGE)?;
        let last = page.len() < PAGE;
        found.extend(page);
        if last {
            return Ok(found);
        }
    }
}
