//! An explanation as a program reads it.

use std::collections::BTreeMap;

use deed::policy::{ExplainedPart, Proposal, Verb};
use deed::scenario::{ExplainedAsking, ExplainedCase};
use deed::{Contract, ExplainedException, FactValue};
use serde_json::{Value, json};

use super::words;

pub(super) fn of_case(contract: &Contract, case: &ExplainedCase) -> Value {
    let action = &contract.actions()[usize::from(case.action)];
    let args = action.params.iter().zip(&case.args);
    let args: BTreeMap<&str, String> = args
        .map(|(param, value)| (param.name.as_str(), contract.show(value, &param.ty)))
        .collect();
    let rules = case.explanation.rules().map(|rule| {
        let figures = rule.figures.iter();
        let figures = figures.map(|(name, value)| json!({ "name": name, "value": value }));
        let figures: Vec<Value> = figures.collect();
        json!({ "rule": rule.code, "text": rule.text, "law": rule.law, "holds": rule.holds, "lifted": rule.lifted,
            "exceptions": exceptions(&rule.exceptions), "figures": figures })
    });
    let rules: Vec<Value> = rules.collect();
    let lets = case.explanation.lets().map(|said| {
        json!({ "name": said.name, "value": said.value, "exceptions": exceptions(&said.exceptions) })
    });
    let lets: Vec<Value> = lets.collect();
    let mut out = json!({ "name": case.name, "action": action.name, "on": case.on.to_string(), "args": args,
        "lets": lets, "rules": rules });
    match &case.explanation.verdict {
        Ok(accepted) => {
            let signers = accepted.signers.iter();
            let signers: Vec<Value> = signers
                .map(|s| json!({ "party": s.party.as_str(), "named_as": s.named_as }))
                .collect();
            let dues = accepted.dues.iter().map(|due| {
                json!({
                    "money": contract.kinds()[usize::from(due.money)].name,
                    "payer": due.payer.as_str(),
                    "payee": due.payee.as_str(),
                    "amount": due.amount.to_string(),
                    "issued": due.from.is_none(),
                    "law": due.law,
                })
            });
            out["accepted"] = json!(true);
            out["signers"] = json!(signers);
            out["dues"] = json!(dues.collect::<Vec<_>>());
            let facts = |facts: &[deed::ExplainedFact]| {
                facts
                    .iter()
                    .map(|fact| fact_json(contract, fact))
                    .collect::<Vec<_>>()
            };
            out["created"] = json!(facts(&accepted.created));
            out["money"] = json!(facts(&accepted.money));
        }
        Err(refusal) => {
            out["accepted"] = json!(false);
            out["refusal"] =
                json!({ "rule": refusal.rule, "message": refusal.message, "law": refusal.law });
        }
    }
    out
}

fn fact_json(contract: &Contract, explained: &deed::ExplainedFact) -> Value {
    let kind = &contract.kinds()[usize::from(explained.fact.kind)];
    let fields = fields(contract, &explained.fact);
    let names = |parties: &[deed::Party]| {
        parties
            .iter()
            .map(|p| p.as_str().to_owned())
            .collect::<Vec<_>>()
    };
    let public: Vec<&str> = words::named(kind, &kind.public).collect();
    let seen_in_part = explained.roles.seen_in_part.iter();
    let seen_in_part = seen_in_part.map(|(party, fields)| {
        let fields: Vec<&str> = words::named(kind, fields).collect();
        json!({ "party": party.as_str(), "fields": fields })
    });
    let seen_in_part: Vec<Value> = seen_in_part.collect();
    json!({
        "kind": kind.name,
        "fields": fields,
        "controllers": names(&explained.roles.controllers),
        "attestors": names(&explained.roles.attestors),
        "attestors_needed": explained.roles.attestors_needed,
        "seen_by": names(&explained.roles.seen_by),
        "seen_in_part": seen_in_part,
        "observed_by": names(&explained.roles.observed_by),
        "shown_by": explained.roles.shown_by.as_ref().map(deed::Party::as_str),
        "public": public,
    })
}

/// The fields of a fact, as a person reads them.
fn fields<'c>(contract: &'c Contract, fact: &FactValue) -> BTreeMap<&'c str, String> {
    let kind = &contract.kinds()[usize::from(fact.kind)];
    let fields = kind.fields.iter().zip(&fact.fields);
    fields
        .map(|(field, value)| (field.name.as_str(), contract.show(value, &field.ty)))
        .collect()
}

fn exceptions(stood: &[ExplainedException]) -> Vec<Value> {
    let stood = stood.iter();
    stood
        .map(|e| json!({ "name": e.name, "law": e.law }))
        .collect()
}

pub(super) fn of_asking(contract: &Contract, case: &ExplainedAsking) -> Value {
    let fact = |fact: &FactValue| {
        let kind = &contract.kinds()[usize::from(fact.kind)].name;
        json!({ "kind": kind, "fields": fields(contract, fact) })
    };
    let known: Vec<Value> = case.known.iter().map(fact).collect();
    let subjects = case.subjects.iter().map(|subject| {
        let lets = subject.lets.iter();
        let lets = lets.map(|(name, value)| json!({ "name": name, "value": value }));
        let mut out = json!({ "subject": fact(&subject.fact), "waits_for": subject.waits_for.map(|d| d.to_string()),
            "lets": lets.collect::<Vec<_>>(), "when": parts(&subject.parts) });
        match &subject.says {
            Ok(says) => out["says"] = proposals(says),
            Err(refusal) => {
                out["refusal"] = json!({ "rule": refusal.rule, "message": refusal.message });
            }
        }
        out
    });
    let subjects: Vec<Value> = subjects.collect();
    json!({ "name": case.name, "policy": case.policy, "on": case.on.to_string(), "known": known, "subjects": subjects,
        "proposals": proposals(&case.proposals) })
}

fn parts(of: &[ExplainedPart]) -> Vec<Value> {
    let parts = of.iter().map(|part| {
        json!({ "text": part.text, "holds": part.holds, "alternatives": parts(&part.alternatives) })
    });
    parts.collect()
}

fn proposals(proposed: &[Proposal]) -> Value {
    let proposed = proposed.iter().map(|p| {
        let values = p.values.iter();
        let values = values.map(|(name, value)| json!({ "name": name, "value": value }));
        let verb = match p.verb {
            Verb::Share => "share",
            Verb::Flag => "flag",
        };
        json!({ "verb": verb, "party": p.party.as_str(), "values": values.collect::<Vec<_>>(), "because": p.because })
    });
    proposed.collect()
}
