//! The values that facts and arguments are made of.

mod file;
mod money;
mod party;

use std::fmt;
use std::sync::Arc;

use jiff::civil::Date;

pub use file::{FileAddress, FileAddressError};
pub(crate) use money::parse_minor;
pub use money::{Currency, CurrencyError, Money, MoneyError};
pub use party::{Party, PartyError};

/// One value; its type stands in the contract.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Text in NFC, at most [`crate::limits::TEXT_BYTES_MAX`] bytes, without hidden characters.
    Text(Arc<str>),
    /// An amount in one currency.
    Money(Money),
    /// A day of the Gregorian calendar.
    Date(Date),
    /// A legal identity.
    Party(Party),
    /// One name of an enumeration.
    Choice(Arc<str>),
    /// A file that stands elsewhere.
    File(Arc<FileAddress>),
    /// An optional value that is not there.
    Absent,
    /// Values of one type, at most as many as the contract declares.
    List(Vec<Value>),
    /// A record's values in its declared order.
    Record(Vec<Value>),
}

impl Value {
    /// A text value.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self::Text(Arc::from(text))
    }

    /// A name of an enumeration.
    #[must_use]
    pub fn choice(name: &str) -> Self {
        Self::Choice(Arc::from(name))
    }

    /// The party, when it is one.
    #[must_use]
    pub fn as_party(&self) -> Option<&Party> {
        match self {
            Self::Party(party) => Some(party),
            _ => None,
        }
    }

    /// The amount, when it is one.
    #[must_use]
    pub fn as_money(&self) -> Option<Money> {
        match self {
            Self::Money(money) => Some(*money),
            _ => None,
        }
    }
}

/// As a person reads it: `£12.50`, `24 June 2026`, `none`, `[a, b]`.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(value) => write!(f, "{value}"),
            Self::Int(value) => write!(f, "{value}"),
            Self::Text(text) => write!(f, "\"{text}\""),
            Self::Money(money) => write!(f, "{money}"),
            Self::Date(date) => write!(f, "{}", date.strftime("%-d %B %Y")),
            Self::Party(party) => write!(f, "{party}"),
            Self::Choice(name) => f.write_str(name),
            Self::File(file) => write!(f, "\"{file}\""),
            Self::Absent => f.write_str("none"),
            Self::List(items) => sequence(f, '[', items, ']'),
            Self::Record(fields) => sequence(f, '(', fields, ')'),
        }
    }
}

fn sequence(f: &mut fmt::Formatter<'_>, open: char, items: &[Value], close: char) -> fmt::Result {
    write!(f, "{open}")?;
    for (i, item) in items.iter().enumerate() {
        write!(f, "{}{item}", if i == 0 { "" } else { ", " })?;
    }
    write!(f, "{close}")
}

/// A fact's content: its kind and its fields in the kind's declared order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FactValue {
    /// Index into [`crate::Contract::kinds`].
    pub kind: u16,
    /// One value for each declared field; an optional field without a value is [`Value::Absent`].
    pub fields: Vec<Value>,
}

/// Days from one date to another; below zero when the other is earlier.
pub(crate) fn days_between(from: Date, to: Date) -> i64 {
    to.duration_since(from).as_hours() / 24
}
