//! The types of fields and parameters.

use std::fmt;
use std::sync::Arc;

use crate::value::Currency;

/// The type of a field or parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Type {
    /// True or false.
    Bool,
    /// A whole number of 64 bits.
    Int,
    /// Text.
    Text,
    /// A percentage: a [`crate::Value::Int`] of ten-thousandths of a per cent, so that 100% is 1,000,000.
    Percent,
    /// An exact decimal number with so many places after the point: a [`crate::Value::Int`] of its smallest unit.
    Decimal(u8),
    /// An amount in this currency.
    Money(Currency),
    /// A day.
    Date,
    /// A legal identity.
    Party,
    /// A file that stands elsewhere, by its address.
    File,
    /// One of the names, in declared order.
    Choice(Arc<[Arc<str>]>),
    /// The type, or nothing.
    Optional(Box<Type>),
    /// A list with a declared largest size.
    List {
        /// The type of each item.
        of: Box<Type>,
        /// The largest number of items.
        at_most: u32,
    },
    /// Index into [`crate::Contract::records`].
    Record(u16),
}

/// As a contract writes it; a record's name is not known here and shows as `record`.
impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool => f.write_str("bool"),
            Self::Int => f.write_str("int"),
            Self::Percent => f.write_str("percent"),
            Self::Decimal(places) => write!(f, "decimal {places}"),
            Self::Text => f.write_str("text"),
            Self::Money(currency) => write!(f, "money {currency}"),
            Self::Date => f.write_str("date"),
            Self::Party => f.write_str("party"),
            Self::File => f.write_str("file"),
            Self::Choice(names) => f.write_str(&names.join(" or ")),
            Self::Optional(of) => write!(f, "{of} or none"),
            Self::List { of, at_most } => write!(f, "list of {of} at most {at_most}"),
            Self::Record(_) => f.write_str("record"),
        }
    }
}

/// A named and typed place: a fact's or record's field, or an action's parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The name in the contract.
    pub name: String,
    /// What a person is told about it in a form; may be empty.
    pub doc: String,
    /// Its type.
    pub ty: Type,
}

/// A record: values that belong together inside a fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The name in the contract.
    pub name: String,
    /// Its fields in declared order.
    pub fields: Vec<Field>,
}
