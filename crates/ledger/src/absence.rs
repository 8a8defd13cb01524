//! The set of used marks as one hash, and proofs that a mark is not in it.
//!
//! A binary tree by the bits of the marks, which are hashes and therefore spread evenly. A subtree of at most
//! [`BUCKET_MARKS_MAX`] marks is a *bucket*: a chain of hashes over the marks' [`Stem`]s, in the order in which they were used,
//! so that one more is one hash more and nothing needs to be read. A proof shows a bucket whole and the way up from it. Which
//! bucket that is follows from the mark; that the mark isn't there can be seen.
//!
//! Stems are halves of marks: whoever knows a mark finds it, and nobody learns one.

use minicbor::encode::Write;
use minicbor::{Decode, Decoder, Encode, Encoder};

use crate::codec;
use crate::digest::{Digest, Token};
use crate::limits::{BUCKET_MARKS_MAX, MARK_BITS_MAX};

const LINK: u8 = 0x54;
const FORK: u8 = 0x55;

/// The first 16 bytes of a mark: two marks that share them cost more tries than there can be, and would only make both look used.
pub type Stem = [u8; 16];

/// The stem of a mark.
#[must_use]
pub fn stem(mark: &Token) -> Stem {
    let mut stem = [0; 16];
    stem.copy_from_slice(&mark.bytes()[..16]);
    stem
}

/// Bit `at` of a mark or stem, from the first byte's highest.
#[must_use]
pub fn bit(bytes: &[u8], at: usize) -> bool {
    bytes
        .get(at / 8)
        .is_some_and(|byte| byte >> (7 - at % 8) & 1 == 1)
}

/// What a bucket is without marks, and so is the whole set.
pub const EMPTY: Digest = Digest([0; 32]);

/// A bucket with one more mark, which was used after the others.
#[must_use]
pub fn link(bucket: &Digest, stem: &Stem) -> Digest {
    let mut bytes = [LINK; 1 + 32 + 16];
    bytes[1..33].copy_from_slice(&bucket.0);
    bytes[33..].copy_from_slice(stem);
    Digest::of(&[&bytes])
}

/// Two subtrees as one: the marks whose next bit is 0, and those of whom it is 1.
#[must_use]
pub fn fork(zero: &Digest, one: &Digest) -> Digest {
    let mut bytes = [FORK; 1 + 32 + 32];
    bytes[1..33].copy_from_slice(&zero.0);
    bytes[33..].copy_from_slice(&one.0);
    Digest::of(&[&bytes])
}

/// A bucket in which a mark would be, with the way up to the whole set.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Absence {
    /// What is in the bucket, in the order in which it was used.
    #[cbor(n(0), with = "stems")]
    pub stems: Vec<Stem>,
    /// The other half at each fork, from the bucket to the root.
    #[cbor(n(1), with = "codec::path")]
    pub path: Vec<Digest>,
}

/// Why a mark's absence isn't shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAbsent {
    /// It is in the set.
    #[error("it is used up")]
    Used,
    /// The proof is about another place in the set.
    #[error("what is shown of the used ones is not where it would be")]
    Elsewhere,
}

impl Absence {
    /// The root of the set of so many marks in which the mark isn't, if this is a part of it.
    ///
    /// # Errors
    /// [`NotAbsent`].
    pub fn root(&self, mark: &Token, count: u64) -> Result<Digest, NotAbsent> {
        let own = stem(mark);
        let depth = self.path.len();
        let fits = |stem: &Stem| (0..depth).all(|at| bit(stem, at) == bit(&own, at));
        let whole = depth > 0 || count == self.stems.len() as u64;
        let sized = self.stems.len() <= BUCKET_MARKS_MAX && depth <= MARK_BITS_MAX;
        if !sized || !whole || !self.stems.iter().all(fits) {
            return Err(NotAbsent::Elsewhere);
        }
        if self.stems.contains(&own) {
            return Err(NotAbsent::Used);
        }
        let bucket = self.stems.iter().fold(EMPTY, |all, next| link(&all, next));
        let up = self.path.iter().zip((0..depth).rev());
        Ok(up.fold(bucket, |below, (beside, at)| match bit(&own, at) {
            false => fork(&below, beside),
            true => fork(beside, &below),
        }))
    }
}

/// Stems as one byte string of 16 bytes each.
mod stems {
    use super::{BUCKET_MARKS_MAX, Decoder, Encoder, Stem, Write};

    pub(super) fn encode<C, W: Write>(
        stems: &[Stem],
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.bytes(stems.as_flattened())?.ok()
    }

    pub(super) fn decode<C>(
        d: &mut Decoder<'_>,
        _: &mut C,
    ) -> Result<Vec<Stem>, minicbor::decode::Error> {
        let (stems, rest) = d.bytes()?.as_chunks::<16>();
        if !rest.is_empty() || stems.len() > BUCKET_MARKS_MAX {
            let reason = "not a bucket: a few marks of 16 bytes each";
            return Err(minicbor::decode::Error::message(reason));
        }
        Ok(stems.to_vec())
    }
}
