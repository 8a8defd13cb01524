//! `pvn verify`: who paid whom what and when, on whose authority, offline.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use deed::Value;
use jiff::{SignedDuration, Timestamp};
use ledger::authorities::History;
use ledger::bundle::{BundleError, Proven};
use ledger::current::{self, Recent};
use ledger::fact::ListPart;
use ledger::log_keys::LogKeys;
use ledger::presentation::{self, Expected, nonce_of_hex};
use serde_json::json;

use super::Outcome;
use crate::cli::Verify;
use crate::output::{printable, say};
use crate::trust_file;

/// How old the notary's word may be that a fact is current, where nobody says otherwise.
const CURRENT_FOR: SignedDuration = SignedDuration::from_mins(1);
/// How long ago a holder may have shown its fact, likewise.
const SHOWN_FOR: SignedDuration = SignedDuration::from_mins(5);

/// Stands where a value would.
const HIDDEN: &str = "(hidden by whoever shows this proof)";

pub(super) fn run(args: &Verify) -> Outcome {
    let mut trust = trust_file::read(&args.trust)?;
    if let Some(history) = &args.history {
        trust.notary = followed(&trust.notary, history)?;
    }
    let bytes = fs::read(&args.proof)
        .map_err(|error| format!("the proof {} can't be read: {error}", args.proof.display()))?;
    let nonce = args.nonce.as_ref().map(|nonce| {
        nonce_of_hex(nonce).ok_or("the nonce is written in lower-case hexadecimal digits")
    });
    let nonce = nonce.transpose()?;
    let asked = args.audience.as_ref().zip(nonce.as_ref());
    let now_ms = ms(Timestamp::now().as_millisecond());
    let max_age = args.max_age.unwrap_or(match args.current {
        true => CURRENT_FOR,
        false => SHOWN_FOR,
    });
    let max_age_ms = ms(i64::try_from(max_age.as_millis()).unwrap_or(i64::MAX));
    let expected = asked.map(|(audience, nonce)| Expected {
        audience,
        nonce,
        now_ms,
        max_age_ms,
    });
    let verdict = match args.current {
        true => current::verify(&bytes, &trust, &Recent { now_ms, max_age_ms }),
        false => presentation::verify(&bytes, &trust, expected.as_ref()),
    };
    let said = match (&verdict, args.json) {
        (Ok(proven), true) => told(proven).to_string(),
        (Ok(proven), false) => shown(proven),
        (Err(error), true) => {
            json!({ "valid": false, "step": error.code(), "reason": error.to_string() }).to_string()
        }
        (Err(error), false) => {
            let reason = printable(&error.to_string());
            let next = next(error).map(|next| format!("\n{next}"));
            let next = next.unwrap_or_default();
            format!("NOT VALID. The step that failed: {reason}.{next}")
        }
    };
    say!("{said}")?;
    Ok(match verdict {
        Ok(_) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    })
}

/// The keys of a log, and those that a history in a file leads to.
fn followed(log: &LogKeys, file: &Path) -> Result<LogKeys, String> {
    let path = file.display();
    let bytes =
        fs::read(file).map_err(|error| format!("the history {path} can't be read: {error}"))?;
    let history = History::read(&bytes).and_then(|history| log.follow(&history));
    history.map_err(|error| {
        let (code, reason) = (error.code(), printable(&error.to_string()));
        format!("the history {path} leads nowhere ({code}): {reason}")
    })
}

/// What to do about a proof that isn't believed, where there is something.
fn next(error: &BundleError) -> Option<&'static str> {
    let BundleError::Checkpoint(reason) = error else {
        return None;
    };
    reason.may_be_of_later_authorities().then_some(
        "If the notary has other authorities now than when your trust file was written, this may be a proof under theirs: \
         try again with --history FILE, which each of them serves at /authorities, or with a newer trust file from somebody you trust.",
    )
}

/// A time that isn't before 1970, or a length of time.
fn ms(ms: i64) -> u64 {
    u64::try_from(ms).unwrap_or_default()
}

/// What is proven, for programs.
fn told(proven: &Proven) -> serde_json::Value {
    let fields = proven.fields.iter().map(|(n, v)| (n.clone(), json_of(v)));
    let fields: serde_json::Map<_, _> = fields.collect();
    let attested = proven.attested_by.iter();
    let attested: Vec<_> = attested
        .map(|a| json!({ "party": a.party.as_str(), "name": a.name }))
        .collect();
    let mut told = json!({
        "valid": true, "contract": proven.contract, "kind": proven.kind, "fields": fields, "parts": parts_of(proven),
        "hidden": proven.hidden,
        "attested_by": attested, "certified_at_ms": proven.time_ms, "log_index": proven.log_index,
        "fact": proven.at.to_string(),
    });
    if let Some(shown) = &proven.shown {
        told["shown"] = json!({ "to": shown.audience(), "at_ms": shown.time_ms() });
    }
    if let Some(current) = &proven.current {
        told["current"] = json!({ "at_ms": current.time_ms, "log_index": current.covered });
    }
    told
}

/// What is proven, for people. What is hidden is said as loudly as what is shown: a payment reads otherwise without the
/// field that says that no money moved.
fn shown(proven: &Proven) -> String {
    let present = proven.fields.iter().filter(|(_, v)| *v != Value::Absent);
    let present = present.map(|(name, value)| (name.as_str(), printable(&words(value))));
    let parts = proven.parts.iter();
    let parts = parts.map(|(name, part)| (name.as_str(), printable(&part_words(part))));
    let hidden = proven.hidden.iter();
    let hidden = hidden.map(|name| (name.as_str(), HIDDEN.to_owned()));
    let rows: Vec<(&str, String)> = present.chain(parts).chain(hidden).collect();
    let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let mut lines = vec![format!(
        "VALID: {} under the contract {}.",
        proven.kind, proven.contract
    )];
    lines.extend(
        rows.iter()
            .map(|(n, value)| format!("  {n:width$}  {value}")),
    );
    let in_part = proven
        .parts
        .iter()
        .map(|(name, _)| format!("the rest of {name}"));
    let hidden: Vec<String> = proven.hidden.iter().cloned().chain(in_part).collect();
    if !hidden.is_empty() {
        lines.push(format!(
            "WARNING: not all of it is shown. What is hidden ({}) may change what the rest means.",
            hidden.join(", ")
        ));
    }
    let attested = proven.attested_by.iter();
    let attested: Vec<String> = attested
        .map(|a| format!("{} ({})", printable(&a.name), a.party))
        .collect();
    lines.push(format!("On the authority of {}.", attested.join(" and ")));
    lines.push(format!(
        "Certified by the notary on {}, entry {} of its log.",
        moment(proven.time_ms),
        proven.log_index
    ));
    if let Some(occasion) = &proven.shown {
        lines.push(format!(
            "Shown by its holder to {} on {}.",
            printable(occasion.audience()),
            moment(occasion.time_ms())
        ));
    }
    if let Some(current) = &proven.current {
        lines.push(format!(
            "Current on {}: not used up by anything before entry {} of the notary's log.",
            moment(current.time_ms),
            current.covered
        ));
    }
    lines.join("\n")
}

/// A moment for people; nothing for one beyond the calendar.
fn moment(ms: u64) -> String {
    let at = i64::try_from(ms)
        .ok()
        .and_then(|ms| Timestamp::from_millisecond(ms).ok());
    at.map(|at| at.strftime("%-d %B %Y, %H:%M:%S UTC").to_string())
        .unwrap_or_default()
}

/// Lists of which a part is shown, for programs: the items by their place from 1, and how many there are, if that is shown.
fn parts_of(proven: &Proven) -> serde_json::Value {
    let parts = proven.parts.iter().map(|(name, part)| {
        let items = part.items.iter();
        let items: serde_json::Map<_, _> = items
            .map(|item| ((item.index + 1).to_string(), json_of(&item.value)))
            .collect();
        let length = part.length.as_ref().map(|length| length.items);
        (name.clone(), json!({ "items": items, "length": length }))
    });
    parts.collect::<serde_json::Map<_, _>>().into()
}

/// A part of a list, for people.
fn part_words(part: &ListPart) -> String {
    let of = match &part.length {
        Some(length) => format!("of {} items", length.items),
        None => "of a list of unknown length".to_owned(),
    };
    let items = part.items.iter();
    let items: Vec<String> = items
        .map(|item| format!("item {}: {}", item.index + 1, words(&item.value)))
        .collect();
    [items.join("; "), of].join(" ").trim().to_owned()
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
        Value::File(file) => file.to_string(),
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
    use ledger::current::CurrentEntry;
    use ledger::fact::{FactRef, ShownItem};
    use ledger::presentation::Occasion;
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
            parts: vec![(
                "licences".to_owned(),
                ListPart {
                    position: 8,
                    length: None,
                    items: vec![ShownItem {
                        index: 16,
                        salt: Digest([0; 32]),
                        value: Value::Text("fishing \u{1b}".into()),
                    }],
                    hashes: Vec::new(),
                },
            )],
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
            shown: None,
            current: None,
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
                r"  licences   item 17: fishing \u{1b} of a list of unknown length",
                "  treatment  (hidden by whoever shows this proof)",
                "  member     (hidden by whoever shows this proof)",
                "WARNING: not all of it is shown. What is hidden (treatment, member, the rest of licences) may change what the rest means.",
                r"On the authority of A\nbody (GB-1).",
                "Certified by the notary on 24 June 2026, 12:00:00 UTC, entry 3 of its log.",
            ]
            .join("\n")
        );
        let said = told(&hiding());
        assert_eq!(said["hidden"], json!(["treatment", "member"]));
        let part = json!({ "items": { "17": "fishing \u{1b}" }, "length": null });
        assert_eq!(said["parts"], json!({ "licences": part }));
    }

    #[test]
    fn to_whom_it_is_shown_is_said() {
        let to = Occasion::new("The \u{1b}Bell".to_owned(), vec![7; 16], 1_782_302_460_000);
        let shown_to = Proven {
            shown: to.ok(),
            ..hiding()
        };
        assert_eq!(
            shown(&shown_to).lines().last(),
            Some(r"Shown by its holder to The \u{1b}Bell on 24 June 2026, 12:01:00 UTC.")
        );
        let at = json!({ "to": "The \u{1b}Bell", "at_ms": 1_782_302_460_000_u64 });
        assert_eq!(told(&shown_to)["shown"], at);
        assert_eq!(told(&hiding()).get("shown"), None);
    }

    #[test]
    fn when_it_was_current_is_said() {
        let current = Proven {
            current: Some(CurrentEntry {
                time_ms: 1_782_302_460_000,
                covered: 77,
                count: 1_000,
                root: Digest([1; 32]),
            }),
            ..hiding()
        };
        assert_eq!(
            shown(&current).lines().last(),
            Some(
                "Current on 24 June 2026, 12:01:00 UTC: not used up by anything before entry 77 of the notary's log."
            )
        );
        let said = json!({ "at_ms": 1_782_302_460_000_u64, "log_index": 77 });
        assert_eq!(told(&current)["current"], said);
        assert_eq!(told(&hiding()).get("current"), None);
    }

    #[test]
    fn where_nothing_is_hidden_there_is_no_warning() {
        let all = Proven {
            parts: Vec::new(),
            hidden: Vec::new(),
            ..hiding()
        };
        assert_eq!(shown(&all).lines().count(), 5);
        assert_eq!(told(&all)["hidden"], json!([]));
    }
}
