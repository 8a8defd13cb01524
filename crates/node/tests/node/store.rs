//! Stores: round trips, refusals, faults, kills, backups.

mod backup;
mod faults;
mod kill;
mod notary;
mod refusals;
mod sqlite;

use node::store::{DataFolder, SqliteStore, StoreOptions};
use protocol::store::{Table, WriteBatch};
use tempfile::TempDir;

fn open(folder: &TempDir) -> SqliteStore {
    let data = DataFolder::take(folder.path()).unwrap();
    SqliteStore::open(&data, StoreOptions::default()).unwrap()
}

fn put(table: Table, key: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>) -> WriteBatch {
    let mut batch = WriteBatch::new();
    batch.put(table, key, value);
    batch
}
