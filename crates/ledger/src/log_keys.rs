//! The keys that sign the checkpoints of one log, and checkpoints signed by them.

use tlog::{Checkpoint, Note, SignatureType, VerifierKey};

/// The keys of a log: its own, by whose name the log is known, and perhaps a hybrid one that signs beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogKeys {
    /// The log's own, then the hybrid one.
    keys: Vec<VerifierKey>,
    /// Whether each of them must have signed.
    all: bool,
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
        Ok(Self { keys, all: true })
    }

    /// The same keys for a member, who reads checkpoints from before and after the log began to sign with both: its own key
    /// is enough.
    #[must_use]
    pub fn own_is_enough(self) -> Self {
        Self { all: false, ..self }
    }

    /// The same keys for whoever knows that each of them signs by now.
    #[must_use]
    pub fn all_are_needed(self) -> Self {
        Self { all: true, ..self }
    }

    /// Whether each of them must have signed.
    #[must_use]
    pub fn needs_all(&self) -> bool {
        self.all
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

    /// All of them, the log's own first.
    #[must_use]
    pub fn keys(&self) -> &[VerifierKey] {
        &self.keys
    }

    /// Of these keys, as ones that must all have signed, those that signed the note.
    #[must_use]
    pub fn that_signed(&self, note: &str) -> Self {
        let signed = |key: &&VerifierKey| {
            let note = Note::parse(note.as_bytes()).ok();
            note.is_some_and(|note| note.verify_any(std::slice::from_ref(*key)).is_ok())
        };
        let beside = self.keys.iter().skip(1).filter(signed);
        Self {
            keys: std::iter::once(self.own()).chain(beside).cloned().collect(),
            all: true,
        }
    }
}

impl From<VerifierKey> for LogKeys {
    fn from(own: VerifierKey) -> Self {
        Self {
            keys: vec![own],
            all: true,
        }
    }
}

/// A checkpoint of exactly this log, signed by these keys and nobody else; every byte of the note counts.
///
/// # Errors
/// What is wrong, in words.
pub fn verify_checkpoint(note: &str, log: &LogKeys) -> Result<Checkpoint, String> {
    let parsed = Note::parse(note.as_bytes()).map_err(|e| e.to_string())?;
    let own = std::slice::from_ref(log.own());
    let verified = match log.all {
        true => parsed.verify_all(&log.keys),
        false => parsed
            .verify_any(own)
            .and_then(|_| parsed.verify_exact(&log.keys)),
    };
    let verified = verified.map_err(|e| e.to_string())?;
    let checkpoint = Checkpoint::parse(verified.text.as_str()).map_err(|e| e.to_string())?;
    if checkpoint.origin().as_str() != log.own().name().as_str() {
        return Err(format!("it is of the log {}", checkpoint.origin().as_str()));
    }
    if parsed.to_string() != note {
        return Err("it is not written in its one form".to_owned());
    }
    Ok(checkpoint)
}
