//! The notary's certificate: an id in a batch, the batch in the log, the log's signed checkpoint.

use minicbor::{Decode, Encode};

use crate::codec::{self, DecodeError};
use crate::current::CurrentEntry;
use crate::digest::{Digest, Token, TransactionId};
use crate::transaction::Terms;
use crate::tree::{root, root_from_path};

const IDS: u8 = 0x50;
pub(crate) const TOKENS: u8 = 0x51;

/// The network map that a batch was decided under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct MapPin {
    /// Entries in the map's log.
    #[n(0)]
    pub size: u64,
    /// Root of the map's log at that size.
    #[n(1)]
    pub root: Digest,
}

/// One batch of the notary, a leaf of its log: agreed time, pinned map, ids, and what each token was spent on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct BatchEntry {
    /// Entries before this one.
    #[n(0)]
    pub height: u64,
    /// Agreed time in milliseconds since 1970-01-01 UTC.
    #[n(1)]
    pub time_ms: u64,
    /// The network map in force.
    #[n(2)]
    pub map: MapPin,
    /// Number of ids.
    #[n(3)]
    pub ids: u32,
    /// Root over the ids.
    #[n(4)]
    pub ids_root: Digest,
    /// Root over (token's mark, H(id ‖ r)), ascending by mark: holds the notary to one id a token without showing which.
    #[n(5)]
    pub tokens_root: Digest,
}

/// A statement registered in the notary's log: the hash of what somebody signed, and when. An array of two where a batch is one
/// of six, so that no entry can be read as both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct StatementEntry {
    /// Agreed time in milliseconds since 1970-01-01 UTC.
    #[n(0)]
    pub time_ms: u64,
    /// SHA-256 of the statement.
    #[n(1)]
    pub statement: Digest,
}

/// A decision on who keeps the log from here on: an array of three.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct AuthoritiesEntry {
    /// Agreed time in milliseconds since 1970-01-01 UTC.
    #[n(0)]
    pub time_ms: u64,
    /// Number of the epoch that begins.
    #[n(1)]
    pub epoch: u32,
    /// The decision, a C2SP signed note.
    #[cbor(n(2), with = "codec::text")]
    pub note: String,
}

/// An entry of the notary's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogEntry {
    /// Transactions certified together.
    Batch(BatchEntry),
    /// A statement registered.
    Statement(StatementEntry),
    /// Other authorities from here on.
    Authorities(AuthoritiesEntry),
    /// The root over the used marks.
    Current(CurrentEntry),
}

impl LogEntry {
    /// Reads an entry: its number of items tells of which sort it is.
    ///
    /// # Errors
    /// [`DecodeError`], what speaks against it being what its number of items says; a batch, if that says nothing.
    pub fn read(bytes: &[u8]) -> Result<Self, DecodeError> {
        match minicbor::Decoder::new(bytes).array() {
            Ok(Some(2)) => codec::decode(bytes).map(Self::Statement),
            Ok(Some(3)) => codec::decode(bytes).map(Self::Authorities),
            Ok(Some(4)) => codec::decode(bytes).map(Self::Current),
            _ => codec::decode(bytes).map(Self::Batch),
        }
    }

    /// Agreed time in milliseconds since 1970-01-01 UTC.
    #[must_use]
    pub fn time_ms(&self) -> u64 {
        match self {
            Self::Batch(entry) => entry.time_ms,
            Self::Statement(entry) => entry.time_ms,
            Self::Authorities(entry) => entry.time_ms,
            Self::Current(entry) => entry.time_ms,
        }
    }
}

/// What a token was spent on, blinded: H(id ‖ r) with the requester's r.
#[must_use]
pub fn spent_on(id: &TransactionId, r: &Digest) -> Digest {
    Digest::of(&[b"spent/v1", id.bytes(), &r.0])
}

/// What a cancel token was spent on when its owner cancelled with it.
#[must_use]
pub fn cancelled_on(token: &Token) -> Digest {
    Digest::of(&[b"cancelled/v1", token.bytes()])
}

/// The root over a batch's ids.
#[must_use]
pub fn ids_root(ids: &[TransactionId]) -> Digest {
    root(IDS, &leaves(ids))
}

/// The paths from each id to the batch's [`ids_root`], in order.
#[must_use]
pub fn id_paths(ids: &[TransactionId]) -> Vec<Vec<Digest>> {
    let tree = tlog::MerkleTree::new(leaves(ids).into_iter().map(Into::into).collect());
    (0..ids.len())
        .filter_map(|i| Some(tree.path(i)?.into_iter().map(Digest::from).collect()))
        .collect()
}

fn leaves(ids: &[TransactionId]) -> Vec<Digest> {
    ids.iter().map(leaf).collect()
}

fn leaf(id: &TransactionId) -> Digest {
    Digest::of(&[&[0x52], id.bytes()])
}

/// The root over what a batch's tokens were spent on; `spent` must ascend by token.
#[must_use]
pub fn tokens_root(spent: &[(Token, Digest)]) -> Digest {
    debug_assert!(spent.is_sorted_by(|a, b| a.0 < b.0));
    let leaves: Vec<Digest> = spent
        .iter()
        .map(|(mark, on)| spent_leaf(mark, on))
        .collect();
    root(TOKENS, &leaves)
}

pub(crate) fn spent_leaf(mark: &Token, on: &Digest) -> Digest {
    Digest::of(&[&[0x53], mark.bytes(), &on.0])
}

/// Everything that shows, offline, that a transaction was certified.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Certificate {
    /// The batch.
    #[n(0)]
    pub entry: BatchEntry,
    /// Position of the id in the batch.
    #[n(1)]
    pub index: u32,
    /// Path from the id to the batch's root over ids.
    #[cbor(n(2), with = "codec::path")]
    pub path: Vec<Digest>,
    /// Path from the batch, whose height is its place, to the log's root.
    #[cbor(n(3), with = "codec::path")]
    pub log_path: Vec<Digest>,
    /// The signed checkpoint of the log, a C2SP signed note.
    #[cbor(n(4), with = "codec::text")]
    pub checkpoint: String,
}

/// Why a certificate isn't accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// The id isn't in the batch.
    #[error("the transaction is not in the notary's batch")]
    NotInBatch,
    /// The batch isn't in the log.
    #[error("the notary's batch is not in the log")]
    NotInLog,
    /// The checkpoint isn't signed as trusted.
    #[error("the checkpoint is not signed by a trusted notary: {reason}")]
    Checkpoint {
        /// What the note's check found.
        reason: String,
    },
    /// The agreed time lies outside the transaction's window.
    #[error("certified outside the transaction's own time window")]
    Time,
    /// The notary decided under a directory in which the signers may not be yet.
    #[error("the notary decided under an older directory than the transaction asks for")]
    Map,
}

impl BatchEntry {
    /// Whether a transaction with these terms could be certified in this batch.
    ///
    /// # Errors
    /// [`CertificateError::Time`], [`CertificateError::Map`].
    pub fn keeps(&self, terms: &Terms) -> Result<(), CertificateError> {
        if !terms.window.contains(self.time_ms) {
            return Err(CertificateError::Time);
        }
        if self.map.size < terms.map_size {
            return Err(CertificateError::Map);
        }
        Ok(())
    }
}

impl Certificate {
    /// Checks everything but the checkpoint's signature and gives the log root and size that the checkpoint must have.
    ///
    /// # Errors
    /// [`CertificateError::NotInBatch`], [`CertificateError::NotInLog`].
    pub fn check_paths(
        &self,
        id: &TransactionId,
        log_size: u64,
        log_root: &Digest,
    ) -> Result<(), CertificateError> {
        if root_from_path(IDS, leaf(id), self.index, self.entry.ids, &self.path)
            != Some(self.entry.ids_root)
        {
            return Err(CertificateError::NotInBatch);
        }
        let leaf = tlog::leaf_hash(&codec::encode(&self.entry));
        let path: Vec<tlog::Hash> = self.log_path.iter().map(|h| (*h).into()).collect();
        tlog::verify_inclusion(leaf, self.entry.height, log_size, &path, (*log_root).into())
            .map_err(|_| CertificateError::NotInLog)
    }
}
