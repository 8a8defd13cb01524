//! COSE_Sign1 (RFC 9052 §4.2) with ES256, in deterministic CBOR.

use ledger::signature::PublicKey;
use ledger::signature::{KeyError, SigningKey};
use minicbor::data::Tag;
use minicbor::{Decoder, Encoder};

/// COSE_Sign1's tag.
const SIGN1: u64 = 18;
/// Header: algorithm.
pub(super) const ALG: i64 = 1;
/// ECDSA with SHA-256 (RFC 9053 §2.1).
pub(super) const ES256: i64 = -7;
/// Header: media type of the payload.
pub(super) const CONTENT_TYPE: i64 = 3;
/// Header: name of the key.
pub(super) const KID: i64 = 4;
/// Header: CWT claims (RFC 9597), of which 1 is the issuer, 2 the subject and 6 the time of issue.
pub(super) const CWT_CLAIMS: i64 = 15;
/// Claim: issuer.
pub(super) const ISS: i64 = 1;
/// Claim: subject.
pub(super) const SUB: i64 = 2;
/// Claim: issued at, in seconds.
pub(super) const IAT: i64 = 6;

/// An encoder into a vector, whose writer has no error to give.
pub(super) fn encoded(write: impl FnOnce(&mut Writer) -> Written) -> Vec<u8> {
    let mut encoder = Encoder::new(Vec::new());
    let written = write(&mut encoder);
    debug_assert!(written.is_ok());
    encoder.into_writer()
}

pub(super) type Writer = Encoder<Vec<u8>>;
pub(super) type Written = Result<(), minicbor::encode::Error<std::convert::Infallible>>;

/// The parts of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sign1 {
    /// The protected header's encoding.
    pub(super) protected: Vec<u8>,
    /// The payload, unless it is detached.
    pub(super) payload: Option<Vec<u8>>,
    pub(super) signature: Vec<u8>,
}

/// What is signed. It begins with bytes with which nothing of the ledger's own begins.
fn to_be_signed(protected: &[u8], payload: &[u8]) -> Vec<u8> {
    encoded(|e| {
        e.array(4)?
            .str("Signature1")?
            .bytes(protected)?
            .bytes(&[])?
            .bytes(payload)?
            .ok()
    })
}

/// Signs header and payload.
pub(super) fn sign(
    key: &SigningKey,
    protected: &[u8],
    payload: &[u8],
) -> Result<Vec<u8>, KeyError> {
    key.sign_bytes(&to_be_signed(protected, payload))
}

/// Whether the signature over header and payload verifies.
pub(super) fn verifies(
    key: &PublicKey,
    protected: &[u8],
    payload: &[u8],
    signature: &[u8],
) -> bool {
    key.verifies(&to_be_signed(protected, payload), signature)
}

impl Sign1 {
    /// The message's bytes, with an unprotected header given as its encoding.
    pub(super) fn bytes(&self, unprotected: &[u8]) -> Vec<u8> {
        let mut bytes = encoded(|e| {
            e.tag(Tag::new(SIGN1))?
                .array(4)?
                .bytes(&self.protected)?
                .ok()
        });
        bytes.extend_from_slice(unprotected);
        bytes.extend(encoded(|e| {
            match &self.payload {
                Some(payload) => e.bytes(payload)?,
                None => e.null()?,
            };
            e.bytes(&self.signature)?.ok()
        }));
        bytes
    }

    /// Reads a message; gives its unprotected header as it is encoded. `None` for what is none.
    pub(super) fn read(bytes: &[u8]) -> Option<(Self, Vec<u8>)> {
        let mut d = Decoder::new(bytes);
        (d.tag().ok()? == Tag::new(SIGN1) && d.array().ok()? == Some(4)).then_some(())?;
        let protected = d.bytes().ok()?.to_vec();
        let from = d.position();
        d.skip().ok()?;
        let unprotected = bytes.get(from..d.position())?.to_vec();
        let payload = match d.datatype().ok()? {
            minicbor::data::Type::Null => {
                d.null().ok()?;
                None
            }
            _ => Some(d.bytes().ok()?.to_vec()),
        };
        let signature = d.bytes().ok()?.to_vec();
        let read = Self {
            protected,
            payload,
            signature,
        };
        // Written again it is the same, so that no message has two forms.
        (read.bytes(&unprotected) == bytes).then_some((read, unprotected))
    }
}

/// An empty header.
pub(super) fn nothing() -> Vec<u8> {
    encoded(|e| e.map(0)?.ok())
}
