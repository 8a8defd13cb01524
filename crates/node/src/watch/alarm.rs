//! What a monitor raises, and the evidence that goes with it: a file that convinces anybody who has the log's keys.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ledger::Digest;
use ledger::log_keys::LogKeys;
use serde::{Deserialize, Serialize};
use tlog::{Checkpoint, Fork, Hash, Note, leaf_hash, verify_inclusion};

use super::believe::believe;

/// What is wrong, as a stable code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlarmCode {
    /// The log signed two histories.
    SplitView,
    /// The log signed an entry that breaks a rule.
    BrokenRule,
    /// A checkpoint isn't signed by the authorities that are known.
    UnknownSigners,
    /// A source's files don't lead to the checkpoint that it shows.
    FilesDisagree,
    /// Somebody cosigned a checkpoint that no source of the log's files shows.
    HiddenCheckpoint,
    /// The log has stood still.
    StandsStill,
}

/// An alarm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alarm {
    /// What is wrong.
    pub code: AlarmCode,
    /// Where it was seen.
    pub source: String,
    /// In words.
    pub says: String,
    /// What convinces others, where there is such a thing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Evidence>,
}

/// What convinces anybody who knows the log's keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Evidence {
    /// Two signed checkpoints, the shorter one first; the longer one's root at the shorter one's size, base64, and the RFC 6962
    /// consistency proof from there.
    SplitView {
        /// A signed checkpoint.
        first: String,
        /// Another, of the same size or longer.
        second: String,
        /// The root that the second has at the first one's size.
        root: String,
        /// The proof.
        proof: Vec<String>,
    },
    /// A signed checkpoint, and an entry under it.
    Entry {
        /// The signed checkpoint.
        checkpoint: String,
        /// The entry's place.
        index: u64,
        /// The entry, base64.
        entry: String,
        /// The RFC 6962 inclusion proof, base64.
        path: Vec<String>,
    },
}

/// Why evidence shows nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EvidenceError {
    /// A hash or an entry isn't base64.
    #[error("a hash or an entry is not in base64")]
    Base64,
    /// A checkpoint isn't the log's.
    #[error("a checkpoint is not signed by the log: {0}")]
    NotSigned(String),
    /// The checkpoints don't contradict each other.
    #[error(transparent)]
    Fork(#[from] tlog::ForkError),
    /// The entry isn't under the checkpoint.
    #[error("the entry is not under the checkpoint")]
    NotIncluded,
}

impl Evidence {
    pub(super) fn split_view(first: &Note, second: &Note, fork: &Fork) -> Self {
        Self::SplitView {
            first: first.to_string(),
            second: second.to_string(),
            root: BASE64.encode(fork.root.0),
            proof: fork.proof.iter().map(|h| BASE64.encode(h.0)).collect(),
        }
    }

    pub(super) fn entry(checkpoint: &Note, index: u64, entry: &[u8], path: &[Hash]) -> Self {
        Self::Entry {
            checkpoint: checkpoint.to_string(),
            index,
            entry: BASE64.encode(entry),
            path: path.iter().map(|h| BASE64.encode(h.0)).collect(),
        }
    }

    /// What the evidence shows, offline, in words; nothing in it is trusted but the log's own signatures.
    ///
    /// # Errors
    /// [`EvidenceError`].
    pub fn check(&self, log: &LogKeys) -> Result<String, EvidenceError> {
        match self {
            Self::SplitView {
                first,
                second,
                root,
                proof,
            } => {
                let (first, second) = (signed(first, log)?, signed(second, log)?);
                let fork = Fork {
                    root: hash(root)?,
                    proof: hashes(proof)?,
                };
                fork.check(&first, &second)?;
                Ok(format!(
                    "The log {} signed two histories: after {} entries its root is {} in one and {} in the other.",
                    first.origin().as_str(),
                    first.size(),
                    Digest::from(first.root()),
                    Digest::from(fork.root),
                ))
            }
            Self::Entry {
                checkpoint,
                index,
                entry,
                path,
            } => {
                let checkpoint = signed(checkpoint, log)?;
                let entry = BASE64.decode(entry).map_err(|_| EvidenceError::Base64)?;
                let (leaf, path) = (leaf_hash(&entry), hashes(path)?);
                verify_inclusion(leaf, *index, checkpoint.size(), &path, checkpoint.root())
                    .map_err(|_| EvidenceError::NotIncluded)?;
                Ok(format!(
                    "The log {} signed this as its entry {index}: {}.",
                    checkpoint.origin().as_str(),
                    BASE64.encode(entry),
                ))
            }
        }
    }
}

fn signed(note: &str, log: &LogKeys) -> Result<Checkpoint, EvidenceError> {
    let note = Note::parse(note.as_bytes());
    let note = note.map_err(|error| EvidenceError::NotSigned(error.to_string()))?;
    believe(&note, log).map_err(EvidenceError::NotSigned)
}

fn hash(text: &str) -> Result<Hash, EvidenceError> {
    let bytes = BASE64.decode(text).map_err(|_| EvidenceError::Base64)?;
    let bytes = bytes.try_into().map_err(|_| EvidenceError::Base64)?;
    Ok(Hash(bytes))
}

fn hashes(texts: &[String]) -> Result<Vec<Hash>, EvidenceError> {
    texts.iter().map(|text| hash(text)).collect()
}
