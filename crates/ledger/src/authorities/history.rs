//! The history of a log's authorities: each decision with its place in the log, under a checkpoint of those before. With it, who
//! trusts the authorities of one epoch knows those of every later one, offline.

use minicbor::{Decode, Encode};

use super::DecisionRefusal;
use crate::certificate::AuthoritiesEntry;
use crate::codec::{self, DecodeError};
use crate::digest::Digest;
use crate::limits::EPOCHS_MAX;
use crate::log_keys::{LogKeys, verify_checkpoint};
use crate::transaction::FORMAT;

/// One change: the decision in the log, which then had no later entry.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Link {
    /// The decision's place in the log.
    #[n(0)]
    pub index: u64,
    /// The log's entry.
    #[n(1)]
    pub entry: AuthoritiesEntry,
    /// Path from the entry to the root of the checkpoint.
    #[cbor(n(2), with = "codec::path")]
    pub path: Vec<Digest>,
    /// The checkpoint of which the decision is the last entry, signed by the authorities before: their last.
    #[cbor(n(3), with = "codec::text")]
    pub checkpoint: String,
}

/// Changes of a log's authorities, one after the other.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct History {
    #[n(0)]
    format: u8,
    #[cbor(n(1), with = "codec::list")]
    links: Vec<Link>,
}

/// Why a history isn't believed. Messages say what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HistoryError {
    /// Not the encoding of a history.
    #[error("it can't be read ({0}): take it again, from a validator, at /authorities")]
    Read(#[from] DecodeError),
    /// Another format.
    #[error("it is in format {found}, and this version reads format {FORMAT}: update this program")]
    Format {
        /// The format in which it is written.
        found: u8,
    },
    /// More changes than a log has.
    #[error("it has {found} changes, and a log has at most {EPOCHS_MAX}")]
    TooLong {
        /// How many it has.
        found: usize,
    },
    /// It doesn't begin where what is trusted ends.
    #[error(
        "it goes on with epoch {found} where epoch {expected} is needed: take the whole of it, from a validator, at /authorities"
    )]
    Gap {
        /// The epoch after the last that is known.
        expected: u32,
        /// What comes instead.
        found: u32,
    },
    /// Two histories of one log.
    #[error(
        "it says of epoch {epoch} something else than what you trust: one of the two is false. Believe neither until you know which; keep both as evidence"
    )]
    Contradicts {
        /// The epoch.
        epoch: u32,
    },
    /// The decision isn't one of those before.
    #[error("epoch {epoch}: {refusal}")]
    Decision {
        /// The epoch.
        epoch: u32,
        /// Why.
        refusal: DecisionRefusal,
    },
    /// Those before didn't sign that it is in the log.
    #[error("epoch {epoch}: the checkpoint under which it was decided: {reason}")]
    Checkpoint {
        /// The epoch.
        epoch: u32,
        /// What is wrong.
        reason: String,
    },
    /// Not the last entry under that checkpoint, or not in the log.
    #[error("epoch {epoch}: the decision is not the last entry under its checkpoint")]
    NotInLog {
        /// The epoch.
        epoch: u32,
    },
}

impl HistoryError {
    /// A stable code: that of the decision, where that is what is wrong.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Read(_) => "history_unreadable",
            Self::Format { .. } => "history_format",
            Self::TooLong { .. } => "history_too_long",
            Self::Gap { .. } => "history_gap",
            Self::Contradicts { .. } => "history_contradicts",
            Self::Decision { refusal, .. } => refusal.code(),
            Self::Checkpoint { .. } => "history_checkpoint",
            Self::NotInLog { .. } => "history_not_in_log",
        }
    }
}

impl History {
    /// The history with these changes.
    #[must_use]
    pub fn new(links: Vec<Link>) -> Self {
        Self {
            format: FORMAT,
            links,
        }
    }

    /// Reads a history.
    ///
    /// # Errors
    /// [`HistoryError`].
    pub fn read(bytes: &[u8]) -> Result<Self, HistoryError> {
        let history: Self = codec::decode(bytes)?;
        if history.format != FORMAT {
            let found = history.format;
            return Err(HistoryError::Format { found });
        }
        match history.links.len() {
            found if found > EPOCHS_MAX => Err(HistoryError::TooLong { found }),
            _ => Ok(history),
        }
    }

    /// The changes, in order.
    #[must_use]
    pub fn links(&self) -> &[Link] {
        &self.links
    }
}

impl LogKeys {
    /// These keys, and those that the history leads to from the last of them. What it tells of epochs that are known must be
    /// what is known.
    ///
    /// # Errors
    /// [`HistoryError`].
    pub fn follow(&self, history: &History) -> Result<Self, HistoryError> {
        let mut keys = self.clone();
        for link in history.links() {
            let epoch = link.entry.epoch;
            if epoch > 0 && epoch <= keys.epoch() {
                let begun = keys.begun_by(&link.entry.note);
                let is_known = begun.is_some_and(|known| {
                    known.authorities.epoch() == epoch && known.from == first_size(link.index)
                });
                match is_known {
                    true => continue,
                    false => return Err(HistoryError::Contradicts { epoch }),
                }
            }
            keys = keys.after(link)?;
        }
        Ok(keys)
    }

    /// These keys, and those of the epoch that a link leads to.
    fn after(&self, link: &Link) -> Result<Self, HistoryError> {
        let (epoch, expected) = (link.entry.epoch, self.epoch().saturating_add(1));
        if epoch != expected {
            return Err(HistoryError::Gap {
                expected,
                found: epoch,
            });
        }
        let checkpoint = verify_checkpoint(&link.checkpoint, self);
        let checkpoint = checkpoint.map_err(|reason| HistoryError::Checkpoint {
            epoch,
            reason: reason.to_string(),
        })?;
        let size = checkpoint.size();
        let path: Vec<tlog::Hash> = link.path.iter().map(|hash| (*hash).into()).collect();
        let leaf = tlog::leaf_hash(&codec::encode(&link.entry));
        let is_last = Some(size) == link.index.checked_add(1) && size >= self.from_size();
        if !is_last
            || tlog::verify_inclusion(leaf, link.index, size, &path, checkpoint.root()).is_err()
        {
            return Err(HistoryError::NotInLog { epoch });
        }
        let changed = self.change(link.index, &link.entry.note);
        changed.map_err(|refusal| HistoryError::Decision { epoch, refusal })
    }
}

/// The least size of the log at which those sign whom the entry at this place made its authorities: those before sign the
/// checkpoint that has it for its last entry.
pub(crate) fn first_size(index: u64) -> u64 {
    index.saturating_add(2)
}
