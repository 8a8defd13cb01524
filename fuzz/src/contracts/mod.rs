//! Texts of the contract language: each body takes any bytes, and panics when a promise of the language is broken. cargo-fuzz chooses the
//! bytes with care, the seeded tests of `crates/deed` at random.

#![allow(
    clippy::unwrap_used,
    unreachable_pub,
    reason = "a broken promise stops the run; the targets see what tests include"
)]

#[path = "../choices.rs"]
mod choices;
mod money;
mod mutate;
mod seeds;
mod values;

use std::collections::BTreeMap;

use deed::policy::{Engine, Policies};
use deed::{Call, Contract, FactValue, Value, editor, scenario};

use choices::Bytes;
use seeds::SEEDS;

pub use money::money;

/// How far a text got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reached {
    /// It has errors of form.
    Parser,
    /// It has form, and is refused for its meaning.
    Checker,
    /// It loads.
    Loaded,
}

/// Any text: an answer or a report, a format that is kept, and an editor that is answered.
pub fn parser(bytes: &[u8]) {
    text(&String::from_utf8_lossy(bytes), bytes.len() / 2);
}

/// A damaged contract, and all that is done with a text.
pub fn checker(bytes: &[u8]) {
    let mut bytes = Bytes(bytes);
    let source = source(&mut bytes);
    text(&source, bytes.below(source.len() + 1));
}

/// The damaged contract that the bytes tell.
pub fn damaged(bytes: &[u8]) -> String {
    source(&mut Bytes(bytes))
}

fn source(bytes: &mut Bytes<'_>) -> String {
    let seed = SEEDS.contract(bytes);
    let other = SEEDS.contract(bytes);
    seed.damaged(other, bytes)
}

/// A text through parser and checker, and when it loads, its actions.
pub fn load(source: &str) -> Reached {
    match check(source) {
        Some(contract) => {
            evaluate(&contract, &mut Bytes(source.as_bytes()));
            Reached::Loaded
        }
        None if deed::format(source).is_ok() => Reached::Checker,
        None => Reached::Parser,
    }
}

/// A text through parser and checker: a contract within its bound, or a report within its.
pub fn check(source: &str) -> Option<Contract> {
    match Contract::load(source) {
        Ok(contract) => {
            assert!(contract.cost_bound() <= deed::limits::COST_MAX);
            Some(contract)
        }
        Err(error) => {
            assert!(!error.diagnostics().is_empty());
            assert!(error.diagnostics().len() <= deed::limits::DIAGNOSTICS_MAX);
            None
        }
    }
}

/// Every action of a contract with any arguments and facts: a verdict, always the same, and one that can be explained.
pub fn evaluator(bytes: &[u8]) {
    let mut bytes = Bytes(bytes);
    let (contract, _) = bytes.one_of(&SEEDS.in_use);
    evaluate(contract, &mut bytes);
}

/// Plain texts as arguments of an action: values that it can be asked with, or a word about each that can't be read.
pub fn arguments(bytes: &[u8]) {
    const TEXTS: [&str; 24] = [
        "",
        " ",
        "0",
        "-1",
        "007",
        "1,234.50",
        "£5,400",
        "5,40",
        "12.5 %",
        "1e9",
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775808",
        "2026-02-28",
        "2026-02-30",
        "-9999-01-01",
        "true",
        "GB-LAE-LDS",
        "ann",
        "Cafe\u{301}",
        "\u{202e}txet",
        "[",
        "10.2",
        "front_line",
    ];
    let mut bytes = Bytes(bytes);
    let (contract, _) = bytes.one_of(&SEEDS.in_use);
    let action = bytes.below(contract.actions().len());
    let declared = &contract.actions()[action];
    let names = declared.params.iter().map(|param| param.name.clone());
    let mut given: BTreeMap<String, String> = names
        .map(|name| {
            let text = match bytes.below(4) {
                0 => format!("{}{}", bytes.one_of(&TEXTS), bytes.one_of(&TEXTS)),
                _ => (*bytes.one_of(&TEXTS)).to_owned(),
            };
            (name, text)
        })
        .collect();
    if bytes.below(8) == 0 {
        given.insert((*bytes.one_of(&TEXTS)).to_owned(), String::new());
    }
    match contract.parse_args(action as u16, &given) {
        Ok(args) => {
            assert_eq!(args.len(), declared.params.len());
            let call = Call {
                action: action as u16,
                args: &args,
                effective: bytes.day(),
                consumed: &[],
                referenced: &[],
            };
            assert_eq!(contract.apply(&call), contract.apply(&call));
        }
        Err(error) => assert!(!error.problems.is_empty() && !error.to_string().is_empty()),
    }
}

/// A damaged text of scenarios: a report.
pub fn scenarios(bytes: &[u8]) {
    let mut bytes = Bytes(bytes);
    let about = bytes.one_of(&SEEDS.scenarios);
    let other = bytes.one_of(&SEEDS.scenarios);
    let text = about.text.damaged(&other.text, &mut bytes);
    let (contract, policies) = (&about.contract, &about.policies);
    match scenario::run_with(contract, policies, &text) {
        Ok(report) => {
            assert!(!report.to_string().is_empty());
            assert_eq!(scenario::run_with(contract, policies, &text), Ok(report));
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    let _ = scenario::explain(contract, policies, &text);
}

/// A damaged text of policies, and any facts and days: the same proposals, however they came to be known.
pub fn policies(bytes: &[u8]) {
    let mut bytes = Bytes(bytes);
    let about = bytes.one_of(&SEEDS.policies);
    let other = bytes.one_of(&SEEDS.policies);
    let text = about.text.damaged(&other.text, &mut bytes);
    let contract = &about.contract;
    let policies = match Policies::load(contract, &text) {
        Ok(policies) => policies,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    let today = bytes.day();
    let mut engine = Engine::new(contract, &policies);
    let mut known: Vec<(u64, FactValue)> = Vec::new();
    for _ in 0..bytes.below(12) {
        let number = bytes.below(9) as u64;
        known.retain(|(n, _)| *n != number);
        if bytes.below(5) == 0 {
            engine.forget(number);
            continue;
        }
        let kind = bytes.below(contract.kinds().len()) as u16;
        let fact = bytes.fact(kind, contract);
        if engine.learn(number, fact.clone()).is_ok() {
            known.push((number, fact));
        }
    }
    let mut fresh = Engine::new(contract, &policies);
    for (number, fact) in known {
        fresh.learn(number, fact).unwrap();
    }
    assert_eq!(
        engine.evaluate(today).proposals,
        fresh.evaluate(today).proposals
    );
}

fn text(source: &str, at: usize) {
    let at = source.floor_char_boundary(at.min(source.len()));
    let texts = editor::Texts::of(source);
    let _ = editor::hover(&texts, at);
    let _ = editor::definition(&texts, at);
    let _ = editor::complete(&texts, at);
    if let Ok(formatted) = deed::format(source) {
        assert_eq!(deed::format(&formatted).as_deref(), Ok(formatted.as_str()));
        let accepted = |text| {
            Contract::load(text)
                .map(|c| format!("{:?}{:?}{:?}", c.kinds(), c.actions(), c.parties()))
        };
        // Line ends of another system are refused, and mended by formatting.
        if !source.contains('\r') {
            assert_eq!(accepted(source).ok(), accepted(&formatted).ok());
        }
    }
    match Contract::load(source) {
        Ok(contract) => {
            let _ = contract.warnings().render("a.deed");
            let _ = deed::render(&contract, &[], &[], None);
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    load(source);
}

fn evaluate(contract: &Contract, bytes: &mut Bytes<'_>) {
    for (index, action) in (0_u16..).zip(contract.actions()) {
        let params = action.params.iter();
        let args: Vec<Value> = params.map(|p| bytes.value(&p.ty, contract)).collect();
        let mut facts = |inputs: &[deed::Input]| -> Vec<FactValue> {
            let inputs = inputs.iter();
            inputs.map(|i| bytes.fact(i.kind, contract)).collect()
        };
        let (consumed, referenced) = (facts(&action.consumes), facts(&action.references));
        let call = Call {
            action: index,
            args: &args,
            effective: bytes.day(),
            consumed: &consumed,
            referenced: &referenced,
        };
        let verdict = contract.apply(&call);
        assert_eq!(verdict, contract.apply(&call));
        assert_eq!(
            contract.explain(&call, None).verdict.is_ok(),
            explained(contract, &verdict)
        );
        if let Ok(outcome) = verdict {
            money::pay(contract, &outcome.dues, bytes);
        }
    }
}

/// Explaining also asks for the parts in what is created, which may be refused where nobody can vouch.
fn explained(contract: &Contract, verdict: &Result<deed::Outcome, deed::Refusal>) -> bool {
    verdict.as_ref().is_ok_and(|outcome| {
        let mut created = outcome.created.iter();
        created.all(|fact| contract.roles_of(fact).is_ok())
    })
}
