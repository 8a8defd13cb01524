//! The store of used tokens as it grows, tenfold at a time.

use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

use ledger::Digest;
use node::store::{DataFolder, FjallNotaryStore};
use protocol::notary::store::{NotaryBatch, NotaryStore};

use super::process::{disk_mb, memory_mb};
use crate::output::complain;

/// The first size that is looked at.
const FIRST: u64 = 1_000_000;
/// Tokens in one durable batch, when it is filled and when it is measured.
const BATCH: u64 = 2_000;
/// Durable batches that are measured at each size.
const MEASURED: u64 = 200;

/// How the store does at one size.
pub(super) struct Point {
    pub(super) tokens: u64,
    /// Looked for, not found, and used up durably.
    pub(super) tokens_per_second: f64,
    pub(super) look_up_us: f64,
    pub(super) batch_p99_ms: f64,
    pub(super) memory_mb: Option<u64>,
    pub(super) disk_mb: u64,
}

fn token(number: u64) -> [u8; 32] {
    Digest::of(&[b"bench token", &number.to_be_bytes()]).0
}

fn batch(from: u64) -> Result<NotaryBatch, Box<dyn Error>> {
    Ok(NotaryBatch {
        tokens: (from..from + BATCH)
            .map(|n| (token(n), token(!n)))
            .collect(),
        ..NotaryBatch::new()
    })
}

/// Fills a store and measures at a million, ten million and so on.
pub(super) fn measure(folder: &Path, most: u64) -> Result<Vec<Point>, Box<dyn Error>> {
    let folder = folder.join("growth");
    node::files::create_folder(&folder)?;
    let data = DataFolder::take(&folder)?;
    let mut store = FjallNotaryStore::open(&data)?;
    let mut points = Vec::new();
    let (mut held, mut size) = (0, FIRST.min(most));
    while size <= most {
        complain!("growing to {size} tokens");
        while held < size {
            store.commit(batch(held)?)?;
            held += BATCH;
        }
        let (mut looking, mut times) = (Duration::ZERO, Vec::new());
        let began = Instant::now();
        for _ in 0..MEASURED {
            let next = batch(held)?;
            let started = Instant::now();
            for (token, _) in &next.tokens {
                if store.token(token)?.is_some() {
                    return Err("a fresh token was used up already".into());
                }
            }
            looking += started.elapsed();
            let started = Instant::now();
            store.commit(next)?;
            times.push(started.elapsed());
            held += BATCH;
        }
        let took = began.elapsed().as_secs_f64();
        times.sort();
        let measured = (MEASURED * BATCH) as f64;
        points.push(Point {
            tokens: size,
            tokens_per_second: measured / took,
            look_up_us: looking.as_secs_f64() * 1e6 / measured,
            batch_p99_ms: super::super::flow::quantile_ms(&times, 990),
            memory_mb: memory_mb(),
            disk_mb: disk_mb(&folder)?,
        });
        size *= 10;
    }
    Ok(points)
}
