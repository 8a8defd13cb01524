//! Rates and values in force on a day.

use jiff::civil::Date;

use crate::builtin::BuiltInRule;
use crate::ir::{Schedule, SliceIr, Tables};
use crate::limits::PERCENT_WHOLE;
use crate::outcome::Refusal;
use crate::value::{Money, Value};

use super::compute::overflow;
use super::rates::steps;

/// Each rate of the table in force applies to its own slice; the sum is rounded once.
pub(super) fn scale(schedule: &Schedule, amount: Money, on: Date) -> Result<Money, Refusal> {
    let Tables::Scale {
        rounding,
        unit,
        dated,
    } = &schedule.tables
    else {
        return Err(not_in_force(schedule, on));
    };
    let slices = in_force(dated, on).ok_or_else(|| not_in_force(schedule, on))?;
    if amount.minor < 0 {
        let message = format!("{} is not defined for {amount}", schedule.name);
        return Err(Refusal::new(BuiltInRule::AmountBelowZero, message));
    }
    let exact: i128 = parts(slices, amount.minor)
        .map(|(part, rate)| part * rate)
        .sum();
    let step = i128::from(unit.minor) * i128::from(PERCENT_WHOLE);
    let steps = steps(exact, step, *rounding);
    let minor = i64::try_from(steps * i128::from(unit.minor)).map_err(|_| overflow())?;
    Ok(Money::new(amount.currency, minor))
}

/// The part of the amount in each slice, with its rate.
fn parts(slices: &[SliceIr], amount: i64) -> impl Iterator<Item = (i128, i128)> {
    let mut below = 0;
    slices.iter().map(move |slice| {
        let top = slice.up_to.map_or(amount, |bound| bound.min(amount));
        let part = (top - below).max(0);
        below = below.max(top);
        (i128::from(part), i128::from(slice.rate))
    })
}

/// The value of a parameter in force.
pub(super) fn parameter(schedule: &Schedule, on: Date) -> Result<&Value, Refusal> {
    match &schedule.tables {
        Tables::Parameter(dated) => in_force(dated, on),
        Tables::Scale { .. } => None,
    }
    .ok_or_else(|| not_in_force(schedule, on))
}

fn in_force<T>(dated: &[(Date, T)], on: Date) -> Option<&T> {
    dated
        .iter()
        .rev()
        .find(|(from, _)| *from <= on)
        .map(|(_, value)| value)
}

fn not_in_force(schedule: &Schedule, on: Date) -> Refusal {
    let message = format!("{} says nothing about {}", schedule.name, Value::Date(on));
    Refusal::new(BuiltInRule::RateInForce, message)
}
