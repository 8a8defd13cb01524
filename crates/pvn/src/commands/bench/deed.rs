//! What checking a transaction costs: the contract engine beside the same rules written in Rust, in one run on one core.

mod cases;
mod native;

use std::error::Error;
use std::hint::black_box;
use std::process::ExitCode;
use std::time::Instant;

use deed::{Allocated, Call, Contract, MoneyMove};
use serde_json::json;

use super::machine;
use crate::cli::BenchDeed;
use crate::commands::Outcome;
use crate::output::say;

pub(super) const CASH: &str = include_str!("../../../../../docs/deed/examples/cash.deed");
pub(super) const LAND: &str = include_str!("../../../../../docs/deed/examples/land_transfer.deed");

/// What is measured, with the most that it should take, in microseconds.
const GOALS: [(&str, f64); 4] = [
    ("cash_us", 2.0),
    ("land_us", 2.0),
    ("cash_100_us", 60.0),
    ("load_us", 50.0),
];

pub(super) fn run(args: &BenchDeed) -> Outcome {
    let cash = Contract::load(CASH)?;
    let land = Contract::load(LAND)?;
    let cash_case = cases::cash(&cash)?;
    let land_case = cases::land(&land)?;
    let batch = cases::batch(&cash)?;
    let native_cash = native::Cash::of(&cash_case)?;
    let native_land = native::Land::of(&land_case)?;
    let native_batch = native::Batch::of(&batch)?;
    let timer = Timer {
        repeats: args.repeats.max(1),
        rounds: args.rounds.max(1),
    };
    let measured = [
        ("cash_us", timer.median(1, || verify(&cash, &cash_case))?),
        ("native_cash_us", timer.median(1, || native_cash.verify())?),
        ("land_us", timer.median(1, || verify(&land, &land_case))?),
        ("native_land_us", timer.median(1, || native_land.verify())?),
        (
            "cash_100_us",
            timer.median(100, || verify_batch(&cash, &batch))?,
        ),
        (
            "native_cash_100_us",
            timer.median(100, || native_batch.verify())?,
        ),
        ("load_us", timer.median(100, || load(LAND))?),
        ("load_cash_us", timer.median(100, || load(CASH))?),
        (
            "cash_apply_us",
            timer.median(1, || apply(&cash, &cash_case))?,
        ),
        (
            "cash_settle_us",
            timer.median(1, || settle(&cash, &cash_case))?,
        ),
        (
            "cash_100_settle_us",
            timer.median(20, || settle(&cash, &batch.whole))?,
        ),
        (
            "land_apply_us",
            timer.median(1, || apply(&land, &land_case))?,
        ),
        (
            "land_settle_us",
            timer.median(1, || settle(&land, &land_case))?,
        ),
    ];
    if !args.json {
        for (name, micros) in measured {
            let goal = GOALS.iter().find(|(goal, _)| *goal == name);
            let goal = goal.map(|(_, most)| format!("  (goal: at most {most})"));
            say!("{name:<20} {micros:>9.3}{}", goal.unwrap_or_default())?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    let mut out = json!({
        "repeats": timer.repeats,
        "settings": { "rounds": timer.rounds, "of_repeats": "median", "threads": 1, "debug": cfg!(debug_assertions),
            "cash": "apply and settle, 1 in 2 out", "land": "apply and settle, 1 charge, 2 dues, 1 in 3 out",
            "cash_100": "apply 100 moves and settle them in one view, 100 in 100 out", "load": "the land contract's text" },
        "goals_us": GOALS.into_iter().collect::<std::collections::BTreeMap<_, _>>(),
        "machine": machine(),
    });
    for (name, micros) in measured {
        out[name] = json!(micros);
    }
    say!("{out}")?;
    Ok(ExitCode::SUCCESS)
}

/// Everything that a party checks: the action's rules and what follows, then the money view.
fn verify(contract: &Contract, case: &cases::Case) -> Result<(), Box<dyn Error>> {
    let outcome = contract.apply(black_box(&case.call()))?;
    black_box(contract.settle(&case.money_move(&outcome.dues, &case.allocated()))?);
    black_box(outcome);
    Ok(())
}

/// A hundred actions, and the one money view that discharges what they make due.
fn verify_batch(contract: &Contract, batch: &cases::Batch) -> Result<(), Box<dyn Error>> {
    let mut dues = Vec::with_capacity(batch.moves.len());
    for told in &batch.moves {
        let outcome = contract.apply(black_box(&told.call()))?;
        dues.extend(outcome.dues);
        black_box(outcome.signers);
    }
    let whole = &batch.whole;
    black_box(contract.settle(&whole.money_move(&dues, &whole.allocated()))?);
    Ok(())
}

fn apply(contract: &Contract, case: &cases::Case) -> Result<(), Box<dyn Error>> {
    black_box(contract.apply(black_box(&case.call()))?);
    Ok(())
}

fn settle(contract: &Contract, case: &cases::Case) -> Result<(), Box<dyn Error>> {
    black_box(contract.settle(&case.money_move(&case.dues, &case.allocated()))?);
    Ok(())
}

fn load(text: &str) -> Result<(), Box<dyn Error>> {
    black_box(Contract::load(black_box(text))?);
    Ok(())
}

impl cases::Case {
    fn call(&self) -> Call<'_> {
        Call {
            action: self.action,
            args: &self.args,
            effective: self.effective,
            consumed: &self.facts,
            referenced: &[],
        }
    }

    fn allocated(&self) -> Vec<Allocated<'_>> {
        let created = self.created.iter();
        created
            .map(|(fact, due)| Allocated { fact, due: *due })
            .collect()
    }

    fn money_move<'a>(
        &'a self,
        dues: &'a [deed::Due],
        created: &'a [Allocated<'a>],
    ) -> MoneyMove<'a> {
        MoneyMove {
            money: self.money,
            dues,
            consumed: &self.consumed,
            created,
        }
    }
}

struct Timer {
    repeats: u32,
    rounds: u32,
}

impl Timer {
    /// Microseconds of one run: the median of the repeats, each the mean of its rounds. `heavy` divides the rounds.
    fn median(
        &self,
        heavy: u32,
        mut run: impl FnMut() -> Result<(), Box<dyn Error>>,
    ) -> Result<f64, Box<dyn Error>> {
        let rounds = (self.rounds / heavy).max(1);
        let mut means = Vec::new();
        for _ in 0..self.repeats {
            let start = Instant::now();
            for _ in 0..rounds {
                run()?;
            }
            means.push(start.elapsed().as_secs_f64() * 1e6 / f64::from(rounds));
        }
        means.sort_by(f64::total_cmp);
        Ok((means[means.len() / 2] * 1e3).round() / 1e3)
    }
}
