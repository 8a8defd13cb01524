//! Public keys of logs and witnesses, and their text form, the *vkey* (C2SP signed-note, "Verifier
//! keys").

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::hash::{Hash, hex_value};
use crate::key_name::{KeyName, KeyNameError};

/// Bytes of an Ed25519 public key, and of the seed of a private one (RFC 8032 §5.1.5).
pub const KEY_BYTES: usize = 32;

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
}

/// A public key that may be trusted, with its name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VerifierKey {
    name: KeyName,
    id: KeyId,
    signature_type: SignatureType,
    public_key: [u8; KEY_BYTES],
}

/// Why 32 bytes can't be a trusted public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the public key is a point of small order, for which anybody can sign")]
pub struct WeakKey;

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
        /// The type byte.
        found: u8,
    },
    /// The key is not 32 bytes after its type.
    #[error("an Ed25519 public key has {KEY_BYTES} bytes, got {got}")]
    KeyLength {
        /// Bytes after the type byte.
        got: usize,
    },
    /// The id is not the one of this name and key.
    #[error("the id of this name and key is {expected}, got {got}")]
    OtherId {
        /// Id computed.
        expected: KeyId,
        /// Id in the text.
        got: KeyId,
    },
    /// The key is one that protects nothing.
    #[error("the key is weak")]
    Weak(#[source] WeakKey),
}

impl SignatureType {
    /// The byte that stands for the type in key ids and key texts.
    pub const fn byte(self) -> u8 {
        match self {
            SignatureType::Ed25519 => 0x01,
            SignatureType::CosignatureV1 => 0x04,
        }
    }

    /// The type for a byte, if supported.
    pub const fn from_byte(byte: u8) -> Option<SignatureType> {
        match byte {
            0x01 => Some(SignatureType::Ed25519),
            0x04 => Some(SignatureType::CosignatureV1),
            _ => None,
        }
    }
}

impl KeyId {
    fn of(name: &KeyName, signature_type: SignatureType, public_key: &[u8; KEY_BYTES]) -> KeyId {
        let mut input = name.as_str().as_bytes().to_vec();
        input.push(b'\n');
        input.push(signature_type.byte());
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
    /// Names a 32-byte Ed25519 public key.
    ///
    /// # Errors
    /// [`WeakKey`] if signatures of this key would prove nothing.
    pub fn new(
        name: KeyName,
        signature_type: SignatureType,
        public_key: [u8; KEY_BYTES],
    ) -> Result<VerifierKey, WeakKey> {
        if has_small_order(&public_key) {
            return Err(WeakKey);
        }
        let id = KeyId::of(&name, signature_type, &public_key);
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
        let (found, key) = bytes
            .split_first()
            .ok_or(VerifierKeyError::KeyLength { got: 0 })?;
        let signature_type = SignatureType::from_byte(*found)
            .ok_or(VerifierKeyError::UnsupportedType { found: *found })?;
        let public_key = key
            .try_into()
            .map_err(|_| VerifierKeyError::KeyLength { got: key.len() })?;
        let key =
            VerifierKey::new(name, signature_type, public_key).map_err(VerifierKeyError::Weak)?;
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

    /// The Ed25519 public key.
    pub fn public_key(&self) -> &[u8; KEY_BYTES] {
        &self.public_key
    }

    /// Strict Ed25519: RFC 8032 §5.1.7 without cofactor, S below the group order, so that a
    /// signature can't be altered and stay valid.
    pub(crate) fn signed(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, &self.public_key)
            .verify(message, signature)
            .is_ok()
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

/// True for the encodings of the eight points whose order divides the cofactor, the sign of x
/// aside: the same list as libsodium's.
fn has_small_order(public_key: &[u8; KEY_BYTES]) -> bool {
    const ORDER_8: [[u8; KEY_BYTES]; 2] = [
        [
            0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef,
            0x98, 0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88,
            0x6d, 0x53, 0xfc, 0x05,
        ],
        [
            0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10,
            0x67, 0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77,
            0x92, 0xac, 0x03, 0x7a,
        ],
    ];
    let [low, middle @ .., high] = *public_key;
    let high = high & 0x7f;
    let zero_or_one = low <= 0x01 && middle == [0x00; 30] && high == 0x00;
    // The prime is 2^255 - 19: these are y = -1 and the longer encodings of y = 0 and y = 1.
    let around_the_prime = (0xec..=0xee).contains(&low) && middle == [0xff; 30] && high == 0x7f;
    let mut without_sign = *public_key;
    without_sign[KEY_BYTES - 1] = high;
    zero_or_one || around_the_prime || ORDER_8.contains(&without_sign)
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", u32::from_be_bytes(self.0))
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut key = vec![self.signature_type.byte()];
        key.extend_from_slice(&self.public_key);
        write!(f, "{}+{}+{}", self.name, self.id, BASE64.encode(key))
    }
}

impl FromStr for VerifierKey {
    type Err = VerifierKeyError;

    fn from_str(vkey: &str) -> Result<VerifierKey, VerifierKeyError> {
        VerifierKey::parse(vkey)
    }
}
