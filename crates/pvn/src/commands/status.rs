//! `pvn status`: what a running network holds.

use std::collections::BTreeMap;
use std::process::ExitCode;

use api::{Holding, NodeStatus};
use deed::{Contract, Currency, Money, Type};
use ledger::trust::ContractBook;
use serde_json::{Value as Json, json};

use super::Outcome;
use crate::cli::Status;
use crate::client::ClientError;
use crate::network::{Kind, Layout};
use crate::output::{OutputError, printable, say};

pub(super) fn run(args: &Status) -> Outcome {
    let layout = Layout::load_any(&args.data)?;
    let mut nodes: Vec<(String, Result<Answer, ClientError>)> = Vec::new();
    for place in layout.of_kind(Kind::Node) {
        let answer = layout.client(place).and_then(|client| {
            let status = client.status()?;
            // Without them amounts are shown in minor units.
            let contracts = client.contracts().unwrap_or_default();
            Ok((status, currencies(&contracts)))
        });
        nodes.push((place.name.clone(), answer));
    }
    let published = match layout.of_kind(Kind::Portal).next() {
        Some(place) => layout
            .client(place)
            .and_then(|c| c.get::<Json>("/api/totals"))
            .ok(),
        None => None,
    };
    let all_up = nodes.iter().all(|(_, answer)| answer.is_ok());
    if args.json {
        let listed: Vec<Json> = nodes
            .iter()
            .map(|(name, answer)| match answer {
                Ok((status, _)) => json!(status),
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
        for (name, answer) in &nodes {
            match answer {
                Ok((status, currencies)) => print(status, currencies)?,
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

/// How a node stands, and the currencies of the money that it knows.
type Answer = (NodeStatus, Currencies);

/// The currency of each kind of money, by contract and kind.
type Currencies = BTreeMap<(String, String), Currency>;

fn currencies(contracts: &[api::Contract]) -> Currencies {
    let texts: Vec<String> = contracts.iter().map(|c| c.text.clone()).collect();
    let mut book = ContractBook::default();
    // A node says itself when it can't read a contract; amounts of it are shown in minor units.
    let _ = book.read(&texts);
    let of_contract = |contract: &Contract| {
        let name = contract.name().to_owned();
        let kinds = contract.kinds().iter();
        let money = kinds.filter_map(|kind| {
            let amount = usize::from(kind.money.as_ref()?.amount);
            match kind.fields.get(amount)?.ty {
                Type::Money(currency) => Some(((name.clone(), kind.name.clone()), currency)),
                _ => None,
            }
        });
        money.collect::<Vec<_>>()
    };
    book.iter().flat_map(|(_, c)| of_contract(c)).collect()
}

/// An amount in the currency of its kind; in minor units where no node gives the contract that says which.
fn amount(holding: &Holding, currencies: &Currencies) -> String {
    let minor = holding.free_minor + holding.locked_minor;
    let kind = (holding.contract.clone(), holding.kind.clone());
    match currencies.get(&kind) {
        Some(currency) => Money::new(*currency, minor).to_string(),
        None => format!("{minor} minor units"),
    }
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

fn print(status: &NodeStatus, currencies: &Currencies) -> Result<(), OutputError> {
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
            amount(holding, currencies),
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

#[cfg(test)]
mod tests {
    use ledger::ContractId;

    use super::*;

    const CONTRACT: &str = "contract coins version 1
  \"Coins.\"

fact Coin is money
  \"A coin.\"
  amount: money EUR
  owner:  party
  controlled by owner
";

    #[test]
    fn an_amount_is_shown_in_the_currency_that_its_contract_says() {
        let contract = Contract::load(CONTRACT).expect("a contract");
        let contract = api::Contract::of(&ContractId::of_text(CONTRACT), &contract);
        let currencies = currencies(&[contract]);
        let holding = |kind: &str| Holding {
            contract: "coins".to_owned(),
            kind: kind.to_owned(),
            holder: "A".to_owned(),
            attributes: serde_json::Map::new(),
            free_minor: 1_000,
            locked_minor: 250,
            facts: 2,
        };
        let shown = ["Coin", "Token"].map(|kind| amount(&holding(kind), &currencies));
        assert_eq!(shown, ["€12.50", "1250 minor units"]);
    }
}
