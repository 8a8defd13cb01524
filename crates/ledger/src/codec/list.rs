//! A list of anything, with no more items than a list may have: a few bytes an item can stand for a hundred in memory.

use minicbor::encode::Write;
use minicbor::{Decode, Decoder, Encode, Encoder};

use super::{Decoded, Encoded, array_len};
use crate::limits::LIST_ITEMS_MAX;

/// Writes an array.
pub fn encode<C, W: Write, T: Encode<C>>(items: &[T], e: &mut Encoder<W>, c: &mut C) -> Encoded<W> {
    e.array(items.len() as u64)?;
    items.iter().try_for_each(|item| item.encode(e, c))
}

/// Reads an array.
pub fn decode<'b, C, T: Decode<'b, C>>(d: &mut Decoder<'b>, c: &mut C) -> Decoded<Vec<T>> {
    (0..array_len(d, LIST_ITEMS_MAX)?)
        .map(|_| T::decode(d, c))
        .collect()
}

/// A list that is not part of anything else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List<T>(pub Vec<T>);

impl<C, T: Encode<C>> Encode<C> for List<T> {
    fn encode<W: Write>(&self, e: &mut Encoder<W>, c: &mut C) -> Encoded<W> {
        encode(&self.0, e, c)
    }
}

impl<'b, C, T: Decode<'b, C>> Decode<'b, C> for List<T> {
    fn decode(d: &mut Decoder<'b>, c: &mut C) -> Decoded<Self> {
        decode(d, c).map(Self)
    }
}
