//! The network map as a proof sees it: who a party is and which keys it had at a pinned moment.
//!
//! The map is itself a log: its n-th entry commits the whole directory after the n-th change (a tree over member
//! records in order of identifier). A record is proven in the directory, the directory as the *last* entry of the log
//! at the pinned size: an outdated record can't be passed off as the one in force.

use deed::Party;
use minicbor::{Decode, Encode};

use crate::certificate::MapPin;
use crate::codec;
use crate::digest::Digest;
use crate::envelope::EnvelopeKey;
use crate::fact::{merkle_path, root, root_from_path};
use crate::signature::PublicKey;

/// What a member does in the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub enum MemberRole {
    /// Holds facts and signs.
    #[n(0)]
    Body,
    /// Publishes disclosures; holds no facts.
    #[n(1)]
    Portal,
    /// Certifies.
    #[n(2)]
    Notary,
    /// Admits members and keeps the map.
    #[n(3)]
    Registrar,
}

/// A member's entry in the directory.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct MemberRecord {
    /// Its identifier from a public scheme.
    #[cbor(n(0), with = "codec::party")]
    pub party: Party,
    /// The name people know it by.
    #[n(1)]
    pub name: String,
    /// The party whose node keeps its facts: itself, or the body that hosts its account.
    #[cbor(n(2), with = "codec::party")]
    pub host: Party,
    /// What it does.
    #[n(3)]
    pub role: MemberRole,
    /// Where its host's peers connect, `address:port`.
    #[n(4)]
    pub endpoint: String,
    /// Its signing key.
    #[n(5)]
    pub signing_key: PublicKey,
    /// Its key for sealed envelopes.
    #[n(6)]
    pub envelope_key: EnvelopeKey,
    /// The public services it offers, one line each.
    #[n(7)]
    pub services: Vec<String>,
    /// Its website.
    #[n(8)]
    pub website: String,
    /// Milliseconds since 1970-01-01 UTC at which it was admitted.
    #[n(9)]
    pub admitted_ms: u64,
    /// When its membership ended, if it did: signatures under a later map are refused.
    #[n(10)]
    pub revoked_ms: Option<u64>,
}

/// One entry of the map's log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct MapEntry {
    /// When the change was made, milliseconds since 1970-01-01 UTC.
    #[n(0)]
    pub time_ms: u64,
    /// Members in the directory after the change.
    #[n(1)]
    pub members: u32,
    /// Root over their records.
    #[n(2)]
    pub root: Digest,
}

const DIRECTORY: u8 = 0x60;

fn leaf(record: &MemberRecord) -> Digest {
    Digest::of(&[&[0x61], &codec::encode(record)])
}

/// The entry for a directory, whose records must ascend by identifier.
#[must_use]
pub fn map_entry(records: &[MemberRecord], time_ms: u64) -> MapEntry {
    debug_assert!(records.is_sorted_by(|a, b| a.party < b.party));
    let leaves: Vec<Digest> = records.iter().map(leaf).collect();
    MapEntry {
        time_ms,
        members: leaves.len() as u32,
        root: root(DIRECTORY, &leaves),
    }
}

/// The proof that a directory was in force at a pinned size of the map's log.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct MapProof {
    /// The directory.
    #[n(0)]
    pub entry: MapEntry,
    /// Size of the map's log; the entry is its last.
    #[n(1)]
    pub size: u64,
    /// Path from the entry to the log's root.
    #[n(2)]
    pub path: Vec<Digest>,
    /// The registrar's signed checkpoint of that size, a C2SP signed note.
    #[n(3)]
    pub checkpoint: String,
}

/// The proof that a record was in a directory.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct MemberProof {
    /// The record.
    #[n(0)]
    pub record: MemberRecord,
    /// Its position.
    #[n(1)]
    pub index: u32,
    /// Path to the directory's root.
    #[n(2)]
    pub path: Vec<Digest>,
}

impl MapProof {
    /// The root of the map's log that this proof leads to; `None` if the path is malformed.
    #[must_use]
    pub fn log_root(&self) -> Option<Digest> {
        let index = self.size.checked_sub(1)?;
        let leaf = tlog::leaf_hash(&codec::encode(&self.entry));
        let path: Vec<tlog::Hash> = self.path.iter().map(|h| (*h).into()).collect();
        tlog::root_from_path(leaf, index, self.size, &path)
            .ok()
            .map(Digest::from)
    }

    /// Whether this is the directory that a batch pinned.
    #[must_use]
    pub fn is_pinned_by(&self, pin: &MapPin) -> bool {
        self.size == pin.size && self.log_root() == Some(pin.root)
    }
}

impl MemberProof {
    /// The proof for the member at `index` of a directory.
    #[must_use]
    pub fn of(records: &[MemberRecord], index: usize) -> Option<Self> {
        let leaves: Vec<Digest> = records.iter().map(leaf).collect();
        Some(Self {
            record: records.get(index)?.clone(),
            index: index as u32,
            path: merkle_path(&leaves, index)?,
        })
    }

    /// Whether the record stands in the directory.
    #[must_use]
    pub fn is_in(&self, entry: &MapEntry) -> bool {
        root_from_path(
            DIRECTORY,
            leaf(&self.record),
            self.index,
            entry.members,
            &self.path,
        ) == Some(entry.root)
    }
}
