//! `pvn import`: a publisher's file, reported or sent to its payer's node, or made into the tables that are shipped.

use std::path::Path;
use std::process::ExitCode;

use api::State;
use deed::Contract;
use node::config::{Config, Role};
use serde::Serialize;
use serde_json::json;

use super::Outcome;
use super::demo::service_folder;
use super::instructions::{Instructions, in_order};
use crate::cli::Import;
use crate::client::Client;
use crate::import::{Folder, FundingText, Report, ReportText, Row, Scenario};
use crate::output::{complain, say};

/// Instructions in one request.
const BATCH: usize = 250;

/// How many rows are where, after a file was sent.
#[derive(Default, Serialize)]
struct Sent {
    /// On the ledger now, and not before.
    new_rows: usize,
    /// On the ledger before: this file, or the same rows of another, were sent already.
    known_rows: usize,
    waiting_rows: usize,
    refused_rows: usize,
}

pub(super) fn run(args: &Import) -> Outcome {
    let folder = Folder::open(&service_folder(args.service.as_ref())?)?;
    if args.ship {
        return ship(&folder, args);
    }
    let source = args.source.as_deref().unwrap_or_default();
    if let Ok(table) = folder.funding(source) {
        if !args.dry_run {
            return Err("a funding table is only reported, not sent: add --dry-run".into());
        }
        let funding = table.read(&args.file, &folder.members)?;
        let text = FundingText::new(&funding, &folder);
        say!(
            "{}",
            if args.json {
                text.json().to_string()
            } else {
                text.to_string()
            }
        )?;
        return Ok(ExitCode::SUCCESS);
    }
    let read = folder.spending(source)?.read(&args.file, &folder.members)?;
    let report = Report::of(&read.rows, read.skipped).ok_or("the file holds no rows")?;
    let text = ReportText::new(&report, &folder);
    if !args.json {
        say!("{text}")?;
    }
    let sent = match &args.node {
        Some(node) if !args.dry_run => Some(send(node, &folder.scenario()?, &read.rows)?),
        _ => None,
    };
    if args.json {
        let mut json = text.json();
        json["sent"] = json!(sent);
        say!("{json}")?;
    } else {
        say!("{}", sentence(sent.as_ref()))?;
    }
    Ok(if sent.is_none_or(|sent| sent.refused_rows == 0) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Makes the shipped tables again, and says which are not what they were.
fn ship(folder: &Folder, args: &Import) -> Outcome {
    // Without a manifest every table is a new one.
    let before = folder.shipped_tables().unwrap_or_default();
    let made = folder.compact(&args.file)?;
    if args.json {
        say!("{}", json!({ "tables": made }))?;
        return Ok(ExitCode::SUCCESS);
    }
    for table in &made {
        let changed = if before.contains(table) {
            "as it was"
        } else {
            "new"
        };
        say!("{:<44} {:>8} rows  {changed}", table.file, table.rows)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn sentence(sent: Option<&Sent>) -> String {
    let Some(Sent {
        new_rows,
        known_rows,
        waiting_rows,
        refused_rows,
    }) = sent
    else {
        return "Nothing was sent (dry run).".to_owned();
    };
    if *known_rows > 0 && new_rows + waiting_rows + refused_rows == 0 {
        return format!("All {known_rows} rows were on the ledger already: nothing has changed.");
    }
    format!(
        "{new_rows} rows are new on the ledger, {known_rows} were there already, {waiting_rows} are waiting, {refused_rows} were \
         refused. Sending a file again changes nothing."
    )
}

/// Sends rows to their payer's node, and waits for what becomes of them.
fn send(
    node: &Path,
    scenario: &Scenario,
    rows: &[Row],
) -> Result<Sent, Box<dyn std::error::Error>> {
    let config = Config::load(&node.join("pvn.toml"))?;
    let Role::Node(settings) = config.role else {
        return Err("that is not a body's node: name the payer's data folder".into());
    };
    let client = Client::of(&settings.http_listen.to_string(), node)?;
    let contract = settings
        .contracts
        .first()
        .ok_or("that node accepts no contract")?;
    let contract = Contract::load(&std::fs::read_to_string(contract)?)?;
    let sending = Instructions::today(contract.name(), scenario);
    let instructions = in_order(rows).into_iter().map(|row| sending.row(row));
    let instructions: Vec<_> = instructions.collect();
    let mut sent = Sent::default();
    for batch in instructions.chunks(BATCH) {
        let first = client.instruct(batch.to_vec(), false)?.instructions;
        let last = client.instruct(batch.to_vec(), true)?.instructions;
        for (first, last) in first.into_iter().zip(last) {
            match (first.state, last.state) {
                (_, State::Refused) => {
                    sent.refused_rows += 1;
                    complain!(
                        "{}: {} [{}]",
                        last.key,
                        last.reason.unwrap_or_default(),
                        last.code.unwrap_or_default()
                    );
                }
                (State::Done, _) => sent.known_rows += 1,
                (_, State::Done) => sent.new_rows += 1,
                (_, State::Queued | State::InFlight) => sent.waiting_rows += 1,
            }
        }
    }
    Ok(sent)
}
