//! `pvn import`: a publisher's file, reported or sent to its payer's node.

use std::process::ExitCode;

use api::State;
use deed::Contract;
use node::config::{Config, Role};

use super::Outcome;
use super::demo::{financial_year, service_folder};
use super::play::{Words, in_order};
use crate::cli::Import;
use crate::client::Client;
use crate::import::{Folder, FundingText, Report, ReportText};

/// Instructions in one request.
const BATCH: usize = 250;

pub(super) fn run(args: &Import) -> Outcome {
    let folder = Folder::open(&service_folder(args.service.as_ref())?)?;
    if let Ok(table) = folder.funding(&args.source) {
        let funding = table.read(&args.file, &folder.members)?;
        let text = FundingText::new(&funding, &folder);
        println!("{}", if args.json { text.json().to_string() } else { text.to_string() });
        return Ok(ExitCode::SUCCESS);
    }
    let read = folder.spending(&args.source)?.read(&args.file, &folder.members)?;
    let report = Report::of(&read.rows, read.skipped).ok_or("the file holds no rows")?;
    let text = ReportText::new(&report, &folder);
    println!("{}", if args.json { text.json().to_string() } else { text.to_string() });
    let (Some(node), false) = (&args.node, args.dry_run) else {
        println!("Nothing was sent (dry run).");
        return Ok(ExitCode::SUCCESS);
    };
    let config = Config::load(&node.join("pvn.toml"))?;
    let Role::Node(settings) = config.role else {
        return Err("that is not a body's node: name the payer's data folder".into());
    };
    let client = Client::of(&settings.http_listen.to_string(), node)?;
    let contract = settings.contracts.first().ok_or("that node accepts no contract")?;
    let contract = Contract::load(&std::fs::read_to_string(contract)?)?;
    let words = Words { contract: contract.name(), year: financial_year() };
    let instructions: Vec<_> = in_order(&read.rows).into_iter().map(|row| words.row(row)).collect();
    let (mut done, mut refused) = (0u64, 0u64);
    for batch in instructions.chunks(BATCH) {
        for state in client.instruct(batch.to_vec(), true)?.instructions {
            match state.state {
                State::Refused => {
                    refused += 1;
                    eprintln!("{}: {} [{}]", state.key, state.reason.unwrap_or_default(), state.code.unwrap_or_default());
                }
                State::Done => done += 1,
                State::Queued | State::InFlight => {}
            }
        }
    }
    let waiting = instructions.len() as u64 - done - refused;
    println!("{done} rows are on the ledger, {waiting} are waiting, {refused} were refused. Sending a file again changes nothing.");
    Ok(if refused == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
