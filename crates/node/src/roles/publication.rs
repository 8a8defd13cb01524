//! From disclosures to pages: each published fact is verified like any stranger would, then handed to the index.

use std::collections::BTreeMap;

use deed::Value;
use ledger::bundle::{Attestor, BundleError, ProofBundle, Proven};
use ledger::codec;
use ledger::fact::Opening;
use ledger::log_keys::LogKeys;
use ledger::transaction::FORMAT;
use ledger::trust::Trust;
use protocol::directory::Members;
use protocol::message::Disclosure;
use serde::Serialize;

use crate::portal::{PublishedFact, PublishedValue};

/// A trust file as it is written.
#[derive(Serialize)]
struct TrustFile<'a> {
    pvn_trust: u8,
    network: &'a str,
    founded_by: String,
    registrar: Vec<String>,
    notary: NotaryKeys,
    contracts: Vec<ContractText<'a>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum NotaryKeys {
    /// Form 2: the founder's alone.
    Founded(Vec<String>),
    /// Form 3: of a log that went over to other authorities.
    Changed {
        keys: Vec<String>,
        epochs: Vec<EpochText>,
    },
}

#[derive(Serialize)]
struct EpochText {
    from: u64,
    authorities: String,
}

impl NotaryKeys {
    fn of(log: &LogKeys) -> Self {
        let keys = texts(log);
        let epochs = log.epochs().iter();
        let epochs = epochs.map(|epoch| EpochText {
            from: epoch.from,
            authorities: epoch.authorities.to_string(),
        });
        match log.epoch() {
            0 => Self::Founded(keys),
            _ => Self::Changed {
                keys,
                epochs: epochs.collect(),
            },
        }
    }
}

fn texts(log: &LogKeys) -> Vec<String> {
    log.keys().iter().map(ToString::to_string).collect()
}

#[derive(Serialize)]
struct ContractText<'a> {
    name: &'a str,
    sha256: String,
    text: &'a str,
}

/// The network's trust file: what verifiers start from (docs/protocol/verifiers.md).
///
/// # Errors
/// What serde_json can't write; it can write texts and lists of them.
pub fn trust_text(trust: &Trust, network_name: &str) -> Result<String, serde_json::Error> {
    let contracts = trust.contracts.iter().map(|(id, contract)| ContractText {
        name: contract.name(),
        sha256: id.to_string(),
        text: contract.source(),
    });
    let mut text = serde_json::to_string_pretty(&TrustFile {
        pvn_trust: if trust.notary.epoch() == 0 { 2 } else { 3 },
        network: network_name,
        founded_by: trust.registrar.own().to_string(),
        registrar: texts(&trust.registrar),
        notary: NotaryKeys::of(&trust.notary),
        contracts: contracts.collect(),
    })?;
    text.push('\n');
    Ok(text)
}

/// Verifies every fact of a disclosure under the directory that its batch pinned.
///
/// # Errors
/// [`BundleError`] of the first that doesn't hold.
pub(crate) fn published(
    disclosure: &Disclosure,
    members: &Members,
    trust: &Trust,
) -> Result<Vec<PublishedFact>, BundleError> {
    disclosure
        .facts
        .iter()
        .map(|disclosed| {
            let attestors = attestors(disclosed.fact.head(), &disclosed.fact, trust);
            let vouching = disclosure.vouching.iter();
            let attestors = vouching
                .filter(|vouching| attestors.contains(&vouching.party))
                .filter_map(|vouching| {
                    Some(Attestor {
                        member: members.proof(&vouching.party)?,
                        attestation: vouching.attestation.clone(),
                    })
                });
            let bundle = ProofBundle {
                format: FORMAT,
                place: disclosed.place.clone(),
                fact: disclosed.fact.clone(),
                attestors: attestors.collect(),
                map: members.snapshot().proof.clone(),
                certificate: disclosure.certificate.clone(),
            };
            let proven = bundle.verify(trust)?;
            // What its holder alone can show isn't given to everybody to show: no verifier would take it.
            let proof = match is_shown_by_holder(&disclosed.fact, trust) {
                true => Vec::new(),
                false => codec::encode(&bundle),
            };
            Ok(fact(&proven, proof, members))
        })
        .collect()
}

fn is_shown_by_holder(fact: &Opening, trust: &Trust) -> bool {
    let kind = fact.head().and_then(|(contract, kind, _)| {
        let contract = trust.contracts.get(&contract)?;
        contract.kinds().get(usize::from(kind))
    });
    kind.is_some_and(|kind| kind.shown_by.is_some())
}

fn attestors(
    head: Option<(ledger::ContractId, u16, u32)>,
    opening: &Opening,
    trust: &Trust,
) -> Vec<deed::Party> {
    let Some((contract, kind, fields)) = head else {
        return Vec::new();
    };
    let Some(contract) = trust.contracts.get(&contract) else {
        return Vec::new();
    };
    let fields = (0..fields as usize)
        .map(|i| opening.field(i).cloned().unwrap_or(Value::Absent))
        .collect();
    contract
        .roles_of(&deed::FactValue { kind, fields })
        .map(|roles| roles.attestors)
        .unwrap_or_default()
}

fn fact(proven: &Proven, proof: Vec<u8>, members: &Members) -> PublishedFact {
    let named = |party: &deed::Party| {
        members
            .get(party)
            .map_or_else(|| party.to_string(), |r| r.name.clone())
    };
    let value = |value: &Value| match value {
        Value::Text(text) => PublishedValue::Text(text.to_string()),
        Value::Int(int) => PublishedValue::Int(*int),
        Value::Bool(flag) => PublishedValue::Bool(*flag),
        Value::Money(money) => PublishedValue::Money {
            currency: money.currency.as_str().to_owned(),
            minor: money.minor,
        },
        Value::Date(date) => PublishedValue::Date(date.to_string()),
        Value::Party(party) => PublishedValue::Party {
            id: party.to_string(),
            name: named(party),
        },
        Value::Choice(choice) => PublishedValue::Choice(choice.to_string()),
        Value::File(file) => PublishedValue::Text(file.to_string()),
        Value::Absent => PublishedValue::Absent,
        Value::List(_) | Value::Record(_) => PublishedValue::Text(api::json(value).to_string()),
    };
    PublishedFact {
        id: proven.at.to_string(),
        transaction: proven.at.transaction.to_string(),
        contract: proven.contract.clone(),
        kind: proven.kind.clone(),
        log_index: proven.log_index,
        notarised_at: i64::try_from(proven.time_ms).unwrap_or(i64::MAX),
        fields: proven
            .fields
            .iter()
            .map(|(name, v)| (name.clone(), value(v)))
            .collect::<BTreeMap<_, _>>(),
        attested_by: proven
            .attested_by
            .iter()
            .map(|a| (a.party.to_string(), a.name.clone()))
            .collect(),
        proof,
    }
}
