//! Why each case of a text is accepted or refused.

use jiff::civil::Date;

use crate::contract::Contract;
use crate::diagnostic::LoadError;
use crate::explain::Explanation;
use crate::outcome::Call;
use crate::value::Value;

use super::run::arguments;
use super::{parse, setting::Setting};

/// One case, explained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainedCase {
    /// The scenario's name, and the change's after a colon.
    pub name: String,
    /// Index into [`crate::Contract::actions`].
    pub action: u16,
    /// The effective date.
    pub on: Date,
    /// The arguments, one for each parameter.
    pub args: Vec<Value>,
    /// Why.
    pub explanation: Explanation,
}

/// Explains every case of a text. A case that leaves out an argument can't be explained and is passed over.
///
/// # Errors
/// Every error in the text, each at its place.
pub fn explain(contract: &Contract, text: &str) -> Result<Vec<ExplainedCase>, LoadError> {
    let mut problems = Vec::new();
    let scenarios = parse::parse(contract, text, &mut problems);
    if !problems.is_empty() {
        return Err(LoadError::new("scenario", text, problems));
    }
    let cases = scenarios.iter().flat_map(|scenario| {
        let cases = scenario.cases.iter();
        cases.filter_map(|case| explained(contract, scenario.action, case))
    });
    Ok(cases.collect())
}

fn explained(contract: &Contract, action: u16, case: &Setting) -> Option<ExplainedCase> {
    let args = arguments(contract.actions().get(usize::from(action))?, case).ok()?;
    let call = Call {
        action,
        args: &args,
        effective: case.on,
        consumed: &case.consumed,
        referenced: &case.referenced,
    };
    let explanation = contract.explain(&call, Some(&case.held));
    Some(ExplainedCase {
        name: case.name.clone(),
        action,
        on: case.on,
        args,
        explanation,
    })
}
