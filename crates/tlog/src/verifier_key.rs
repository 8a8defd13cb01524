//! Public keys of logs and witnesses, and their text form, the *vkey* (C2SP signed-note, "Verifier
//! keys").

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::hash::{Hash, hex_value};
use crate::hybrid;
use crate::key_name::{KeyName, KeyNameError};
use crate::public_key::{PublicKey, PublicKeyError};

/// First bytes of SHA-256 over key name, signature type and public key. Together with the name it
/// finds the key; it proves nothing. Text form: eight lower-case hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub [u8; 4]);

/// What a key's signatures cover (C2SP signed-note, "Signature types").
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SignatureType {
    /// `0x01`: Ed25519 over the note's text.
    Ed25519,
    /// `0x04`: timestamped Ed25519 cosignature of a checkpoint (C2SP tlog-cosignature).
    CosignatureV1,
    /// `0xff` and [`hybrid::IDENTIFIER`]: ECDSA P-256 and ML-DSA-65 (FIPS 186-5, FIPS 204), both of which must verify.
    Hybrid,
}

/// A public key that may be trusted, with its name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VerifierKey {
    name: KeyName,
    id: KeyId,
    signature_type: SignatureType,
    public_key: PublicKey,
}

/// Why a text isn't a verifier key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VerifierKeyError {
    /// Not of the form `name+id+base64`.
    #[error("a verifier key has the form name+id+key")]
    Form,
    /// The name is not a key name.
    #[error("the verifier key's name is not valid")]
    Name(#[source] KeyNameError),
    /// The id is not eight lower-case hexadecimal digits.
    #[error("a key id is 8 lower-case hexadecimal digits")]
    Id,
    /// The key is not canonical base64.
    #[error("the key is not canonical base64")]
    Base64,
    /// A signature type that this crate does not verify.
    #[error("signature type {found:#04x} is not supported")]
    UnsupportedType {
        /// The type's first byte.
        found: u8,
    },
    /// No type at all.
    #[error("the key is empty")]
    Empty,
    /// The id is not the one of this name and key.
    #[error("the id of this name and key is {expected}, got {got}")]
    OtherId {
        /// Id computed.
        expected: KeyId,
        /// Id in the text.
        got: KeyId,
    },
    /// The bytes after the type are no key to trust.
    #[error("{0}")]
    Key(#[source] PublicKeyError),
}

impl SignatureType {
    /// The bytes that stand for the type in key ids and key texts.
    pub const fn bytes(self) -> &'static [u8] {
        match self {
            SignatureType::Ed25519 => &[0x01],
            SignatureType::CosignatureV1 => &[0x04],
            SignatureType::Hybrid => hybrid::TYPE.as_slice(),
        }
    }

    /// The type that bytes begin with, if supported, and what follows it.
    pub fn split(bytes: &[u8]) -> Option<(SignatureType, &[u8])> {
        let types = [
            SignatureType::Ed25519,
            SignatureType::CosignatureV1,
            SignatureType::Hybrid,
        ];
        let begun = |of: SignatureType| Some((of, bytes.strip_prefix(of.bytes())?));
        types.into_iter().find_map(begun)
    }
}

impl KeyId {
    fn of(name: &KeyName, signature_type: SignatureType, public_key: &[u8]) -> KeyId {
        let mut input = name.as_str().as_bytes().to_vec();
        input.push(b'\n');
        input.extend_from_slice(signature_type.bytes());
        input.extend_from_slice(public_key);
        let [a, b, c, d, ..] = Hash::of(&input).0;
        KeyId([a, b, c, d])
    }

    /// Reads eight lower-case hexadecimal digits.
    pub(crate) fn from_hex(text: &str) -> Option<KeyId> {
        let (digits, rest) = text.as_bytes().as_chunks::<2>();
        let digits: &[[u8; 2]; 4] = digits.try_into().ok().filter(|_| rest.is_empty())?;
        let mut id = [0; 4];
        for (byte, [high, low]) in id.iter_mut().zip(digits) {
            *byte = hex_value(*high)? << 4 | hex_value(*low)?;
        }
        Some(KeyId(id))
    }
}

impl VerifierKey {
    /// Names a public key.
    ///
    /// # Errors
    /// [`PublicKeyError`] if the bytes are no key of the type, or signatures of it would prove nothing.
    pub fn new(
        name: KeyName,
        signature_type: SignatureType,
        public_key: &[u8],
    ) -> Result<VerifierKey, PublicKeyError> {
        let id = KeyId::of(&name, signature_type, public_key);
        let public_key = PublicKey::read(signature_type, public_key)?;
        Ok(VerifierKey {
            name,
            id,
            signature_type,
            public_key,
        })
    }

    /// Reads the text form, `name+id+base64(type ‖ key)`, and checks the id. One key has one text:
    /// [`VerifierKey`]'s `Display`.
    ///
    /// # Errors
    /// [`VerifierKeyError`].
    pub fn parse(vkey: &str) -> Result<VerifierKey, VerifierKeyError> {
        let parts = KeyText::parse(vkey).ok_or(VerifierKeyError::Form)?;
        let name = KeyName::new(parts.name).map_err(VerifierKeyError::Name)?;
        let got = KeyId::from_hex(parts.id).ok_or(VerifierKeyError::Id)?;
        let bytes = BASE64
            .decode(parts.key)
            .map_err(|_| VerifierKeyError::Base64)?;
        let found = *bytes.first().ok_or(VerifierKeyError::Empty)?;
        let (signature_type, key) =
            SignatureType::split(&bytes).ok_or(VerifierKeyError::UnsupportedType { found })?;
        let key = VerifierKey::new(name, signature_type, key).map_err(VerifierKeyError::Key)?;
        if key.id != got {
            return Err(VerifierKeyError::OtherId {
                expected: key.id,
                got,
            });
        }
        Ok(key)
    }

    /// Name of the signer.
    pub fn name(&self) -> &KeyName {
        &self.name
    }

    /// Id of this key.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// What its signatures cover.
    pub fn signature_type(&self) -> SignatureType {
        self.signature_type
    }

    /// The public key.
    pub fn public_key(&self) -> &PublicKey {
        &self.public_key
    }
}

/// The three parts of `name+id+base64`; the base64 may itself contain plus signs, a name can't.
pub(crate) struct KeyText<'a> {
    pub(crate) name: &'a str,
    pub(crate) id: &'a str,
    pub(crate) key: &'a str,
}

impl KeyText<'_> {
    pub(crate) fn parse(text: &str) -> Option<KeyText<'_>> {
        let (name, rest) = text.split_once('+')?;
        let (id, key) = rest.split_once('+')?;
        Some(KeyText { name, id, key })
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", u32::from_be_bytes(self.0))
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = [self.signature_type.bytes(), self.public_key.bytes()].concat();
        write!(f, "{}+{}+{}", self.name, self.id, BASE64.encode(key))
    }
}

impl FromStr for VerifierKey {
    type Err = VerifierKeyError;

    fn from_str(vkey: &str) -> Result<VerifierKey, VerifierKeyError> {
        VerifierKey::parse(vkey)
    }
}
