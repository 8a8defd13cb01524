//! The path of a Merkle tree: its hashes from leaf to root, as one byte string.

pub use super::hashes::encode;
use super::{Decoded, hashes::at_most};
use crate::digest::Digest;
use crate::limits::PATH_MAX;

/// Reads a path.
pub fn decode<C>(d: &mut minicbor::Decoder<'_>, _: &mut C) -> Decoded<Vec<Digest>> {
    at_most(d, PATH_MAX)
}
