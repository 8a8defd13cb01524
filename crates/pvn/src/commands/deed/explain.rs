//! `pvn deed explain`: why a transaction is accepted or refused, in words and as JSON.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use deed::scenario::ExplainedCase;
use deed::{Call, Contract};
use serde_json::{Value, json};

use super::shelf::Text;
use super::test::Suite;
use crate::cli::DeedExplain;
use crate::commands::Outcome;
use crate::output::say;

mod words;

pub(super) fn run(args: &DeedExplain) -> Outcome {
    let given = args.scenario.iter().map(PathBuf::from);
    let given: Vec<PathBuf> = given.filter(|path| path.is_file()).collect();
    let suite = Suite::of(&args.contract, &args.with.with, &given)?;
    let contract = &suite.contract;
    let cases = match (&args.scenario, &args.action) {
        (Some(scenario), _) => of_scenarios(&suite, scenario, given.is_empty())?,
        (None, Some(action)) => vec![of_call(contract, action, args)?],
        (None, None) => Vec::new(),
    };
    if args.json {
        let cases: Vec<Value> = cases.iter().map(|case| as_json(contract, case)).collect();
        say!(
            "{}",
            json!({ "contract": contract.name(), "version": contract.version(), "cases": cases })
        )?;
    } else {
        let texts: Vec<String> = cases
            .iter()
            .map(|case| words::words(contract, case))
            .collect();
        say!("{}", texts.join("\n"))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// All cases of a file, or those whose name begins so among the files beside the contract.
fn of_scenarios(
    suite: &Suite,
    scenario: &str,
    by_name: bool,
) -> Result<Vec<ExplainedCase>, String> {
    let explain = |text: &Text| {
        deed::scenario::explain(&suite.contract, &suite.policies, &text.text)
            .map_err(|error| error.render(&text.shown()))
    };
    let mut all = Vec::new();
    for text in &suite.scenarios {
        all.extend(explain(text)?);
    }
    if !by_name {
        return Ok(all);
    }
    let (found, others): (Vec<_>, Vec<_>) = all
        .into_iter()
        .partition(|case| case.name.starts_with(scenario));
    if found.is_empty() {
        let known: Vec<String> = others.into_iter().map(|case| case.name).collect();
        return Err(format!(
            "there is no file and no scenario {scenario:?}; scenarios are:\n  {}",
            known.join("\n  ")
        ));
    }
    Ok(found)
}

fn of_call(contract: &Contract, action: &str, args: &DeedExplain) -> Result<ExplainedCase, String> {
    let index = contract.action(action).ok_or_else(|| {
        let known: Vec<&str> = contract.actions().iter().map(|a| a.name.as_str()).collect();
        format!(
            "there is no action {action}; actions are {}",
            known.join(", ")
        )
    })?;
    let mut given = BTreeMap::new();
    for argument in &args.args {
        let (name, value) = argument
            .split_once('=')
            .ok_or_else(|| format!("{argument:?} is not NAME=VALUE"))?;
        given.insert(name.to_owned(), value.to_owned());
    }
    let on = args.on.ok_or("--on says when the call takes effect")?;
    let values = contract
        .parse_args(index, &given)
        .map_err(|error| error.to_string())?;
    let call = Call {
        action: index,
        args: &values,
        effective: on,
        consumed: &[],
        referenced: &[],
    };
    Ok(ExplainedCase {
        name: action.to_owned(),
        action: index,
        on,
        explanation: contract.explain(&call, None),
        args: values,
    })
}

fn as_json(contract: &Contract, case: &ExplainedCase) -> Value {
    let action = &contract.actions()[usize::from(case.action)];
    let args = action.params.iter().zip(&case.args);
    let args: BTreeMap<&str, String> = args
        .map(|(param, value)| (param.name.as_str(), contract.show(value, &param.ty)))
        .collect();
    let rules = case.explanation.rules.iter().map(|rule| {
        let figures = rule.figures.iter();
        let figures: Vec<Value> = figures
            .map(|(name, value)| json!({ "name": name, "value": value.to_string() }))
            .collect();
        json!({ "rule": rule.code, "text": rule.text, "law": rule.law, "holds": rule.holds, "figures": figures })
    });
    let rules: Vec<Value> = rules.collect();
    let mut out = json!({ "name": case.name, "action": action.name, "on": case.on.to_string(), "args": args, "rules": rules });
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
    let fields = kind.fields.iter().zip(&explained.fact.fields);
    let fields: BTreeMap<&str, String> = fields
        .map(|(field, value)| (field.name.as_str(), contract.show(value, &field.ty)))
        .collect();
    let names = |parties: &[deed::Party]| {
        parties
            .iter()
            .map(|p| p.as_str().to_owned())
            .collect::<Vec<_>>()
    };
    let public: Vec<&str> = words::public_fields(kind).collect();
    json!({
        "kind": kind.name,
        "fields": fields,
        "controllers": names(&explained.roles.controllers),
        "attestors": names(&explained.roles.attestors),
        "attestors_needed": explained.roles.attestors_needed,
        "seen_by": names(&explained.roles.seen_by),
        "observed_by": names(&explained.roles.observed_by),
        "public": public,
    })
}
