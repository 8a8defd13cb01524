//! Verifying a bundle, step by step. Nothing inside it is trusted.

use deed::{Contract, Kind, Party, PartyRef, Value};

use super::{Attested, Attestor, BundleError, ProofBundle, Proven};
use crate::certificate::CertificateError;
use crate::codec;
use crate::digest::{TransactionId, ViewRoot};
use crate::fact::{FactRef, Opening};
use crate::limits::SIGNATURES_MAX;
use crate::log_keys::verify_checkpoint;
use crate::transaction::FORMAT;
use crate::trust::Trust;

/// The number of items, and the format: everything that is shown begins with them, in their one encoding.
pub(crate) fn beginning(bytes: &[u8]) -> Option<(u64, u8)> {
    let mut decoder = minicbor::Decoder::new(bytes);
    let (items, format) = (decoder.array().ok()??, decoder.u8().ok()?);
    let mut written = minicbor::Encoder::new(Vec::new());
    written.array(items).ok()?.u8(format).ok()?;
    let fits = usize::try_from(items).is_ok_and(|items| items <= bytes.len());
    (fits && bytes.starts_with(written.writer())).then_some((items, format))
}

/// Who can vouch for a fact of this kind, and how many must. `None` if a field that names one is hidden, or holds
/// something else: whoever shows the proof, or made the fact, must not choose by that whose signatures are needed.
fn attestors(kind: &Kind, fact: &Opening) -> Option<(Vec<Party>, u16)> {
    let mut named: Vec<&Party> = Vec::new();
    for reference in &kind.attestation.parties {
        match reference {
            PartyRef::Constant(party) => named.push(party),
            PartyRef::Field(field) => named.push(fact.field(usize::from(*field))?.as_party()?),
            PartyRef::Items(list) => match fact.field(usize::from(*list))? {
                Value::List(items) => named.extend(items.iter().filter_map(Value::as_party)),
                _ => return None,
            },
            PartyRef::EachItem { list, field } => match fact.field(usize::from(*list))? {
                Value::List(items) => named.extend(items.iter().filter_map(|item| match item {
                    Value::Record(values) => values.get(usize::from(*field))?.as_party(),
                    _ => None,
                })),
                _ => return None,
            },
        }
    }
    let mut attestors: Vec<Party> = Vec::with_capacity(named.len());
    for party in named {
        if !attestors.contains(party) {
            attestors.push(party.clone());
        }
    }
    let present = u16::try_from(attestors.len()).unwrap_or(u16::MAX);
    Some((attestors, kind.attestation.needed.min(present)))
}

impl ProofBundle {
    /// Reads a bundle.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, BundleError> {
        match beginning(bytes) {
            Some((_, found)) if found != FORMAT => Err(BundleError::Format { found }),
            _ => Ok(codec::decode(bytes)?),
        }
    }

    /// The contract and the kind of the fact: one that the contract declares itself, with as many fields.
    pub(crate) fn kind<'t>(
        &self,
        trust: &'t Trust,
    ) -> Result<(&'t Contract, &'t Kind), BundleError> {
        let (id, kind, fields) = self.fact.head().ok_or(BundleError::Fact)?;
        let contract = trust
            .contracts
            .get(&id)
            .ok_or(BundleError::Contract(id.0))?;
        let declared = |kind: &&Kind| kind.origin.is_none() && kind.fields.len() == fields as usize;
        let kind = contract.kinds().get(usize::from(kind)).filter(declared);
        Ok((contract, kind.ok_or(BundleError::Fact)?))
    }

    /// Verifies what a bundle says, whoever shows it: strangers go through [`crate::presentation::verify`]. Nothing inside it
    /// is trusted; every bit is covered.
    ///
    /// # Errors
    /// [`BundleError`], the step that failed.
    pub fn verify(&self, trust: &Trust) -> Result<Proven, BundleError> {
        let terms = &self.place.terms;
        for found in [self.format, terms.format] {
            if found != FORMAT {
                return Err(BundleError::Format { found });
            }
        }
        for (what, same) in [
            ("network", terms.network == trust.network),
            ("notary", terms.notary == trust.lineage()),
        ] {
            if !same {
                return Err(BundleError::Foreign(what));
            }
        }
        let (contract, schema) = self.kind(trust)?;
        let commitment = self.fact.commitment().ok_or(BundleError::Fact)?;
        let (root, id) = self.place.resolve(commitment).ok_or_else(|| {
            BundleError::Log("the fact's place in its transaction is malformed".to_owned())
        })?;
        let checkpoint = verify_checkpoint(&self.certificate.checkpoint, &trust.notary)
            .map_err(BundleError::Checkpoint)?;
        self.certificate
            .check_paths(&id, checkpoint.size(), &checkpoint.root().into())
            .map_err(|e| BundleError::Log(e.to_string()))?;
        match self.certificate.entry.keeps(terms) {
            Ok(()) => {}
            Err(CertificateError::Time) => return Err(BundleError::Time),
            Err(other) => return Err(BundleError::Map(other.to_string())),
        }
        self.verify_map(trust)?;
        let (attestors, needed) = attestors(schema, &self.fact).ok_or(BundleError::Fact)?;
        let attested_by = self.verify_signatures(trust, &id, &root, &attestors, needed)?;
        let names = schema.fields.iter().map(|f| f.name.clone()).enumerate();
        let is_hidden = |i| self.fact.field(i).is_none() && self.fact.part(i).is_none();
        let hidden = names.clone().filter(|(i, _)| is_hidden(*i));
        let parts = names.clone();
        Ok(Proven {
            contract: contract.name().to_owned(),
            kind: schema.name.clone(),
            fields: names
                .filter_map(|(i, name)| Some((name, self.fact.field(i)?.clone())))
                .collect(),
            parts: parts
                .filter_map(|(i, name)| Some((name, self.fact.part(i)?.clone())))
                .collect(),
            hidden: hidden.map(|(_, name)| name).collect(),
            at: FactRef {
                transaction: id,
                view: self.place.view,
                output: self.place.output,
            },
            time_ms: self.certificate.entry.time_ms,
            log_index: self.certificate.entry.height,
            attested_by,
            shown: None,
            current: None,
        })
    }

    fn verify_map(&self, trust: &Trust) -> Result<(), BundleError> {
        let wrong = |reason: &str| BundleError::Map(reason.to_owned());
        let checkpoint = verify_checkpoint(&self.map.checkpoint, &trust.registrar)
            .map_err(|error| BundleError::Map(error.to_string()))?;
        if self.map.log_root(checkpoint.size()) != Some(checkpoint.root().into()) {
            return Err(wrong("its checkpoint is for another directory"));
        }
        let pin = &self.certificate.entry.map;
        if checkpoint.size() != pin.size || !self.map.is_pinned_by(pin) {
            return Err(wrong("the notary decided under another directory"));
        }
        let mut members = self.attestors.iter().map(|a| &a.member);
        if !members.all(|member| member.is_in(&self.map.entry)) {
            return Err(wrong("a member's record is not in the directory"));
        }
        Ok(())
    }

    fn verify_signatures(
        &self,
        trust: &Trust,
        id: &TransactionId,
        view: &ViewRoot,
        attestors: &[Party],
        needed: u16,
    ) -> Result<Vec<Attested>, BundleError> {
        let wrong = |reason: String| BundleError::Signatures(reason);
        if attestors.is_empty() || self.attestors.len() > SIGNATURES_MAX {
            return Err(wrong("nobody attests this kind of fact".to_owned()));
        }
        let certified_ms = self.certificate.entry.time_ms;
        let mut attested: Vec<Attested> = Vec::new();
        for Attestor {
            member,
            attestation,
        } in &self.attestors
        {
            let record = &member.record;
            let party = &record.party;
            if !attestors.contains(party) || attested.iter().any(|a| a.party == *party) {
                return Err(wrong(format!("{party} does not attest this fact")));
            }
            let in_force = record.revoked_ms.is_none_or(|at| at > certified_ms);
            let key = record.keys.of(attestation.suite).filter(|_| in_force);
            let key =
                key.ok_or_else(|| wrong(format!("{party} was not a member with this key")))?;
            if !attestation.verifies(party, key, &trust.network, id, view) {
                return Err(wrong(format!(
                    "{party} did not sign, or did not vouch for this part of the transaction"
                )));
            }
            attested.push(Attested {
                party: party.clone(),
                name: record.name.clone(),
            });
        }
        if attested.len() < usize::from(needed) {
            return Err(wrong(format!(
                "{} of the {needed} needed attestors signed",
                attested.len()
            )));
        }
        Ok(attested)
    }
}
