//! `pvn deed`: checking, testing and showing contracts.

mod explain;
mod fmt;
mod lsp;
mod render;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use deed::Contract;
use deed::scenario::Report;

use super::Outcome;
use crate::cli::{Deed, DeedCheck, DeedWhat};
use crate::output::say;

pub(super) fn run(args: &Deed) -> Outcome {
    match &args.what {
        DeedWhat::Check(args) => check(args),
        DeedWhat::Test {
            contract,
            scenarios,
        } => test(contract, scenarios),
        DeedWhat::Fmt(args) => fmt::run(args),
        DeedWhat::Explain(args) => explain::run(args),
        DeedWhat::Render(args) => render::run(args),
        DeedWhat::Lsp => lsp::run(),
    }
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{} can't be read: {error}", path.display()))
}

fn load(path: &Path) -> Result<Contract, String> {
    Contract::load(&read(path)?).map_err(|error| error.render(&path.display().to_string()))
}

fn check(args: &DeedCheck) -> Outcome {
    let mut code = ExitCode::SUCCESS;
    for path in &args.files {
        match Contract::load(&read(path)?) {
            Ok(contract) => {
                let warnings = contract.warnings();
                let count = warnings.diagnostics().len();
                if count > 0 {
                    say!("{}\n", warnings.render(&path.display().to_string()))?;
                }
                if count > 0 && args.deny_warnings {
                    code = ExitCode::FAILURE;
                }
                say!(
                    "{}: {} version {}, {} kinds of fact, {} actions, {count} warnings",
                    path.display(),
                    contract.name(),
                    contract.version(),
                    contract.kinds().len(),
                    contract.actions().len()
                )?;
            }
            Err(error) => {
                say!("{}", error.render(&path.display().to_string()))?;
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
