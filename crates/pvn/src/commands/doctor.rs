//! `pvn doctor`: every invariant at every node, and the totals of different bodies against each other.

use std::collections::BTreeMap;
use std::process::ExitCode;

use api::{Finding, NodeStatus, Total};
use serde_json::json;

use super::Outcome;
use crate::cli::Doctor;
use crate::network::{Kind, Layout};

/// What was found at one place.
struct Examined {
    name: String,
    findings: Vec<Finding>,
}

pub(super) fn run(args: &Doctor) -> Outcome {
    let layout = Layout::load_any(&args.data)?;
    let mut examined = Vec::new();
    let mut statuses = Vec::new();
    for place in layout.of_kind(Kind::Node) {
        let client = layout.client(place)?;
        let findings = match client.audit() {
            Ok(findings) => findings,
            Err(error) => vec![Finding { invariant: "node_answers".to_owned(), found: error.to_string() }],
        };
        examined.push(Examined { name: place.name.clone(), findings });
        if let Ok(status) = client.status() {
            statuses.push(status);
        }
    }
    examined.push(Examined { name: "All together".to_owned(), findings: together(&statuses) });
    let clean = examined.iter().all(|e| e.findings.is_empty());
    if args.json {
        let places: Vec<_> = examined.iter().map(|e| json!({ "name": e.name, "findings": e.findings })).collect();
        println!("{}", json!({ "clean": clean, "places": places, "totals": issued_and_held(&statuses) }));
    } else {
        for Examined { name, findings } in &examined {
            println!("{name:<52} {}", if findings.is_empty() { "clean" } else { "NOT CLEAN" });
            for finding in findings {
                println!("  {}: {}", finding.invariant, finding.found);
            }
        }
    }
    Ok(if clean { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Minor units issued, and minor units by the attributes of those who have them.
fn sums(totals: &[Total]) -> (i64, BTreeMap<String, i64>) {
    let mut issued = 0;
    let mut parts: BTreeMap<String, i64> = BTreeMap::new();
    for total in totals {
        match total.holder {
            None => issued += total.minor,
            Some(_) => *parts.entry(state(total)).or_default() += total.minor,
        }
    }
    (issued, parts)
}

fn state(total: &Total) -> String {
    let texts = total.attributes.iter().map(|(name, value)| format!("{name} {}", value.as_str().map_or_else(|| value.to_string(), str::to_owned)));
    texts.collect::<Vec<_>>().join(", ")
}

fn issued_and_held(statuses: &[NodeStatus]) -> serde_json::Value {
    let rows: Vec<_> = statuses
        .iter()
        .flat_map(|s| [("observed", &s.observed), ("attested", &s.attested)].map(|(as_, totals)| (s, as_, totals)))
        .filter(|(_, _, totals)| !totals.is_empty())
        .map(|(status, capacity, totals)| {
            let (issued, parts) = sums(totals);
            json!({ "by": status.name, "capacity": capacity, "issued_minor": issued, "parts_minor": parts })
        })
        .collect();
    json!(rows)
}

/// Invariants across nodes: everybody who adds up gets the same, and the holders together hold it.
fn together(statuses: &[NodeStatus]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut finding = |found: String| {
        findings.push(Finding { invariant: "honest_verdicts_agree".to_owned(), found });
    };
    let sums: Vec<(String, i64, BTreeMap<String, i64>)> = statuses
        .iter()
        .flat_map(|s| [("as observer", &s.observed), ("as attestor", &s.attested)].map(|(c, t)| (s, c, t)))
        .filter(|(_, _, totals)| totals.iter().any(|t| t.holder.is_none()))
        .map(|(status, capacity, totals)| {
            let (issued, parts) = sums(totals);
            (format!("{} {capacity}", status.name), issued, parts)
        })
        .collect();
    for (name, issued, parts) in &sums {
        let all: i64 = parts.values().sum();
        if *issued != all {
            finding(format!("{name}: issued {issued}, in all hands {all}"));
        }
    }
    for pair in sums.windows(2) {
        if (pair[0].1, &pair[0].2) != (pair[1].1, &pair[1].2) {
            finding(format!("{} adds up to {:?}, {} to {:?}", pair[0].0, pair[0].2, pair[1].0, pair[1].2));
        }
    }
    let mut held: BTreeMap<String, i64> = BTreeMap::new();
    for holding in statuses.iter().flat_map(|s| &s.holdings) {
        let total = Total {
            contract: String::new(),
            kind: String::new(),
            holder: None,
            attributes: holding.attributes.clone(),
            minor: 0,
        };
        *held.entry(state(&total)).or_default() += holding.free_minor + holding.locked_minor;
    }
    if let Some((name, _, parts)) = sums.first() {
        let parts: BTreeMap<String, i64> = parts.iter().filter(|(_, m)| **m != 0).map(|(s, m)| (s.clone(), *m)).collect();
        held.retain(|_, minor| *minor != 0);
        if held != parts {
            finding(format!("{name} adds up to {parts:?}, the holders have {held:?}"));
        }
    }
    findings
}
