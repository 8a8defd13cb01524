//! A node's own figures, in the API's terms.

use api::{Finding, Holding, KnownFact, Member, OpenWork, Total, Transaction};
use deed::Value;
use ledger::ContractId;
use ledger::fact::{Fact, FactRef};
use ledger::map::MemberRecord;
use ledger::tearoff::{SeenView, ShownOutput};
use ledger::trust::ContractBook;
use protocol::node::records::StoredTransaction;
use protocol::node::{MoneyTotal, Node, PurseKey};
use protocol::registrar::role_name;
use protocol::store::Store;
use serde_json::{Map, Value as Json};

use super::engine::DiskNode;

/// Names for a sort of money.
struct Named {
    contract: String,
    kind: String,
    attributes: Map<String, Json>,
}

fn name(book: &ContractBook, id: &ContractId, kind: u16, attributes: &[u8]) -> Named {
    let contract = book.get(id);
    let schema = contract.and_then(|c| c.kinds().get(usize::from(kind)));
    let values: Vec<Value> = PurseKey::attributes_of(attributes);
    let names = schema.map(|kind| {
        kind.attributes()
            .filter_map(|f| kind.fields.get(usize::from(f)))
            .map(|f| f.name.clone())
    });
    let attributes = names
        .map(|names| names.zip(values.iter().map(api::json)).collect())
        .unwrap_or_default();
    Named {
        contract: contract.map_or_else(|| id.to_string(), |c| c.name().to_owned()),
        kind: schema.map_or_else(|| kind.to_string(), |kind| kind.name.clone()),
        attributes,
    }
}

fn minor(amount: i128) -> i64 {
    i64::try_from(amount).unwrap_or(i64::MAX)
}

/// What a node holds, by sort.
pub(crate) fn holdings(node: &DiskNode, book: &ContractBook) -> Vec<Holding> {
    node.holdings()
        .into_iter()
        .map(|holding| {
            let key = &holding.key;
            let named = name(book, &key.contract, key.kind, &key.attributes);
            Holding {
                contract: named.contract,
                kind: named.kind,
                holder: key.holder.as_str().to_owned(),
                attributes: named.attributes,
                free_minor: minor(holding.free_minor),
                locked_minor: minor(holding.locked_minor),
                facts: holding.facts,
            }
        })
        .collect()
}

/// Sums in the API's terms.
pub(crate) fn totals(rows: impl Iterator<Item = MoneyTotal>, book: &ContractBook) -> Vec<Total> {
    rows.map(|row| {
        let named = name(book, &row.contract, row.kind, &row.attributes);
        Total {
            contract: named.contract,
            kind: named.kind,
            holder: row.holder,
            attributes: named.attributes,
            minor: row.minor,
        }
    })
    .collect()
}

/// Open work.
pub(crate) fn open_work(node: &DiskNode) -> OpenWork {
    let (driving, signed, queued) = node.open_counts();
    OpenWork {
        driving,
        signed,
        queued,
    }
}

/// Every invariant that doesn't hold.
pub(crate) fn audit<S: Store>(node: &mut Node<S>) -> Vec<Finding> {
    match node.audit() {
        Ok(findings) => findings
            .into_iter()
            .map(|f| Finding {
                invariant: f.invariant.to_owned(),
                found: f.found,
            })
            .collect(),
        Err(error) => vec![Finding {
            invariant: "store_readable".to_owned(),
            found: error.to_string(),
        }],
    }
}

/// A member in the API's terms.
pub(crate) fn member(record: &MemberRecord) -> Member {
    Member {
        party: record.party.as_str().to_owned(),
        name: record.name.clone(),
        host: record.details.host.as_str().to_owned(),
        role: role_name(record.role).to_owned(),
        endpoint: record.details.endpoint.clone(),
        services: record.details.services.clone(),
        website: record.details.website.clone(),
    }
}

/// A transaction in the API's terms.
pub(crate) fn known_transaction(stored: &StoredTransaction, book: &ContractBook) -> Transaction {
    let id = stored.seen.id();
    let mut facts = Vec::new();
    let mut hidden_views = 0;
    for (ordinal, view) in (0u32..).zip(&stored.seen.views) {
        let at = |output| FactRef {
            transaction: id,
            view: ordinal,
            output,
        };
        match view {
            SeenView::Whole(view) => {
                facts.extend(
                    view.consumed
                        .iter()
                        .map(|input| known_fact(input.at, "consumed", &input.fact, book)),
                );
                let created = (0u32..).zip(&view.created);
                facts.extend(
                    created.map(|(output, fact)| known_fact(at(output), "created", fact, book)),
                );
            }
            SeenView::Outputs(outputs) => {
                facts.extend(
                    outputs
                        .shown
                        .iter()
                        .filter_map(|(output, shown)| match shown {
                            ShownOutput::Whole(fact) => {
                                Some(known_fact(at(*output), "created", fact, book))
                            }
                            ShownOutput::Part(_) => None,
                        }),
                );
            }
            SeenView::Hidden(_) => hidden_views += 1,
        }
    }
    Transaction {
        id: id.to_string(),
        certified_at_ms: stored.certificate.entry.time_ms,
        log_index: stored.certificate.entry.height,
        signed_by: stored
            .signatures
            .iter()
            .map(|s| s.party.to_string())
            .collect(),
        facts,
        hidden_views,
    }
}

fn known_fact(at: FactRef, part: &str, fact: &Fact, book: &ContractBook) -> KnownFact {
    let contract = book.get(&fact.contract);
    let kind = contract.and_then(|c| c.kinds().get(usize::from(fact.kind)));
    let names = kind
        .map(|kind| kind.fields.iter().map(|f| f.name.clone()))
        .into_iter()
        .flatten();
    KnownFact {
        fact: at.to_string(),
        part: part.to_owned(),
        contract: contract.map_or_else(|| fact.contract.to_string(), |c| c.name().to_owned()),
        kind: kind.map_or_else(|| fact.kind.to_string(), |kind| kind.name.clone()),
        fields: names.zip(fact.fields.iter().map(api::json)).collect(),
    }
}
