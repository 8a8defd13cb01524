//! `pvn deed`: checking, testing and showing contracts.

mod explain;
mod fmt;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use deed::Contract;
use deed::scenario::Report;

use super::Outcome;
use crate::cli::{Deed, DeedWhat};
use crate::output::say;

pub(super) fn run(args: &Deed) -> Outcome {
    match &args.what {
        DeedWhat::Check { files } => check(files),
        DeedWhat::Test {
            contract,
            scenarios,
        } => test(contract, scenarios),
        DeedWhat::Fmt(args) => fmt::run(args),
        DeedWhat::Explain(args) => explain::run(args),
    }
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{} can't be read: {error}", path.display()))
}

fn load(path: &Path) -> Result<Contract, String> {
    Contract::load(&read(path)?).map_err(|error| error.render(&path.display().to_string()))
}

fn check(files: &[PathBuf]) -> Outcome {
    let mut code = ExitCode::SUCCESS;
    for path in files {
        match Contract::load(&read(path)?) {
            Ok(contract) => say!(
                "{}: {} version {}, {} kinds of fact, {} actions",
                path.display(),
                contract.name(),
                contract.version(),
                contract.kinds().len(),
                contract.actions().len()
            )?,
            Err(error) => {
                say!("{}:\n{error}", path.display())?;
                code = ExitCode::FAILURE;
            }
        }
    }
    Ok(code)
}

fn test(path: &Path, scenarios: &[PathBuf]) -> Outcome {
    let contract = load(path)?;
    let files = if scenarios.is_empty() {
        beside(path)?
    } else {
        scenarios.to_vec()
    };
    let mut reports = Vec::new();
    for file in &files {
        let report = deed::scenario::run(&contract, &read(file)?);
        reports.push(report.map_err(|error| format!("{}:\n{error}", file.display()))?);
    }
    let report = reports
        .into_iter()
        .reduce(Report::join)
        .ok_or("there are no scenarios to run")?;
    say!("{report}")?;
    Ok(if report.passed() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The scenario files beside a contract.
fn beside(contract: &Path) -> Result<Vec<PathBuf>, String> {
    let folder = contract
        .parent()
        .unwrap_or(Path::new("."))
        .join("scenarios");
    let entries = fs::read_dir(&folder)
        .map_err(|error| format!("{} can't be read: {error}", folder.display()))?;
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|p| p.is_file())
        .collect();
    files.sort();
    if files.is_empty() {
        Err(format!("{} holds no scenarios", folder.display()))
    } else {
        Ok(files)
    }
}
