//! `pvn status`: what a running network holds.

use std::process::ExitCode;

use api::NodeStatus;
use serde_json::{Value as Json, json};

use super::Outcome;
use crate::cli::Status;
use crate::client::ClientError;
use crate::network::{Kind, Layout};
use crate::output::{OutputError, printable, say};

pub(super) fn run(args: &Status) -> Outcome {
    let layout = Layout::load_any(&args.data)?;
    let mut nodes: Vec<(String, Result<NodeStatus, ClientError>)> = Vec::new();
    for place in layout.of_kind(Kind::Node) {
        let status = layout.client(place).and_then(|client| client.status());
        nodes.push((place.name.clone(), status));
    }
    let published = match layout.of_kind(Kind::Portal).next() {
        Some(place) => layout
            .client(place)
            .and_then(|c| c.get::<Json>("/api/totals"))
            .ok(),
        None => None,
    };
    let all_up = nodes.iter().all(|(_, status)| status.is_ok());
    if args.json {
        let listed: Vec<Json> = nodes
            .iter()
            .map(|(name, status)| match status {
                Ok(status) => json!(status),
                Err(error) => {
                    json!({ "name": name, "health": "unreachable", "sentence": error.to_string() })
                }
            })
            .collect();
        say!(
            "{}",
            json!({ "network": layout.network, "nodes": listed, "published": published })
        )?;
    } else {
        for (name, status) in &nodes {
            match status {
                Ok(status) => print(status)?,
                Err(error) => say!("{name}\n  {error}")?,
            }
        }
    }
    Ok(if all_up {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn pounds(minor: i64) -> String {
    deed::Currency::new("GBP")
        .map(|currency| deed::Money { currency, minor }.to_string())
        .unwrap_or_default()
}

fn attributes(map: &serde_json::Map<String, Json>) -> String {
    let word = |value: &Json| {
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    };
    map.iter()
        .map(|(name, value)| format!("{name} {}", word(value)))
        .collect::<Vec<_>>()
        .join(", ")
}

fn print(status: &NodeStatus) -> Result<(), OutputError> {
    say!(
        "{} ({}), process {}",
        printable(&status.name),
        status.party,
        status.pid
    )?;
    say!("  {}", printable(&status.sentence))?;
    for holding in &status.holdings {
        say!(
            "  {:>24}  {} in {} facts{}  ({})",
            pounds(holding.free_minor + holding.locked_minor),
            holding.kind,
            holding.facts,
            if holding.locked_minor > 0 {
                ", some in open payments"
            } else {
                ""
            },
            [holding.holder.clone(), attributes(&holding.attributes)].join(", "),
        )?;
    }
    Ok(())
}
