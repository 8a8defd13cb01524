//! Proofs of what is in the chain, and measuring them.

use std::error::Error;
use std::fmt;
use std::time::Instant;

use deed::Party;
use ledger::bundle::{Attestor, Place, ProofBundle};
use ledger::certificate::{BatchEntry, Certificate};
use ledger::fact::FIXED_LEAVES;
use ledger::signature::ToSign;
use ledger::transaction::FORMAT;
use ledger::{Digest, codec};
use serde_json::json;
use tlog::MerkleTree;

use super::chain::{ATTESTORS, Certified};
use super::town::{Town, checkpoint, noise};

/// Verifications before the clock starts.
const WARM_UP: u32 = 100;

/// The notary's log at one size, and its checkpoint then.
pub(super) struct Log {
    tree: MerkleTree,
    checkpoint: String,
}

impl Log {
    /// The log of this size in which these leaves stand behind the first `before`; all others are somebody else's.
    pub(super) fn around(
        town: &Town,
        before: u64,
        own: Vec<tlog::Hash>,
        size: u64,
    ) -> Result<Self, Box<dyn Error>> {
        let other = |i: u64| tlog::leaf_hash(&i.to_be_bytes());
        let behind = before + own.len() as u64;
        let leaves = (0..before).map(other).chain(own);
        let tree = MerkleTree::new(leaves.chain((behind..size).map(other)).collect());
        Ok(Self {
            checkpoint: checkpoint(&town.notary, size, tree.root())?,
            tree,
        })
    }

    /// The log of this size in which only one entry is not somebody else's.
    pub(super) fn among_others(
        town: &Town,
        entry: &BatchEntry,
        size: u64,
    ) -> Result<Self, Box<dyn Error>> {
        let own = tlog::leaf_hash(&codec::encode(entry));
        Self::around(town, entry.height, vec![own], size)
    }

    /// The certificate of the only id of a batch.
    pub(super) fn certificate(&self, entry: BatchEntry) -> Result<Certificate, Box<dyn Error>> {
        let path = self.tree.path(usize::try_from(entry.height)?);
        let path = path.ok_or("the batch is not in the log")?;
        Ok(Certificate {
            entry,
            index: 0,
            path: Vec::new(),
            log_path: path.into_iter().map(Digest::from).collect(),
            checkpoint: self.checkpoint.clone(),
        })
    }
}

/// What of a payment is proven.
#[derive(Clone, Copy)]
pub(super) enum Shown {
    /// The money that was paid, for which the bank vouches.
    Money,
    /// The receipt, for which the first so many of its attestors vouch.
    Receipt { attestors: usize },
}

/// A proof that shows every field, with the signatures of those who checked the payment.
pub(super) fn proof(
    town: &Town,
    certified: &Certified,
    shown: Shown,
    certificate: Certificate,
) -> Result<ProofBundle, Box<dyn Error>> {
    let (view, attestors) = match shown {
        Shown::Receipt { attestors } => (0, attestors),
        Shown::Money => (1, 1),
    };
    let opening = certified.transaction.opening();
    let whole = &certified.transaction.views[view];
    let mut vouching = Vec::new();
    for name in &ATTESTORS[..attestors] {
        let party = Party::new(name)?;
        let checked = certified.checked(town, name)?;
        let one = ToSign {
            id: checked.id,
            scope: checked.scopes(&party),
            salt: noise(&format!("scopes of {name} in {}", checked.id)),
        };
        let key = town.signing(&party)?;
        let signed = key.sign(&party, &town.home.network, vec![one])?;
        let attestation = signed
            .first()
            .and_then(|s| s.attestation(&opening.roots[view]));
        vouching.push(Attestor {
            member: town.member(&party)?,
            attestation: attestation.ok_or("the view is not vouched for")?,
        });
    }
    let place = Place::of(&opening, u32::try_from(view)?, &whole.hashes(), 0);
    Ok(ProofBundle {
        format: FORMAT,
        place: place.ok_or("the fact has no place")?,
        fact: whole.created[0].open(|leaf| leaf == 0 || leaf >= FIXED_LEAVES),
        attestors: vouching,
        map: town.map.clone(),
        certificate,
    })
}

/// A proof's cost.
pub(super) struct Measured {
    /// Bytes without the fact's own fields: the bundle less the encoded values that it shows (`[4,[value]]`). Their salts
    /// and places count, and everything else does.
    pub(super) bytes: usize,
    /// All bytes.
    pub(super) whole_bytes: usize,
    /// Median time from bytes to verdict.
    pub(super) micros: f64,
}

impl Measured {
    pub(super) fn of(
        bundle: &ProofBundle,
        town: &Town,
        rounds: u32,
    ) -> Result<Self, Box<dyn Error>> {
        let bytes = codec::encode(bundle);
        ledger::presentation::verify(&bytes, &town.trust, None)?;
        let micros = median(rounds, || {
            ledger::presentation::verify(&bytes, &town.trust, None).is_ok()
        })?;
        Ok(Self::with(bundle, micros))
    }

    pub(super) fn with(bundle: &ProofBundle, micros: f64) -> Self {
        let whole_bytes = codec::encode(bundle).len();
        let shown = bundle.fact.shown.iter();
        let fields = shown.filter(|leaf| leaf.position as usize >= FIXED_LEAVES);
        let own: usize = fields.map(|leaf| codec::encode(&leaf.content).len()).sum();
        Self {
            bytes: whole_bytes - own,
            whole_bytes,
            micros,
        }
    }

    pub(super) fn told(&self) -> serde_json::Value {
        json!({ "bytes": self.bytes, "whole_bytes": self.whole_bytes, "us": self.micros })
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { bytes, micros, .. } = self;
        write!(f, "{bytes:>6} bytes  {micros:>7.1} µs")
    }
}

/// The median time of what must hold each time, in microseconds to one decimal.
pub(super) fn median(rounds: u32, holds: impl Fn() -> bool) -> Result<f64, Box<dyn Error>> {
    let mut times = Vec::new();
    for round in 0..WARM_UP + rounds {
        let started = Instant::now();
        let held = holds();
        let took = started.elapsed();
        if !held {
            return Err("a proof that was valid no longer is".into());
        }
        if round >= WARM_UP {
            times.push(took.as_secs_f64() * 1e6);
        }
    }
    times.sort_by(f64::total_cmp);
    Ok((times[times.len() / 2] * 10.0).round() / 10.0)
}
