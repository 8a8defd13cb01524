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
pub use crate::member_keys::MemberKeys;
use crate::tree::{merkle_path, root, root_from_path};

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

/// A member's entry in the directory, as members keep it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct MemberRecord {
    /// Its identifier from a public scheme.
    #[cbor(n(0), with = "codec::party")]
    pub party: Party,
    /// The name people know it by.
    #[cbor(n(1), with = "codec::text")]
    pub name: String,
    /// What it does.
    #[n(2)]
    pub role: MemberRole,
    /// Its signing keys.
    #[n(3)]
    pub keys: MemberKeys,
    /// Milliseconds since 1970-01-01 UTC at which it was admitted.
    #[n(4)]
    pub admitted_ms: u64,
    /// When its membership ended, if it did: signatures under a later map are refused.
    #[n(5)]
    pub revoked_ms: Option<u64>,
    /// What members need to work with it.
    #[n(6)]
    pub details: MemberDetails,
}

/// What members need to work with a member, and a proof doesn't show.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct MemberDetails {
    /// The party whose node keeps its facts: itself, or the body that hosts its account.
    #[cbor(n(0), with = "codec::party")]
    pub host: Party,
    /// Where its host's peers connect, `address:port`.
    #[cbor(n(1), with = "codec::text")]
    pub endpoint: String,
    /// Its key for sealed envelopes.
    #[n(2)]
    pub envelope_key: EnvelopeKey,
    /// The public services it offers, one line each.
    #[cbor(n(3), with = "codec::texts")]
    pub services: Vec<String>,
    /// Its website.
    #[cbor(n(4), with = "codec::text")]
    pub website: String,
}

/// A member's entry as a proof shows it: what a stranger needs to check a signature, and the details' hash.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ShownRecord {
    /// Its identifier.
    #[cbor(n(0), with = "codec::party")]
    pub party: Party,
    /// Its name.
    #[cbor(n(1), with = "codec::text")]
    pub name: String,
    /// What it does.
    #[n(2)]
    pub role: MemberRole,
    /// Its signing keys.
    #[n(3)]
    pub keys: MemberKeys,
    /// When it was admitted.
    #[n(4)]
    pub admitted_ms: u64,
    /// When its membership ended, if it did.
    #[n(5)]
    pub revoked_ms: Option<u64>,
    /// Hash of its details.
    #[n(6)]
    pub details: Digest,
}

impl MemberRecord {
    /// What a proof shows of it.
    #[must_use]
    pub fn shown(&self) -> ShownRecord {
        ShownRecord {
            party: self.party.clone(),
            name: self.name.clone(),
            role: self.role,
            keys: self.keys.clone(),
            admitted_ms: self.admitted_ms,
            revoked_ms: self.revoked_ms,
            details: Digest::of(&[&[0x62], &codec::encode(&self.details)]),
        }
    }
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

fn leaf(record: &ShownRecord) -> Digest {
    Digest::of(&[&[0x61], &codec::encode(record)])
}

fn leaves(records: &[MemberRecord]) -> Vec<Digest> {
    records.iter().map(|record| leaf(&record.shown())).collect()
}

/// The entry for a directory, whose records must ascend by identifier.
#[must_use]
pub fn map_entry(records: &[MemberRecord], time_ms: u64) -> MapEntry {
    debug_assert!(records.is_sorted_by(|a, b| a.party < b.party));
    let leaves = leaves(records);
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
    /// Path from the entry, which is the last at the pinned size, to the log's root.
    #[cbor(n(1), with = "codec::path")]
    pub path: Vec<Digest>,
    /// The registrar's signed checkpoint of that size, a C2SP signed note.
    #[cbor(n(2), with = "codec::text")]
    pub checkpoint: String,
}

/// The proof that a record was in a directory.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct MemberProof {
    /// The record.
    #[n(0)]
    pub record: ShownRecord,
    /// Its position.
    #[n(1)]
    pub index: u32,
    /// Path to the directory's root.
    #[cbor(n(2), with = "codec::path")]
    pub path: Vec<Digest>,
}

impl MapProof {
    /// The root of the map's log of this size that the proof leads to; `None` if the path is malformed.
    #[must_use]
    pub fn log_root(&self, size: u64) -> Option<Digest> {
        let leaf = tlog::leaf_hash(&codec::encode(&self.entry));
        let path: Vec<tlog::Hash> = self.path.iter().map(|h| (*h).into()).collect();
        tlog::root_from_path(leaf, size.checked_sub(1)?, size, &path)
            .ok()
            .map(Digest::from)
    }

    /// Whether this is the directory that a batch pinned.
    #[must_use]
    pub fn is_pinned_by(&self, pin: &MapPin) -> bool {
        self.log_root(pin.size) == Some(pin.root)
    }
}

impl MemberProof {
    /// The proof for the member at `index` of a directory.
    #[must_use]
    pub fn of(records: &[MemberRecord], index: usize) -> Option<Self> {
        Some(Self {
            record: records.get(index)?.shown(),
            index: index as u32,
            path: merkle_path(&leaves(records), index)?,
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
