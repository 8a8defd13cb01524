//! A field's [`Value`] as `[type, …]`.

use std::sync::Arc;

use deed::{Currency, FileAddress, Money, Value};
use minicbor::encode::Write;
use minicbor::{Decoder, Encoder};

use super::{Decoded, Encoded, array_len, checked, date, party, refuse};
use crate::limits::{LIST_ITEMS_MAX, VALUE_DEPTH_MAX};

/// The canonical bytes of one value.
#[must_use]
pub(crate) fn bytes(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(64);
    let written = encode(value, &mut Encoder::new(&mut bytes), &mut ());
    // A vector's writer has no error to give.
    debug_assert!(written.is_ok());
    bytes
}

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
        Value::File(f) => e.array(3)?.u8(10)?.bytes(&f.root)?.u64(f.bytes)?.ok(),
        Value::List(items) => items_of(8, items, e, c),
        Value::Record(items) => items_of(9, items, e, c),
    }
}

fn items_of<C, W: Write>(code: u8, items: &[Value], e: &mut Encoder<W>, c: &mut C) -> Encoded<W> {
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
        (2, 2) => Value::Text(checked(d)?.into()),
        (3, 3) => {
            let currency = Currency::new(d.str()?).or_else(|_| refuse("not a currency code"))?;
            Value::Money(Money {
                currency,
                minor: d.i64()?,
            })
        }
        (4, 2) => Value::Date(date::decode(d, c)?),
        (5, 2) => Value::Party(party::decode(d, c)?),
        (6, 2) => Value::Choice(checked(d)?.into()),
        (7, 1) => Value::Absent,
        (8, 2) => Value::List(items(d, c, depth)?),
        (9, 2) => Value::Record(items(d, c, depth)?),
        (10, 3) => {
            let root = d.bytes()?.try_into().or_else(|_| refuse("not 32 bytes"))?;
            Value::File(Arc::new(FileAddress {
                root,
                bytes: d.u64()?,
            }))
        }
        _ => return refuse("a value of unknown type"),
    })
}

fn items<C>(d: &mut Decoder<'_>, c: &mut C, depth: usize) -> Decoded<Vec<Value>> {
    (0..array_len(d, LIST_ITEMS_MAX)?)
        .map(|_| nested(d, c, depth + 1))
        .collect()
}
