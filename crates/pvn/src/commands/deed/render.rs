//! `pvn deed render`: a contract as a page to print.

use std::path::Path;
use std::process::ExitCode;

use ledger::ContractId;

use super::load;
use crate::cli::DeedRender;
use crate::commands::Outcome;
use crate::output::say;

pub(super) fn run(args: &DeedRender) -> Outcome {
    let contract = load(&args.contract)?;
    let identifier = ContractId::of_text(contract.source()).to_string();
    let page = deed::render(&contract, Some(&identifier));
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
