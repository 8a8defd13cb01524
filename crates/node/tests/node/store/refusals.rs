use std::fs;

use node::store::{
    DataFolder, FolderError, OpenError, STORE_FILE, SqliteReader, SqliteStore, StoreOptions,
};
use protocol::store::{Store, StoreError, Table, WriteBatch};
use rusqlite::Connection;

use super::{open, put};

/// What opening a store says, as a name that tables can compare.
fn verdict(opened: Result<impl Sized, OpenError>) -> &'static str {
    match opened {
        Ok(_) => "opened",
        Err(OpenError::Missing { .. }) => "missing",
        Err(OpenError::Foreign { .. }) => "foreign",
        Err(OpenError::UnknownVersion { .. }) => "unknown version",
        Err(OpenError::Store { .. }) => "store",
        Err(OpenError::File { .. }) => "file",
    }
}

fn execute(path: &std::path::Path, statements: &str) {
    let connection = Connection::open(path).unwrap();
    connection.execute_batch(statements).unwrap();
}

#[test]
fn a_file_this_program_does_not_understand_is_refused_and_left_alone() {
    type Tamper = Box<dyn Fn(&std::path::Path)>;
    let cases: [(&str, Tamper, &str, &str); 5] = [
        (
            "newer format",
            Box::new(|path| {
                let data = DataFolder::take(path.parent().unwrap()).unwrap();
                drop(SqliteStore::open(&data, StoreOptions::default()).unwrap());
                execute(path, "PRAGMA user_version = 99");
            }),
            "unknown version",
            "unknown version",
        ),
        (
            "another program's database",
            Box::new(|path| execute(path, "CREATE TABLE theirs (x)")),
            "foreign",
            "foreign",
        ),
        (
            "another program's stamp",
            Box::new(|path| execute(path, "PRAGMA application_id = 7")),
            "foreign",
            "foreign",
        ),
        (
            "no database at all",
            Box::new(|path| fs::write(path, vec![b'x'; 9_000]).unwrap()),
            "foreign",
            "foreign",
        ),
        ("nothing", Box::new(|_| {}), "opened", "missing"),
    ];
    for (case, tamper, written, read) in cases {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(STORE_FILE);
        tamper(&path);
        let before = fs::read(&path).ok();
        assert_eq!(verdict(SqliteReader::open(folder.path())), read, "{case}");
        let data = DataFolder::take(folder.path()).unwrap();
        let opened = SqliteStore::open(&data, StoreOptions::default());
        assert_eq!(verdict(opened), written, "{case}");
        if written != "opened" {
            let after = Connection::open(&path).map(|_| fs::read(&path).unwrap());
            assert_eq!(
                before.map(|b| b.len()),
                after.ok().map(|a| a.len()),
                "{case}"
            );
        }
    }
}

#[test]
fn two_processes_cannot_work_in_one_folder() {
    let folder = tempfile::tempdir().unwrap();
    let held = DataFolder::take(folder.path()).unwrap();
    match DataFolder::take(folder.path()) {
        Err(FolderError::InUse { holder, .. }) => assert_eq!(holder, Some(std::process::id())),
        other => panic!("expected a refusal, got {other:?}"),
    }
    let store = SqliteStore::open(&held, StoreOptions::default()).unwrap();
    drop(held);
    assert!(
        DataFolder::take(folder.path()).is_err(),
        "the store holds it"
    );
    drop(store);
    assert!(DataFolder::take(folder.path()).is_ok());
}

#[test]
fn a_full_store_refuses_the_whole_batch_and_goes_on_when_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let data = DataFolder::take(folder.path()).unwrap();
    let options = StoreOptions {
        bytes_max: Some(1 << 20),
        ..StoreOptions::default()
    };
    let mut store = SqliteStore::open(&data, options).unwrap();
    let mut stored = 0_u32;
    let refused = loop {
        let mut batch = WriteBatch::new();
        for table in [Table::Facts, Table::Index, Table::Outbox] {
            batch.put(table, stored.to_be_bytes(), vec![1; 10_000]);
        }
        match store.commit(batch) {
            Ok(()) => stored += 1,
            Err(error) => break error,
        }
    };
    assert_eq!(refused, StoreError::Full);
    assert!(stored > 10);
    for table in [Table::Facts, Table::Index, Table::Outbox] {
        assert_eq!(store.get(table, &stored.to_be_bytes()), Ok(None));
        let last = store.get(table, &(stored - 1).to_be_bytes());
        assert_eq!(last, Ok(Some(vec![1; 10_000])));
    }
    let mut batch = WriteBatch::new();
    for n in 0..stored {
        batch.delete(Table::Outbox, n.to_be_bytes());
    }
    assert_eq!(store.commit(batch), Ok(()));
    assert_eq!(store.commit(put(Table::Facts, "room", "again")), Ok(()));
    drop((store, data));
    let store = open(&folder);
    assert_eq!(
        store.get(Table::Facts, b"room"),
        Ok(Some(b"again".to_vec()))
    );
    assert_eq!(store.reader().unwrap().examine(), Ok(()));
}

#[test]
fn a_damaged_file_is_reported_as_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let data = DataFolder::take(folder.path()).unwrap();
    let options = StoreOptions {
        unsettled_bytes: 0,
        ..StoreOptions::default()
    };
    let mut store = SqliteStore::open(&data, options).unwrap();
    for n in 0..200_u8 {
        store.commit(put(Table::Facts, [n], vec![n; 500])).unwrap();
    }
    drop((store, data));
    let path = folder.path().join(STORE_FILE);
    let mut bytes = fs::read(&path).unwrap();
    let from = bytes.len() / 2;
    bytes[from..from + 9_000].fill(0xa5);
    fs::write(&path, bytes).unwrap();
    let reader = SqliteReader::open(folder.path()).unwrap();
    match reader.scan(Table::Facts, b"", None, 999) {
        Err(StoreError::Corrupt(_)) => {}
        other => panic!("expected damage to be reported, got {other:?}"),
    }
    assert!(matches!(reader.examine(), Err(StoreError::Corrupt(_))));

    let data = DataFolder::take(folder.path()).unwrap();
    let mut store = SqliteStore::open(&data, options).unwrap();
    // The damage is met when the rows are brought to their table, by a later commit.
    let damage = (0..9_u8).find_map(|round| {
        let mut batch = WriteBatch::new();
        for n in 0..200_u8 {
            batch.put(Table::Facts, [n], [round]);
        }
        store.commit(batch).err()
    });
    let damage = damage.unwrap();
    assert!(matches!(damage, StoreError::Corrupt(_)), "{damage:?}");
    let later = store.commit(put(Table::Meta, "k", "v"));
    assert_eq!(later, Err(damage), "nothing is written to a damaged store");
    assert_eq!(store.get(Table::Meta, b"k"), Ok(None));
}
