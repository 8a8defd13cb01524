//! Which signatures make a checkpoint believable: the log's own and those of enough cosigners.

use crate::checkpoint::{Checkpoint, CheckpointError, Origin};
use crate::key_name::KeyName;
use crate::note::{Note, NoteParseError};
use crate::note_verify::NoteVerifyError;
use crate::verifier_key::{SignatureType, VerifierKey};

/// What a reader of one log trusts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckpointPolicy {
    origin: Origin,
    /// The log's key, then the cosigners'.
    keys: Vec<VerifierKey>,
    cosigners_needed: usize,
}

/// Why keys don't make a policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// The log's key makes cosignatures.
    #[error("{name} is a cosigner's key, not a log's")]
    NotALogKey {
        /// Key name.
        name: KeyName,
    },
    /// A cosigner's key makes plain signatures, which say nothing about consistency or time.
    #[error("{name} is not a cosigner's key")]
    NotACosignerKey {
        /// Key name.
        name: KeyName,
    },
    /// One public key under two names would count twice.
    #[error("{name} has the same public key as another signer")]
    SharedKey {
        /// Name of the second one.
        name: KeyName,
    },
    /// More cosigners needed than there are.
    #[error("{needed} of {cosigners} cosigners can't be met")]
    TooManyNeeded {
        /// Cosigners needed.
        needed: usize,
        /// Cosigners given.
        cosigners: usize,
    },
}

/// What to do with signatures of keys that the policy does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnknownSignatures {
    /// Refuse the note: no byte of an accepted note is left unchecked.
    Refuse,
    /// Ignore them, as C2SP signed-note prescribes for logs shared with strangers.
    Ignore,
}

/// A checkpoint that satisfies a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedCheckpoint {
    /// The checkpoint.
    pub checkpoint: Checkpoint,
    /// Who cosigned it and when, in the note's order.
    pub cosigned: Vec<CosignedBy>,
}

/// One cosigner's statement.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CosignedBy {
    /// Name of the cosigner's key.
    pub name: KeyName,
    /// Seconds since the Unix epoch.
    pub time_unix_s: u64,
}

/// Why a checkpoint is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// Not a note.
    #[error("the checkpoint is not a signed note")]
    Note(#[source] NoteParseError),
    /// A signature is bad, repeated or unknown, or there is none that counts.
    #[error("the checkpoint's signatures are not acceptable")]
    Signatures(#[source] NoteVerifyError),
    /// The log itself did not sign.
    #[error("the log did not sign the checkpoint")]
    NotSignedByLog,
    /// Too few cosigners signed.
    #[error("the checkpoint needs {needed} cosignatures, got {got}")]
    TooFewCosignatures {
        /// Cosigners needed.
        needed: usize,
        /// Cosigners that signed.
        got: usize,
    },
    /// Validly signed, but not a checkpoint.
    #[error("the signed text is not a checkpoint")]
    Checkpoint(#[source] CheckpointError),
    /// A checkpoint of another log.
    #[error("the checkpoint is of log {got:?}, expected {expected:?}")]
    OtherOrigin {
        /// The policy's log.
        expected: Origin,
        /// The checkpoint's log.
        got: Origin,
    },
}

impl CheckpointPolicy {
    /// Trust in log `origin` with key `log`, if `cosigners_needed` of `cosigners` agree.
    ///
    /// # Errors
    /// [`PolicyError`].
    pub fn new(
        origin: Origin,
        log: VerifierKey,
        cosigners: Vec<VerifierKey>,
        cosigners_needed: usize,
    ) -> Result<CheckpointPolicy, PolicyError> {
        let name = |key: &VerifierKey| key.name().clone();
        if log.signature_type() != SignatureType::Ed25519 {
            return Err(PolicyError::NotALogKey { name: name(&log) });
        }
        if cosigners_needed > cosigners.len() {
            return Err(PolicyError::TooManyNeeded {
                needed: cosigners_needed,
                cosigners: cosigners.len(),
            });
        }
        let mut keys = vec![log];
        for key in cosigners {
            if key.signature_type() != SignatureType::CosignatureV1 {
                return Err(PolicyError::NotACosignerKey { name: name(&key) });
            }
            if keys
                .iter()
                .any(|other| other.public_key() == key.public_key())
            {
                return Err(PolicyError::SharedKey { name: name(&key) });
            }
            keys.push(key);
        }
        Ok(CheckpointPolicy {
            origin,
            keys,
            cosigners_needed,
        })
    }

    /// Reads a signed checkpoint and believes it if it satisfies this policy. Extension lines are
    /// refused.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open(
        &self,
        note: &[u8],
        unknown: UnknownSignatures,
    ) -> Result<TrustedCheckpoint, OpenError> {
        let note = Note::parse(note).map_err(OpenError::Note)?;
        let verified = match unknown {
            UnknownSignatures::Refuse => note.verify_exact(&self.keys),
            UnknownSignatures::Ignore => note.verify_any(&self.keys),
        };
        let verified = verified.map_err(OpenError::Signatures)?;
        let checkpoint =
            Checkpoint::parse(verified.text.as_str()).map_err(OpenError::Checkpoint)?;
        if *checkpoint.origin() != self.origin {
            return Err(OpenError::OtherOrigin {
                expected: self.origin.clone(),
                got: checkpoint.origin().clone(),
            });
        }
        let cosigned: Vec<CosignedBy> = verified
            .signatures
            .iter()
            .filter_map(|signature| {
                let time_unix_s = signature.cosigned_at_unix_s?;
                Some(CosignedBy {
                    name: signature.key.name().clone(),
                    time_unix_s,
                })
            })
            .collect();
        if cosigned.len() == verified.signatures.len() {
            return Err(OpenError::NotSignedByLog);
        }
        if cosigned.len() < self.cosigners_needed {
            return Err(OpenError::TooFewCosignatures {
                needed: self.cosigners_needed,
                got: cosigned.len(),
            });
        }
        Ok(TrustedCheckpoint {
            checkpoint,
            cosigned,
        })
    }
}
