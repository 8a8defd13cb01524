//! Days, calendar periods and working days.

use jiff::Span;
use jiff::civil::Date;

use crate::builtin::BuiltInRule;
use crate::ir::{Calendar, Unit};
use crate::limits::PERIOD_MAX;
use crate::outcome::Refusal;
use crate::value::Value;

use super::compute::ill_typed;

/// The date so many units after (or before) another. A month or year that lacks the day ends on its last day:
/// 31 January and one month is 28 or 29 February.
pub(super) fn shift(
    date: Date,
    count: i64,
    unit: Unit,
    back: bool,
    calendars: &[Calendar],
) -> Result<Date, Refusal> {
    if !(0..=PERIOD_MAX).contains(&count) {
        let message = format!("a period counts from 0 to {PERIOD_MAX}, not {count}");
        return Err(Refusal::new(BuiltInRule::PeriodWithinLimits, message));
    }
    let span = match unit {
        Unit::Days => Span::new().try_days(count),
        Unit::Months => Span::new().try_months(count),
        Unit::Years => Span::new().try_years(count),
        Unit::WorkingDays(index) => {
            let calendar = calendars.get(usize::from(index)).ok_or_else(ill_typed)?;
            return calendar.count(date, count, back);
        }
    };
    let moved = span.and_then(|span| match back {
        true => date.checked_sub(span),
        false => date.checked_add(span),
    });
    moved.map_err(|_| {
        let message = format!("{} is too far from this period's end", Value::Date(date));
        Refusal::new(BuiltInRule::DateWithinCalendar, message)
    })
}

impl Calendar {
    /// Whether people work on a day.
    pub(super) fn works(&self, day: Date) -> Result<bool, Refusal> {
        if day < self.from || day > self.to {
            let message = format!("{} says nothing about {}", self.name, Value::Date(day));
            return Err(Refusal::new(BuiltInRule::CalendarKnowsTheDay, message));
        }
        Ok(!self.weekend.contains(&day.weekday()) && self.holidays.binary_search(&day).is_err())
    }

    /// The working day so many after (or before) a day, which itself does not count; none at all is the day itself or,
    /// when nobody works on it, the next (or last) working day.
    fn count(&self, start: Date, count: i64, back: bool) -> Result<Date, Refusal> {
        let (mut day, mut left) = (start, count);
        if left == 0 && self.works(day)? {
            return Ok(day);
        }
        left = left.max(1);
        while left > 0 {
            let next = if back {
                day.yesterday()
            } else {
                day.tomorrow()
            };
            day = next.map_err(|_| {
                let message = format!("{} says nothing after {}", self.name, Value::Date(day));
                Refusal::new(BuiltInRule::CalendarKnowsTheDay, message)
            })?;
            left -= i64::from(self.works(day)?);
        }
        Ok(day)
    }
}
