//! Signatures that hold while either of two algorithms does: ECDSA P-256 with SHA-256 (FIPS 186-5) and ML-DSA-65
//! (FIPS 204), for checkpoints that must still convince when quantum computers can be bought.
//!
//! A hybrid line stands in a note beside the log's Ed25519 line, which every C2SP client reads. Both halves are over
//! [`message`], which names the algorithm, so that neither counts anywhere else.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ML_DSA_65, ParsedPublicKey, UnparsedPublicKey, VerificationAlgorithm,
};

use crate::note_signature::NoteSignature;
use crate::note_text::NoteText;
use crate::verifier_key::{SignatureType, VerifierKey};

/// What follows the byte `0xff` in a key's type (C2SP signed-note, "Signature types": for types without a byte of their own).
pub const IDENTIFIER: &str = "pvn.p256-mldsa65.v1";
/// Bytes of an uncompressed point of P-256 (SEC 1 §2.3.3).
pub const P256_KEY_BYTES: usize = 65;
/// Bytes of a P-256 signature, r and s.
pub const P256_SIGNATURE_BYTES: usize = 64;
/// Bytes of an ML-DSA-65 public key (FIPS 204, table 2).
pub const ML_DSA_KEY_BYTES: usize = 1952;
/// Bytes of an ML-DSA-65 signature (FIPS 204, table 2).
pub const ML_DSA_SIGNATURE_BYTES: usize = 3309;
/// Bytes of a public key: the P-256 point, then the ML-DSA-65 key.
pub const KEY_BYTES: usize = P256_KEY_BYTES + ML_DSA_KEY_BYTES;
/// Bytes of a signature: the one of P-256, then the one of ML-DSA-65.
pub const SIGNATURE_BYTES: usize = P256_SIGNATURE_BYTES + ML_DSA_SIGNATURE_BYTES;

/// First byte of an uncompressed point (SEC 1 §2.3.3).
const UNCOMPRESSED: u8 = 0x04;
/// The order of P-256's group (SP 800-186 §3.2.1.3), which has two s for each message: the larger is refused, so that a
/// signature can't be altered and stay valid.
const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

/// The type's bytes: `0xff`, then [`IDENTIFIER`].
pub(crate) const TYPE: [u8; 1 + IDENTIFIER.len()] = {
    let mut bytes = [0xff; 1 + IDENTIFIER.len()];
    let (_, identifier) = bytes.split_at_mut(1);
    identifier.copy_from_slice(IDENTIFIER.as_bytes());
    bytes
};

/// What both halves of a signature are over: the identifier on a line of its own, then the note's text.
#[must_use]
pub fn message(text: &NoteText) -> Vec<u8> {
    tagged(text.as_str().as_bytes())
}

fn tagged(text: &[u8]) -> Vec<u8> {
    [IDENTIFIER.as_bytes(), b"\n", text].concat()
}

/// The line for a signature made elsewhere, where there is randomness: both halves over [`message`]. P-256's larger s is
/// exchanged for the smaller one. Nothing when `key` is no hybrid key or the halves do not verify.
#[must_use]
pub fn line(
    key: &VerifierKey,
    text: &NoteText,
    p256: &[u8],
    ml_dsa: &[u8],
) -> Option<NoteSignature> {
    if key.signature_type() != SignatureType::Hybrid {
        return None;
    }
    let (r, s) = p256.split_first_chunk::<32>()?;
    let s: &[u8; 32] = s.try_into().ok()?;
    let signature = [r.as_slice(), &negated(s).min(*s), ml_dsa].concat();
    let valid = key
        .public_key()
        .signed(text.as_str().as_bytes(), &signature);
    valid.then(|| NoteSignature::by(key, signature))
}

/// The order less `s`, both big-endian; what wraps around is no valid s anyway.
fn negated(s: &[u8; 32]) -> [u8; 32] {
    let mut out = [0; 32];
    let mut borrow = false;
    for i in (0..32).rev() {
        let (first, under) = ORDER[i].overflowing_sub(s[i]);
        let (byte, again) = first.overflowing_sub(u8::from(borrow));
        (out[i], borrow) = (byte, under || again);
    }
    out
}

/// Whether bytes of the right length are two keys, each in its one form.
pub(crate) fn is_key(bytes: &[u8]) -> bool {
    let (p256, ml_dsa) = bytes.split_at(P256_KEY_BYTES);
    p256[0] == UNCOMPRESSED
        && ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, p256).is_ok()
        && ParsedPublicKey::new(&ML_DSA_65, ml_dsa).is_ok()
}

/// Whether both halves of a signature verify over a note's text, each in its one form.
pub(crate) fn signed(key: &[u8], text: &[u8], signature: &[u8]) -> bool {
    let Some((r, rest)) = signature.split_first_chunk::<32>() else {
        return false;
    };
    let Some((s, ml_dsa)) = rest.split_first_chunk::<32>() else {
        return false;
    };
    let (p256_key, ml_dsa_key) = key.split_at(P256_KEY_BYTES);
    let message = tagged(text);
    let verifies = |algorithm, key, signature: &[u8]| {
        let key = UnparsedPublicKey::new(algorithm, key);
        key.verify(&message, signature).is_ok()
    };
    let p256: &dyn VerificationAlgorithm = &ECDSA_P256_SHA256_FIXED;
    *s <= negated(s)
        && verifies(p256, p256_key, &[*r, *s].concat())
        && verifies(&ML_DSA_65, ml_dsa_key, ml_dsa)
}
