//! Running the scenarios of policies.

use crate::contract::Contract;
use crate::ir::Ir;
use crate::outcome::Refusal;
use crate::policy::ir::{Policy, Schedule};
use crate::policy::trace::Held;
use crate::policy::{Engine, Policies, Proposal, Verb};
use crate::value::Value;

use super::offers::word;
use super::report::{Differs, Missing};
use super::setting::{Asking, Happening, Offer, Proposed};

/// What scenarios show of the policies of a text.
pub(super) fn to_show(policies: &Policies) -> Vec<Missing> {
    policies.policies.iter().flat_map(of_policy).collect()
}

fn of_policy(policy: &Policy) -> Vec<Missing> {
    let name = || policy.name.clone();
    let always = |ir: &Ir| *ir == Ir::Const(Value::Bool(true));
    let mut out = vec![Missing::Proposes { policy: name() }];
    if !always(&policy.when) || matches!(policy.when_due, Schedule::From(_)) {
        out.push(Missing::Rests { policy: name() });
    }
    for part in policy.parts.iter().filter(|p| !always(&p.ir)) {
        // A single condition that fails is shown wherever the policy proposes nothing.
        if policy.parts.len() > 1 {
            out.push(prevents(policy, &part.label));
        }
        let alternatives = part.alternatives.iter();
        out.extend(alternatives.map(|a| suffices(policy, &a.label)));
    }
    out
}

fn prevents(policy: &Policy, part: &str) -> Missing {
    Missing::Prevents {
        policy: policy.name.clone(),
        part: part.to_owned(),
    }
}

fn suffices(policy: &Policy, part: &str) -> Missing {
    Missing::Suffices {
        policy: policy.name.clone(),
        part: part.to_owned(),
    }
}

/// What a case shows, or what differs from what was expected.
pub(super) fn judge(
    contract: &Contract,
    policies: &Policies,
    number: usize,
    case: &Asking,
) -> Result<Vec<Missing>, Differs> {
    let policy = &policies.policies[number];
    let differs = |says: String| Differs {
        line: case.expected_at,
        says,
    };
    let mut engine =
        played(contract, policies, case).map_err(|refusal| differs(refusal.to_string()))?;
    let evaluation = engine.evaluate(case.on);
    let mut failures = evaluation.failures.iter();
    let failed = failures.find(|f| f.policy == policy.name);
    let proposals = evaluation.proposals.iter();
    let proposals: Vec<&Proposal> = proposals.filter(|p| p.policy == policy.name).collect();
    match (failed, &case.expected) {
        (Some(failed), Proposed::Refused(rule)) if failed.refusal.rule == *rule => {
            return Ok(Vec::new());
        }
        (Some(failed), _) => {
            let (rule, refusal) = (&failed.refusal.rule, &failed.refusal);
            return Err(differs(format!("{rule} refused: {refusal}")));
        }
        (None, Proposed::Refused(rule)) => {
            let says = format!("expected {rule} to refuse, but it {}", said(&proposals));
            return Err(differs(says));
        }
        (None, expected) => hold(expected, &proposals).map_err(differs)?,
    }
    let held = engine.held(number, case.on);
    let mut out = match proposals.is_empty() {
        true => vec![Missing::Rests {
            policy: policy.name.clone(),
        }],
        false => vec![Missing::Proposes {
            policy: policy.name.clone(),
        }],
    };
    let subjects = held.iter();
    out.extend(subjects.flat_map(|parts| decisive(policy, parts, proposals.is_empty())));
    Ok(out)
}

/// An engine that knows what became known before the day of a case.
pub(super) fn played<'c>(
    contract: &'c Contract,
    policies: &'c Policies,
    case: &Asking,
) -> Result<Engine<'c>, Refusal> {
    let mut engine = Engine::new(contract, policies);
    for happening in &case.before {
        match happening {
            Happening::Known(number, fact) => engine.learn(*number, fact.clone())?,
            Happening::Forgotten(number) => engine.forget(*number),
            Happening::Asked(day) => {
                engine.evaluate(*day);
            }
        }
    }
    Ok(engine)
}

/// The parts of a condition that alone decide what the policy does about a subject.
fn decisive(policy: &Policy, parts: &[Held], rests: bool) -> Vec<Missing> {
    let mut out = Vec::new();
    for (i, (part, held)) in policy.parts.iter().zip(parts).enumerate() {
        let mut others = parts.iter().enumerate().filter(|(at, _)| *at != i);
        if !others.all(|(_, other)| other.holds == Some(true)) {
            continue;
        }
        match held.holds {
            Some(false) if rests => out.push(prevents(policy, &part.label)),
            Some(true) if !rests => out.extend(alone(policy, part.alternatives.len(), held, i)),
            _ => {}
        }
    }
    out
}

fn alone(policy: &Policy, count: usize, held: &Held, part: usize) -> Option<Missing> {
    let mut holding = (0..count).filter(|i| held.alternatives.get(*i) == Some(&Some(true)));
    let (first, second) = (holding.next()?, holding.next());
    let label = &policy.parts.get(part)?.alternatives.get(first)?.label;
    second.is_none().then(|| suffices(policy, label))
}

fn hold(expected: &Proposed, proposals: &[&Proposal]) -> Result<(), String> {
    let differs = |wanted: &str| Err(format!("expected {wanted}, but it {}", said(proposals)));
    match expected {
        Proposed::Nothing if proposals.is_empty() => Ok(()),
        Proposed::Nothing => differs("to propose nothing"),
        Proposed::These(offers) if offers.is_empty() && proposals.is_empty() => {
            differs("to propose something")
        }
        Proposed::These(offers) if offers.is_empty() => Ok(()),
        Proposed::These(offers) => {
            let mut left = proposals.to_vec();
            for offer in offers {
                let Some(found) = left.iter().position(|p| is_meant(offer, p)) else {
                    return differs(&format!("`{}`", written(offer)));
                };
                left.remove(found);
            }
            match left.is_empty() {
                true => Ok(()),
                false => differs("no more than these"),
            }
        }
        Proposed::Refused(_) => Ok(()),
    }
}

fn is_meant(offer: &Offer, proposal: &Proposal) -> bool {
    let values = offer.values.iter().zip(&proposal.values);
    let same =
        |((label, wanted), (found, value)): (&(String, Option<String>), &(String, String))| {
            label == found && wanted.as_ref().is_none_or(|w| w == value)
        };
    offer.verb == proposal.verb
        && offer.party == proposal.party
        && offer.values.len() == proposal.values.len()
        && values.into_iter().all(same)
}

/// What is expected, in words.
pub(super) fn expected(proposed: &Proposed) -> String {
    match proposed {
        Proposed::Nothing => "nothing is proposed".to_owned(),
        Proposed::These(offers) if offers.is_empty() => "something is proposed".to_owned(),
        Proposed::These(offers) => {
            let offers: Vec<String> = offers.iter().map(written).collect();
            offers.join("; ")
        }
        Proposed::Refused(rule) => {
            let words = rule.replace('_', " ");
            format!("refused by the rule \u{201c}{words}\u{201d}")
        }
    }
}

fn written(offer: &Offer) -> String {
    let values = offer.values.iter().map(|(label, value)| match value {
        Some(value) => format!("{label} = {value}"),
        None => label.clone(),
    });
    let values: Vec<String> = values.collect();
    sentence(offer.verb, &values, offer.party.as_str())
}

fn sentence(verb: Verb, values: &[String], party: &str) -> String {
    let to = match verb {
        Verb::Share => "with",
        Verb::Flag => "to",
    };
    format!("{} {} {to} {party}", word(verb), values.join(", "))
}

fn said(proposals: &[&Proposal]) -> String {
    let one = |p: &&Proposal| {
        let values: Vec<String> = p.values.iter().map(|(l, v)| format!("{l} = {v}")).collect();
        format!("`{}`", sentence(p.verb, &values, p.party.as_str()))
    };
    let listed: Vec<String> = proposals.iter().map(one).collect();
    match listed.is_empty() {
        true => "proposes nothing".to_owned(),
        false => format!("proposes {}", listed.join(" and ")),
    }
}
