//! `pvn deed explain`: why a transaction is accepted or refused, in words and as JSON.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use deed::scenario::{ExplainedAsking, ExplainedCase};
use deed::{Call, Contract, LoadError};
use serde_json::{Value, json};

use super::test::Suite;
use crate::cli::DeedExplain;
use crate::commands::Outcome;
use crate::output::say;

mod asking;
mod json;
mod words;

/// A case of an action, or of a policy.
enum Case {
    Action(Box<ExplainedCase>),
    Policy(ExplainedAsking),
}

impl Case {
    fn name(&self) -> &str {
        match self {
            Self::Action(case) => &case.name,
            Self::Policy(case) => &case.name,
        }
    }
}

pub(super) fn run(args: &DeedExplain) -> Outcome {
    let given = args.scenario.iter().map(PathBuf::from);
    let given: Vec<PathBuf> = given.filter(|path| path.is_file()).collect();
    let suite = Suite::of(&args.contract, &args.with.with, &given)?;
    let contract = &suite.contract;
    let cases = match (&args.scenario, &args.action) {
        (Some(scenario), _) => of_scenarios(&suite, scenario, given.is_empty())?,
        (None, Some(action)) => vec![Case::Action(Box::new(of_call(contract, action, args)?))],
        (None, None) => Vec::new(),
    };
    if args.json {
        let cases = cases.iter().map(|case| match case {
            Case::Action(case) => json::of_case(contract, case),
            Case::Policy(case) => json::of_asking(contract, case),
        });
        let cases: Vec<Value> = cases.collect();
        say!(
            "{}",
            json!({ "contract": contract.name(), "version": contract.version(), "cases": cases })
        )?;
    } else {
        let texts = cases.iter().map(|case| match case {
            Case::Action(case) => words::words(contract, case),
            Case::Policy(case) => asking::words(contract, case),
        });
        let texts: Vec<String> = texts.collect();
        say!("{}", texts.join("\n"))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// All cases of a file, or those whose name begins so among the files beside the contract.
fn of_scenarios(suite: &Suite, scenario: &str, by_name: bool) -> Result<Vec<Case>, String> {
    let mut all = Vec::new();
    for text in &suite.scenarios {
        let (contract, policies) = (&suite.contract, &suite.policies);
        let shown = |error: LoadError| error.render(&text.shown());
        let cases = deed::scenario::explain(contract, policies, &text.text).map_err(shown)?;
        all.extend(cases.into_iter().map(|case| Case::Action(Box::new(case))));
        let asked = deed::scenario::explain_policies(contract, policies, &text.text);
        all.extend(asked.map_err(shown)?.into_iter().map(Case::Policy));
    }
    if !by_name {
        return Ok(all);
    }
    let (found, others): (Vec<_>, Vec<_>) = all
        .into_iter()
        .partition(|case| case.name().starts_with(scenario));
    if found.is_empty() {
        let known: Vec<String> = others.iter().map(|case| case.name().to_owned()).collect();
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
    let declared = &contract.actions()[usize::from(index)];
    if !declared.consumes.is_empty() || !declared.references.is_empty() {
        return Err(format!(
            "{action} uses facts, which --arg can't say: write a scenario, and explain it with --scenario"
        ));
    }
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
