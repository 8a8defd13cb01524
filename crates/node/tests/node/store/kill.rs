use std::env;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use node::store::{DataFolder, SqliteStore, StoreOptions};
use protocol::store::{Store, Table, WriteBatch};

const FOLDER: &str = "PVN_TEST_KILL_FOLDER";
const ROWS: u8 = 40;
const ROUNDS: u64 = 8;

/// Batches rewrite the same rows in several tables, so that any mixture of two batches shows.
fn batch(number: u64) -> WriteBatch {
    let mut batch = WriteBatch::new();
    for table in [Table::Facts, Table::Index, Table::Outbox, Table::Meta] {
        for row in 0..ROWS {
            let value = number.to_be_bytes().repeat(60);
            batch.put(table, [row], value);
        }
    }
    batch
}

/// The number of the batch that the folder holds, every row agreeing.
fn batch_found(folder: &Path) -> u64 {
    let data = DataFolder::take(folder).unwrap();
    let store = SqliteStore::open(&data, StoreOptions::default()).unwrap();
    let Some(first) = store.get(Table::Facts, &[0]).unwrap() else {
        for table in Table::ALL {
            assert_eq!(store.scan(table, b"", None, 9), Ok(Vec::new()));
        }
        return 0;
    };
    let number = u64::from_be_bytes(first[..8].try_into().unwrap());
    for (table, key, value) in batch(number).into_writes() {
        assert_eq!(store.get(table, &key), Ok(value), "batch {number} is torn");
    }
    number
}

/// Not a test of its own: the process that the test below starts and kills.
#[test]
fn child_that_commits_until_it_is_killed() {
    let Some(folder) = env::var_os(FOLDER) else {
        return;
    };
    let data = DataFolder::take(Path::new(&folder)).unwrap();
    let mut store = SqliteStore::open(&data, StoreOptions::default()).unwrap();
    let found = store.get(Table::Facts, &[0]).unwrap();
    let first = found.map_or(0, |value| {
        u64::from_be_bytes(value[..8].try_into().unwrap())
    });
    for number in first + 1.. {
        store.commit(batch(number)).unwrap();
        println!("\ncommitted {number}");
    }
}

#[test]
fn killing_the_process_in_mid_commit_leaves_whole_batches() {
    let folder = tempfile::tempdir().unwrap();
    for round in 0..ROUNDS {
        let mut child = Command::new(env::current_exe().unwrap())
            .args([
                "--exact",
                "store::kill::child_that_commits_until_it_is_killed",
            ])
            .arg("--nocapture")
            .env(FOLDER, folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut acknowledged = 0;
        let wanted = 3 + round * 5;
        let mut seen = 0;
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            if let Some(number) = line.strip_prefix("committed ") {
                acknowledged = number.parse().unwrap();
                seen += 1;
                // The child is at work on the next commit by now; a little spinning varies how far it gets.
                if seen == wanted {
                    (0..round * 40_000).for_each(|spin| {
                        std::hint::black_box(spin);
                    });
                    child.kill().unwrap();
                }
            }
        }
        let status = child.wait().unwrap();
        assert_eq!(status.code(), None, "the child was killed, it did not end");
        let found = batch_found(folder.path());
        assert!(
            found >= acknowledged,
            "batch {acknowledged} was acknowledged, {found} was found"
        );
    }
}
