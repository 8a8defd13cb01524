//! `pvn verify`: who paid whom what and when, on whose authority, offline.

use std::fs;
use std::process::ExitCode;

use deed::Value;
use jiff::Timestamp;
use ledger::bundle::{ProofBundle, Proven};
use serde_json::json;

use super::Outcome;
use crate::cli::Verify;
use crate::trust_file;

pub(super) fn run(args: &Verify) -> Outcome {
    let trust = trust_file::read(&args.trust)?;
    let bytes = fs::read(&args.proof)
        .map_err(|error| format!("the proof {} can't be read: {error}", args.proof.display()))?;
    match ProofBundle::verify_bytes(&bytes, &trust) {
        Ok(proven) => {
            print(&proven, args.json);
            Ok(ExitCode::SUCCESS)
        }
        Err(error) if args.json => {
            println!(
                "{}",
                json!({ "valid": false, "step": error.code(), "reason": error.to_string() })
            );
            Ok(ExitCode::FAILURE)
        }
        Err(error) => {
            println!("NOT VALID. The step that failed: {error}.");
            Ok(ExitCode::FAILURE)
        }
    }
}

fn print(proven: &Proven, as_json: bool) {
    let when = i64::try_from(proven.time_ms)
        .ok()
        .and_then(|ms| Timestamp::from_millisecond(ms).ok());
    let when = when
        .map(|t| t.strftime("%-d %B %Y, %H:%M:%S UTC").to_string())
        .unwrap_or_default();
    if as_json {
        let fields: serde_json::Map<_, _> = proven
            .fields
            .iter()
            .map(|(n, v)| (n.clone(), json_of(v)))
            .collect();
        let attested: Vec<_> = proven
            .attested_by
            .iter()
            .map(|a| json!({ "party": a.party.as_str(), "name": a.name }))
            .collect();
        println!(
            "{}",
            json!({
                "valid": true, "contract": proven.contract, "kind": proven.kind, "fields": fields,
                "attested_by": attested, "certified_at_ms": proven.time_ms, "log_index": proven.log_index,
                "fact": proven.at.to_string(),
            })
        );
        return;
    }
    println!(
        "VALID: {} under the contract {}.",
        proven.kind, proven.contract
    );
    let width = proven
        .fields
        .iter()
        .map(|(name, _)| name.len())
        .max()
        .unwrap_or(0);
    for (name, value) in &proven.fields {
        if *value != Value::Absent {
            println!("  {name:width$}  {}", words(value));
        }
    }
    let names: Vec<&str> = proven.attested_by.iter().map(|a| a.name.as_str()).collect();
    println!("On the authority of {}.", names.join(" and "));
    println!(
        "Certified by the notary on {when}, entry {} of its log.",
        proven.log_index
    );
}

/// A field for programs: amounts in minor units, everything else as people read it.
fn json_of(value: &Value) -> serde_json::Value {
    match value {
        Value::Money(money) => json!({ "currency": money.currency.as_str(), "minor": money.minor }),
        Value::Int(int) => json!(int),
        Value::Bool(flag) => json!(flag),
        Value::Date(date) => json!(date.to_string()),
        Value::Absent => serde_json::Value::Null,
        other => json!(words(other)),
    }
}

fn words(value: &Value) -> String {
    match value {
        Value::Text(text) | Value::Choice(text) => text.to_string(),
        Value::Int(int) => int.to_string(),
        Value::Bool(flag) => if *flag { "yes" } else { "no" }.to_owned(),
        Value::Money(money) => money.to_string(),
        Value::Date(date) => date.strftime("%-d %B %Y").to_string(),
        Value::Party(party) => party.to_string(),
        Value::Absent => String::new(),
        Value::List(items) | Value::Record(items) => {
            items.iter().map(words).collect::<Vec<_>>().join(", ")
        }
    }
}
