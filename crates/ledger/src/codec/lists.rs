//! A list of lists.

use minicbor::encode::Write;
use minicbor::{Decode, Decoder, Encode, Encoder};

use super::{Decoded, Encoded, array_len, list};
use crate::limits::LIST_ITEMS_MAX;

/// Writes an array of arrays.
pub fn encode<C, W: Write, T: Encode<C>>(
    lists: &[Vec<T>],
    e: &mut Encoder<W>,
    c: &mut C,
) -> Encoded<W> {
    e.array(lists.len() as u64)?;
    lists.iter().try_for_each(|items| list::encode(items, e, c))
}

/// Reads an array of arrays.
pub fn decode<'b, C, T: Decode<'b, C>>(d: &mut Decoder<'b>, c: &mut C) -> Decoded<Vec<Vec<T>>> {
    (0..array_len(d, LIST_ITEMS_MAX)?)
        .map(|_| list::decode(d, c))
        .collect()
}
