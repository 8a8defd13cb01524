//! Why each case of a text is accepted or refused.

use jiff::civil::Date;

use crate::contract::Contract;
use crate::diagnostic::LoadError;
use crate::explain::Explanation;
use crate::outcome::Call;
use crate::policy::{ExplainedSubject, Policies, Proposal};
use crate::value::{FactValue, Value};

use super::asking::played;
use super::read;
use super::run::arguments;
use super::setting::{Asking, Named, Scenario, Setting};

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
/// passed over; those about policies, see [`explain_policies`].
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

/// One case about a policy, explained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainedAsking {
    /// The scenario's name, and the change's after a colon.
    pub name: String,
    /// The policy's name.
    pub policy: String,
    /// The day on which it is asked.
    pub on: Date,
    /// What is known on that day, in the order in which it became known.
    pub known: Vec<FactValue>,
    /// What the policy makes of each subject.
    pub subjects: Vec<ExplainedSubject>,
    /// What is proposed: what was not proposed before about the same subject.
    pub proposals: Vec<Proposal>,
}

/// Explains every case of a text that is about a policy.
///
/// # Errors
/// As [`explain`].
pub fn explain_policies(
    contract: &Contract,
    policies: &[Policies],
    text: &str,
) -> Result<Vec<ExplainedAsking>, LoadError> {
    let scenarios = read(contract, policies, text)?;
    let cases = scenarios.iter().flat_map(|scenario| match scenario {
        Scenario::Action { .. } => Vec::new(),
        Scenario::Policy {
            text,
            policy,
            cases,
        } => {
            let about = &policies[*text];
            let cases = cases.iter();
            cases
                .filter_map(|case| asked(contract, about, *policy, case))
                .collect()
        }
    });
    Ok(cases.collect())
}

fn asked(
    contract: &Contract,
    policies: &Policies,
    number: usize,
    case: &Named<Asking>,
) -> Option<ExplainedAsking> {
    let Named { name, what, .. } = case;
    let mut engine = played(contract, policies, what).ok()?;
    let policy = policies.policies.get(number)?.name.clone();
    let mut proposals = engine.evaluate(what.on).proposals;
    proposals.retain(|p| p.policy == policy);
    Some(ExplainedAsking {
        name: name.clone(),
        on: what.on,
        known: engine.facts.values().cloned().collect(),
        subjects: engine.explained(number, what.on),
        policy,
        proposals,
    })
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
