//! `pvn verify`: who paid whom what and when, on whose authority, offline.

use std::fs;
use std::process::ExitCode;

use deed::Value;
use jiff::Timestamp;
use ledger::bundle::{ProofBundle, Proven};
use serde_json::json;

use super::Outcome;
use crate::cli::Verify;
use crate::output::{printable, say};
use crate::trust_file;

/// Stands where a value would.
const HIDDEN: &str = "(hidden by whoever shows this proof)";

pub(super) fn run(args: &Verify) -> Outcome {
    let trust = trust_file::read(&args.trust)?;
    let bytes = fs::read(&args.proof)
        .map_err(|error| format!("the proof {} can't be read: {error}", args.proof.display()))?;
    let verdict = ProofBundle::verify_bytes(&bytes, &trust);
    let said = match (&verdict, args.json) {
        (Ok(proven), true) => told(proven).to_string(),
        (Ok(proven), false) => shown(proven),
        (Err(error), true) => {
            json!({ "valid": false, "step": error.code(), "reason": error.to_string() }).to_string()
        }
        (Err(error), false) => {
            let reason = printable(&error.to_string());
            format!("NOT VALID. The step that failed: {reason}.")
        }
    };
    say!("{said}")?;
    Ok(match verdict {
        Ok(_) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    })
}

/// What is proven, for programs.
fn told(proven: &Proven) -> serde_json::Value {
    let fields = proven.fields.iter().map(|(n, v)| (n.clone(), json_of(v)));
    let fields: serde_json::Map<_, _> = fields.collect();
    let attested = proven.attested_by.iter();
    let attested: Vec<_> = attested
        .map(|a| json!({ "party": a.party.as_str(), "name": a.name }))
        .collect();
    json!({
        "valid": true, "contract": proven.contract, "kind": proven.kind, "fields": fields, "hidden": proven.hidden,
        "attested_by": attested, "certified_at_ms": proven.time_ms, "log_index": proven.log_index,
        "fact": proven.at.to_string(),
    })
}

/// What is proven, for people. What is hidden is said as loudly as what is shown: a payment reads otherwise without the
/// field that says that no money moved.
fn shown(proven: &Proven) -> String {
    let present = proven.fields.iter().filter(|(_, v)| *v != Value::Absent);
    let present = present.map(|(name, value)| (name.as_str(), printable(&words(value))));
    let hidden = proven.hidden.iter();
    let hidden = hidden.map(|name| (name.as_str(), HIDDEN.to_owned()));
    let rows: Vec<(&str, String)> = present.chain(hidden).collect();
    let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let mut lines = vec![format!(
        "VALID: {} under the contract {}.",
        proven.kind, proven.contract
    )];
    lines.extend(
        rows.iter()
            .map(|(n, value)| format!("  {n:width$}  {value}")),
    );
    if !proven.hidden.is_empty() {
        lines.push(format!(
            "WARNING: not all of it is shown. What is hidden ({}) may change what the rest means.",
            proven.hidden.join(", ")
        ));
    }
    let attested = proven.attested_by.iter();
    let attested: Vec<String> = attested
        .map(|a| format!("{} ({})", printable(&a.name), a.party))
        .collect();
    lines.push(format!("On the authority of {}.", attested.join(" and ")));
    let when = i64::try_from(proven.time_ms)
        .ok()
        .and_then(|ms| Timestamp::from_millisecond(ms).ok());
    let when = when
        .map(|t| t.strftime("%-d %B %Y, %H:%M:%S UTC").to_string())
        .unwrap_or_default();
    lines.push(format!(
        "Certified by the notary on {when}, entry {} of its log.",
        proven.log_index
    ));
    lines.join("\n")
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

#[cfg(test)]
mod tests {
    use deed::Party;
    use ledger::bundle::Attested;
    use ledger::fact::FactRef;
    use ledger::{Digest, TransactionId};

    use super::*;

    /// A payment whose shower hides that it moved no money, attested by somebody with a name that steers terminals.
    fn hiding() -> Proven {
        let party = Party::new("GB-1").expect("a party");
        Proven {
            contract: "coins".to_owned(),
            kind: "Payment".to_owned(),
            fields: vec![
                ("payer".to_owned(), Value::Party(party.clone())),
                ("payee".to_owned(), Value::Text("A \u{1b}[1mshop".into())),
                ("note".to_owned(), Value::Absent),
            ],
            hidden: vec!["treatment".to_owned(), "member".to_owned()],
            at: FactRef {
                transaction: TransactionId(Digest([7; 32])),
                view: 0,
                output: 1,
            },
            time_ms: 1_782_302_400_000,
            log_index: 3,
            attested_by: vec![Attested {
                party,
                name: "A\nbody".to_owned(),
            }],
        }
    }

    #[test]
    fn what_is_hidden_is_said_and_nothing_steers_the_terminal() {
        assert_eq!(
            shown(&hiding()),
            [
                "VALID: Payment under the contract coins.",
                "  payer      GB-1",
                r"  payee      A \u{1b}[1mshop",
                "  treatment  (hidden by whoever shows this proof)",
                "  member     (hidden by whoever shows this proof)",
                "WARNING: not all of it is shown. What is hidden (treatment, member) may change what the rest means.",
                r"On the authority of A\nbody (GB-1).",
                "Certified by the notary on 24 June 2026, 12:00:00 UTC, entry 3 of its log.",
            ]
            .join("\n")
        );
        assert_eq!(told(&hiding())["hidden"], json!(["treatment", "member"]));
    }

    #[test]
    fn where_nothing_is_hidden_there_is_no_warning() {
        let all = Proven {
            hidden: Vec::new(),
            ..hiding()
        };
        assert_eq!(shown(&all).lines().count(), 5);
        assert_eq!(told(&all)["hidden"], json!([]));
    }
}
