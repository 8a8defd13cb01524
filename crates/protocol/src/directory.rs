//! The network map as a node holds it: a directory that was in force at one size of the map's log, with its proof.

use std::collections::BTreeMap;

use deed::Party;
use ledger::certificate::MapPin;
use ledger::codec;
use ledger::envelope::EnvelopeKey;
use ledger::limits::LIST_ITEMS_MAX;
use ledger::log_keys::{LogKeys, verify_checkpoint};
use ledger::map::{MapProof, MemberProof, MemberRecord, MemberRole, map_entry};
use ledger::signature::{PublicKey, Suite};
use minicbor::{Decode, Encode};

/// A directory with the proof that it was in force.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Snapshot {
    /// The members' records, ascending by identifier.
    #[cbor(n(0), with = "codec::list")]
    pub records: Vec<MemberRecord>,
    /// The proof.
    #[n(1)]
    pub proof: MapProof,
}

/// Why a directory isn't accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotError {
    /// The registrar's signature.
    #[error("the directory's checkpoint is not the registrar's: {0}")]
    Checkpoint(String),
    /// The records aren't what the checkpoint commits.
    #[error("the directory is not the one that its checkpoint commits")]
    Records,
}

/// The directory that a node works with: looked up by party.
#[derive(Clone, Debug)]
pub struct Members {
    snapshot: Snapshot,
    /// Entries in the map's log, as the registrar signed.
    size: u64,
    by_party: BTreeMap<Party, usize>,
}

impl Members {
    /// Accepts a directory after checking it against the registrar's key.
    ///
    /// # Errors
    /// [`SnapshotError`].
    pub fn accept(snapshot: Snapshot, registrar: &LogKeys) -> Result<Self, SnapshotError> {
        let checkpoint = verify_checkpoint(&snapshot.proof.checkpoint, registrar)
            .map_err(|error| SnapshotError::Checkpoint(error.to_string()))?;
        let ordered = snapshot.records.len() <= LIST_ITEMS_MAX
            && snapshot.records.is_sorted_by(|a, b| a.party < b.party);
        if !ordered
            || map_entry(&snapshot.records, snapshot.proof.entry.time_ms) != snapshot.proof.entry
            || snapshot.proof.log_root(checkpoint.size()) != Some(checkpoint.root().into())
        {
            return Err(SnapshotError::Records);
        }
        let by_party = snapshot
            .records
            .iter()
            .enumerate()
            .map(|(i, r)| (r.party.clone(), i))
            .collect();
        Ok(Self {
            snapshot,
            size: checkpoint.size(),
            by_party,
        })
    }

    /// The directory with its proof.
    #[must_use]
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// Entries in the map's log: the larger, the newer the directory.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Whether the other directory is this one later on, or the same signed anew.
    #[must_use]
    pub fn is_continued_by(&self, other: &Self) -> bool {
        other.size > self.size || other.pin() == self.pin()
    }

    /// The pin that the notary commits in a batch decided under this directory.
    #[must_use]
    pub fn pin(&self) -> MapPin {
        let root = self.snapshot.proof.log_root(self.size);
        MapPin {
            size: self.size,
            root: root.unwrap_or_default(),
        }
    }

    /// The record of a member in force.
    #[must_use]
    pub fn get(&self, party: &Party) -> Option<&MemberRecord> {
        let record = &self.snapshot.records[*self.by_party.get(party)?];
        record.revoked_ms.is_none().then_some(record)
    }

    /// The member whose node keeps this party's facts.
    #[must_use]
    pub fn host(&self, party: &Party) -> Option<&Party> {
        self.get(party).map(|record| &record.details.host)
    }

    /// The parties whose facts a member's node keeps.
    pub fn hosted_by(&self, node: &Party) -> impl Iterator<Item = &Party> {
        let records = self.snapshot.records.iter();
        records
            .filter(move |r| r.details.host == *node && r.revoked_ms.is_none())
            .map(|record| &record.party)
    }

    /// Members of a role, in order of identifier.
    pub fn of_role(&self, role: MemberRole) -> impl Iterator<Item = &MemberRecord> {
        self.snapshot
            .records
            .iter()
            .filter(move |r| r.role == role && r.revoked_ms.is_none())
    }

    /// The proof of a member's record in this directory.
    #[must_use]
    pub fn proof(&self, party: &Party) -> Option<MemberProof> {
        MemberProof::of(&self.snapshot.records, *self.by_party.get(party)?)
    }
}

impl ledger::validity::Directory for Members {
    fn key(&self, party: &Party, suite: Suite) -> Option<PublicKey> {
        self.get(party)?.keys.of(suite).cloned()
    }

    fn envelope_key(&self, party: &Party) -> Option<EnvelopeKey> {
        self.get(party).map(|r| r.details.envelope_key)
    }
}
