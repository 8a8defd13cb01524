//! What a cluster takes on: validators in this process, each with its own sockets, vote journal and store on the disk.

mod asked;
mod validators;

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use cluster::{Asking, Asks};
use ledger::codec;
use protocol::notary::Verdict;
use serde_json::json;

use self::validators::Validators;
use crate::cli::BenchCluster;
use crate::commands::{Outcome, runtime};

/// Load before what is measured: clocks have to be agreed on first.
const WARM_UP: Duration = Duration::from_secs(5);

pub(super) fn run(args: &BenchCluster) -> Outcome {
    // Beside the program and not in a temporary folder, which may live in memory.
    let folder = std::env::current_dir()?.join(format!("pvn-bench-{}", std::process::id()));
    node::files::create_folder(&folder)?;
    let told = measure(args, &folder);
    // Left-over measurements are of no use to anybody.
    let _ = std::fs::remove_dir_all(&folder);
    println!("{}", serde_json::to_string_pretty(&told?)?);
    Ok(ExitCode::SUCCESS)
}

fn measure(args: &BenchCluster, folder: &Path) -> Result<serde_json::Value, Box<dyn Error>> {
    let runtime = runtime()?;
    let validators = Validators::start(folder, args.validators)?;
    let numbers = Arc::new(AtomicU64::new(0));
    runtime.block_on(load(&validators, args, &numbers, WARM_UP))?;
    let before = validators.asks()[0].status().blocks;
    let began = Instant::now();
    let span = Duration::from_secs(args.seconds.max(1));
    let mut times = runtime.block_on(load(&validators, args, &numbers, span))?;
    let seconds = began.elapsed().as_secs_f64();
    let blocks = validators.asks()[0].status().blocks - before;
    validators.stop();
    times.sort();
    let quantile_ms = |thousandth: usize| {
        let at = times.len().saturating_sub(1) * thousandth / 1_000;
        let time = times.get(at).copied().unwrap_or_default();
        (time.as_secs_f64() * 10_000.0).round() / 10.0
    };
    Ok(json!({
        "machine": super::machine(),
        "validators": args.validators,
        "clients": args.clients,
        "requests_per_ask": args.requests,
        "cluster_requests_per_second": ((times.len() * args.requests) as f64 / seconds).round(),
        "cluster_blocks_per_second": (blocks as f64 / seconds * 10.0).round() / 10.0,
        "cluster_latency_p50_ms": quantile_ms(500),
        "cluster_latency_p99_ms": quantile_ms(990),
    }))
}

/// How long each answer took, to clients that ask again as soon as they are answered, each its own validator.
async fn load(
    validators: &Validators,
    args: &BenchCluster,
    numbers: &Arc<AtomicU64>,
    span: Duration,
) -> Result<Vec<Duration>, Box<dyn Error>> {
    let until = Instant::now() + span;
    let asks = validators.asks();
    let clients: Vec<_> = (0..args.clients)
        .map(|client| {
            let asks = asks[client % asks.len()].clone();
            tokio::spawn(ask_until(asks, args.requests, Arc::clone(numbers), until))
        })
        .collect();
    let mut times = Vec::new();
    for client in clients {
        times.extend(client.await?.ok_or("a request was not certified")?);
    }
    Ok(times)
}

async fn ask_until(
    asks: Asks,
    together: usize,
    numbers: Arc<AtomicU64>,
    until: Instant,
) -> Option<Vec<Duration>> {
    let mut times = Vec::new();
    while Instant::now() < until {
        let first = numbers.fetch_add(together as u64, Ordering::Relaxed);
        let requests = (first..first + together as u64).map(asked::request);
        let requests = requests.collect::<Option<Vec<_>>>()?;
        let asking = Asking {
            bytes: requests.iter().map(|one| codec::encode(one).len()).sum(),
            requests,
            ..Asking::default()
        };
        let began = Instant::now();
        let answers = asks.ask(asking).await.ok()??;
        times.push(began.elapsed());
        let certified = |verdict: &Verdict| matches!(verdict, Verdict::Certified(_));
        answers.verdicts.iter().all(certified).then_some(())?;
    }
    Some(times)
}
