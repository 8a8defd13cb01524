//! Periods beside dates: `6 months`, `within 90 days before effective`, `days from a to b`.

use super::ast::{Expr, Node, Unit};
use super::cursor::Cursor;
use super::expr::sum;
use super::primary::postfix;
use super::token::{Problem, Tok};

/// A unit that is no unit, and often written.
const WEEKS: [&str; 2] = ["week", "weeks"];

/// The number just read, as a period when a unit follows it.
pub(crate) fn period(cursor: &mut Cursor<'_>, number: Expr) -> Result<Expr, Problem> {
    let Tok::Name(word) = cursor.peek() else {
        return Ok(number);
    };
    let unit = match word {
        "day" | "days" => Unit::Days,
        "month" | "months" => Unit::Months,
        "year" | "years" => Unit::Years,
        "working" if cursor.word_ahead(1, "days") || cursor.word_ahead(1, "day") => {
            cursor.advance();
            cursor.advance();
            cursor.expect_word("in")?;
            Unit::WorkingDays(cursor.name("a calendar")?)
        }
        _ if WEEKS.contains(&word) => {
            let help = match number.node {
                Node::Int(weeks) => format!("write `{} days`", weeks.saturating_mul(7)),
                _ => "count the days, as in `56 days`".to_owned(),
            };
            let problem = Problem::new(cursor.span(), "a period counts no weeks", "no unit");
            return Err(problem.help(help));
        }
        _ => return Ok(number),
    };
    if !matches!(unit, Unit::WorkingDays(_)) {
        cursor.advance();
    }
    let span = number.span.to(cursor.before());
    Expr::new(span, Node::Period(Box::new(number), unit))
}

/// `within 90 days before effective`, after the date.
pub(crate) fn within(cursor: &mut Cursor<'_>, date: Expr) -> Result<Expr, Problem> {
    let period = cursor.deeper(postfix)?;
    if !matches!(period.node, Node::Period(..)) {
        return Err(
            Problem::new(period.span, "expected a period", "not a period")
                .help("a period is a number with its unit, as in `90 days`".to_owned()),
        );
    }
    let after = if cursor.eat_word("after") {
        true
    } else if cursor.eat_word("before") {
        false
    } else {
        return Err(cursor.expected("`before` or `after`"));
    };
    let anchor = cursor.deeper(sum)?;
    let span = date.span.to(anchor.span);
    Expr::new(
        span,
        Node::Within {
            date: Box::new(date),
            period: Box::new(period),
            after,
            anchor: Box::new(anchor),
        },
    )
}

/// `days from arrived to effective`.
pub(crate) fn days_from(cursor: &mut Cursor<'_>) -> Result<Expr, Problem> {
    let start = cursor.span();
    cursor.expect_word("days")?;
    cursor.expect_word("from")?;
    let from = cursor.deeper(postfix)?;
    cursor.expect_word("to")?;
    let to = cursor.deeper(postfix)?;
    let span = start.to(to.span);
    Expr::new(span, Node::DaysFrom(Box::new(from), Box::new(to)))
}

/// `working day in england`, after `is`.
pub(crate) fn working_day(
    cursor: &mut Cursor<'_>,
    date: Expr,
    negated: bool,
) -> Result<Expr, Problem> {
    cursor.expect_word("day")?;
    cursor.expect_word("in")?;
    let calendar = cursor.name("a calendar")?;
    let span = date.span.to(calendar.span);
    Expr::new(
        span,
        Node::WorkingDay {
            date: Box::new(date),
            calendar,
            negated,
        },
    )
}
