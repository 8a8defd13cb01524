//! The figures, for programs and for people.

use std::error::Error;

use serde_json::{Value, json};

use super::super::machine;
use super::asking::Measured;
use super::{BODIES, BODY_REQUESTS, Figures, TOKENS_EACH};
use crate::cli::BenchNotary;
use crate::output::say;

/// What is asked for.
const REQUESTS_GOAL: u32 = 25_000;
const ONE_CLIENT_GOAL: u32 = 2_000;
const TOKENS_GOAL: u32 = 100_000;
const ENTRIES_GOAL: u32 = 200_000;

/// One figure, a value a round.
pub(super) struct Series(Vec<f64>);

impl Series {
    pub(super) fn new(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        Self(values)
    }

    fn median(&self) -> f64 {
        self.0.get(self.0.len() / 2).copied().unwrap_or_default()
    }

    /// For programs: nothing where nothing was measured.
    fn rounded(&self) -> Option<f64> {
        (!self.0.is_empty()).then(|| self.median().round())
    }

    fn range(&self) -> [f64; 2] {
        let end = |value: Option<&f64>| value.copied().unwrap_or_default().round();
        [end(self.0.first()), end(self.0.last())]
    }
}

fn told(measured: &[Measured]) -> Value {
    if measured.is_empty() {
        return Value::Null;
    }
    let median = |each: &dyn Fn(&Measured) -> f64| Series::of(measured, each).median();
    let hundredths = |value: f64| (value * 100.0).round() / 100.0;
    json!({
        "requests_per_second": median(&|m| m.requests_per_second).round(),
        "requests_per_second_range": Series::of(measured, |m| m.requests_per_second).range(),
        "tokens_per_second": median(&|m| m.tokens_per_second).round(),
        "tokens_per_second_range": Series::of(measured, |m| m.tokens_per_second).range(),
        "latency_p50_ms": hundredths(median(&|m| m.quantile_ms(500))),
        "latency_p99_ms": hundredths(median(&|m| m.quantile_ms(990))),
        "notary_cpu_us": hundredths(median(&|m| m.notary_cpu_us)),
        "clients_cpu_us": hundredths(median(&|m| m.clients_cpu_us)),
    })
}

pub(super) fn tell(
    figures: &Figures,
    args: &BenchNotary,
    members: usize,
) -> Result<(), Box<dyn Error>> {
    let requests = |of: &[Measured]| Series::of(of, |m| m.requests_per_second);
    let tokens = |of: &[Measured]| Series::of(of, |m| m.tokens_per_second);
    let log = Series::new(figures.log.clone());
    let growth: Vec<Value> = figures
        .growth
        .iter()
        .map(|p| {
            json!({ "tokens": p.tokens, "tokens_per_second": p.tokens_per_second.round(), "look_up_us": p.look_up_us,
                "batch_p99_ms": p.batch_p99_ms, "memory_mb": p.memory_mb, "disk_mb": p.disk_mb })
        })
        .collect();
    if args.json {
        let all = json!({
            "embedded_requests_per_second": requests(&figures.many).rounded(), "goal_embedded_requests_per_second": REQUESTS_GOAL,
            "embedded_one_client_requests_per_second": requests(&figures.one).rounded(),
            "goal_embedded_one_client_requests_per_second": ONE_CLIENT_GOAL,
            "batched_tokens_per_second": tokens(&figures.batched).rounded(), "goal_batched_tokens_per_second": TOKENS_GOAL,
            "log_entries_per_second": log.rounded(), "goal_log_entries_per_second": ENTRIES_GOAL,
            "log_entries_per_second_range": log.range(),
            "many": told(&figures.many), "one": told(&figures.one), "own_connections": told(&figures.many_alone),
            "batched": told(&figures.batched), "batched_all_signed": told(&figures.all_signed),
            "growth": growth,
            "settings": { "clients": args.clients, "connections": members, "seconds": args.seconds, "rounds": args.rounds,
                "tls": "1.3 mutual", "durability": "synced before the answer", "signatures_per_request": 1,
                "batched": { "bodies_under_way": members * BODIES, "transactions": BODY_REQUESTS, "tokens_each": TOKENS_EACH, "signed_each": 1 },
                "debug": cfg!(debug_assertions) },
            "machine": machine(),
        });
        return Ok(say!("{all}")?);
    }
    if args.rounds > 0 {
        say_rates(figures, args)?;
    }
    for p in &figures.growth {
        say!(
            "at {} tokens: {:.0} looked for and used up a second, {:.1} µs a look, batches p99 {:.1} ms, {} MB memory, {} MB disk",
            p.tokens,
            p.tokens_per_second,
            p.look_up_us,
            p.batch_p99_ms,
            p.memory_mb.unwrap_or_default(),
            p.disk_mb
        )?;
    }
    Ok(())
}

fn say_rates(figures: &Figures, args: &BenchNotary) -> Result<(), Box<dyn Error>> {
    let requests = |of: &[Measured]| Series::of(of, |m| m.requests_per_second).median().round();
    let tokens = |of: &[Measured]| Series::of(of, |m| m.tokens_per_second).median().round();
    for (what, of) in [
        ("clients", &figures.many),
        ("clients with connections of their own", &figures.many_alone),
    ] {
        say!(
            "{} signed requests a second, {} {what}  (goal: at least {REQUESTS_GOAL})",
            requests(of),
            args.clients
        )?;
    }
    say!(
        "{} signed requests a second, one client  (goal: at least {ONE_CLIENT_GOAL})",
        requests(&figures.one)
    )?;
    say!(
        "{} tokens a second in batches, one of {TOKENS_EACH} signed; {} with a signature each  (goal: at least {TOKENS_GOAL})",
        tokens(&figures.batched),
        tokens(&figures.all_signed)
    )?;
    say!(
        "{:.0} entries of the log a second, in process  (goal: at least {ENTRIES_GOAL})",
        Series::new(figures.log.clone()).median()
    )?;
    Ok(())
}
