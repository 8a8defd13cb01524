//! Values out of values: checked arithmetic, comparison, qualities.

use jiff::civil::Date;

use crate::builtin::BuiltInRule;
use crate::ir::{Arithmetic, Order};
use crate::outcome::Refusal;
use crate::syntax::ast::Quality;
use crate::value::{Money, Value};

/// The checker makes this impossible; a refusal keeps evaluation total all the same.
pub(crate) fn ill_typed() -> Refusal {
    Refusal::new(
        BuiltInRule::ContractIsWellTyped,
        "the contract computes with values of the wrong type",
    )
}

pub(super) fn overflow() -> Refusal {
    Refusal::new(
        BuiltInRule::AmountOverflow,
        "a number or amount grows beyond 64 bits",
    )
}

pub(crate) fn arithmetic(op: Arithmetic, left: &Value, right: &Value) -> Result<Value, Refusal> {
    let number = |a: i64, b: i64| {
        match op {
            Arithmetic::Add => a.checked_add(b),
            Arithmetic::Subtract => a.checked_sub(b),
            Arithmetic::Multiply => a.checked_mul(b),
        }
        .ok_or_else(overflow)
    };
    match (left, right) {
        (Value::Int(a), Value::Int(b)) => number(*a, *b).map(Value::Int),
        (Value::Money(a), Value::Money(b))
            if a.currency == b.currency && op != Arithmetic::Multiply =>
        {
            number(a.minor, b.minor).map(|minor| Value::Money(Money::new(a.currency, minor)))
        }
        (Value::Money(m), Value::Int(n)) | (Value::Int(n), Value::Money(m))
            if op == Arithmetic::Multiply =>
        {
            number(m.minor, *n).map(|minor| Value::Money(Money::new(m.currency, minor)))
        }
        _ => Err(ill_typed()),
    }
}

pub(super) fn compare(order: Order, left: &Value, right: &Value) -> Result<bool, Refusal> {
    let ordering = match (left, right) {
        (Value::Int(a), Value::Int(b)) => a.cmp(b),
        (Value::Money(a), Value::Money(b)) if a.currency == b.currency => a.minor.cmp(&b.minor),
        (Value::Date(a), Value::Date(b)) => a.cmp(b),
        _ => return Err(ill_typed()),
    };
    Ok(match order {
        Order::Less => ordering.is_lt(),
        Order::LessOrEqual => ordering.is_le(),
        Order::Greater => ordering.is_gt(),
        Order::GreaterOrEqual => ordering.is_ge(),
    })
}

pub(super) fn has(quality: Quality, value: &Value) -> Result<bool, Refusal> {
    let number = match value {
        Value::Int(n) => Some(*n),
        Value::Money(m) => Some(m.minor),
        _ => None,
    };
    match (quality, number, value) {
        (Quality::Positive, Some(n), _) => Ok(n > 0),
        (Quality::Negative, Some(n), _) => Ok(n < 0),
        (Quality::Zero, Some(n), _) => Ok(n == 0),
        (Quality::None, _, value) => Ok(*value == Value::Absent),
        (Quality::Empty, _, Value::Text(text)) => Ok(text.trim().is_empty()),
        (Quality::Empty, _, Value::List(items)) => Ok(items.is_empty()),
        _ => Err(ill_typed()),
    }
}

pub(super) fn length(value: &Value) -> Result<Value, Refusal> {
    let length = match value {
        Value::Text(text) => text.chars().count(),
        Value::List(items) => items.len(),
        _ => return Err(ill_typed()),
    };
    i64::try_from(length)
        .map(Value::Int)
        .map_err(|_| overflow())
}

/// The year in which the United Kingdom's financial year starts: it runs from 1 April to 31 March.
pub(super) fn financial_year(date: Date) -> i64 {
    i64::from(date.year()) - i64::from(date.month() < 4)
}
