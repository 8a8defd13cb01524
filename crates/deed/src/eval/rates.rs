//! Percentages and decimals of amounts, and shares: exact in 128 bits, rounded once, as the text says.

use crate::builtin::BuiltInRule;
use crate::limits::PERCENT_WHOLE;
use crate::outcome::Refusal;
use crate::syntax::ast::Rounding;
use crate::value::{Money, Value};

use super::compute::{ill_typed, overflow};

/// How many whole steps an exact number is, rounded as said; `step` is above zero.
pub(super) fn steps(exact: i128, step: i128, rounding: Rounding) -> i128 {
    let below = exact.div_euclid(step);
    let rest = exact.rem_euclid(step);
    let up = match rounding {
        Rounding::Down => false,
        Rounding::Up => rest > 0,
        // Halves away from zero: upwards above zero, downwards below.
        Rounding::Nearest => match (rest * 2).cmp(&step) {
            std::cmp::Ordering::Equal => exact > 0,
            order => order.is_gt(),
        },
    };
    below + i128::from(up)
}

/// The rate (in parts of `per`) of a number or amount, to multiples of `unit`.
pub(super) fn part(
    rate: &Value,
    of: &Value,
    per: i64,
    rounding: Rounding,
    unit: i64,
) -> Result<Value, Refusal> {
    let Value::Int(rate) = rate else {
        return Err(ill_typed());
    };
    let (base, currency) = match of {
        Value::Int(n) => (*n, None),
        Value::Money(m) => (m.minor, Some(m.currency)),
        _ => return Err(ill_typed()),
    };
    let exact = i128::from(*rate) * i128::from(base);
    let step = i128::from(per) * i128::from(unit);
    if step <= 0 {
        return Err(ill_typed());
    }
    let result = steps(exact, step, rounding) * i128::from(unit);
    let result = i64::try_from(result).map_err(|_| overflow())?;
    Ok(match currency {
        Some(currency) => Value::Money(Money::new(currency, result)),
        None => Value::Int(result),
    })
}

/// What percentage the part is of the whole, to multiples of `unit`.
pub(super) fn share(
    part: &Value,
    whole: &Value,
    rounding: Rounding,
    unit: i64,
) -> Result<Value, Refusal> {
    let number = |value: &Value| match value {
        Value::Int(n) => Ok(*n),
        Value::Money(m) => Ok(m.minor),
        _ => Err(ill_typed()),
    };
    let (of, all) = (number(part)?, number(whole)?);
    if all <= 0 {
        let message = format!("{part} out of {whole} is no percentage");
        return Err(Refusal::new(BuiltInRule::ShareOfNothing, message));
    }
    let exact = i128::from(of) * i128::from(PERCENT_WHOLE);
    let step = i128::from(all) * i128::from(unit);
    if step <= 0 {
        return Err(ill_typed());
    }
    let result = steps(exact, step, rounding)
        .checked_mul(i128::from(unit))
        .ok_or_else(overflow)?;
    i64::try_from(result)
        .map(Value::Int)
        .map_err(|_| overflow())
}
