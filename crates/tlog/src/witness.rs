//! What a witness is asked, and what it decides (C2SP tlog-witness): cosign a checkpoint only if it continues what was cosigned
//! before.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::checkpoint::Checkpoint;
use crate::hash::{HASH_BYTES, Hash};
use crate::limits::CONSISTENCY_HASHES_MAX;
use crate::note::{Note, NoteParseError};
use crate::verify::verify_consistency;

/// The body of `add-checkpoint`: a checkpoint, and that it continues the one of size `old`.
///
/// Read and written as C2SP tlog-witness has it: `old <size>`, a line of base64 for each hash, an empty line, the note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddCheckpoint {
    /// Size of the checkpoint that the witness cosigned last, as the caller believes; nought if none.
    pub old: u64,
    /// RFC 6962 §2.1.2 consistency proof from that size.
    pub proof: Vec<Hash>,
    /// The new checkpoint, signed.
    pub note: Note,
}

/// Why bytes aren't such a request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddCheckpointError {
    /// Not the lines of a request.
    #[error(
        "a request is a line `old SIZE`, lines of base64 hashes, an empty line, and a checkpoint"
    )]
    Form,
    /// The size isn't a decimal number without leading zeroes.
    #[error("the old size is a decimal number without leading zeroes")]
    Size,
    /// A line isn't the base64 of a hash.
    #[error("a line of the proof is not the base64 of {HASH_BYTES} bytes")]
    Hash,
    /// Too many lines of proof.
    #[error("a consistency proof has at most {CONSISTENCY_HASHES_MAX} hashes")]
    TooLong,
    /// What follows isn't a note.
    #[error("the checkpoint is not a signed note: {0}")]
    Note(#[from] NoteParseError),
}

impl AddCheckpoint {
    /// Reads a request.
    ///
    /// # Errors
    /// [`AddCheckpointError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, AddCheckpointError> {
        let text = std::str::from_utf8(bytes).map_err(|_| AddCheckpointError::Form)?;
        let (head, note) = text.split_once("\n\n").ok_or(AddCheckpointError::Form)?;
        let mut lines = head.split('\n');
        let old = lines.next().and_then(|line| line.strip_prefix("old "));
        let old = size(old.ok_or(AddCheckpointError::Form)?).ok_or(AddCheckpointError::Size)?;
        let mut proof = Vec::new();
        for line in lines {
            if proof.len() == CONSISTENCY_HASHES_MAX {
                return Err(AddCheckpointError::TooLong);
            }
            proof.push(hash(line).ok_or(AddCheckpointError::Hash)?);
        }
        let note = Note::parse(note.as_bytes())?;
        Ok(Self { old, proof, note })
    }
}

impl fmt::Display for AddCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.old)?;
        for hash in &self.proof {
            writeln!(f, "{}", BASE64.encode(hash.0))?;
        }
        write!(f, "\n{}", self.note)
    }
}

/// A size as it is written: decimal, without leading zeroes.
#[must_use]
pub fn size(text: &str) -> Option<u64> {
    let size: u64 = text.parse().ok()?;
    (size.to_string() == text).then_some(size)
}

fn hash(line: &str) -> Option<Hash> {
    let bytes = BASE64.decode(line).ok()?;
    Some(Hash(bytes.try_into().ok()?))
}

/// Why a witness doesn't cosign. Each has its HTTP status in C2SP tlog-witness.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WitnessRefusal {
    /// Not a request.
    #[error("{0}")]
    Malformed(#[from] AddCheckpointError),
    /// A size beyond the checkpoint's, or a proof from nothing.
    #[error("the old size is beyond the checkpoint, or nought with a proof")]
    OldSize,
    /// A log that the witness doesn't follow.
    #[error("this witness does not follow the log {origin}")]
    UnknownLog {
        /// What the checkpoint says that it is of.
        origin: String,
    },
    /// Not signed by the log's keys.
    #[error("the checkpoint is not signed by the log: {reason}")]
    NotSigned {
        /// What is missing.
        reason: String,
    },
    /// The witness cosigned another size last.
    #[error("the checkpoint cosigned last has {size} entries")]
    OtherSize {
        /// Entries in it.
        size: u64,
    },
    /// The log signed two roots for one size: this is evidence.
    #[error("the log signed another root for {size} entries before")]
    SplitView {
        /// Entries.
        size: u64,
    },
    /// The proof doesn't lead from the old checkpoint to the new one.
    #[error("the proof does not lead from the checkpoint cosigned last to this one")]
    Inconsistent,
}

impl WitnessRefusal {
    /// The HTTP status of C2SP tlog-witness.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::Malformed(_) | Self::OldSize => 400,
            Self::NotSigned { .. } => 403,
            Self::UnknownLog { .. } => 404,
            Self::OtherSize { .. } | Self::SplitView { .. } => 409,
            Self::Inconsistent => 422,
        }
    }
}

/// Whether a checkpoint that the log signed continues the one cosigned last.
///
/// # Errors
/// [`WitnessRefusal`], none of those about the request's form and the log's signature.
pub fn continues(
    last: Option<&Checkpoint>,
    next: &Checkpoint,
    old: u64,
    proof: &[Hash],
) -> Result<(), WitnessRefusal> {
    if old > next.size() || (old == 0 && !proof.is_empty()) {
        return Err(WitnessRefusal::OldSize);
    }
    let size = last.map_or(0, Checkpoint::size);
    if old != size {
        return Err(WitnessRefusal::OtherSize { size });
    }
    let Some(last) = last.filter(|last| last.size() > 0) else {
        return Ok(());
    };
    if last.size() == next.size() {
        return match last.root() == next.root() && proof.is_empty() {
            true => Ok(()),
            false if last.root() == next.root() => Err(WitnessRefusal::Inconsistent),
            false => Err(WitnessRefusal::SplitView { size }),
        };
    }
    verify_consistency(last.size(), last.root(), next.size(), next.root(), proof)
        .map_err(|_| WitnessRefusal::Inconsistent)
}
