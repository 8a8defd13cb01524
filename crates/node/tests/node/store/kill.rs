use std::env;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use ledger::{Digest, Token};
use node::store::{DataFolder, FjallNotaryStore, SqliteStore, StoreOptions};
use protocol::notary::store::{Mark, NotaryBatch, NotaryStore};
use protocol::store::{Store, Table, WriteBatch};

const FOLDER: &str = "PVN_TEST_KILL_FOLDER";
const SUBJECT: &str = "PVN_TEST_KILL_SUBJECT";
const ROWS: u8 = 40;
const ROUNDS: u64 = 8;

/// A store that can be committed to and killed. Each batch rewrites the same rows in several tables with its own
/// number, so that any mixture of two batches shows.
trait Subject {
    const NAME: &'static str;
    fn open(folder: &Path) -> Self;
    fn commit(&mut self, number: u64);
    /// The number of the batch that is there, every row agreeing; 0 before the first.
    fn found(&self) -> u64;
}

impl Subject for SqliteStore {
    const NAME: &'static str = "sqlite";

    fn open(folder: &Path) -> Self {
        let data = DataFolder::take(folder).unwrap();
        let options = StoreOptions {
            unsettled_bytes: 300_000,
            ..StoreOptions::default()
        };
        SqliteStore::open(&data, options).unwrap()
    }

    fn commit(&mut self, number: u64) {
        Store::commit(self, node_batch(number)).unwrap();
    }

    fn found(&self) -> u64 {
        let Some(first) = self.get(Table::Facts, &[0]).unwrap() else {
            for table in Table::ALL {
                assert_eq!(self.scan(table, b"", None, 9), Ok(Vec::new()));
            }
            return 0;
        };
        let number = u64::from_be_bytes(first[..8].try_into().unwrap());
        for (table, key, value) in node_batch(number).into_writes() {
            assert_eq!(self.get(table, &key), Ok(value), "batch {number} is torn");
        }
        let rows = self
            .scan(Table::Transactions, b"", None, usize::MAX)
            .unwrap();
        let numbers: Vec<u64> = rows
            .iter()
            .map(|(key, _)| u64::from_be_bytes(key.as_slice().try_into().unwrap()))
            .collect();
        assert_eq!(
            numbers,
            (1..=number).collect::<Vec<_>>(),
            "batches are missing"
        );
        number
    }
}

fn node_batch(number: u64) -> WriteBatch {
    let mut batch = WriteBatch::new();
    for table in [Table::Facts, Table::Index, Table::Outbox, Table::Meta] {
        for row in 0..ROWS {
            batch.put(table, [row], number.to_be_bytes().repeat(60));
        }
    }
    batch.put(Table::Transactions, number.to_be_bytes(), vec![1; 2_000]);
    batch
}

impl Subject for FjallNotaryStore {
    const NAME: &'static str = "notary";

    fn open(folder: &Path) -> Self {
        let data = DataFolder::take(folder).unwrap();
        FjallNotaryStore::open(&data).unwrap()
    }

    fn commit(&mut self, number: u64) {
        NotaryStore::commit(self, notary_batch(number)).unwrap();
    }

    fn found(&self) -> u64 {
        let height = self.meta("height").unwrap();
        let number = height.map_or(0, |value| u64::from_be_bytes(value.try_into().unwrap()));
        let batch = match number {
            0 => return u64::from(self.token(&[0; 32]).unwrap().is_some()),
            number => notary_batch(number),
        };
        for (token, consumer) in batch.tokens {
            assert_eq!(
                self.token(&token),
                Ok(Some(consumer)),
                "batch {number} is torn"
            );
        }
        let whole = Token(Digest([0; 32]));
        assert_eq!(
            self.marks(&whole, 0),
            Ok(batch.marks),
            "batch {number} is torn"
        );
        for (index, entry) in batch.entries {
            assert_eq!(self.entry(index), Ok(Some(entry)), "batch {number} is torn");
        }
        for ((level, index), hash) in batch.nodes {
            assert_eq!(
                self.node(level, index),
                Ok(Some(hash)),
                "batch {number} is torn"
            );
        }
        number
    }
}

fn notary_batch(number: u64) -> NotaryBatch {
    let bytes = number.to_be_bytes();
    let hash: [u8; 32] = bytes.repeat(4).try_into().unwrap();
    NotaryBatch {
        tokens: (0..ROWS).map(|row| ([row; 32], hash)).collect(),
        marks: (0..ROWS)
            .map(|row| Mark {
                mark: Token(Digest([row; 32])),
                height: number,
            })
            .collect(),
        entries: (0..ROWS).map(|row| (row.into(), bytes.to_vec())).collect(),
        nodes: (0..ROWS).map(|row| ((row, 0), hash)).collect(),
        meta: vec![("height".into(), bytes.to_vec())],
    }
}

/// Not a test of its own: the process that the tests below start and kill.
#[test]
fn child_that_commits_until_it_is_killed() {
    let Some(folder) = env::var_os(FOLDER) else {
        return;
    };
    match env::var(SUBJECT).unwrap().as_str() {
        SqliteStore::NAME => commit_for_ever::<SqliteStore>(Path::new(&folder)),
        _ => commit_for_ever::<FjallNotaryStore>(Path::new(&folder)),
    }
}

fn commit_for_ever<S: Subject>(folder: &Path) {
    let mut store = S::open(folder);
    for number in store.found() + 1.. {
        store.commit(number);
        println!("\ncommitted {number}");
    }
}

#[test]
fn killing_a_node_in_mid_commit_leaves_whole_batches() {
    kill_again_and_again::<SqliteStore>();
}

#[test]
fn killing_a_notary_in_mid_commit_leaves_whole_batches() {
    kill_again_and_again::<FjallNotaryStore>();
}

fn kill_again_and_again<S: Subject>() {
    let folder = tempfile::tempdir().unwrap();
    for round in 0..ROUNDS {
        let mut child = Command::new(env::current_exe().unwrap())
            .args([
                "--exact",
                "store::kill::child_that_commits_until_it_is_killed",
            ])
            .arg("--nocapture")
            .env(FOLDER, folder.path())
            .env(SUBJECT, S::NAME)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut acknowledged: u64 = 0;
        let wanted = 3 + round * 5;
        let mut seen = 0;
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            let number = line.strip_prefix("committed ");
            if let Some(number) = number.and_then(|number| number.parse().ok()) {
                acknowledged = number;
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
        let found = S::open(folder.path()).found();
        assert!(
            found >= acknowledged && found > 0,
            "batch {acknowledged} was acknowledged, {found} was found"
        );
    }
}
