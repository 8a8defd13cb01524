//! Scenario tests in the contract's own words: a transaction that is accepted, small changes of it, and
//! which rule then refuses.

mod explain;
mod facts;
mod parse;
mod report;
mod run;
mod setting;

use crate::contract::Contract;
use crate::diagnostic::LoadError;

pub use explain::{ExplainedCase, explain};
pub use report::{Case, Report};
pub(crate) use run::execute;

/// Runs the scenarios of a text against a contract.
///
/// # Errors
/// Every error in the text, each at its place.
pub fn run(contract: &Contract, text: &str) -> Result<Report, LoadError> {
    let mut problems = Vec::new();
    let scenarios = parse::parse(contract, text, &mut problems);
    if problems.is_empty() {
        Ok(run::run(contract, &scenarios))
    } else {
        Err(LoadError::new("scenario", text, problems))
    }
}
