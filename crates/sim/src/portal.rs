//! The portal: believes nothing but proofs, and counts what they say.

use std::collections::BTreeMap;

use deed::Value;
use ledger::bundle::{Attestor, ProofBundle, Proven};
use ledger::fact::FactRef;
use ledger::trust::Trust;
use protocol::directory::Members;
use protocol::message::Disclosure;

/// What has been published, proven fact by fact.
pub struct Portal {
    trust: Trust,
    directories: Vec<Members>,
    facts: BTreeMap<FactRef, Proven>,
}

impl Portal {
    pub(crate) fn new(trust: Trust, directories: Vec<Members>) -> Self {
        Self {
            trust,
            directories,
            facts: BTreeMap::new(),
        }
    }

    /// Takes a disclosure over, after making and verifying the proof of each of its facts.
    ///
    /// # Errors
    /// What is wrong with it, in words: an honest attestor's disclosure always verifies.
    pub(crate) fn receive(&mut self, disclosure: &Disclosure) -> Result<usize, String> {
        let pin = disclosure.certificate.entry.map;
        let members = self
            .directories
            .iter()
            .find(|members| members.pin() == pin)
            .ok_or("it was decided under a directory that nobody has seen")?;
        for disclosed in &disclosure.facts {
            let attestors = disclosure.vouching.iter().map(|vouching| {
                Some(Attestor {
                    member: members.proof(&vouching.party)?,
                    attestation: vouching.attestation.clone(),
                })
            });
            let bundle = ProofBundle {
                format: ledger::transaction::FORMAT,
                place: disclosed.place.clone(),
                fact: disclosed.fact.clone(),
                attestors: attestors
                    .collect::<Option<_>>()
                    .ok_or("a signature of a stranger")?,
                map: members.snapshot().proof.clone(),
                certificate: disclosure.certificate.clone(),
            };
            let proven = bundle
                .verify(&self.trust)
                .map_err(|error| error.to_string())?;
            self.facts.insert(proven.at, proven);
        }
        Ok(disclosure.facts.len())
    }

    /// Whether a fact was published here.
    #[must_use]
    pub fn knows(&self, at: &FactRef) -> bool {
        self.facts.contains_key(at)
    }

    /// Number of facts.
    #[must_use]
    pub fn count(&self) -> usize {
        self.facts.len()
    }

    /// Minor units over all published amounts of a kind of fact.
    #[must_use]
    pub fn total(&self, kind: &str) -> i128 {
        self.facts
            .values()
            .filter(|proven| proven.kind == kind)
            .flat_map(|proven| &proven.fields)
            .filter_map(|(_, value)| match value {
                Value::Money(money) => Some(i128::from(money.minor)),
                _ => None,
            })
            .sum()
    }
}
