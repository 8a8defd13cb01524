//! The conformance corpus: small texts with their verdicts, from which a second implementation can be checked.
//!
//! A case is a file of `tests/corpus`, in sections that begin `=== name`: `contract`, then either `refused at load` with
//! one `line:column message` for each diagnostic, or `scenarios`, whose expectations are the verdict. `policies` is a text
//! of policies about the contract, which is checked with it. `money view` lists a view of the cash contract, with its `verdict`. `given`
//! and a hash is the text of another contract, which the case's contract uses or replaces. See `docs/deed/specification.md`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use deed::policy::Policies;
use deed::{
    Allocated, BUILT_IN_RULES, Contract, Currency, Due, FactValue, Given, LoadError, Money,
    MoneyMove, Party, Value, scenario,
};

fn sections(text: &str) -> BTreeMap<&str, &str> {
    let parts = text.split("=== ").skip(1);
    parts
        .map(|part| part.split_once('\n').unwrap_or((part, "")))
        .collect()
}

fn listed(error: &LoadError) -> String {
    error
        .diagnostics()
        .iter()
        .fold(String::new(), |mut out, d| {
            let _ = writeln!(out, "{}:{} {}", d.line, d.column, d.message);
            out
        })
}

/// What differs from the verdict, if anything.
fn judge(text: &str) -> Result<(), String> {
    let parts = sections(text);
    let source = parts.get("contract").ok_or("no contract")?;
    let others = parts.iter().filter_map(|(name, text)| {
        let sha256 = name.strip_prefix("given ")?;
        Some((sha256, Contract::load(text).map_err(|e| e.to_string())))
    });
    let mut given = BTreeMap::new();
    for (sha256, other) in others {
        given.insert(sha256, other?);
    }
    let given: Vec<Given<'_>> = given
        .iter()
        .map(|(sha256, contract)| Given { sha256, contract })
        .collect();
    let loaded = Contract::load_with(source, &given).and_then(|contract| {
        let policies = parts.get("policies");
        let checked = policies.map(|text| Policies::load(&contract, text));
        checked.transpose()?;
        let scenarios = parts.get("scenarios");
        let report = scenarios.map(|text| scenario::run(&contract, text));
        Ok((contract, report.transpose()?))
    });
    let (contract, report) = match (loaded, parts.get("refused at load")) {
        (Err(error), Some(expected)) if listed(&error) == **expected => return Ok(()),
        (Err(error), _) => return Err(listed(&error)),
        (Ok(_), Some(_)) => return Err("it loads".to_owned()),
        (Ok(loaded), None) => loaded,
    };
    if let Some(view) = parts.get("money view") {
        let found = money_view(&contract, view)?;
        let verdict = parts.get("verdict").map(|v| v.trim());
        return (verdict == Some(&found)).then_some(()).ok_or(found);
    }
    let report = report.iter().flat_map(|r| r.failures());
    match report.map(|case| case.failure.clone()).next() {
        Some(failure) => Err(failure.unwrap_or_default()),
        None => Ok(()),
    }
}

/// A money view of the cash contract: `owes AMOUNT PAYER PAYEE ISSUER`, `consumes AMOUNT ISSUER OWNER`, `creates AMOUNT
/// ISSUER OWNER DUE`, where the due is its number from 0 or `change`; `consumes other` is a fact of another kind.
fn money_view(contract: &Contract, text: &str) -> Result<String, String> {
    let amount = |text: &str| Money::parse(text, Currency::GBP).map_err(|e| e.to_string());
    let party = |text: &str| Party::new(text).map_err(|e| e.to_string());
    let cash = |of: &str, issuer: &str, owner: &str| -> Result<FactValue, String> {
        let parties = [party(issuer)?, party(owner)?].map(Value::Party);
        let amount = [Value::Money(amount(of)?)];
        let fields = amount.into_iter().chain(parties).collect();
        Ok(FactValue { kind: 0, fields })
    };
    let (mut dues, mut consumed, mut created) = (Vec::new(), Vec::new(), Vec::new());
    for line in text.lines() {
        match line.split(' ').collect::<Vec<_>>()[..] {
            ["owes", of, payer, payee, issuer] => {
                let attributes = vec![Value::Party(party(issuer)?)];
                dues.push(Due {
                    money: 0,
                    payer: party(payer)?,
                    payee: party(payee)?,
                    amount: amount(of)?,
                    from: Some(attributes.clone()),
                    to: attributes,
                    law: None,
                });
            }
            ["consumes", "other"] => consumed.push(FactValue {
                kind: 1,
                fields: Vec::new(),
            }),
            ["consumes", of, issuer, owner] => consumed.push(cash(of, issuer, owner)?),
            ["creates", of, issuer, owner, due] => {
                created.push((cash(of, issuer, owner)?, due.parse().ok()));
            }
            _ => return Err(format!("not a line of a money view: {line}")),
        }
    }
    let created: Vec<Allocated<'_>> = created
        .iter()
        .map(|(fact, due)| Allocated { fact, due: *due })
        .collect();
    let view = MoneyMove {
        money: 0,
        dues: &dues,
        consumed: &consumed,
        created: &created,
    };
    Ok(match contract.settle(&view) {
        Ok(_) => "settled".to_owned(),
        Err(refusal) => refusal.rule,
    })
}

pub(crate) fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let mut files: Vec<PathBuf> = folder
        .read_dir()
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
}

#[test]
fn every_case_of_the_corpus_has_its_verdict() {
    let files = cases();
    let mut wrong = String::new();
    for file in &files {
        let text = std::fs::read_to_string(file).unwrap();
        if let Err(found) = judge(&text) {
            let name = file.file_name().unwrap_or_default().display();
            let _ = writeln!(wrong, "## {name}\n{found}");
        }
    }
    println!("{} cases", files.len());
    assert!(wrong.is_empty(), "{wrong}");
}

/// What a text and its scenario can't bring about: calls and facts from outside that do not fit, which other tests make.
const FROM_OUTSIDE: [&str; 7] = [
    "action_is_of_the_contract",
    "arguments_fit_the_action",
    "facts_fit_the_action",
    "fact_fits_its_kind",
    "attestors_are_distinct",
    "known_facts_within_limits",
    "contract_is_well_typed",
];

#[test]
fn every_built_in_rule_refuses_in_some_case() {
    let mut all = String::new();
    for file in cases() {
        all.push_str(&std::fs::read_to_string(file).unwrap());
    }
    let refuses = |code: &str| {
        let words = format!("is refused because \"{}\"", code.replace('_', " "));
        all.contains(&words) || all.contains(&format!("=== verdict\n{code}\n"))
    };
    let never: Vec<&str> = BUILT_IN_RULES
        .iter()
        .map(|(code, _)| *code)
        .filter(|code| !refuses(code))
        .collect();
    assert_eq!(never.len(), FROM_OUTSIDE.len(), "{never:?}");
    assert!(
        never.iter().all(|code| FROM_OUTSIDE.contains(code)),
        "{never:?}"
    );
}

/// The whole reports, with carets and advice, of every case that is refused at load.
#[test]
fn every_report_of_the_corpus_is_as_it_was() {
    let mut reports = String::new();
    for file in cases() {
        let text = std::fs::read_to_string(&file).unwrap();
        let parts = sections(&text);
        // Texts at a limit make reports of their length.
        if !parts.contains_key("refused at load") || text.len() > 4000 {
            continue;
        }
        let source = parts.get("contract").copied().unwrap_or_default();
        let report = match (
            Contract::load(source),
            parts.get("policies"),
            parts.get("scenarios"),
        ) {
            (Err(error), ..) => error.to_string(),
            (Ok(contract), Some(policies), _) => match Policies::load(&contract, policies) {
                Err(error) => error.to_string(),
                Ok(_) => continue,
            },
            (Ok(contract), None, Some(text)) => match scenario::run(&contract, text) {
                Err(error) => error.to_string(),
                Ok(_) => continue,
            },
            _ => continue,
        };
        let name = file.file_stem().unwrap_or_default().display().to_string();
        let _ = writeln!(reports, "## {name}\n{report}\n");
    }
    insta::assert_snapshot!(reports);
}
