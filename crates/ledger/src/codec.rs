//! The one encoding: RFC 8949 §4.2 deterministic CBOR, structures as arrays, no floats, text in NFC.
//!
//! `minicbor` decodes leniently (long integers, indefinite lengths); [`decode`] therefore encodes again what it read and
//! refuses anything whose bytes differ, so that no two byte strings decode to the same object.

use deed::{Currency, Money, Party, Value};
use jiff::civil::Date;
use minicbor::encode::Write;
use minicbor::{Decode, Decoder, Encode, Encoder};
use unicode_normalization::is_nfc;

use crate::limits::{LIST_ITEMS_MAX, MESSAGE_BYTES_MAX, TEXT_BYTES_MAX, VALUE_DEPTH_MAX};

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

fn text<'b>(d: &mut Decoder<'b>) -> Decoded<&'b str> {
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

/// A [`Party`] as its identifier.
pub mod party {
    use super::{Decoded, Decoder, Encoded, Encoder, Party, Write, refuse, text};

    /// Writes the identifier as text.
    pub fn encode<C, W: Write>(party: &Party, e: &mut Encoder<W>, _: &mut C) -> Encoded<W> {
        e.str(party.as_str())?.ok()
    }

    /// Reads an identifier.
    pub fn decode<C>(d: &mut Decoder<'_>, _: &mut C) -> Decoded<Party> {
        Party::new(text(d)?).or_else(|_| refuse("not a party identifier"))
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

/// A field's [`Value`] as `[type, …]`.
pub mod value {
    use super::{
        Currency, Decoded, Decoder, Encoded, Encoder, LIST_ITEMS_MAX, Money, VALUE_DEPTH_MAX,
        Value, Write, array_len, date, party, refuse, text,
    };

    /// Writes one value.
    pub fn encode<C, W: Write>(value: &Value, e: &mut Encoder<W>, c: &mut C) -> Encoded<W> {
        match value {
            Value::Bool(b) => e.array(2)?.u8(0)?.bool(*b)?.ok(),
            Value::Int(i) => e.array(2)?.u8(1)?.i64(*i)?.ok(),
            Value::Text(t) => e.array(2)?.u8(2)?.str(t)?.ok(),
            Value::Money(m) => e
                .array(3)?
                .u8(3)?
                .str(m.currency.as_str())?
                .i64(m.minor)?
                .ok(),
            Value::Date(d) => date::encode(d, e.array(2)?.u8(4)?, c),
            Value::Party(p) => party::encode(p, e.array(2)?.u8(5)?, c),
            Value::Choice(t) => e.array(2)?.u8(6)?.str(t)?.ok(),
            Value::Absent => e.array(1)?.u8(7)?.ok(),
            Value::List(items) => items_of(8, items, e, c),
            Value::Record(items) => items_of(9, items, e, c),
        }
    }

    fn items_of<C, W: Write>(
        code: u8,
        items: &[Value],
        e: &mut Encoder<W>,
        c: &mut C,
    ) -> Encoded<W> {
        e.array(2)?.u8(code)?.array(items.len() as u64)?;
        items.iter().try_for_each(|item| encode(item, e, c))
    }

    /// Reads one value.
    pub fn decode<C>(d: &mut Decoder<'_>, c: &mut C) -> Decoded<Value> {
        nested(d, c, 0)
    }

    fn nested<C>(d: &mut Decoder<'_>, c: &mut C, depth: usize) -> Decoded<Value> {
        if depth > VALUE_DEPTH_MAX {
            return refuse("a value nested deeper than its limit");
        }
        let len = array_len(d, 3)?;
        Ok(match (d.u8()?, len) {
            (0, 2) => Value::Bool(d.bool()?),
            (1, 2) => Value::Int(d.i64()?),
            (2, 2) => Value::Text(text(d)?.into()),
            (3, 3) => {
                let currency =
                    Currency::new(d.str()?).or_else(|_| refuse("not a currency code"))?;
                Value::Money(Money {
                    currency,
                    minor: d.i64()?,
                })
            }
            (4, 2) => Value::Date(date::decode(d, c)?),
            (5, 2) => Value::Party(party::decode(d, c)?),
            (6, 2) => Value::Choice(text(d)?.into()),
            (7, 1) => Value::Absent,
            (8, 2) => Value::List(items(d, c, depth)?),
            (9, 2) => Value::Record(items(d, c, depth)?),
            _ => return refuse("a value of unknown type"),
        })
    }

    fn items<C>(d: &mut Decoder<'_>, c: &mut C, depth: usize) -> Decoded<Vec<Value>> {
        (0..array_len(d, LIST_ITEMS_MAX)?)
            .map(|_| nested(d, c, depth + 1))
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
