//! Scenario tests in the contract's own words: a transaction that is accepted, small changes of it, and which rule then
//! refuses; what becomes known, and what a policy then proposes.

mod asking;
mod explain;
mod facts;
mod offers;
mod parse;
mod report;
mod run;
mod setting;
mod showing;

use crate::contract::Contract;
use crate::diagnostic::LoadError;
use crate::policy::Policies;

pub use explain::{ExplainedAsking, ExplainedCase, explain, explain_policies};
pub use report::{Case, Missing, Report};
use setting::Scenario;

/// Runs the scenarios of a text against a contract.
///
/// # Errors
/// Every error in the text, each at its place.
pub fn run(contract: &Contract, text: &str) -> Result<Report, LoadError> {
    run_with(contract, &[], text)
}

/// Runs the scenarios of a text against a contract and policies about it.
///
/// # Errors
/// As [`run`].
pub fn run_with(
    contract: &Contract,
    policies: &[Policies],
    text: &str,
) -> Result<Report, LoadError> {
    let scenarios = read(contract, policies, text)?;
    Ok(run::run(contract, policies, &scenarios))
}

/// How many scenarios a text holds, and how many cases.
///
/// # Errors
/// As [`run`].
pub fn count(
    contract: &Contract,
    policies: &[Policies],
    text: &str,
) -> Result<(usize, usize), LoadError> {
    let scenarios = read(contract, policies, text)?;
    let cases = scenarios.iter().map(Scenario::cases);
    Ok((scenarios.len(), cases.sum()))
}

fn read(
    contract: &Contract,
    policies: &[Policies],
    text: &str,
) -> Result<Vec<Scenario>, LoadError> {
    let mut problems = Vec::new();
    let scenarios = parse::parse(contract, policies, text, &mut problems);
    match problems.is_empty() {
        true => Ok(scenarios),
        false => Err(LoadError::new("scenario", text, problems)),
    }
}
