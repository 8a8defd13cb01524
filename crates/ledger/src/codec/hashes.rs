//! A list of digests as one byte string of 32 bytes each.

use minicbor::encode::Write;
use minicbor::{Decoder, Encoder};

use super::{Decoded, Encoded, refuse};
use crate::digest::Digest;
use crate::limits::LIST_ITEMS_MAX;

/// Writes the byte string.
pub fn encode<C, W: Write>(hashes: &[Digest], e: &mut Encoder<W>, _: &mut C) -> Encoded<W> {
    e.bytes(
        hashes
            .iter()
            .map(|hash| hash.0)
            .collect::<Vec<_>>()
            .as_flattened(),
    )?
    .ok()
}

/// Reads a byte string.
pub fn decode<C>(d: &mut Decoder<'_>, _: &mut C) -> Decoded<Vec<Digest>> {
    at_most(d, LIST_ITEMS_MAX)
}

pub(super) fn at_most(d: &mut Decoder<'_>, max: usize) -> Decoded<Vec<Digest>> {
    let (hashes, rest) = d.bytes()?.as_chunks::<32>();
    if !rest.is_empty() {
        return refuse("hashes that are not 32 bytes each");
    }
    if hashes.len() > max {
        return refuse("more hashes than their limit");
    }
    Ok(hashes.iter().copied().map(Digest).collect())
}
