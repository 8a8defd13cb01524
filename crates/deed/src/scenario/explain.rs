//! Why each case of a text is accepted or refused.

use jiff::civil::Date;

use crate::contract::Contract;
use crate::diagnostic::LoadError;
use crate::explain::Explanation;
use crate::outcome::Call;
use crate::policy::Policies;
use crate::value::Value;

use super::read;
use super::run::arguments;
use super::setting::{Named, Scenario, Setting};

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

/// Explains every case of a text that is about a transaction. A case that leaves out an argument can't be explained and is
/// passed over; so are those about policies.
///
/// # Errors
/// Every error in the text, each at its place.
pub fn explain(
    contract: &Contract,
    policies: &[Policies],
    text: &str,
) -> Result<Vec<ExplainedCase>, LoadError> {
    let scenarios = read(contract, policies, text)?;
    let cases = scenarios.iter().flat_map(|scenario| match scenario {
        Scenario::Action { action, cases } => {
            let cases = cases.iter();
            cases
                .filter_map(|case| explained(contract, *action, case))
                .collect()
        }
        Scenario::Policy { .. } => Vec::new(),
    });
    Ok(cases.collect())
}

fn explained(contract: &Contract, action: u16, case: &Named<Setting>) -> Option<ExplainedCase> {
    let Named { name, what, .. } = case;
    let args = arguments(contract.actions().get(usize::from(action))?, what).ok()?;
    let call = Call {
        action,
        args: &args,
        effective: what.on,
        consumed: &what.consumed,
        referenced: &what.referenced,
    };
    let explanation = contract.explain(&call, Some(&what.held));
    Some(ExplainedCase {
        name: name.clone(),
        action,
        on: what.on,
        args,
        explanation,
    })
}
