//! Agreed two-party transactions through a whole network on this machine: registrar, notary, payer, payee and attestor as
//! separate processes, mutual TLS, signatures and syncs on, driven through the client API.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use api::{Figures, Instruction, State};
use deed::Party;
use serde_json::json;

use crate::cli::BenchFlow;
use crate::client::Client;
use crate::commands::{Outcome, runtime};
use crate::network::{Kind, Layout, LocalNetwork, MemberSpec, NetworkSpec, Ports};
use crate::output::say;

const CONTRACT: &str = include_str!("cash.deed");
const WARM_UP: Duration = Duration::from_secs(3);
const ONE_CLIENT: Duration = Duration::from_secs(4);
/// Instructions of one request.
const PER_REQUEST: usize = 32;

pub(super) fn run(args: &BenchFlow) -> Outcome {
    let folder = std::env::temp_dir().join(format!("pvn-bench-{}", std::process::id()));
    node::files::create_folder(&folder)?;
    let outcome = measure(args, &folder);
    // Left-over measurements are of no use to anybody.
    let _ = std::fs::remove_dir_all(&folder);
    outcome
}

fn member(id: &str, name: &str, kind: Kind) -> Result<MemberSpec, String> {
    Ok(MemberSpec {
        party: Party::new(id).map_err(|_| format!("{id} is not a party"))?,
        name: name.to_owned(),
        kind,
        folder: id.to_lowercase(),
        services: Vec::new(),
        website: String::new(),
        hosts: Vec::new(),
    })
}

fn instruction(key: String, action: &str, party: &str, args: &[(&str, String)]) -> Instruction {
    Instruction {
        key,
        party: Some(party.to_owned()),
        contract: "bench_cash".to_owned(),
        action: action.to_owned(),
        args: args
            .iter()
            .map(|(n, v)| ((*n).to_owned(), v.as_str().into()))
            .collect::<BTreeMap<_, _>>(),
        consumes: Vec::new(),
        references: Vec::new(),
    }
}

fn pay(key: String) -> Instruction {
    let args = [
        ("payer", "BENCH-PAYER".to_owned()),
        ("payee", "BENCH-PAYEE".to_owned()),
        ("amount", "0.01".to_owned()),
        ("reference", key.clone()),
    ];
    instruction(key, "Pay", "BENCH-PAYER", &args)
}

fn measure(args: &BenchFlow, folder: &Path) -> Outcome {
    let contract = folder.join("cash.deed");
    std::fs::write(&contract, CONTRACT)?;
    let spec = NetworkSpec {
        name: "bench.example".to_owned(),
        registrar: Party::new("BENCH-REGISTRAR").map_err(|_| "not a party")?,
        registrar_name: "Registrar".to_owned(),
        members: vec![
            member("BENCH-NOTARY", "Notary", Kind::Notary)?,
            member("BENCH-BANK", "Bank", Kind::Node)?,
            member("BENCH-PAYER", "Payer", Kind::Node)?,
            member("BENCH-PAYEE", "Payee", Kind::Node)?,
        ],
        contracts: vec![PathBuf::from(&contract)],
        service: None,
    };
    let mut ports = Ports::from(17_400);
    let data = folder.join("network");
    let found = LocalNetwork::found(&data, &spec, &mut ports, |_, _| {});
    let mut network = runtime()?.block_on(found)?;
    let outcome = load(args, &network.layout);
    network.stop();
    outcome
}

fn client(layout: &Layout, party: &str) -> Result<Client, String> {
    let place = layout
        .of(party)
        .ok_or_else(|| format!("{party} is missing"))?;
    layout.client(place).map_err(|error| error.to_string())
}

/// Pays from `threads` clients until `until`; returns every request's time with the number of payments in it.
fn drive(
    client: &Client,
    label: &str,
    threads: usize,
    per_request: usize,
    until: Instant,
) -> Result<Vec<Duration>, String> {
    let next = AtomicU64::new(0);
    let results: Vec<Result<Vec<Duration>, String>> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                let (client, next) = (client.clone(), &next);
                scope.spawn(move || {
                    let mut times = Vec::new();
                    while Instant::now() < until {
                        let first = next.fetch_add(per_request as u64, Ordering::Relaxed);
                        let batch = (0..per_request as u64)
                            .map(|i| pay(format!("{label}/{}", first + i)))
                            .collect();
                        let began = Instant::now();
                        let states = client
                            .instruct(batch, true)
                            .map_err(|error| error.to_string())?
                            .instructions;
                        if let Some(bad) = states.iter().find(|s| s.state != State::Done) {
                            return Err(format!("a payment is not done: {bad:?}"));
                        }
                        times.extend(std::iter::repeat_n(began.elapsed(), per_request));
                    }
                    Ok(times)
                })
            })
            .collect();
        workers
            .into_iter()
            .map(|w| {
                w.join()
                    .unwrap_or_else(|_| Err("a client ended early".to_owned()))
            })
            .collect()
    });
    let mut times = Vec::new();
    for result in results {
        times.extend(result?);
    }
    times.sort();
    Ok(times)
}

pub(super) fn quantile_ms(times: &[Duration], permille: usize) -> f64 {
    let at = (times.len() * permille / 1000).min(times.len().saturating_sub(1));
    times.get(at).map_or(0.0, |t| t.as_secs_f64() * 1e3)
}

fn load(args: &BenchFlow, layout: &Layout) -> Outcome {
    let bank = client(layout, "BENCH-BANK")?;
    let payer = client(layout, "BENCH-PAYER")?;
    let issue = instruction(
        "issue".to_owned(),
        "Issue",
        "BENCH-BANK",
        &[
            ("receiver", "BENCH-PAYER".to_owned()),
            ("amount", "1000000.00".to_owned()),
        ],
    );
    let issued = bank.instruct(vec![issue], true)?.instructions;
    if issued.iter().any(|s| s.state != State::Done) {
        return Err(format!("the money could not be issued: {issued:?}").into());
    }
    let threads = args.clients.div_ceil(PER_REQUEST).max(1);
    drive(
        &payer,
        "warm",
        threads,
        PER_REQUEST,
        Instant::now() + WARM_UP,
    )?;
    let one = drive(&payer, "one", 1, 1, Instant::now() + ONE_CLIENT)?;
    let before = figures(layout)?;
    let began = Instant::now();
    let times = drive(
        &payer,
        "load",
        threads,
        PER_REQUEST,
        began + Duration::from_secs(args.seconds),
    )?;
    let seconds = began.elapsed().as_secs_f64();
    let after = figures(layout)?;
    let count = times.len();
    let per_second = count as f64 / seconds;
    let (p50, p99, one_p50) = (
        quantile_ms(&times, 500),
        quantile_ms(&times, 990),
        quantile_ms(&one, 500),
    );
    if args.json {
        say!(
            "{}",
            json!({
                "transactions_per_second": per_second.round(),
                "latency_p50_ms": p50,
                "latency_p99_ms": p99,
                "one_client_latency_p50_ms": one_p50,
                "transactions": count,
                "seconds": seconds,
                "syncs": after.syncs - before.syncs,
                "handshakes": after.handshakes,
                "signatures": after.signatures - before.signatures,
                "signatures_per_transaction": { "parties": 2, "attestor": 1, "controllers": 1 },
                "settings": { "clients": threads * PER_REQUEST, "instructions_per_request": PER_REQUEST, "processes": 5,
                    "durability": "full", "tls": "1.3 mutual", "views_per_transaction": 2 },
                "repeats": 1,
                "machine": super::machine(),
            })
        )?;
    } else {
        say!("{per_second:.0} agreed two-party transactions a second, {count} in {seconds:.1} s")?;
        say!(
            "latency under load: p50 {p50:.1} ms, p99 {p99:.1} ms; one at a time: p50 {one_p50:.1} ms"
        )?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Durable syncs, handshakes and organisations' signatures of all nodes so far. A signature stands for all transactions of a step.
fn figures(layout: &Layout) -> Result<Figures, String> {
    let mut sum = Figures::default();
    for place in layout.of_kind(Kind::Node) {
        let status = layout
            .client(place)
            .and_then(|c| c.status())
            .map_err(|error| error.to_string())?;
        sum.syncs += status.figures.syncs;
        sum.handshakes += status.figures.handshakes;
        sum.signatures += status.figures.signatures;
    }
    Ok(sum)
}
