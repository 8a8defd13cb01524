//! Verification of a note's signatures against the keys that one trusts.

use crate::cosignature::{Cosignature, cosigned_message};
use crate::key_name::KeyName;
use crate::note::Note;
use crate::note_signature::NoteSignature;
use crate::note_text::NoteText;
use crate::verifier_key::{KeyId, SignatureType, VerifierKey};

/// A note's text and the trusted keys that signed it, each at most once, in the note's order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedNote<'a> {
    /// The text.
    pub text: &'a NoteText,
    /// At least one valid signature.
    pub signatures: Vec<VerifiedSignature<'a>>,
}

/// A valid signature of a trusted key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VerifiedSignature<'a> {
    /// The key, one of those trusted.
    pub key: &'a VerifierKey,
    /// For a cosignature its time in seconds since the Unix epoch. The caller judges it.
    pub cosigned_at_unix_s: Option<u64>,
}

/// Why a note is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteVerifyError {
    /// A signature of a key that is not trusted, in a note that must not have any.
    #[error("{name} ({id}) is not among the trusted keys")]
    UnknownKey {
        /// Key name.
        name: KeyName,
        /// Key id.
        id: KeyId,
    },
    /// Two signatures of one trusted key.
    #[error("{name} ({id}) signed twice")]
    SignedTwice {
        /// Key name.
        name: KeyName,
        /// Key id.
        id: KeyId,
    },
    /// A signature said to be of a trusted key is not valid.
    #[error("the signature of {name} ({id}) is not valid")]
    BadSignature {
        /// Key name.
        name: KeyName,
        /// Key id.
        id: KeyId,
    },
    /// Two different trusted keys have the same name and id.
    #[error("two trusted keys are called {name} ({id})")]
    AmbiguousKey {
        /// Key name.
        name: KeyName,
        /// Key id.
        id: KeyId,
    },
    /// No signature of a trusted key.
    #[error("no trusted key signed the note")]
    NoTrustedSignature,
    /// Too few of the trusted keys signed.
    #[error("{signed} of the {needed} needed keys signed the note, without {}", listed(.missing))]
    TooFew {
        /// How many must sign.
        needed: usize,
        /// How many did.
        signed: usize,
        /// Names and ids of those that did not.
        missing: Vec<(KeyName, KeyId)>,
    },
}

impl Note {
    /// Accepts a note only if every one of its signatures is a valid one of a trusted key: no byte
    /// of it is left unchecked. Only the order of the signature lines carries no meaning.
    ///
    /// # Errors
    /// [`NoteVerifyError`].
    pub fn verify_exact<'a>(
        &'a self,
        trusted: &'a [VerifierKey],
    ) -> Result<VerifiedNote<'a>, NoteVerifyError> {
        let verified = self.verify_any(trusted)?;
        let unknown = |signature: &&NoteSignature| !trusted.iter().any(|key| signature.names(key));
        match self.unverified_signatures().iter().find(unknown) {
            Some(signature) => Err(NoteVerifyError::UnknownKey {
                name: signature.name().clone(),
                id: signature.id(),
            }),
            None => Ok(verified),
        }
    }

    /// Accepts a note only if at least `needed` of these keys signed it, and nobody else: both keys of a log, so that it is
    /// believed while either algorithm holds, or enough of those who keep it together.
    ///
    /// # Errors
    /// [`NoteVerifyError`].
    pub fn verify_enough<'a>(
        &'a self,
        trusted: &'a [VerifierKey],
        needed: usize,
    ) -> Result<VerifiedNote<'a>, NoteVerifyError> {
        let verified = self.verify_exact(trusted)?;
        let signed = verified.signatures.len();
        if signed >= needed {
            return Ok(verified);
        }
        let has_signed = |key: &&VerifierKey| verified.signatures.iter().any(|s| s.key == *key);
        let missing = trusted.iter().filter(|key| !has_signed(key));
        Err(NoteVerifyError::TooFew {
            needed,
            signed,
            missing: missing.map(|key| (key.name().clone(), key.id())).collect(),
        })
    }

    /// Accepts a note with a valid signature of at least one trusted key, and ignores signatures of
    /// others (C2SP signed-note, "Signatures"). A bad signature in the name of a trusted key is not
    /// ignored.
    ///
    /// # Errors
    /// [`NoteVerifyError`], never [`NoteVerifyError::UnknownKey`].
    pub fn verify_any<'a>(
        &'a self,
        trusted: &'a [VerifierKey],
    ) -> Result<VerifiedNote<'a>, NoteVerifyError> {
        let mut signatures: Vec<VerifiedSignature<'a>> = Vec::new();
        for signature in self.unverified_signatures() {
            let Some(key) = find_key(signature, trusted)? else {
                continue;
            };
            let (name, id) = (key.name().clone(), key.id());
            if signatures.iter().any(|earlier| earlier.key == key) {
                return Err(NoteVerifyError::SignedTwice { name, id });
            }
            let verified = verify(key, self.unverified_text(), signature.signature());
            signatures.push(verified.ok_or(NoteVerifyError::BadSignature { name, id })?);
        }
        if signatures.is_empty() {
            return Err(NoteVerifyError::NoTrustedSignature);
        }
        Ok(VerifiedNote {
            text: self.unverified_text(),
            signatures,
        })
    }
}

fn listed(keys: &[(KeyName, KeyId)]) -> String {
    let keys = keys.iter().map(|(name, id)| format!("{name} ({id})"));
    keys.collect::<Vec<_>>().join(", ")
}

fn find_key<'a>(
    signature: &NoteSignature,
    trusted: &'a [VerifierKey],
) -> Result<Option<&'a VerifierKey>, NoteVerifyError> {
    let mut named = trusted.iter().filter(|key| signature.names(key));
    let first = named.next();
    if named.any(|other| Some(other) != first) {
        return Err(NoteVerifyError::AmbiguousKey {
            name: signature.name().clone(),
            id: signature.id(),
        });
    }
    Ok(first)
}

fn verify<'a>(
    key: &'a VerifierKey,
    text: &NoteText,
    signature: &[u8],
) -> Option<VerifiedSignature<'a>> {
    let (valid, cosigned_at_unix_s) = match key.signature_type() {
        SignatureType::Ed25519 | SignatureType::Hybrid => {
            let message = text.as_str().as_bytes();
            (key.public_key().signed(message, signature), None)
        }
        SignatureType::CosignatureV1 => {
            let cosignature = Cosignature::from_bytes(signature).ok()?;
            let message = cosigned_message(cosignature.time_unix_s, text.as_str());
            let valid = key
                .public_key()
                .signed(message.as_bytes(), &cosignature.signature);
            (valid, Some(cosignature.time_unix_s))
        }
    };
    valid.then_some(VerifiedSignature {
        key,
        cosigned_at_unix_s,
    })
}
