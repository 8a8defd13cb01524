//! `pvn deed render`: a contract as a page to print.

use std::path::Path;
use std::process::ExitCode;

use ledger::ContractId;

use super::test::Suite;
use crate::cli::DeedRender;
use crate::commands::Outcome;
use crate::output::say;

pub(super) fn run(args: &DeedRender) -> Outcome {
    let suite = Suite::of(&args.contract, &args.with.with, &[])?;
    let reports = suite.run()?;
    let contract = &suite.contract;
    let identifier = ContractId::of_text(contract.source()).to_string();
    let page = deed::render(contract, &suite.policies, &reports, Some(&identifier));
    match &args.out {
        Some(path) => {
            write(path, &page)?;
            say!("{}: written", path.display())?;
        }
        None => say!("{}", page.trim_end())?,
    }
    Ok(ExitCode::SUCCESS)
}

fn write(path: &Path, page: &str) -> Result<(), String> {
    std::fs::write(path, page)
        .map_err(|error| format!("{} can't be written: {error}", path.display()))
}
