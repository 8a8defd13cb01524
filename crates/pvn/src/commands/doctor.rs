//! `pvn doctor`: what each node keeps, checked again at the node, and the totals of different bodies against each other.

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;

use api::{Finding, NodeStatus, Total};
use serde_json::json;

use super::Outcome;
use crate::cli::Doctor;
use crate::network::{Kind, Layout};
use crate::output::say;

/// What was found at one place.
struct Examined {
    name: String,
    findings: Vec<Finding>,
}

pub(super) fn run(args: &Doctor) -> Outcome {
    let layout = Layout::load_any(&args.data)?;
    let mut examined = Vec::new();
    let mut statuses = Vec::new();
    let mut hosts = BTreeMap::new();
    for place in layout.of_kind(Kind::Node) {
        let client = layout.client(place)?;
        let findings = match client.audit() {
            Ok(audit) => audit.findings,
            Err(error) => vec![Finding {
                invariant: "node_answers".to_owned(),
                found: error.to_string(),
            }],
        };
        examined.push(Examined {
            name: place.name.clone(),
            findings,
        });
        if let Ok(status) = client.status() {
            statuses.push(status);
        }
        hosts.extend(
            client
                .members()
                .unwrap_or_default()
                .into_iter()
                .map(|member| (member.party, member.host)),
        );
    }
    examined.push(Examined {
        name: "All together".to_owned(),
        findings: match layout.of_kind(Kind::Node).count() - statuses.len() {
            0 => together(&statuses, &hosts),
            silent => vec![Finding {
                invariant: "nodes_answer".to_owned(),
                found: format!("can't be said: {silent} nodes give no totals"),
            }],
        },
    });
    let clean = examined.iter().all(|e| e.findings.is_empty());
    if args.json {
        let places: Vec<_> = examined
            .iter()
            .map(|e| json!({ "name": e.name, "findings": e.findings }))
            .collect();
        say!(
            "{}",
            json!({ "clean": clean, "places": places, "totals": issued_and_held(&statuses) })
        )?;
    } else {
        for Examined { name, findings } in &examined {
            say!(
                "{name:<52} {}",
                if findings.is_empty() {
                    "clean"
                } else {
                    "NOT CLEAN"
                }
            )?;
            for finding in findings {
                say!("  {}: {}", finding.invariant, finding.found)?;
            }
        }
    }
    Ok(if clean {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Minor units issued, and minor units by the attributes of those who have them.
fn sums(totals: &[Total]) -> (i64, BTreeMap<String, i64>) {
    let mut issued = 0;
    let mut parts: BTreeMap<String, i64> = BTreeMap::new();
    for total in totals {
        match total.holder {
            None => issued += total.minor,
            Some(_) => *parts.entry(state(&total.attributes)).or_default() += total.minor,
        }
    }
    (issued, parts)
}

fn state(attributes: &serde_json::Map<String, serde_json::Value>) -> String {
    let texts = attributes.iter().map(|(name, value)| {
        format!(
            "{name} {}",
            value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned)
        )
    });
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

/// Who adds up all money of a kind, and what each gets.
fn added_up(statuses: &[NodeStatus]) -> Vec<(String, &[Total])> {
    let everybody = statuses
        .iter()
        .flat_map(|s| [(s, "observer", &s.observed), (s, "attestor", &s.attested)]);
    let all = everybody.filter(|(_, _, totals)| totals.iter().any(|total| total.holder.is_none()));
    all.map(|(status, capacity, totals)| {
        (format!("{} as {capacity}", status.name), totals.as_slice())
    })
    .collect()
}

/// By contract, kind, holder and attributes, minor units.
type Purses = BTreeMap<(String, String, String, String), i64>;

/// Invariants across nodes: everybody who adds up gets the same, and the holders have it. Only holders whose nodes were
/// examined can be asked; `hosts` says by party where its facts are kept.
fn together(statuses: &[NodeStatus], hosts: &BTreeMap<String, String>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut finding = |found: String| {
        findings.push(Finding {
            invariant: "honest_verdicts_agree".to_owned(),
            found,
        });
    };
    let sums: Vec<(String, i64, BTreeMap<String, i64>)> = added_up(statuses)
        .into_iter()
        .map(|(name, totals)| {
            let (issued, parts) = sums(totals);
            (name, issued, parts)
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
            finding(format!(
                "{} adds up to {:?}, {} to {:?}",
                pair[0].0, pair[0].2, pair[1].0, pair[1].2
            ));
        }
    }
    let mut held = Purses::new();
    for holding in statuses.iter().flat_map(|s| &s.holdings) {
        let (contract, kind, holder) = (
            holding.contract.clone(),
            holding.kind.clone(),
            holding.holder.clone(),
        );
        let purse = (contract, kind, holder, state(&holding.attributes));
        *held.entry(purse).or_default() += holding.free_minor + holding.locked_minor;
    }
    held.retain(|_, minor| *minor != 0);
    let asked = |holder: &str| {
        hosts
            .get(holder)
            .is_some_and(|host| statuses.iter().any(|s| s.party == *host))
    };
    for (name, totals) in added_up(statuses) {
        let mut seen = Purses::new();
        for total in totals.iter().filter(|total| total.minor != 0) {
            if let Some(holder) = total.holder.clone().filter(|holder| asked(holder)) {
                let purse = (
                    total.contract.clone(),
                    total.kind.clone(),
                    holder,
                    state(&total.attributes),
                );
                *seen.entry(purse).or_default() += total.minor;
            }
        }
        let sorts: BTreeSet<(&String, &String)> = totals
            .iter()
            .map(|total| (&total.contract, &total.kind))
            .collect();
        let own = held
            .iter()
            .filter(|((contract, kind, ..), _)| sorts.contains(&(contract, kind)));
        let own: Purses = own.map(|(purse, minor)| (purse.clone(), *minor)).collect();
        for purse in seen.keys().chain(own.keys()).collect::<BTreeSet<_>>() {
            let [of_all, of_holder] =
                [&seen, &own].map(|purses| purses.get(purse).copied().unwrap_or_default());
            if of_all != of_holder {
                let (_, kind, holder, state) = purse;
                finding(format!(
                    "{name} sees {of_all} of {kind} ({state}) with {holder}, who has {of_holder}"
                ));
            }
        }
    }
    findings
}
