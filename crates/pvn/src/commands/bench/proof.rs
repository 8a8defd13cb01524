//! What a proof costs, by how much history the fact has: one chain of payments, proofs of facts early and late in it.

mod beside;
mod chain;
mod current;
mod making;
mod plot;
mod town;

use std::error::Error;
use std::process::ExitCode;

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use self::chain::{ATTESTORS, Certified, Chain};
use self::current::Current;
use self::making::{Log, Measured, Shown, proof};
use self::town::Town;
use super::machine;
use crate::cli::BenchVerify;
use crate::commands::Outcome;
use crate::output::say;

/// Of how many predecessors the proven facts have.
const PREDECESSORS: [u64; 4] = [1, 10, 1_000, 100_000];
/// Other batches stand before and behind the chain's, so that every path through the log is as long as the longest.
const BATCHES_BEFORE: u64 = 1 << 16;
const BATCHES: u64 = 1 << 18;
/// Sizes of other logs that the last fact is certified in.
const OTHER_LOGS: [u64; 3] = [1, 1 << 10, 1 << 20];
/// A proof's most bytes, without the fact's own fields.
const BYTES_GOAL: usize = 3_000;
/// The most microseconds to verify one, on one core.
const MICROS_GOAL: f64 = 250.0;

struct Figures {
    series: Vec<(u64, Measured)>,
    by_log_size: Vec<(u64, Measured)>,
    by_attestors: Vec<(usize, Measured)>,
    hybrid: Measured,
    cosigned: Measured,
    current: Current,
}

pub(super) fn run(args: &BenchVerify) -> Outcome {
    let figures = measure(args.rounds.max(1), args.tokens)?;
    if args.json {
        say!("{}", figures.told(args.rounds))?;
    } else {
        figures.say()?;
    }
    if let Some(file) = &args.plot {
        std::fs::write(file, plot::of(&figures.series))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The facts to prove and the log with all batches.
fn chain(town: &Town) -> Result<(Vec<Certified>, Log), Box<dyn Error>> {
    let longest = PREDECESSORS[PREDECESSORS.len() - 1];
    let style = ProgressStyle::with_template("  {msg} {bar:30} {pos}/{len}  {eta} left")?;
    let bar = ProgressBar::new(longest)
        .with_style(style)
        .with_message("payments in the chain");
    let mut chain = Chain::in_log_of(town, BATCHES_BEFORE);
    let mut proven = Vec::new();
    for predecessors in 0..=longest {
        let certified = chain.next()?;
        if PREDECESSORS.contains(&predecessors) {
            proven.push(certified);
        }
        if predecessors % 1_000 == 0 {
            bar.set_position(predecessors);
        }
    }
    bar.finish_and_clear();
    let log = Log::around(town, BATCHES_BEFORE, chain.leaves, BATCHES)?;
    Ok((proven, log))
}

fn measure(rounds: u32, tokens: u64) -> Result<Figures, Box<dyn Error>> {
    let town = Town::found()?;
    let (proven, log) = chain(&town)?;
    let mut series = Vec::new();
    for certified in &proven {
        let certificate = log.certificate(certified.entry)?;
        let bundle = proof(&town, certified, Shown::Money, certificate)?;
        series.push((
            certified.predecessors,
            Measured::of(&bundle, &town, rounds)?,
        ));
    }
    let last = proven.last().ok_or("nothing was certified")?;
    let mut by_log_size = Vec::new();
    for batches in OTHER_LOGS {
        let mut entry = last.entry;
        entry.height = batches / 2;
        let certificate = Log::among_others(&town, &entry, batches)?.certificate(entry)?;
        let bundle = proof(&town, last, Shown::Money, certificate)?;
        by_log_size.push((batches, Measured::of(&bundle, &town, rounds)?));
    }
    let mut by_attestors = Vec::new();
    for attestors in 1..=ATTESTORS.len() {
        let certificate = log.certificate(last.entry)?;
        let bundle = proof(&town, last, Shown::Receipt { attestors }, certificate)?;
        by_attestors.push((attestors, Measured::of(&bundle, &town, rounds)?));
    }
    let bundle = proof(&town, last, Shown::Money, log.certificate(last.entry)?)?;
    Ok(Figures {
        series,
        by_log_size,
        by_attestors,
        hybrid: beside::hybrid(&town, &bundle, rounds)?,
        cosigned: beside::cosigned(&town, &bundle, rounds)?,
        current: current::measure(
            &town,
            last,
            log.certificate(last.entry)?,
            (tokens, BATCHES),
            rounds,
        )?,
    })
}

impl Figures {
    fn bytes_max(&self) -> usize {
        let bytes = self.series.iter().map(|(_, m)| m.bytes);
        bytes.max().unwrap_or_default()
    }

    fn micros_max(&self) -> f64 {
        let micros = self.series.iter().map(|(_, m)| m.micros);
        micros.fold(0.0, f64::max)
    }

    /// For programs.
    fn told(&self, rounds: u32) -> serde_json::Value {
        fn rows<N: Copy + Into<serde_json::Value>>(
            name: &str,
            of: &[(N, Measured)],
        ) -> Vec<serde_json::Value> {
            let row = |(n, m): &(N, Measured)| {
                let mut row = m.told();
                row[name] = (*n).into();
                row
            };
            of.iter().map(row).collect()
        }
        let mut told = json!({
            "bundle_bytes_max": self.bytes_max(), "goal_bundle_bytes_max": BYTES_GOAL,
            "verify_us_max": self.micros_max(), "goal_verify_us_max": MICROS_GOAL,
            "series": rows("predecessors", &self.series),
            "by_log_size": rows("batches", &self.by_log_size),
            "by_attestors": rows("attestors", &self.by_attestors),
            "hybrid": self.hybrid.told(), "cosigned_31": self.cosigned.told(),
            "settings": { "batches_in_log": BATCHES, "ids_in_batch": 1, "members": 8, "rounds": rounds, "threads": 1,
                "debug": cfg!(debug_assertions) },
            "machine": machine(),
        });
        self.current.tell(&mut told);
        told
    }

    /// For people.
    fn say(&self) -> Result<(), Box<dyn Error>> {
        say!(
            "{} bytes without the fact's own fields  (goal: at most {BYTES_GOAL})",
            self.bytes_max()
        )?;
        say!(
            "{:.0} µs to verify, median  (goal: at most {MICROS_GOAL})",
            self.micros_max()
        )?;
        say!("{}", self.current)?;
        for (n, measured) in &self.series {
            say!("  {n:>7} predecessors       {measured}")?;
        }
        say!("beside:")?;
        for (n, measured) in &self.by_log_size {
            say!("  {n:>7} batches in the log {measured}")?;
        }
        for (n, measured) in &self.by_attestors {
            say!("  {n:>7} attest a receipt   {measured}")?;
        }
        say!("  both notes hybrid too      {}", self.hybrid)?;
        say!("  31 cosignatures too        {}", self.cosigned)?;
        Ok(())
    }
}
