//! Private keys of logs and witnesses. Ed25519 is deterministic (RFC 8032): signing needs no
//! randomness.

use std::fmt;

use aws_lc_rs::encoding::AsBigEndian as _;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::checkpoint::Checkpoint;
use crate::cosignature::{Cosignature, cosigned_message};
use crate::key_name::{KeyName, KeyNameError};
use crate::limits::COSIGNATURE_TIME_UNIX_S_MAX;
use crate::note_signature::NoteSignature;
use crate::note_text::NoteText;
use crate::public_key::KEY_BYTES;
use crate::verifier_key::{KeyId, KeyText, SignatureType, VerifierKey};

/// Start of the text form of a private key; the plus sign keeps it from being taken for a public
/// one.
const SKEY_PREFIX: &str = "PRIVATE+KEY+";

/// A log's private key: signs notes, with type `0x01`.
#[derive(Clone)]
pub struct NoteSigner(NamedPair);

/// A witness's or validator's private key: cosigns checkpoints, with type `0x04`. It needs a seed
/// of its own: the signed message does not name the cosigner.
#[derive(Clone)]
pub struct Cosigner(NamedPair);

#[derive(Clone)]
struct NamedPair {
    pair: Ed25519KeyPair,
    verifier: VerifierKey,
}

/// Why a text or seed isn't a private key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignerError {
    /// Not of the form `PRIVATE+KEY+name+id+base64`.
    #[error("a signing key has the form PRIVATE+KEY+name+id+key")]
    Form,
    /// The name is not a key name.
    #[error("the signing key's name is not valid")]
    Name(#[source] KeyNameError),
    /// The id is not eight lower-case hexadecimal digits.
    #[error("a key id is 8 lower-case hexadecimal digits")]
    Id,
    /// The key is not canonical base64 of a type byte and 32 bytes of seed.
    #[error("the key is not canonical base64 of a type and a seed of {KEY_BYTES} bytes")]
    Seed,
    /// A key of another type than the one asked for.
    #[error("the key has signature type {got:#04x}, expected {expected:?}")]
    OtherType {
        /// Type of the signer asked for.
        expected: SignatureType,
        /// First byte of the type in the text.
        got: u8,
    },
    /// The id is not the one of this name and key.
    #[error("the id of this name and key is {expected}, got {got}")]
    OtherId {
        /// Id computed.
        expected: KeyId,
        /// Id in the text.
        got: KeyId,
    },
    /// The cryptographic library refused the seed.
    #[error("the seed gives no usable key")]
    Rejected,
}

/// The cryptographic library failed to sign, which it does not do for a key that it accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("signing failed")]
pub struct SignError;

/// Why a checkpoint was not cosigned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CosignError {
    /// The time is beyond what the format allows.
    #[error("a cosignature's time is at most {COSIGNATURE_TIME_UNIX_S_MAX}, got {time_unix_s}")]
    Time {
        /// Time given.
        time_unix_s: u64,
    },
    /// The cryptographic library failed.
    #[error("signing failed")]
    Failed,
}

impl NoteSigner {
    /// The key of a 32-byte seed, which must be secret and uniformly random.
    ///
    /// # Errors
    /// [`SignerError::Rejected`].
    pub fn from_seed(name: KeyName, seed: &[u8; KEY_BYTES]) -> Result<NoteSigner, SignerError> {
        NamedPair::from_seed(name, SignatureType::Ed25519, seed).map(NoteSigner)
    }

    /// Reads the text form.
    ///
    /// # Errors
    /// [`SignerError`].
    pub fn parse(skey: &str) -> Result<NoteSigner, SignerError> {
        NamedPair::parse(skey, SignatureType::Ed25519).map(NoteSigner)
    }

    /// The text form, `PRIVATE+KEY+name+id+base64(0x01 ‖ seed)`. Secret.
    ///
    /// # Errors
    /// [`SignError`] if the cryptographic library does not give the seed back.
    pub fn to_skey(&self) -> Result<String, SignError> {
        self.0.to_skey().ok_or(SignError)
    }

    /// The public key.
    pub fn verifier_key(&self) -> &VerifierKey {
        &self.0.verifier
    }

    /// Signs a note's text.
    ///
    /// # Errors
    /// [`SignError`].
    pub fn sign(&self, text: &NoteText) -> Result<NoteSignature, SignError> {
        let signature = self.0.sign(text.as_str().as_bytes()).ok_or(SignError)?;
        Ok(self.0.line(signature.to_vec()))
    }
}

impl Cosigner {
    /// The key of a 32-byte seed, which must be secret, uniformly random and not used for anything
    /// else.
    ///
    /// # Errors
    /// [`SignerError::Rejected`].
    pub fn from_seed(name: KeyName, seed: &[u8; KEY_BYTES]) -> Result<Cosigner, SignerError> {
        NamedPair::from_seed(name, SignatureType::CosignatureV1, seed).map(Cosigner)
    }

    /// Reads the text form.
    ///
    /// # Errors
    /// [`SignerError`].
    pub fn parse(skey: &str) -> Result<Cosigner, SignerError> {
        NamedPair::parse(skey, SignatureType::CosignatureV1).map(Cosigner)
    }

    /// The text form, `PRIVATE+KEY+name+id+base64(0x04 ‖ seed)`. Secret.
    ///
    /// # Errors
    /// [`SignError`] if the cryptographic library does not give the seed back.
    pub fn to_skey(&self) -> Result<String, SignError> {
        self.0.to_skey().ok_or(SignError)
    }

    /// The public key.
    pub fn verifier_key(&self) -> &VerifierKey {
        &self.0.verifier
    }

    /// States that at `time_unix_s` (seconds since the Unix epoch) this checkpoint was the largest
    /// consistent one seen of its log. The caller must have verified that.
    ///
    /// # Errors
    /// [`CosignError`].
    pub fn cosign(
        &self,
        checkpoint: &Checkpoint,
        time_unix_s: u64,
    ) -> Result<NoteSignature, CosignError> {
        if time_unix_s > COSIGNATURE_TIME_UNIX_S_MAX {
            return Err(CosignError::Time { time_unix_s });
        }
        let message = cosigned_message(time_unix_s, &checkpoint.to_string());
        let signature = self.0.sign(message.as_bytes()).ok_or(CosignError::Failed)?;
        Ok(self.0.line(
            Cosignature {
                time_unix_s,
                signature,
            }
            .to_bytes()
            .to_vec(),
        ))
    }
}

impl NamedPair {
    fn from_seed(
        name: KeyName,
        signature_type: SignatureType,
        seed: &[u8; KEY_BYTES],
    ) -> Result<NamedPair, SignerError> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| SignerError::Rejected)?;
        let verifier = VerifierKey::new(name, signature_type, pair.public_key().as_ref())
            .map_err(|_| SignerError::Rejected)?;
        Ok(NamedPair { pair, verifier })
    }

    fn parse(skey: &str, signature_type: SignatureType) -> Result<NamedPair, SignerError> {
        let parts = skey
            .strip_prefix(SKEY_PREFIX)
            .and_then(KeyText::parse)
            .ok_or(SignerError::Form)?;
        let name = KeyName::new(parts.name).map_err(SignerError::Name)?;
        let got = KeyId::from_hex(parts.id).ok_or(SignerError::Id)?;
        let bytes = BASE64.decode(parts.key).map_err(|_| SignerError::Seed)?;
        let found = *bytes.first().ok_or(SignerError::Seed)?;
        let seed = bytes.strip_prefix(signature_type.bytes());
        let seed = seed.ok_or(SignerError::OtherType {
            expected: signature_type,
            got: found,
        })?;
        let seed = seed.try_into().map_err(|_| SignerError::Seed)?;
        let named = NamedPair::from_seed(name, signature_type, seed)?;
        if named.verifier.id() != got {
            return Err(SignerError::OtherId {
                expected: named.verifier.id(),
                got,
            });
        }
        Ok(named)
    }

    fn to_skey(&self) -> Option<String> {
        let seed = self.pair.seed().ok()?.as_be_bytes().ok()?;
        let key = [self.verifier.signature_type().bytes(), seed.as_ref()].concat();
        let (name, id) = (self.verifier.name(), self.verifier.id());
        Some(format!("{SKEY_PREFIX}{name}+{id}+{}", BASE64.encode(key)))
    }

    fn sign(&self, message: &[u8]) -> Option<[u8; 64]> {
        self.pair.try_sign(message).ok()?.as_ref().try_into().ok()
    }

    fn line(&self, signature: Vec<u8>) -> NoteSignature {
        NoteSignature::by(&self.verifier, signature)
    }
}

impl fmt::Debug for NoteSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NoteSigner({})", self.0.verifier)
    }
}

impl fmt::Debug for Cosigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cosigner({})", self.0.verifier)
    }
}
