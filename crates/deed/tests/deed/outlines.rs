//! What every contract of the repository declares, as far as a verifier of proofs needs it. The verifier in TypeScript reads the texts by
//! itself and is held to this list (`web/verify/tests/deed.test.mjs`).

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use deed::{Contract, Credential, Field, Given, Kind, PartyRef, Record, Type};

use crate::fixtures::CASH;

/// Stands for the hash of another contract where a text leaves it open.
const OPEN: (&str, &str) = (
    "COINS",
    "0000000000000000000000000000000000000000000000000000000000000000",
);

/// A type with its records written out.
fn described(ty: &Type, records: &[Record]) -> String {
    match ty {
        Type::Record(index) => {
            let fields = &records[usize::from(*index)].fields;
            let fields: Vec<String> = fields.iter().map(|f| field(f, records)).collect();
            format!("({})", fields.join(", "))
        }
        Type::Optional(of) => format!("{} or none", described(of, records)),
        Type::List { of, at_most } => {
            format!("list of {} at most {at_most}", described(of, records))
        }
        plain => plain.to_string(),
    }
}

fn field(field: &Field, records: &[Record]) -> String {
    format!("{}: {}", field.name, described(&field.ty, records))
}

fn outline(contract: &Contract) -> String {
    let mut out = format!("contract {}\n", contract.name());
    let own = contract.kinds().iter().filter(|k| k.origin.is_none());
    for kind in own {
        let _ = writeln!(out, "fact {}", kind.name);
        for f in &kind.fields {
            let _ = writeln!(out, "  {}", field(f, contract.records()));
        }
        let _ = writeln!(out, "  {}", attested(kind));
        if let Some(holder) = &kind.shown_by {
            let _ = writeln!(out, "  shown by {}", party(kind, holder));
        }
        if let Some(credential) = &kind.credential {
            let _ = writeln!(out, "  {}", taken(kind, credential));
        }
    }
    out
}

pub(crate) fn taken(kind: &Kind, credential: &Credential) -> String {
    let until = credential.until;
    let until = until.map(|i| format!(" until {}", kind.fields[usize::from(i)].name));
    format!(
        "credential \"{}\"{}",
        credential.vct,
        until.unwrap_or_default()
    )
}

fn attested(kind: &Kind) -> String {
    if kind.attestation.parties.is_empty() {
        return "attested by nobody".to_owned();
    }
    let parties = kind.attestation.parties.iter();
    let parties: Vec<String> = parties.map(|p| party(kind, p)).collect();
    format!(
        "attested by {} of {}",
        kind.attestation.needed,
        parties.join(", ")
    )
}

fn party(kind: &Kind, reference: &PartyRef) -> String {
    match reference {
        PartyRef::Constant(party) => format!("\"{party}\""),
        PartyRef::Field(i) => kind.fields[usize::from(*i)].name.clone(),
        several => panic!("one party that is always there, not {several:?}"),
    }
}

fn load(text: &str, given: &[(&str, Contract)]) -> Option<Contract> {
    let given = given.iter();
    let given: Vec<Given<'_>> = given
        .map(|(sha256, contract)| Given { sha256, contract })
        .collect();
    Contract::load_with(text, &given).ok()
}

/// The contract of a case of the corpus, with those that it is given, if it loads.
fn contract_of(case: &str) -> Option<Contract> {
    let mut given: Vec<(&str, Contract)> = Vec::new();
    let mut own = None;
    let sections = case.split("=== ").skip(1);
    for (name, text) in sections.filter_map(|section| section.split_once('\n')) {
        if let Some(sha256) = name.strip_prefix("given ") {
            given.push((sha256, load(text, &given)?));
        } else if name == "contract" {
            own = Some(text);
        }
    }
    load(own?, &given)
}

/// Every file of this sort in a folder and those below it, in order.
fn files_in(folder: &Path, extension: &str, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = folder
        .read_dir()
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files_in(&path, extension, found);
        } else if path.extension().is_some_and(|e| e == extension) {
            found.push(path);
        }
    }
}

#[test]
fn what_every_contract_declares_is_as_it_was() {
    let mut outlines = String::new();
    let mut add = |name: &str, contract: &Contract| {
        let _ = writeln!(outlines, "## {name}\n{}", outline(contract));
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut cases = Vec::new();
    files_in(&root.join("crates/deed/tests/corpus"), "case", &mut cases);
    for file in cases {
        let text = std::fs::read_to_string(&file).unwrap();
        // Texts at a limit make outlines of their length.
        if text.len() > 4000 {
            continue;
        }
        if let Some(contract) = contract_of(&text) {
            add(
                &file.file_name().unwrap_or_default().display().to_string(),
                &contract,
            );
        }
    }
    let coins = std::fs::read_to_string(root.join("crates/ledger/tests/fixtures/coins.deed"));
    let coins = Contract::load(&coins.unwrap()).unwrap();
    let cash = Contract::load(CASH).unwrap();
    let penalty = std::fs::read_to_string(root.join("docs/deed/examples/penalty.deed")).unwrap();
    let cash_sha256 = deed::needs(&penalty).remove(0).sha256;
    let (open, sha256) = OPEN;
    let mut files = Vec::new();
    for folder in ["crates", "docs", "services"] {
        files_in(&root.join(folder), "deed", &mut files);
    }
    for file in files {
        let text = std::fs::read_to_string(&file)
            .unwrap()
            .replace(open, sha256);
        let given = [
            (sha256, coins.clone()),
            (cash_sha256.as_str(), cash.clone()),
        ];
        let contract = load(&text, &given).unwrap();
        let name = file.strip_prefix(&root).unwrap().display().to_string();
        add(&name, &contract);
    }
    insta::assert_snapshot!(outlines);
}
