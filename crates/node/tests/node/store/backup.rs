use std::fs;
use std::os::unix::fs::PermissionsExt;

use node::store::{
    BackupError, DataFolder, OpenError, RestoreError, STORE_FILE, SqliteStore, StoreOptions,
    backup, restore,
};
use protocol::store::{Store, Table};

use super::{open, put};

#[test]
fn a_backup_of_a_store_in_use_restores_to_the_moment_it_was_taken() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(&folder);
    for n in 0..100_u8 {
        store.commit(put(Table::Facts, [n], vec![n; 300])).unwrap();
    }
    let copy = folder.path().join("copy.backup");
    backup(folder.path(), &copy).unwrap();
    store.commit(put(Table::Facts, "later", "x")).unwrap();
    assert_eq!(copy.metadata().unwrap().permissions().mode() & 0o777, 0o600);

    let fresh = tempfile::tempdir().unwrap();
    let data = DataFolder::take(fresh.path()).unwrap();
    restore(&copy, &data).unwrap();
    let mut restored = SqliteStore::open(&data, StoreOptions::default()).unwrap();
    for n in 0..100_u8 {
        assert_eq!(restored.get(Table::Facts, &[n]), Ok(Some(vec![n; 300])));
    }
    assert_eq!(restored.get(Table::Facts, b"later"), Ok(None));
    restored.commit(put(Table::Facts, "goes on", "y")).unwrap();
}

#[test]
fn a_backup_taken_under_constant_writing_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(&folder);
    store.commit(put(Table::Meta, "n", [0; 8])).unwrap();
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for n in 1_u64.. {
                if stop.load(std::sync::atomic::Ordering::Relaxed) {
                    return;
                }
                let mut batch = put(Table::Meta, "n", n.to_be_bytes());
                batch.put(Table::Facts, n.to_be_bytes(), n.to_be_bytes());
                store.commit(batch).unwrap();
            }
        });
        for copy in 0..5 {
            let to = folder.path().join(format!("{copy}.backup"));
            backup(folder.path(), &to).unwrap();
            let reader = node::store::SqliteReader::open_file(&to).unwrap();
            assert_eq!(reader.examine(), Ok(()));
            let last = reader.get(Table::Meta, b"n").unwrap().unwrap();
            let facts = reader.scan(Table::Facts, b"", None, usize::MAX).unwrap();
            let count = facts.len() as u64;
            assert_eq!(last, count.to_be_bytes());
        }
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
    });
}

#[test]
fn nothing_is_ever_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(&folder);
    store.commit(put(Table::Meta, "k", "v")).unwrap();
    let copy = folder.path().join("copy.backup");
    backup(folder.path(), &copy).unwrap();
    let before = fs::read(&copy).unwrap();
    assert!(matches!(
        backup(folder.path(), &copy),
        Err(BackupError::Exists { .. })
    ));
    assert_eq!(fs::read(&copy).unwrap(), before);

    let data = store.folder().clone();
    assert!(matches!(
        restore(&copy, &data),
        Err(RestoreError::Live { .. })
    ));
    assert_eq!(store.get(Table::Meta, b"k"), Ok(Some(b"v".to_vec())));
}

#[test]
fn a_bad_backup_is_refused_and_leaves_the_folder_empty() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(&folder);
    for n in 0..200_u8 {
        store.commit(put(Table::Facts, [n], vec![n; 500])).unwrap();
    }
    let good = folder.path().join("good.backup");
    backup(folder.path(), &good).unwrap();
    let bytes = fs::read(&good).unwrap();
    let damaged = {
        let mut bytes = bytes.clone();
        let from = bytes.len() / 2;
        bytes[from..from + 9_000].fill(0xa5);
        bytes
    };
    let cases = [
        ("damaged", damaged),
        ("cut short", bytes[..bytes.len() / 2].to_vec()),
        ("another file", b"name,amount\n".repeat(500)),
        ("empty", Vec::new()),
    ];
    for (case, bytes) in cases {
        let bad = folder.path().join("bad.backup");
        fs::write(&bad, bytes).unwrap();
        let fresh = tempfile::tempdir().unwrap();
        let data = DataFolder::take(fresh.path()).unwrap();
        match (case, restore(&bad, &data).unwrap_err()) {
            ("damaged" | "cut short", RestoreError::Damaged { .. }) => {}
            ("cut short", RestoreError::Backup(OpenError::Store { .. })) => {}
            ("another file" | "empty", RestoreError::Backup(OpenError::Foreign { .. })) => {}
            (case, error) => panic!("{case}: {error:?}"),
        }
        assert!(!fresh.path().join(STORE_FILE).exists(), "{case}");
    }
}
