//! Running scenarios: the action, then a view of each money; or a policy.

use std::collections::BTreeSet;

use crate::contract::Contract;
use crate::execute::execute;
use crate::outcome::{Call, Outcome};
use crate::policy::Policies;
use crate::schema::Action;
use crate::value::{FactValue, Party, Value};

use super::asking;
use super::report::{Missing, Report};
use super::setting::{Claim, Expected, Scenario, Setting};

pub(super) fn run(contract: &Contract, policies: &[Policies], scenarios: &[Scenario]) -> Report {
    let mut report = Report {
        cases: Vec::new(),
        missing: contract.actions().iter().flat_map(of_action).collect(),
    };
    report
        .missing
        .extend(policies.iter().flat_map(asking::to_show));
    for scenario in scenarios {
        match scenario {
            Scenario::Action { action, cases } => {
                let declared = &contract.actions()[usize::from(*action)];
                for case in cases {
                    let failure = judge(contract, *action, declared, &case.what).err();
                    if failure.is_none() {
                        report.missing.remove(&shown(declared, &case.what.expected));
                    }
                    report.add(&case.name, case.line, failure);
                }
            }
            Scenario::Policy {
                text,
                policy,
                cases,
            } => {
                for case in cases {
                    let shown = asking::judge(contract, &policies[*text], *policy, &case.what);
                    for shown in shown.iter().flatten() {
                        report.missing.remove(shown);
                    }
                    report.add(&case.name, case.line, shown.err());
                }
            }
        }
    }
    report
}

/// What scenarios show of an action.
fn of_action(action: &Action) -> Vec<Missing> {
    let rules = action.rules.iter().map(|rule| Missing::Refused {
        action: action.name.clone(),
        rule: rule.code.clone(),
    });
    let accepted = Missing::Accepted {
        action: action.name.clone(),
    };
    rules.chain([accepted]).collect()
}

/// What a case that passed shows.
fn shown(action: &Action, expected: &Expected) -> Missing {
    let action = action.name.clone();
    match expected {
        Expected::Accepted(_) => Missing::Accepted { action },
        Expected::Refused(rule) => Missing::Refused {
            action,
            rule: rule.clone(),
        },
    }
}

/// What differs from what was expected, if anything.
fn judge(contract: &Contract, index: u16, action: &Action, case: &Setting) -> Result<(), String> {
    let args = arguments(action, case)?;
    let call = Call {
        action: index,
        args: &args,
        effective: case.on,
        consumed: &case.consumed,
        referenced: &case.referenced,
    };
    match (execute(contract, &call, &case.held), &case.expected) {
        (Err(refusal), Expected::Refused(rule)) if refusal.rule == *rule => Ok(()),
        (Err(refusal), Expected::Refused(rule)) => Err(format!(
            "expected {rule}, but {} refused: {refusal}",
            refusal.rule
        )),
        (Err(refusal), Expected::Accepted(_)) => {
            Err(format!("{} refused: {refusal}", refusal.rule))
        }
        (Ok(_), Expected::Refused(rule)) => {
            Err(format!("expected {rule} to refuse, but it is accepted"))
        }
        (Ok((outcome, money)), Expected::Accepted(claims)) => {
            hold(contract, claims, &outcome, &money)
        }
    }
}

pub(super) fn arguments(action: &Action, case: &Setting) -> Result<Vec<Value>, String> {
    let argument = |param: &crate::schema::Field| match case.args.get(&param.name) {
        Some(value) => Ok(value.clone()),
        None if matches!(param.ty, crate::schema::Type::Optional(_)) => Ok(Value::Absent),
        None => Err(format!("{} needs `{}`", action.name, param.name)),
    };
    action.params.iter().map(argument).collect()
}

fn hold(
    contract: &Contract,
    claims: &[Claim],
    outcome: &Outcome,
    money: &[FactValue],
) -> Result<(), String> {
    let mut leaving = Vec::new();
    for claim in claims {
        match claim {
            Claim::Signers(parties) => {
                let expected: BTreeSet<&Party> = parties.iter().collect();
                let found: BTreeSet<&Party> = outcome.signers.iter().collect();
                if expected != found {
                    return Err(format!(
                        "expected {} to sign, but {} do",
                        listed(expected),
                        listed(found)
                    ));
                }
            }
            Claim::Creating { kind, fields } => {
                let shows = |fact: &&FactValue| {
                    fact.kind == *kind
                        && fields
                            .iter()
                            .all(|(i, v)| fact.fields.get(usize::from(*i)) == Some(v))
                };
                if !outcome.created.iter().any(|f| shows(&f)) {
                    let name = &contract.kinds()[usize::from(*kind)].name;
                    return Err(format!(
                        "no such {name} is created, but {}",
                        facts(&outcome.created)
                    ));
                }
            }
            Claim::Leaving(fact) => leaving.push(fact.clone()),
        }
    }
    let mut found = money.to_vec();
    leaving.sort();
    found.sort();
    if !leaving.is_empty() && leaving != found {
        return Err(format!(
            "expected the money {}, but it is {}",
            facts(&leaving),
            facts(&found)
        ));
    }
    Ok(())
}

fn listed(parties: BTreeSet<&Party>) -> String {
    let names: Vec<&str> = parties.into_iter().map(Party::as_str).collect();
    names.join(", ")
}

fn facts(facts: &[FactValue]) -> String {
    let shown: Vec<String> = facts
        .iter()
        .map(|f| Value::Record(f.fields.clone()).to_string())
        .collect();
    shown.join(" and ")
}
