use std::os::unix::fs::PermissionsExt;

use node::store::{DataFolder, SqliteReader, SqliteStore, StoreOptions};
use proptest::prelude::*;
use protocol::store::{MemoryStore, Store, StoreError, Table, WriteBatch};

use super::{open, put};

#[test]
fn every_table_keeps_its_own_pairs_across_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(&folder);
    for table in Table::ALL {
        store
            .commit(put(table, "same key", format!("of {}", table.name())))
            .unwrap();
        store.commit(put(table, "", "")).unwrap();
    }
    drop(store);
    let store = open(&folder);
    for table in Table::ALL {
        let expected = format!("of {}", table.name()).into_bytes();
        assert_eq!(store.get(table, b"same key"), Ok(Some(expected)));
        assert_eq!(store.get(table, b""), Ok(Some(Vec::new())));
        assert_eq!(store.get(table, b"other"), Ok(None));
    }
}

#[test]
fn table_names_are_pinned() {
    let names: Vec<&str> = Table::ALL.iter().map(|table| table.name()).collect();
    assert_eq!(
        names.join(" "),
        "meta facts transactions flows instructions outbox addresses keys index published observed"
    );
}

#[test]
fn files_are_readable_by_their_owner_alone() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let held = node::store::DataFolder::take(&data).unwrap();
    let mut store = node::store::SqliteStore::open(&held, Default::default()).unwrap();
    store.commit(put(Table::Meta, "k", "v")).unwrap();
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&data), 0o700);
    let mut names = Vec::new();
    for file in data.read_dir().unwrap() {
        let file = file.unwrap();
        assert_eq!(mode(&file.path()), 0o600, "{:?}", file.file_name());
        names.push(file.file_name().into_string().unwrap());
    }
    names.sort();
    assert_eq!(
        names,
        ["lock", "node.sqlite", "node.sqlite-shm", "node.sqlite-wal"]
    );
}

#[test]
fn a_reader_sees_what_is_committed_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(&folder);
    let reader = store.reader().unwrap();
    assert_eq!(reader.get(Table::Facts, b"k"), Ok(None));
    store.commit(put(Table::Facts, "k", "v")).unwrap();
    assert_eq!(reader.get(Table::Facts, b"k"), Ok(Some(b"v".to_vec())));
    assert_eq!(
        reader.scan(Table::Facts, b"", None, 9),
        Ok(vec![(b"k".to_vec(), b"v".to_vec())])
    );
    assert_eq!(reader.examine(), Ok(()));
}

#[test]
fn syncs_are_counted_one_per_commit_and_two_per_checkpoint() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(&folder);
    for n in 0..5_u8 {
        store.commit(put(Table::Meta, [n], [n])).unwrap();
    }
    store.commit(WriteBatch::new()).unwrap();
    assert_eq!(store.syncs(), 5);
    store.checkpoint().unwrap();
    assert_eq!(store.syncs(), 7);
}

#[test]
fn a_long_log_is_moved_into_the_database() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(&folder);
    let value = vec![7; 1 << 20];
    for n in 0..80_u8 {
        store.commit(put(Table::Meta, [n], value.clone())).unwrap();
    }
    let log = folder.path().join("node.sqlite-wal").metadata().unwrap();
    assert!(log.len() < 36 << 20, "the log has {} bytes", log.len());
    assert!(store.syncs() > 80 + 2 * 2);
    for n in 0..80_u8 {
        assert_eq!(store.get(Table::Meta, &[n]), Ok(Some(value.clone())));
    }
}

#[test]
fn a_reader_at_work_does_not_make_every_commit_move_the_log() {
    let syncs = [false, true].map(|reading| {
        let folder = tempfile::tempdir().unwrap();
        let mut store = open(&folder);
        store.commit(put(Table::Meta, "k", "v")).unwrap();
        let reader = rusqlite::Connection::open(folder.path().join("node.sqlite")).unwrap();
        if reading {
            reader
                .execute_batch("BEGIN; SELECT count(*) FROM journal")
                .unwrap();
        }
        let value = vec![7; 1 << 20];
        for n in 0..80_u8 {
            store.commit(put(Table::Meta, [n], value.clone())).unwrap();
        }
        store.syncs()
    });
    assert_eq!(syncs[0], syncs[1]);
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(prop_oneof![Just(0), Just(1), Just(254), Just(255)], 0..4)
}

fn table() -> impl Strategy<Value = Table> {
    prop::sample::select(Table::ALL.to_vec())
}

fn batch() -> impl Strategy<Value = WriteBatch> {
    let write = (table(), bytes(), prop::option::weighted(0.7, bytes()));
    prop::collection::vec(write, 0..12).prop_map(|writes| {
        let mut batch = WriteBatch::new();
        for (table, key, value) in writes {
            match value {
                Some(value) => batch.put(table, key, value),
                None => batch.delete(table, key),
            }
        }
        batch
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// However much of it has settled, whoever asks, and however often it is opened again.
    #[test]
    fn the_disk_answers_as_memory_does(
        unsettled_bytes in prop::sample::select(vec![0, 100, 400, 1_000_000]),
        batches in prop::collection::vec((batch(), prop::bool::weighted(0.1)), 1..20),
        scans in prop::collection::vec((table(), bytes(), prop::option::of(bytes()), 0..9_usize), 1..40),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let options = StoreOptions { unsettled_bytes, ..StoreOptions::default() };
        let open = || {
            let data = DataFolder::take(folder.path()).unwrap();
            SqliteStore::open(&data, options).unwrap()
        };
        let mut disk = open();
        let follower = disk.reader().unwrap();
        let mut memory = MemoryStore::new();
        for (batch, reopen) in batches {
            memory.commit(batch.clone()).unwrap();
            disk.commit(batch).unwrap();
            if reopen {
                drop(disk);
                disk = open();
            }
            let (table, prefix, _, _) = &scans[0];
            prop_assert_eq!(follower.get(*table, prefix), memory.get(*table, prefix));
        }
        let newcomer = disk.reader().unwrap();
        for (table, prefix, after, limit) in scans {
            let after = after.as_deref();
            let expected = memory.scan(table, &prefix, after, limit);
            prop_assert_eq!(&disk.scan(table, &prefix, after, limit), &expected);
            prop_assert_eq!(&follower.scan(table, &prefix, after, limit), &expected);
            prop_assert_eq!(&newcomer.scan(table, &prefix, after, limit), &expected);
            let expected = memory.get(table, &prefix);
            prop_assert_eq!(&disk.get(table, &prefix), &expected);
            prop_assert_eq!(&follower.get(table, &prefix), &expected);
        }
    }
}

#[test]
fn a_snapshot_stays_at_its_moment_and_takes_no_writes() {
    let folder = tempfile::tempdir().unwrap();
    // Small enough for rows to leave the journal for their tables in between.
    let options = StoreOptions {
        unsettled_bytes: 64,
        ..StoreOptions::default()
    };
    let data = DataFolder::take(folder.path()).unwrap();
    let mut store = SqliteStore::open(&data, options).unwrap();
    let write = |store: &mut SqliteStore, value: &str| {
        for key in ["a", "b", "c"] {
            store.commit(put(Table::Facts, key, value)).unwrap();
        }
    };
    write(&mut store, "before");
    let snapshot = || {
        SqliteReader::open(folder.path())
            .unwrap()
            .snapshot()
            .unwrap()
    };
    let mut first = snapshot();
    for round in 0..50 {
        write(&mut store, &format!("round {round}"));
    }
    store.commit(put(Table::Facts, "d", "new")).unwrap();
    let all = |value: &str, keys: &[&str]| {
        let pair = |key: &&str| (key.as_bytes().to_vec(), value.as_bytes().to_vec());
        Ok(keys.iter().map(pair).collect::<Vec<_>>())
    };
    assert_eq!(
        first.scan(Table::Facts, b"", None, 9),
        all("before", &["a", "b", "c"])
    );
    assert_eq!(first.get(Table::Facts, b"d"), Ok(None));
    let refused = StoreError::Io("a snapshot takes no writes".to_owned());
    assert_eq!(first.commit(put(Table::Facts, "a", "mine")), Err(refused));
    let second = snapshot();
    assert_eq!(
        second.scan(Table::Facts, b"", None, 3),
        all("round 49", &["a", "b", "c"])
    );
    assert_eq!(second.get(Table::Facts, b"d"), Ok(Some(b"new".to_vec())));
    assert_eq!(first.get(Table::Facts, b"a"), Ok(Some(b"before".to_vec())));
}
