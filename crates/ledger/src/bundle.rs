//! Proof bundles: everything needed to verify a fact, or chosen fields of it, offline, in one hop and constant size.

mod place;
mod verify;

use deed::{Party, Value};
use minicbor::{Decode, Encode};

pub use crate::bundle::place::Place;
pub(crate) use crate::bundle::verify::beginning;
use crate::certificate::Certificate;
use crate::codec;
use crate::current::{CurrentEntry, NotCurrent};
use crate::digest::Digest;
use crate::fact::{FactRef, ListPart, Opening};
use crate::log_keys::NotBelieved;
use crate::map::{MapProof, MemberProof};
use crate::presentation::{NotShown, Occasion};
use crate::signature::Attestation;
use crate::transaction::FORMAT;

/// An attestor as a proof shows it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Attestor {
    /// Its entry in the directory.
    #[n(0)]
    pub member: MemberProof,
    /// That it vouches for the view.
    #[n(1)]
    pub attestation: Attestation,
}

/// A fact, or chosen fields of it, with everything needed to verify it from a [`crate::trust::Trust`].
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
    /// Those who attest it.
    #[cbor(n(3), with = "codec::list")]
    pub attestors: Vec<Attestor>,
    /// The directory that the notary's batch pinned.
    #[n(4)]
    pub map: MapProof,
    /// The notary's certificate.
    #[n(5)]
    pub certificate: Certificate,
}

/// The step at which a bundle fails.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// Not a proof bundle at all.
    #[error("reading the file: {0}")]
    Read(#[from] codec::DecodeError),
    /// For another network or notary.
    #[error("where it belongs: the proof is for another {0}")]
    Foreign(&'static str),
    /// In another format.
    #[error(
        "where it belongs: the proof is in format {found}, and this version reads format {FORMAT}"
    )]
    Format {
        /// The format in which it is written.
        found: u8,
    },
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
    Checkpoint(NotBelieved),
    /// The paths from the fact to the checkpoint.
    #[error("the notary's log: {0}")]
    Log(String),
    /// The agreed time lies outside the transaction's window.
    #[error("the time: certified outside the transaction's own time window")]
    Time,
    /// A signature is wrong, superfluous or missing.
    #[error("the signatures: {0}")]
    Signatures(String),
    /// Not shown by whose it is to show, to whom asked for it, now.
    #[error("the holder: {0}")]
    Holder(#[from] NotShown),
    /// Not shown to be still current.
    #[error("whether it is current: {0}")]
    Current(#[from] NotCurrent),
}

impl BundleError {
    /// A stable code for the step that failed.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Read(_) => "read",
            Self::Foreign(_) | Self::Format { .. } => "where_it_belongs",
            Self::Contract(_) => "contract",
            Self::Fact => "fact",
            Self::Map(_) => "network_map",
            Self::Checkpoint(_) => "checkpoint",
            Self::Log(_) => "log",
            Self::Time => "time",
            Self::Signatures(_) => "signatures",
            Self::Holder(_) => "holder",
            Self::Current(_) => "current",
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
    /// Lists of which a part is shown, by field, in the kind's order.
    pub parts: Vec<(String, ListPart)>,
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
    /// To whom its holder showed it, and when, where only the holder can show it.
    pub shown: Option<Occasion>,
    /// The root over the used marks under which its own isn't, where the proof says that the fact is current.
    pub current: Option<CurrentEntry>,
}
