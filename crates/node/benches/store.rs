//! How fast the stores commit, every sync waited for: `cargo bench -p node --bench store`. Prints one line a figure.

#![expect(clippy::unwrap_used, reason = "a measurement may panic")]

use std::path::PathBuf;
use std::time::{Duration, Instant};

use ledger::Token;
use node::store::{DataFolder, FjallNotaryStore, SqliteStore, StoreOptions};
use protocol::notary::store::{Mark, NotaryBatch, NotaryStore};
use protocol::store::{Store, Table, WriteBatch};

const SPAN: Duration = Duration::from_secs(3);

fn main() {
    // On the disk of the build, not on a temporary folder that may live in memory.
    let folder = tempfile::tempdir_in(PathBuf::from(env!("CARGO_TARGET_TMPDIR"))).unwrap();
    let data = DataFolder::take(folder.path()).unwrap();
    let mut store = SqliteStore::open(&data, StoreOptions::default()).unwrap();
    let wanted = std::env::args().nth(1).filter(|arg| !arg.starts_with('-'));
    let wanted = |name: &str| wanted.as_ref().is_none_or(|wanted| wanted == name);
    for (rows, bytes) in [(1, 300), (100, 300), (100, 2_000), (1_000, 300)] {
        if !wanted("rows") {
            continue;
        }
        let figure = measure(|batch| store.commit(node_batch(batch, rows, bytes)).unwrap());
        println!("sqlite, {rows} rows of {bytes} bytes: {figure}");
    }
    for payments in [1, 20, 100] {
        if !wanted("payments") {
            continue;
        }
        let figure = measure(|batch| store.commit(payment_batch(batch, payments)).unwrap());
        println!("sqlite, {payments} payments, 10 rows each: {figure}");
    }
    let mut notary = FjallNotaryStore::open(&data).unwrap();
    for tokens in [1, 100, 1_000] {
        if !wanted("notary") {
            continue;
        }
        let figure = measure(|batch| notary.commit(notary_batch(batch, tokens)).unwrap());
        println!("notary, {tokens} tokens: {figure}");
    }
}

fn measure(mut commit: impl FnMut(u64)) -> String {
    let batches_wanted: Option<usize> = std::env::args().nth(2).and_then(|arg| arg.parse().ok());
    let mut spans = Vec::new();
    let start = Instant::now();
    let enough = |batches: usize| match batches_wanted {
        Some(wanted) => batches >= wanted,
        None => start.elapsed() >= SPAN,
    };
    while !enough(spans.len()) {
        let before = Instant::now();
        commit(spans.len() as u64);
        spans.push(before.elapsed());
    }
    let per_second = spans.len() as f64 / start.elapsed().as_secs_f64();
    spans.sort();
    let [p50, p99] = [50, 99].map(|part| spans[spans.len() * part / 100]);
    let max = spans[spans.len() - 1];
    format!("{per_second:.0} commits/s, p50 {p50:?}, p99 {p99:?}, max {max:?}")
}

/// Keys spread like hashes.
fn key(batch: u64, row: u64) -> [u8; 32] {
    let mut state = batch << 20 | row;
    let mut key = [0; 32];
    for chunk in key.chunks_mut(8) {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        chunk.copy_from_slice(&(mixed ^ mixed >> 27).to_le_bytes());
    }
    key
}

fn node_batch(number: u64, rows: u64, bytes: usize) -> WriteBatch {
    let tables = [
        Table::Facts,
        Table::Transactions,
        Table::Outbox,
        Table::Flows,
    ];
    let mut batch = WriteBatch::new();
    for (row, table) in (0..rows).zip(tables.iter().cycle()) {
        batch.put(*table, key(number, row), vec![row as u8; bytes]);
    }
    batch
}

/// About what a payment leaves at a node: facts and a transaction under hashes, and queues that fill and empty.
fn payment_batch(number: u64, payments: u64) -> WriteBatch {
    let mut batch = WriteBatch::new();
    for payment in 0..payments {
        let sequence = (number * payments + payment).to_be_bytes();
        let done = (number.saturating_sub(1) * payments + payment).to_be_bytes();
        batch.put(
            Table::Transactions,
            key(number, payment << 2),
            vec![1; 1_500],
        );
        for fact in 1..4 {
            batch.put(Table::Facts, key(number, payment << 2 | fact), vec![2; 400]);
        }
        batch.put(Table::Flows, sequence, vec![3; 600]);
        batch.put(Table::Instructions, sequence, vec![4; 200]);
        batch.put(Table::Outbox, sequence, vec![5; 1_500]);
        batch.put(Table::Index, key(payment, number), sequence);
        batch.delete(Table::Flows, done);
        batch.delete(Table::Outbox, done);
    }
    batch
}

fn notary_batch(number: u64, tokens: u64) -> NotaryBatch {
    NotaryBatch {
        tokens: (0..tokens)
            .map(|row| (key(number, row), key(row, number)))
            .collect(),
        marks: (0..tokens)
            .map(|row| Mark {
                mark: Token(ledger::Digest(key(number, row))),
                height: number,
            })
            .collect(),
        entries: vec![(number, vec![0; 200])],
        nodes: vec![
            ((0, number), key(number, 0)),
            ((1, number / 2), key(number, 1)),
        ],
        meta: vec![("height".into(), number.to_be_bytes().into())],
    }
}
