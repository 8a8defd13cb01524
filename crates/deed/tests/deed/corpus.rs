//! The conformance corpus: small texts with their verdicts, and what follows from them, from which a second implementation
//! can be checked. A case is a file of `tests/corpus`, in sections that begin `=== name`: `docs/deed/specification-corpus.md`
//! says which there are.

mod known;
mod outcome;
mod transaction;
mod values;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use deed::policy::Policies;
use deed::{BuiltInRule, Contract, Given, LoadError, scenario};

use transaction::{Book, Stop};

fn in_order(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let parts = text.split("=== ").skip(1);
    parts.map(|part| part.split_once('\n').unwrap_or((part, "")))
}

fn sections(text: &str) -> BTreeMap<&str, &str> {
    in_order(text).collect()
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

/// The contracts that a case gives; each may use those above it.
fn given(text: &str) -> Result<BTreeMap<&str, Contract>, LoadError> {
    let mut given: BTreeMap<&str, Contract> = BTreeMap::new();
    for (name, text) in in_order(text) {
        if let Some(sha256) = name.strip_prefix("given ") {
            let contract = Contract::load_with(text, &named(&given))?;
            given.insert(sha256, contract);
        }
    }
    Ok(given)
}

fn named<'a>(contracts: &'a BTreeMap<&'a str, Contract>) -> Vec<Given<'a>> {
    let given = contracts.iter();
    let given = given.map(|(sha256, contract)| Given { sha256, contract });
    given.collect()
}

/// A case's texts, read.
struct Loaded {
    contract: Contract,
    policies: Vec<Policies>,
    report: Option<scenario::Report>,
}

fn load(text: &str) -> Result<Loaded, LoadError> {
    let parts = sections(text);
    let source = parts.get("contract").copied().unwrap_or_default();
    let contract = Contract::load_with(source, &named(&given(text)?))?;
    let policies = parts.get("policies");
    let policies = policies.map(|text| Policies::load(&contract, text));
    let policies: Vec<Policies> = policies.transpose()?.into_iter().collect();
    let report = parts.get("scenarios");
    let report = report.map(|text| scenario::run_with(&contract, &policies, text));
    let report = report.transpose()?;
    Ok(Loaded {
        contract,
        policies,
        report,
    })
}

/// What differs from the verdict or from what follows, if anything.
fn judge(text: &str) -> Result<(), String> {
    let parts = sections(text);
    let Loaded {
        contract,
        policies,
        report,
    } = match (load(text), parts.get("refused at load")) {
        (Err(error), Some(expected)) if listed(&error) == **expected => return Ok(()),
        (Err(error), _) => return Err(listed(&error)),
        (Ok(_), Some(_)) => return Err("it loads".to_owned()),
        (Ok(loaded), None) => loaded,
    };
    if let Some(case) = report.iter().flat_map(|r| r.failures()).next() {
        return Err(case.failure.clone().unwrap_or_default());
    }
    let given = given(text).map_err(|e| e.to_string())?;
    let (own, given) = (&contract, &given);
    let same = |section: &str, found: String| match parts.get(section) {
        Some(expected) if **expected != found => Err(format!("=== {section}\n{found}")),
        _ => Ok(()),
    };
    if let Some(text) = parts.get("transaction") {
        let (verdict, follows) = match transaction::run(&Book { own, given }, text) {
            Ok(follows) => ("accepted".to_owned(), follows),
            Err(Stop::Refused(refusal)) => (refusal.rule, String::new()),
            Err(Stop::Format(message)) => return Err(message),
        };
        same("verdict", format!("{verdict}\n"))?;
        same("outcome", follows)?;
    } else if let Some(text) = parts.get("scenarios") {
        let cases = scenario::explain(&contract, &policies, text).map_err(|e| e.to_string())?;
        same("outcome", outcome::of_scenarios(&contract, &cases))?;
    }
    if let (Some(policies), Some(text)) = (policies.first(), parts.get("known")) {
        same("proposals", known::proposals(&contract, policies, text)?)?;
    }
    if let Some(text) = parts.get("old facts") {
        let found = text.lines().map(|line| old(&Book { own, given }, line));
        same("read as", found.collect::<Result<String, String>>()?)?;
    }
    Ok(())
}

/// `KIND with ...`: a fact of the version that the contract replaces, as it reads now.
fn old(book: &Book<'_>, line: &str) -> Result<String, String> {
    let mut given = named(book.given).into_iter();
    let replaced = given.find(|old| old.contract.name() == book.own.name());
    let replaced = replaced.ok_or("no earlier version is given")?;
    let fact = values::fact(replaced.contract, line)?;
    Ok(match book.own.read_old(replaced, &fact) {
        Ok(fact) => format!("{}\n", values::written(book.own, &fact)),
        Err(refusal) => format!("refused {}\n", refusal.rule),
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
const FROM_OUTSIDE: [&str; 4] = [
    "action_is_of_the_contract",
    "arguments_fit_the_action",
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
    let never: Vec<&str> = BuiltInRule::ALL
        .iter()
        .map(|rule| rule.code())
        .filter(|code| !refuses(code))
        .collect();
    assert_eq!(never.len(), FROM_OUTSIDE.len(), "{never:?}");
    assert!(
        never.iter().all(|code| FROM_OUTSIDE.contains(code)),
        "{never:?}"
    );
}

/// What an attack's name says does not come about.
#[test]
fn every_attack_is_refused() {
    let mut attacks = 0;
    for file in cases() {
        let name = file.file_stem().unwrap_or_default().display().to_string();
        if !name.starts_with("attack_") {
            continue;
        }
        attacks += 1;
        let text = std::fs::read_to_string(&file).unwrap();
        let parts = sections(&text);
        let verdict = parts.get("verdict").map(|v| *v != "accepted\n");
        let read = parts.get("read as").map(|v| v.starts_with("refused "));
        let refused = verdict
            .or(read)
            .unwrap_or(parts.contains_key("refused at load"));
        assert!(refused, "{name}");
    }
    println!("{attacks} attacks");
    assert!(attacks > 70);
}

/// The whole reports, with carets and advice, stand at the end of each case that is refused at load.
#[test]
fn every_case_that_is_refused_at_load_has_its_report() {
    let mut wrong = String::new();
    for file in cases() {
        let mut text = std::fs::read_to_string(&file).unwrap();
        let Err(report) = load(&text) else { continue };
        let case = text.split("=== report\n").next().unwrap_or_default();
        let reported = format!("{case}=== report\n{report}\n");
        if std::env::var_os("DEED_WRITE_REPORTS").is_some() {
            std::fs::write(&file, &reported).unwrap();
            text.clone_from(&reported);
        }
        if text != reported {
            let name = file.file_name().unwrap_or_default().display();
            let _ = writeln!(wrong, "## {name}\n{report}\n");
        }
    }
    assert!(
        wrong.is_empty(),
        "{wrong}\nrun the test with DEED_WRITE_REPORTS=1 when the change is meant"
    );
}
