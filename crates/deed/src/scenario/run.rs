//! Running scenarios: the action, then a view of each money; or a policy.

use std::collections::BTreeSet;

use crate::contract::Contract;
use crate::execute::execute;
use crate::outcome::{Call, Outcome};
use crate::policy::Policies;
use crate::schema::Action;
use crate::value::{FactValue, Party, Value};

use super::asking;
use super::report::{Differs, Missing, Report};
use super::setting::{Claim, Expected, Scenario, Setting};
use super::showing;

pub(super) fn run(contract: &Contract, policies: &[Policies], scenarios: &[Scenario]) -> Report {
    let mut report = Report {
        cases: Vec::new(),
        missing: showing::to_show(contract).collect(),
    };
    report
        .missing
        .extend(policies.iter().flat_map(asking::to_show));
    for scenario in scenarios {
        match scenario {
            Scenario::Action { action, cases } => {
                let declared = &contract.actions()[usize::from(*action)];
                for case in cases {
                    let shown = judge(contract, *action, declared, &case.what);
                    report.add(case, expected(declared, &case.what.expected), shown);
                }
            }
            Scenario::Policy {
                text,
                policy,
                cases,
            } => {
                for case in cases {
                    let shown = asking::judge(contract, &policies[*text], *policy, &case.what);
                    report.add(case, asking::expected(&case.what.expected), shown);
                }
            }
        }
    }
    report
}

/// What is expected, in words.
fn expected(action: &Action, expected: &Expected) -> String {
    match expected {
        Expected::Accepted(_) => "accepted".to_owned(),
        Expected::Refused(rule) => {
            let own = action.rules.iter().find(|r| r.code == *rule);
            let words = own.map_or_else(|| rule.replace('_', " "), |r| r.text.clone());
            format!("refused by the rule \u{201c}{words}\u{201d}")
        }
    }
}

/// What a case shows, or what differs from what was expected.
fn judge(
    contract: &Contract,
    index: u16,
    action: &Action,
    case: &Setting,
) -> Result<Vec<Missing>, Differs> {
    let args = arguments(action, case)?;
    let differs = |says: String| Differs {
        line: case.expected_at,
        says,
    };
    let call = Call {
        action: index,
        args: &args,
        effective: case.on,
        consumed: &case.consumed,
        referenced: &case.referenced,
    };
    match (execute(contract, &call, &case.held), &case.expected) {
        (Err(refusal), Expected::Refused(rule)) if refusal.rule == *rule => {}
        (Err(refusal), Expected::Refused(rule)) => {
            let found = &refusal.rule;
            let says = format!("expected {rule}, but {found} refused: {refusal}");
            return Err(differs(says));
        }
        (Err(refusal), Expected::Accepted(_)) => {
            return Err(differs(format!("{} refused: {refusal}", refusal.rule)));
        }
        (Ok(_), Expected::Refused(rule)) => {
            return Err(differs(format!(
                "expected {rule} to refuse, but it is accepted"
            )));
        }
        (Ok((outcome, money)), Expected::Accepted(claims)) => {
            hold(contract, claims, &outcome, &money)?;
        }
    }
    Ok(showing::shown(contract, &call, &case.expected))
}

pub(super) fn arguments(action: &Action, case: &Setting) -> Result<Vec<Value>, String> {
    let argument = |param: &crate::schema::Field| match case.args.get(&param.name) {
        Some(value) => Ok(value.clone()),
        None if matches!(param.ty, crate::schema::Type::Optional(_)) => Ok(Value::Absent),
        None => Err(format!("{} needs `{}`", action.name, param.name)),
    };
    action.params.iter().map(argument).collect()
}

/// Every claim holds; what money is left is compared as a whole, at the first claim about it.
fn hold(
    contract: &Contract,
    claims: &[(usize, Claim)],
    outcome: &Outcome,
    money: &[FactValue],
) -> Result<(), Differs> {
    let (mut leaving, mut leaving_at) = (Vec::new(), None);
    for (line, claim) in claims {
        let line = Some(*line);
        match claim {
            Claim::Signers(parties) => {
                let expected: BTreeSet<&Party> = parties.iter().collect();
                let found: BTreeSet<&Party> = outcome.signers.iter().collect();
                if expected != found {
                    let (expected, found) = (listed(expected), listed(found));
                    let says = format!("expected {expected} to sign, but {found} do");
                    return Err(Differs { line, says });
                }
            }
            Claim::Creating { kind, fields } => {
                let same = |fact: &FactValue, (i, v): &(u16, Value)| {
                    fact.fields.get(usize::from(*i)) == Some(v)
                };
                let shows = |fact: &FactValue| {
                    fact.kind == *kind && fields.iter().all(|field| same(fact, field))
                };
                if !outcome.created.iter().any(shows) {
                    let name = &contract.kinds()[usize::from(*kind)].name;
                    let created = facts(contract, &outcome.created);
                    let says = format!("no such {name} is created, but {created}");
                    return Err(Differs { line, says });
                }
            }
            Claim::Leaving(fact) => {
                leaving.push(fact.clone());
                leaving_at = leaving_at.or(line);
            }
        }
    }
    let mut found = money.to_vec();
    leaving.sort();
    found.sort();
    if !leaving.is_empty() && leaving != found {
        let (expected, found) = (facts(contract, &leaving), facts(contract, &found));
        return Err(Differs {
            line: leaving_at,
            says: format!("expected the money {expected}, but it is {found}"),
        });
    }
    Ok(())
}

fn listed(parties: BTreeSet<&Party>) -> String {
    let names: Vec<&str> = parties.into_iter().map(Party::as_str).collect();
    names.join(", ")
}

fn facts(contract: &Contract, facts: &[FactValue]) -> String {
    let shown: Vec<String> = facts.iter().map(|f| contract.show_fact(f)).collect();
    match shown.is_empty() {
        true => "nothing".to_owned(),
        false => shown.join(" and "),
    }
}
