//! Playing a scenario on a network, with bars that show how far it is.

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use api::Instruction;
use deed::Party;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::client::Client;
use crate::commands::instructions::{Instructions, Line, in_order};
use crate::commands::play::{PlayError, play};
use crate::import::{Scenario, Shipped, StepOf};
use crate::network::Layout;
use crate::output::say;

fn bar(total: usize, what: &str) -> ProgressBar {
    let style =
        ProgressStyle::with_template("  {msg:<34} {bar:30} {pos}/{len}  {per_sec}  {eta} left")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(total as u64)
        .with_style(style)
        .with_message(what.to_owned())
}

fn played(
    client: &Client,
    instructions: &[Instruction],
    what: &str,
    stopping: &AtomicBool,
) -> Result<(), PlayError> {
    let bar = bar(instructions.len(), what);
    bar.enable_steady_tick(Duration::from_millis(200));
    play(client, instructions, stopping, |done| bar.inc(done))?;
    bar.finish();
    Ok(())
}

/// What a step is done for.
fn lines<'a>(scenario: &'a Scenario, shipped: &'a Shipped, of: StepOf) -> Vec<Line<'a>> {
    let tables = shipped.funding.iter().map(|(_, table)| table);
    let tables = tables.filter(|table| table.source == scenario.funding);
    let lines = tables.flat_map(|table| table.lines.iter().map(|line| Line::of(table, line)));
    match of {
        StepOf::Lines => lines.collect(),
        StepOf::LinesOfOthers => lines.filter(|line| line.receiver != line.giver).collect(),
        StepOf::Grants => (1..)
            .zip(&scenario.grants)
            .map(|(nth, grant)| Line::granted(grant, nth))
            .collect(),
    }
}

/// Plays the scenario's steps and then the publishers' rows; the payers' files side by side.
pub(super) fn play_all(
    layout: &Layout,
    scenario: &Scenario,
    shipped: &Shipped,
    contract: &str,
    rows_max: Option<usize>,
    stopping: &AtomicBool,
) -> Result<usize, Box<dyn Error>> {
    let client = |party: &str| -> Result<Client, Box<dyn Error>> {
        let place = layout
            .of(party)
            .ok_or_else(|| format!("{party} has no node in this network"))?;
        Ok(layout.client(place)?)
    };
    let sending = Instructions::today(contract, scenario);
    let mut count = 0;
    say!("")?;
    for step in &scenario.steps {
        let lines = lines(scenario, shipped, step.of);
        for of_giver in lines.chunk_by(|a, b| a.giver == b.giver) {
            let giver = client(of_giver[0].giver.as_str())?;
            let instructions = of_giver.iter().map(|line| sending.step(step, line));
            let instructions: Vec<Instruction> = instructions.collect();
            played(&giver, &instructions, &step.title, stopping)?;
            count += instructions.len();
        }
    }
    let bars = MultiProgress::new();
    let mut by_payer: BTreeMap<&Party, Vec<Instruction>> = BTreeMap::new();
    let files = shipped.files.iter();
    for file in files.filter(|file| scenario.pay.contains(&file.table.source)) {
        for row in in_order(&file.rows)
            .into_iter()
            .take(rows_max.unwrap_or(usize::MAX))
        {
            by_payer
                .entry(&row.payer)
                .or_default()
                .push(sending.row(row));
        }
    }
    count += by_payer.values().map(Vec::len).sum::<usize>();
    let outcomes: Vec<Result<(), String>> = std::thread::scope(|scope| {
        let threads: Vec<_> = by_payer
            .iter()
            .map(|(payer, instructions)| {
                let name = layout
                    .of(payer.as_str())
                    .map_or_else(|| payer.to_string(), |p| p.name.clone());
                let bar = bars.add(bar(instructions.len(), &name));
                let client = client(payer.as_str()).map_err(|e| e.to_string());
                scope.spawn(move || {
                    let client = client?;
                    bar.enable_steady_tick(Duration::from_millis(200));
                    let outcome = play(&client, instructions, stopping, |done| bar.inc(done));
                    bar.finish();
                    outcome.map_err(|error| format!("{name}: {error}"))
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|t| {
                t.join()
                    .unwrap_or_else(|_| Err("a player ended early".to_owned()))
            })
            .collect()
    });
    for outcome in outcomes {
        outcome?;
    }
    Ok(count)
}
