//! One signature line of a note: `— <key name> base64(key id ‖ signature)` (C2SP signed-note,
//! "Format").

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::key_name::{KeyName, KeyNameError};
use crate::verifier_key::{KeyId, VerifierKey};

const LINE_PREFIX: &str = "\u{2014} ";

/// A signature that a note carries, not verified.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NoteSignature {
    name: KeyName,
    id: KeyId,
    signature: Vec<u8>,
}

/// Why a line isn't a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureLineError {
    /// Not of the form `— name base64`.
    #[error("a signature line has the form '\u{2014} name base64'")]
    Form,
    /// The name is not a key name.
    #[error("the signature's key name is not valid")]
    Name(#[source] KeyNameError),
    /// Not canonical base64.
    #[error("the signature is not canonical base64")]
    Base64,
    /// No signature after the four bytes of key id.
    #[error("a signature line has more than 4 bytes, got {got}")]
    TooShort {
        /// Bytes encoded in the line.
        got: usize,
    },
}

impl NoteSignature {
    pub(crate) fn by(key: &VerifierKey, signature: Vec<u8>) -> NoteSignature {
        NoteSignature {
            name: key.name().clone(),
            id: key.id(),
            signature,
        }
    }

    /// Reads a line, without its newline. One signature has one line: its `Display`.
    ///
    /// # Errors
    /// [`SignatureLineError`].
    pub fn parse(line: &str) -> Result<NoteSignature, SignatureLineError> {
        let rest = line
            .strip_prefix(LINE_PREFIX)
            .ok_or(SignatureLineError::Form)?;
        let (name, encoded) = rest.split_once(' ').ok_or(SignatureLineError::Form)?;
        let name = KeyName::new(name).map_err(SignatureLineError::Name)?;
        let bytes = BASE64
            .decode(encoded)
            .map_err(|_| SignatureLineError::Base64)?;
        match bytes.split_first_chunk() {
            Some((id, signature)) if !signature.is_empty() => Ok(NoteSignature {
                name,
                id: KeyId(*id),
                signature: signature.to_vec(),
            }),
            _ => Err(SignatureLineError::TooShort { got: bytes.len() }),
        }
    }

    /// Name of the key said to have signed.
    pub fn name(&self) -> &KeyName {
        &self.name
    }

    /// Id of the key said to have signed.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// The signature's bytes, after the key id.
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// True if name and id are those of `key`, which says nothing about the signature's validity.
    pub fn names(&self, key: &VerifierKey) -> bool {
        self.id == key.id() && self.name == *key.name()
    }
}

impl fmt::Display for NoteSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [self.id.0.as_slice(), &self.signature].concat();
        write!(f, "{LINE_PREFIX}{} {}", self.name, BASE64.encode(bytes))
    }
}
