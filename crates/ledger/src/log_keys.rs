//! The keys that sign the checkpoints of one log, from which size on, and checkpoints signed by them.

use tlog::{
    Checkpoint, CheckpointError, Note, NoteParseError, NoteVerifyError, SignatureType, VerifierKey,
};

use crate::authorities::{Authorities, DecisionRefusal, decided, first_size};
use crate::limits::EPOCHS_MAX;

/// The keys of a log: those of its founder, by whose name the log is known, and those of the authorities that came after.
///
/// Each checkpoint is signed by the authorities of one epoch, which its size tells, and by nobody else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogKeys {
    /// The log's own, then a hybrid one, if one signs beside it.
    keys: Vec<VerifierKey>,
    /// How many of them must have signed.
    needed: usize,
    /// Epochs from 1 on.
    epochs: Vec<Epoch>,
}

/// Authorities, and from when they sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Epoch {
    /// The least size of the log whose checkpoints they sign.
    pub from: u64,
    /// Who they are.
    pub authorities: Authorities,
}

impl Epoch {
    /// Where the log has the decision that began it.
    #[must_use]
    pub fn decided_at(&self) -> u64 {
        self.from.saturating_sub(first_size(0))
    }
}

/// Why keys are not those of a log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LogKeysError {
    /// None, or more than two.
    #[error("a log has one key, or two: its own and a hybrid one; these are {found}")]
    Number {
        /// How many there are.
        found: usize,
    },
    /// Two of one sort, or in the other order.
    #[error("a log's own key comes first, then the hybrid one")]
    Order,
    /// The keys of two logs.
    #[error("the keys are of two logs, {first} and {second}")]
    TwoLogs {
        /// Name of the first key.
        first: String,
        /// Name of the second key.
        second: String,
    },
    /// An epoch that isn't the next one, of another log, or that begins before one could be decided.
    #[error(
        "the epochs of the log {log} are not one after the other from 1, each from a larger size on"
    )]
    Epochs {
        /// The log.
        log: String,
    },
}

/// Why a checkpoint isn't believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotBelieved {
    /// Not a signed note.
    #[error("{0}")]
    Note(NoteParseError),
    /// Not a checkpoint.
    #[error("{0}")]
    Text(CheckpointError),
    /// Of another log.
    #[error("it is of the log {origin}")]
    OtherLog {
        /// The origin that it names.
        origin: String,
    },
    /// Not signed by the log's own keys, where they sign.
    #[error("{reason}")]
    Signatures {
        /// Whether no later epoch is known.
        is_last: bool,
        /// What is wrong.
        reason: NoteVerifyError,
    },
    /// Not signed by those who keep the log at this size.
    #[error("at size {size}, epoch {epoch} of the log's authorities signs: {reason}")]
    Epoch {
        /// Entries in the log.
        size: u64,
        /// The epoch to which that belongs.
        epoch: u32,
        /// Whether no later epoch is known.
        is_last: bool,
        /// What is wrong.
        reason: NoteVerifyError,
    },
    /// The same in other bytes.
    #[error("it is not written in its one form")]
    Form,
}

impl NotBelieved {
    /// Whether it could be of authorities that came after those that are known: nobody known signed it.
    #[must_use]
    pub fn may_be_of_later_authorities(&self) -> bool {
        let (Self::Signatures {
            is_last: true,
            reason,
        }
        | Self::Epoch {
            is_last: true,
            reason,
            ..
        }) = self
        else {
            return false;
        };
        matches!(
            reason,
            NoteVerifyError::NoTrustedSignature | NoteVerifyError::UnknownKey { .. }
        )
    }
}

impl LogKeys {
    /// The keys of a log, each of which must have signed what is believed.
    ///
    /// # Errors
    /// [`LogKeysError`].
    pub fn new(keys: Vec<VerifierKey>) -> Result<Self, LogKeysError> {
        let is_hybrid = |key: &VerifierKey| key.signature_type() == SignatureType::Hybrid;
        match keys.as_slice() {
            [own] if !is_hybrid(own) => {}
            [own, beside] if !is_hybrid(own) && is_hybrid(beside) => {
                let (first, second) = (own.name().as_str(), beside.name().as_str());
                if first != second {
                    return Err(LogKeysError::TwoLogs {
                        first: first.to_owned(),
                        second: second.to_owned(),
                    });
                }
            }
            [_] | [_, _] => return Err(LogKeysError::Order),
            other => return Err(LogKeysError::Number { found: other.len() }),
        }
        Ok(Self {
            needed: keys.len(),
            keys,
            epochs: Vec::new(),
        })
    }

    /// The same keys for a member, who reads checkpoints from before and after the log began to sign with both: one line is
    /// enough.
    #[must_use]
    pub fn own_is_enough(self) -> Self {
        Self { needed: 1, ..self }
    }

    /// The same log under one more epoch, which nobody proves: for who writes down, or was told, what to trust.
    ///
    /// # Errors
    /// [`LogKeysError::Epochs`].
    pub fn with_epoch(self, from: u64, authorities: Authorities) -> Result<Self, LogKeysError> {
        let log = self.own().name().as_str();
        let is_next = authorities.epoch() == self.epoch().saturating_add(1);
        let is_possible = from > self.from_size() && from > 1 && self.epochs.len() < EPOCHS_MAX;
        match is_next && is_possible && authorities.origin().as_str() == log {
            true => Ok(self.then(from, authorities)),
            false => Err(LogKeysError::Epochs {
                log: log.to_owned(),
            }),
        }
    }

    fn then(mut self, from: u64, authorities: Authorities) -> Self {
        self.epochs.push(Epoch { from, authorities });
        self
    }

    /// The keys from the entry at this place on, if it is this decision on who keeps the log next.
    ///
    /// # Errors
    /// [`DecisionRefusal`].
    pub fn change(&self, index: u64, note: &str) -> Result<Self, DecisionRefusal> {
        let authorities = decided(note, self)?;
        Ok(self.clone().then(first_size(index), authorities))
    }

    /// The epoch that begins with this decision, if it is known.
    #[must_use]
    pub fn begun_by(&self, note: &str) -> Option<&Epoch> {
        self.epochs.iter().find(|epoch| {
            let signatures = note.strip_prefix(&epoch.authorities.to_string());
            signatures.is_some_and(|rest| rest.starts_with('\n'))
        })
    }

    /// Epochs from 1 on; none while the log's own key signs.
    #[must_use]
    pub fn epochs(&self) -> &[Epoch] {
        &self.epochs
    }

    /// Number of the last epoch that is known, 0 for the log's own keys.
    #[must_use]
    pub fn epoch(&self) -> u32 {
        self.epochs
            .last()
            .map_or(0, |last| last.authorities.epoch())
    }

    /// The least size at which that epoch signs.
    #[must_use]
    pub fn from_size(&self) -> u64 {
        self.epochs.last().map_or(0, |last| last.from)
    }

    /// The authorities that sign checkpoints of this size; none where the log's own keys do.
    #[must_use]
    pub fn at(&self, size: u64) -> Option<&Epoch> {
        self.epochs.iter().rfind(|epoch| epoch.from <= size)
    }

    /// The same keys for whoever knows that each of them signs by now.
    #[must_use]
    pub fn all_are_needed(self) -> Self {
        Self {
            needed: self.keys.len(),
            ..self
        }
    }

    /// Whether each of them must have signed.
    #[must_use]
    pub fn needs_all(&self) -> bool {
        self.needed == self.keys.len()
    }

    /// Whether a note lacks a valid signature of a key that signs beside the log's own.
    #[must_use]
    pub fn is_missed_by(&self, note: &str) -> bool {
        self.that_signed(note).keys.len() < self.keys.len()
    }

    /// The same keys for a member that was shown a note of this log before: all are needed once all have signed.
    #[must_use]
    pub fn since(self, note: &str) -> Self {
        match self.is_missed_by(note) {
            true => self,
            false => self.all_are_needed(),
        }
    }

    /// The log's own key.
    #[must_use]
    pub fn own(&self) -> &VerifierKey {
        &self.keys[0]
    }

    /// Those of its founder, the log's own first.
    #[must_use]
    pub fn keys(&self) -> &[VerifierKey] {
        &self.keys
    }

    /// Of the founder's keys, as ones that must all have signed, those that signed the note.
    #[must_use]
    pub fn that_signed(&self, note: &str) -> Self {
        let signed = |key: &&VerifierKey| {
            let note = Note::parse(note.as_bytes()).ok();
            note.is_some_and(|note| note.verify_any(std::slice::from_ref(*key)).is_ok())
        };
        let beside = self.keys.iter().skip(1).filter(signed);
        let keys: Vec<VerifierKey> = std::iter::once(self.own()).chain(beside).cloned().collect();
        Self {
            needed: keys.len(),
            keys,
            epochs: self.epochs.clone(),
        }
    }
}

impl From<VerifierKey> for LogKeys {
    fn from(own: VerifierKey) -> Self {
        Self {
            keys: vec![own],
            needed: 1,
            epochs: Vec::new(),
        }
    }
}

/// A checkpoint of exactly this log, signed by those whose size it is, and nobody else; every byte of the note counts.
///
/// # Errors
/// [`NotBelieved`].
pub fn verify_checkpoint(note: &str, log: &LogKeys) -> Result<Checkpoint, NotBelieved> {
    let parsed = Note::parse(note.as_bytes()).map_err(NotBelieved::Note)?;
    let text = parsed.unverified_text().as_str();
    let checkpoint = Checkpoint::parse(text).map_err(NotBelieved::Text)?;
    if checkpoint.origin().as_str() != log.own().name().as_str() {
        let origin = checkpoint.origin().as_str().to_owned();
        return Err(NotBelieved::OtherLog { origin });
    }
    let size = checkpoint.size();
    let signed = match log.at(size) {
        None => parsed
            .verify_enough(&log.keys, log.needed)
            .map_err(|reason| NotBelieved::Signatures {
                is_last: log.epochs.is_empty(),
                reason,
            })
            .map(drop),
        Some(Epoch { authorities, .. }) => parsed
            .verify_enough(&authorities.cosigners(), authorities.needed())
            .map_err(|reason| NotBelieved::Epoch {
                size,
                epoch: authorities.epoch(),
                is_last: authorities.epoch() == log.epoch(),
                reason,
            })
            .map(drop),
    };
    signed?;
    match parsed.to_string() == note {
        true => Ok(checkpoint),
        false => Err(NotBelieved::Form),
    }
}
