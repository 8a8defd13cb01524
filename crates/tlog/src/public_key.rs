//! The bytes of a trusted public key, and what a signature of it is.

use crate::ed25519::Ed25519Key;
use crate::hybrid;
use crate::verifier_key::SignatureType;

/// Bytes of an Ed25519 public key, and of the seed of a private one (RFC 8032 §5.1.5).
pub const KEY_BYTES: usize = 32;

/// A public key that signatures can be verified with.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PublicKey {
    /// A point of edwards25519 (RFC 8032 §5.1.5).
    Ed25519([u8; KEY_BYTES]),
    /// A P-256 point and an ML-DSA-65 key, [`hybrid::KEY_BYTES`] together.
    Hybrid(Box<[u8]>),
}

/// Why bytes can't be a trusted public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PublicKeyError {
    /// Not as long as a key of this type is.
    #[error("a public key of this type has {expected} bytes, got {got}")]
    Length {
        /// Bytes of such a key.
        expected: usize,
        /// Bytes given.
        got: usize,
    },
    /// A key that protects nothing.
    #[error("the public key is a point of small order, for which anybody can sign")]
    Weak,
    /// Bytes that are no point of the curve, or not in the one form of it.
    #[error("the public key is not an uncompressed point of P-256 before an ML-DSA-65 key")]
    Form,
}

impl PublicKey {
    /// Reads the key of a signature type.
    pub(crate) fn read(
        signature_type: SignatureType,
        bytes: &[u8],
    ) -> Result<PublicKey, PublicKeyError> {
        let length = |expected| PublicKeyError::Length {
            expected,
            got: bytes.len(),
        };
        match signature_type {
            SignatureType::Ed25519 | SignatureType::CosignatureV1 => {
                let key = bytes.try_into().map_err(|_| length(KEY_BYTES))?;
                match has_small_order(&key) {
                    true => Err(PublicKeyError::Weak),
                    false => Ok(PublicKey::Ed25519(key)),
                }
            }
            SignatureType::Hybrid if bytes.len() != hybrid::KEY_BYTES => {
                Err(length(hybrid::KEY_BYTES))
            }
            SignatureType::Hybrid if !hybrid::is_key(bytes) => Err(PublicKeyError::Form),
            SignatureType::Hybrid => Ok(PublicKey::Hybrid(bytes.into())),
        }
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        match self {
            PublicKey::Ed25519(bytes) => bytes,
            PublicKey::Hybrid(bytes) => bytes,
        }
    }

    /// Ed25519 under ZIP-215; hybrid as its halves say.
    pub(crate) fn signed(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            PublicKey::Ed25519(bytes) => {
                Ed25519Key::read(bytes).is_some_and(|key| key.signed(message, signature))
            }
            PublicKey::Hybrid(bytes) => hybrid::signed(bytes, message, signature),
        }
    }
}

/// Whether anybody can sign for an Ed25519 key: true for the encodings of the eight points whose order divides the
/// cofactor, the sign of x aside. The same list as libsodium's.
#[must_use]
pub fn has_small_order(public_key: &[u8; KEY_BYTES]) -> bool {
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
