//! The one encoding: RFC 8949 §4.2 deterministic CBOR, structures as arrays, no floats, text in NFC.
//!
//! `minicbor` decodes leniently (long integers, indefinite lengths); [`decode`] therefore encodes again what it read and
//! refuses anything whose bytes differ, so that no two byte strings decode to the same object.

pub mod hashes;
pub mod list;
pub mod lists;
pub mod path;
pub mod value;

use deed::{Party, Value};
use jiff::civil::Date;
use minicbor::encode::Write;
use minicbor::{Decode, Decoder, Encode, Encoder};
use unicode_normalization::{UnicodeNormalization as _, is_nfc};

use crate::limits::{LIST_ITEMS_MAX, MESSAGE_BYTES_MAX, TEXT_BYTES_MAX};

/// Why bytes are not an object of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Larger than any honest object.
    #[error("{bytes} bytes are more than the {MESSAGE_BYTES_MAX} allowed")]
    TooLarge {
        /// Length of what was given.
        bytes: usize,
    },
    /// Not the expected shape.
    #[error("not the expected shape: {reason}")]
    Shape {
        /// What the decoder met.
        reason: String,
    },
    /// The right shape, but not its one canonical encoding.
    #[error("not the canonical encoding of the object")]
    NotCanonical,
}

/// The canonical bytes of an object.
#[must_use]
pub fn encode<T: Encode<()>>(object: &T) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(256);
    let written = minicbor::encode(object, &mut bytes);
    // A vector's writer has no error to give and no encoder of this crate raises one.
    debug_assert!(written.is_ok());
    bytes
}

/// Reads an object and refuses every byte string but its canonical one.
///
/// # Errors
/// [`DecodeError`]: too large, wrong shape, or not canonical.
pub fn decode<T>(bytes: &[u8]) -> Result<T, DecodeError>
where
    T: Encode<()> + for<'b> Decode<'b, ()>,
{
    if bytes.len() > MESSAGE_BYTES_MAX {
        return Err(DecodeError::TooLarge { bytes: bytes.len() });
    }
    let object: T = minicbor::decode(bytes).map_err(|error| DecodeError::Shape {
        reason: error.to_string(),
    })?;
    if encode(&object) == bytes {
        Ok(object)
    } else {
        Err(DecodeError::NotCanonical)
    }
}

type Encoded<W> = Result<(), minicbor::encode::Error<<W as Write>::Error>>;
type Decoded<T> = Result<T, minicbor::decode::Error>;

fn refuse<T>(reason: &'static str) -> Decoded<T> {
    Err(minicbor::decode::Error::message(reason))
}

/// The number of items of an array whose length is given and at most `max`.
pub(crate) fn array_len(d: &mut Decoder<'_>, max: usize) -> Decoded<usize> {
    match d.array()? {
        Some(len) if len <= max as u64 => Ok(len as usize),
        Some(_) => refuse("a list longer than its limit"),
        None => refuse("a list without a length"),
    }
}

fn checked<'b>(d: &mut Decoder<'b>) -> Decoded<&'b str> {
    let text = d.str()?;
    if text.len() > TEXT_BYTES_MAX {
        return refuse("a text longer than its limit");
    }
    if is_nfc(text) {
        Ok(text)
    } else {
        refuse("a text that is not in Unicode normalisation form C")
    }
}

/// A text as it may stand in a record: in normalisation form C, and cut where it is too long.
#[must_use]
pub fn composed(text: &str) -> String {
    let mut composed: String = text.nfc().collect();
    composed.truncate(composed.floor_char_boundary(TEXT_BYTES_MAX));
    composed
}

/// A [`Party`] as its identifier.
pub mod party {
    use super::{Decoded, Decoder, Encoded, Encoder, Party, Write, checked, refuse};

    /// Writes the identifier as text.
    pub fn encode<C, W: Write>(party: &Party, e: &mut Encoder<W>, _: &mut C) -> Encoded<W> {
        e.str(party.as_str())?.ok()
    }

    /// Reads an identifier.
    pub fn decode<C>(d: &mut Decoder<'_>, _: &mut C) -> Decoded<Party> {
        Party::new(checked(d)?).or_else(|_| refuse("not a party identifier"))
    }
}

/// A list of [`Party`].
pub mod parties {
    use super::{
        Decoded, Decoder, Encoded, Encoder, LIST_ITEMS_MAX, Party, Write, array_len, party,
    };

    /// Writes an array of identifiers.
    pub fn encode<C, W: Write>(parties: &[Party], e: &mut Encoder<W>, c: &mut C) -> Encoded<W> {
        e.array(parties.len() as u64)?;
        parties.iter().try_for_each(|p| party::encode(p, e, c))
    }

    /// Reads an array of identifiers.
    pub fn decode<C>(d: &mut Decoder<'_>, c: &mut C) -> Decoded<Vec<Party>> {
        (0..array_len(d, LIST_ITEMS_MAX)?)
            .map(|_| party::decode(d, c))
            .collect()
    }
}

/// A calendar date as whole days since 1 January 1970.
pub mod date {
    use super::{Date, Decoded, Decoder, Encoded, Encoder, Write, refuse};

    /// Days since 1970-01-01, negative before.
    #[must_use]
    pub fn days(date: Date) -> i32 {
        let epoch = jiff::civil::date(1970, 1, 1);
        (date - epoch).get_days()
    }

    /// The date so many days after 1970-01-01; `None` outside the years -9999 to 9999.
    #[must_use]
    pub fn from_days(days: i32) -> Option<Date> {
        let span = jiff::Span::new().try_days(days).ok()?;
        jiff::civil::date(1970, 1, 1).checked_add(span).ok()
    }

    /// Writes the day number.
    pub fn encode<C, W: Write>(date: &Date, e: &mut Encoder<W>, _: &mut C) -> Encoded<W> {
        e.i32(days(*date))?.ok()
    }

    /// Reads a day number.
    pub fn decode<C>(d: &mut Decoder<'_>, _: &mut C) -> Decoded<Date> {
        from_days(d.i32()?).map_or_else(|| refuse("a day outside the calendar"), Ok)
    }
}

/// A text for people: in normalisation form C and not too long.
pub mod text {
    use super::{Decoded, Decoder, Encoded, Encoder, Write, checked};

    /// Writes a text.
    pub fn encode<C, W: Write>(text: &str, e: &mut Encoder<W>, _: &mut C) -> Encoded<W> {
        e.str(text)?.ok()
    }

    /// Reads a text.
    pub fn decode<C>(d: &mut Decoder<'_>, _: &mut C) -> Decoded<String> {
        checked(d).map(str::to_owned)
    }
}

/// A list of texts.
pub mod texts {
    use super::{Decoded, Decoder, Encoded, Encoder, LIST_ITEMS_MAX, Write, array_len, text};

    /// Writes an array of texts.
    pub fn encode<C, W: Write>(texts: &[String], e: &mut Encoder<W>, c: &mut C) -> Encoded<W> {
        e.array(texts.len() as u64)?;
        texts.iter().try_for_each(|t| text::encode(t, e, c))
    }

    /// Reads an array of texts.
    pub fn decode<C>(d: &mut Decoder<'_>, c: &mut C) -> Decoded<Vec<String>> {
        (0..array_len(d, LIST_ITEMS_MAX)?)
            .map(|_| text::decode(d, c))
            .collect()
    }
}

/// A list of values.
pub mod values {
    use super::{
        Decoded, Decoder, Encoded, Encoder, LIST_ITEMS_MAX, Value, Write, array_len, value,
    };

    /// Writes an array of values.
    pub fn encode<C, W: Write>(values: &[Value], e: &mut Encoder<W>, c: &mut C) -> Encoded<W> {
        e.array(values.len() as u64)?;
        values.iter().try_for_each(|v| value::encode(v, e, c))
    }

    /// Reads an array of values.
    pub fn decode<C>(d: &mut Decoder<'_>, c: &mut C) -> Decoded<Vec<Value>> {
        (0..array_len(d, LIST_ITEMS_MAX)?)
            .map(|_| value::decode(d, c))
            .collect()
    }
}
