//! Proof bundles: everything needed to verify a fact, or chosen fields of it, offline, in one hop and constant size.

use deed::{Kind, Party, PartyRef, Value};
use minicbor::{Decode, Encode};
use tlog::{Checkpoint, Note, VerifierKey};

use crate::certificate::{Certificate, CertificateError};
use crate::codec;
use crate::digest::{Digest, TransactionId, ViewRoot};
use crate::fact::{FactRef, OUTPUTS, Opening, merkle_path, root_from_path};
use crate::limits::{PATH_MAX, SIGNATURES_MAX};
use crate::map::{MapProof, MemberProof};
use crate::signature::{Role, ScopedSignature};
use crate::transaction::{FORMAT, IdOpening, Terms, VIEWS};
use crate::trust::Trust;
use crate::view::{ViewHashes, ViewSkeleton, head_hash};

/// The path from a fact's commitment to the transaction id.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Place {
    /// The transaction's terms.
    #[n(0)]
    pub terms: Terms,
    /// Hash of its tokens and commitments.
    #[n(1)]
    pub load: Digest,
    /// Ordinal of the view.
    #[n(2)]
    pub view: u32,
    /// Path from the view's root to the root over views.
    #[n(3)]
    pub view_path: Vec<Digest>,
    /// Salt of the view's head.
    #[n(4)]
    pub head_salt: Digest,
    /// Hash of the view's command.
    #[n(5)]
    pub command: Digest,
    /// Root over the view's inputs.
    #[n(6)]
    pub inputs: Digest,
    /// Number of facts that the view creates.
    #[n(7)]
    pub outputs: u32,
    /// Position of the fact among them.
    #[n(8)]
    pub output: u32,
    /// Path from the fact's commitment to the root over created facts.
    #[n(9)]
    pub output_path: Vec<Digest>,
}

/// A fact, or chosen fields of it, with everything needed to verify it from a [`Trust`].
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub struct ProofBundle {
    /// The format, [`FORMAT`].
    #[n(0)]
    pub format: u8,
    /// Where the fact stands in its transaction.
    #[n(1)]
    pub place: Place,
    /// What is shown of the fact.
    #[n(2)]
    pub fact: Opening,
    /// The signatures of those who attest it.
    #[n(3)]
    pub signatures: Vec<ScopedSignature>,
    /// Their entries in the directory, in the same order.
    #[n(4)]
    pub members: Vec<MemberProof>,
    /// The directory that the notary's batch pinned.
    #[n(5)]
    pub map: MapProof,
    /// The notary's certificate.
    #[n(6)]
    pub certificate: Certificate,
}

/// The step at which a bundle fails.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// Not a proof bundle at all.
    #[error("reading the file: {0}")]
    Read(#[from] codec::DecodeError),
    /// For another network, notary or format.
    #[error("where it belongs: the proof is for another {0}")]
    Foreign(&'static str),
    /// The contract isn't one that the verifier accepts.
    #[error("the contract: {0} is not among the contracts you trust")]
    Contract(Digest),
    /// What is shown is not a fact of that contract.
    #[error("the fact: what is shown is not a fact of the contract it names")]
    Fact,
    /// The registrar's signature on the map, or the map's paths.
    #[error("the network map: {0}")]
    Map(String),
    /// The notary's signature.
    #[error("the notary's checkpoint: {0}")]
    Checkpoint(String),
    /// The paths from the fact to the checkpoint.
    #[error("the notary's log: {0}")]
    Log(String),
    /// The agreed time lies outside the transaction's window.
    #[error("the time: certified outside the transaction's own time window")]
    Time,
    /// A signature is wrong, superfluous or missing.
    #[error("the signatures: {0}")]
    Signatures(String),
}

impl BundleError {
    /// A stable code for the step that failed.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Read(_) => "read",
            Self::Foreign(_) => "where_it_belongs",
            Self::Contract(_) => "contract",
            Self::Fact => "fact",
            Self::Map(_) => "network_map",
            Self::Checkpoint(_) => "checkpoint",
            Self::Log(_) => "log",
            Self::Time => "time",
            Self::Signatures(_) => "signatures",
        }
    }
}

/// Who attested a fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attested {
    /// Its identifier.
    pub party: Party,
    /// The name in the network map that the notary pinned.
    pub name: String,
}

/// What a bundle proves.
#[derive(Debug, Clone, PartialEq)]
pub struct Proven {
    /// The contract's name.
    pub contract: String,
    /// The kind of fact.
    pub kind: String,
    /// Shown fields by name, in the kind's order.
    pub fields: Vec<(String, Value)>,
    /// Names of the fields that whoever shows the proof keeps hidden, in the kind's order: not the same as absent ones.
    pub hidden: Vec<String>,
    /// Where it was created.
    pub at: FactRef,
    /// When the notary certified it, milliseconds since 1970-01-01 UTC.
    pub time_ms: u64,
    /// Position of the batch in the notary's log.
    pub log_index: u64,
    /// On whose authority.
    pub attested_by: Vec<Attested>,
}

/// A checkpoint of exactly this log, signed by exactly this key; every byte of the note counts.
///
/// # Errors
/// What is wrong, in words.
pub fn verify_checkpoint(note: &str, key: &VerifierKey) -> Result<Checkpoint, String> {
    let parsed = Note::parse(note.as_bytes()).map_err(|e| e.to_string())?;
    let keys = std::slice::from_ref(key);
    let verified = parsed.verify_exact(keys).map_err(|e| e.to_string())?;
    let checkpoint = Checkpoint::parse(verified.text.as_str()).map_err(|e| e.to_string())?;
    if checkpoint.origin().as_str() != key.name().as_str() {
        return Err(format!("it is of the log {}", checkpoint.origin().as_str()));
    }
    if parsed.to_string() != note {
        return Err("it is not written in its one form".to_owned());
    }
    Ok(checkpoint)
}

impl Place {
    /// The place of `output` of the view with these hashes.
    #[must_use]
    pub fn of(
        opening: &IdOpening,
        view: u32,
        hashes: &ViewHashes,
        output: u32,
        head_salt: Digest,
    ) -> Option<Self> {
        let ViewHashes {
            skeleton,
            commitments,
        } = hashes;
        let roots: Vec<Digest> = opening.roots.iter().map(|r| r.0).collect();
        Some(Self {
            terms: opening.header.terms.clone(),
            load: opening.header.load(),
            view,
            view_path: merkle_path(&roots, view as usize)?,
            head_salt,
            command: skeleton.command,
            inputs: skeleton.inputs,
            outputs: commitments.len() as u32,
            output,
            output_path: merkle_path(commitments, output as usize)?,
        })
    }

    /// The view's root and the transaction id, if `commitment` (a fact of `contract`) stands here.
    #[must_use]
    pub fn resolve(
        &self,
        contract: &crate::ContractId,
        commitment: Digest,
    ) -> Option<(ViewRoot, TransactionId)> {
        if self.view_path.len() > PATH_MAX || self.output_path.len() > PATH_MAX {
            return None;
        }
        let outputs = root_from_path(
            OUTPUTS,
            commitment,
            self.output,
            self.outputs,
            &self.output_path,
        )?;
        let skeleton = ViewSkeleton {
            head: head_hash(&self.head_salt, self.view, contract),
            command: self.command,
            inputs: self.inputs,
            outputs,
        };
        let root = skeleton.root();
        let views = root_from_path(VIEWS, root.0, self.view, self.terms.views, &self.view_path)?;
        Some((root, self.terms.id(&self.load, &views)))
    }
}

/// Who can vouch for a fact of this kind, and how many must. `None` if a field that names one is hidden: whoever shows the
/// proof must not choose, by what it hides, whose signatures are needed.
fn attestors(kind: &Kind, fact: &Opening) -> Option<(Vec<Party>, u16)> {
    let mut named: Vec<&Party> = Vec::new();
    for reference in &kind.attestation.parties {
        match reference {
            PartyRef::Constant(party) => named.push(party),
            PartyRef::Field(field) => named.extend(fact.field(usize::from(*field))?.as_party()),
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
    /// Reads and verifies a bundle from its bytes. Nothing inside it is trusted; every bit is covered.
    ///
    /// # Errors
    /// [`BundleError`], the step that failed.
    pub fn verify_bytes(bytes: &[u8], trust: &Trust) -> Result<Proven, BundleError> {
        codec::decode::<Self>(bytes)?.verify(trust)
    }

    /// Verifies a bundle.
    ///
    /// # Errors
    /// [`BundleError`], the step that failed.
    pub fn verify(&self, trust: &Trust) -> Result<Proven, BundleError> {
        let terms = &self.place.terms;
        for (what, same) in [
            ("format", self.format == FORMAT && terms.format == FORMAT),
            ("network", terms.network == trust.network),
            ("notary", terms.notary == trust.lineage()),
        ] {
            if !same {
                return Err(BundleError::Foreign(what));
            }
        }
        let (contract_id, kind, _) = self.fact.head().ok_or(BundleError::Fact)?;
        let contract = trust
            .contracts
            .get(&contract_id)
            .ok_or(BundleError::Contract(contract_id.0))?;
        let schema = contract
            .kinds()
            .get(usize::from(kind))
            .ok_or(BundleError::Fact)?;
        if !self.fact.well_formed()
            || self.fact.leaves.len() != crate::fact::FIXED_LEAVES + schema.fields.len()
        {
            return Err(BundleError::Fact);
        }
        let (root, id) = self
            .place
            .resolve(&contract_id, self.fact.commitment())
            .ok_or_else(|| {
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
        let hidden = names.clone().filter(|(i, _)| self.fact.field(*i).is_none());
        Ok(Proven {
            contract: contract.name().to_owned(),
            kind: schema.name.clone(),
            fields: names
                .filter_map(|(i, name)| Some((name, self.fact.field(i)?.clone())))
                .collect(),
            hidden: hidden.map(|(_, name)| name).collect(),
            at: FactRef {
                transaction: id,
                view: self.place.view,
                output: self.place.output,
            },
            time_ms: self.certificate.entry.time_ms,
            log_index: self.certificate.log_index,
            attested_by,
        })
    }

    fn verify_map(&self, trust: &Trust) -> Result<(), BundleError> {
        let wrong = |reason: &str| BundleError::Map(reason.to_owned());
        let checkpoint =
            verify_checkpoint(&self.map.checkpoint, &trust.registrar).map_err(BundleError::Map)?;
        if checkpoint.size() != self.map.size
            || self.map.log_root() != Some(checkpoint.root().into())
        {
            return Err(wrong("its checkpoint is for another directory"));
        }
        if !self.map.is_pinned_by(&self.certificate.entry.map) {
            return Err(wrong("the notary decided under another directory"));
        }
        if !self
            .members
            .iter()
            .all(|m| m.path.len() <= PATH_MAX && m.is_in(&self.map.entry))
        {
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
        if attestors.is_empty() || self.signatures.len() > SIGNATURES_MAX {
            return Err(wrong("nobody attests this kind of fact".to_owned()));
        }
        if self.members.len() != self.signatures.len() {
            return Err(wrong("signatures and keys do not pair up".to_owned()));
        }
        let mut attested: Vec<Attested> = Vec::new();
        for (signature, member) in self.signatures.iter().zip(&self.members) {
            let (party, record) = (&signature.party, &member.record);
            if record.party != *party
                || record
                    .revoked_ms
                    .is_some_and(|at| at <= self.certificate.entry.time_ms)
            {
                return Err(wrong(format!("{party} was not a member with this key")));
            }
            if !attestors.contains(party) || attested.iter().any(|a| a.party == *party) {
                return Err(wrong(format!("{party} does not attest this fact")));
            }
            if !signature.verifies(&record.signing_key, &trust.network, id) {
                return Err(wrong(format!("the signature of {party} does not verify")));
            }
            if !signature.covers(view, &Role::Attestor) {
                return Err(wrong(format!(
                    "{party} did not vouch for this part of the transaction"
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
