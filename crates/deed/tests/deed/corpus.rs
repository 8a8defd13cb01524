//! The conformance corpus: small texts with their verdicts, from which a second implementation can be checked.
//!
//! A case is a file of `tests/corpus`, in sections that begin `=== name`: `contract`, then either `refused at load` with
//! one `line:column message` for each diagnostic, or `scenarios`, whose expectations are the verdict. `policies` is a text
//! of policies about the contract, which is checked with it. `given`
//! and a hash is the text of another contract, which the case's contract uses or replaces. See `docs/deed/specification.md`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use deed::policy::Policies;
use deed::{Contract, Given, LoadError, scenario};

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
        checked.transpose().map(|_| contract)
    });
    let contract = match (loaded, parts.get("refused at load")) {
        (Err(error), Some(expected)) if listed(&error) == **expected => return Ok(()),
        (Err(error), _) => return Err(listed(&error)),
        (Ok(_), Some(_)) => return Err("it loads".to_owned()),
        (Ok(contract), None) => contract,
    };
    let Some(scenarios) = parts.get("scenarios") else {
        return Ok(());
    };
    let report = scenario::run(&contract, scenarios).map_err(|e| e.to_string())?;
    match report.failures().next() {
        Some(case) => Err(case.failure.clone().unwrap_or_default()),
        None => Ok(()),
    }
}

fn cases() -> Vec<PathBuf> {
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
