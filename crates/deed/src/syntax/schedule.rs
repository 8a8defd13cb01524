//! Dated tables: slice rates (`scale`) and single values (`parameter`).

use crate::value::Money;

use super::ast::{Dated, Expr, Rounding, ScheduleDecl, ScheduleNode, Slice};
use super::cursor::Cursor;
use super::expr::expr;
use super::layout::Line;
use super::primary::date;
use super::token::{Problem, Tok};
use super::types::type_expr;
use crate::value::Currency;

/// `scale name for GBP, rounded down to £1`, then dated tables.
pub(crate) fn scale(
    line: Line<'_, '_>,
    problems: &mut Vec<Problem>,
) -> Result<ScheduleDecl, Problem> {
    let mut cursor = Cursor::new(line.tokens());
    cursor.advance();
    let name = cursor.new_name("the scale's name")?;
    cursor.expect_word("for")?;
    let code = cursor.name("a currency")?;
    let currency = Currency::new(&code.text)
        .map_err(|e| Problem::new(code.span, e.to_string(), "not a currency"))?;
    cursor.expect_mark(",")?;
    cursor.expect_word("rounded")?;
    let rounding = rounding(&mut cursor)?;
    cursor.expect_word("to")?;
    let unit = money(&mut cursor)?;
    cursor.finish()?;
    let mut tables = Vec::new();
    for child in line.children() {
        match table(child) {
            Ok(dated) => tables.push(dated),
            Err(problem) => problems.push(problem),
        }
    }
    Ok(ScheduleDecl {
        name,
        node: ScheduleNode::Scale {
            currency,
            rounding,
            unit,
            tables,
        },
    })
}

/// `down`, `up` or `nearest`.
pub(crate) fn rounding(cursor: &mut Cursor<'_>) -> Result<Rounding, Problem> {
    let words = [
        ("down", Rounding::Down),
        ("up", Rounding::Up),
        ("nearest", Rounding::Nearest),
    ];
    for (word, rounding) in words {
        if cursor.eat_word(word) {
            return Ok(rounding);
        }
    }
    Err(cursor.unknown_word("a rounding", &words.map(|(w, _)| w)))
}

fn money(cursor: &mut Cursor<'_>) -> Result<Money, Problem> {
    match cursor.peek() {
        Tok::Money(money) => {
            cursor.advance();
            Ok(money)
        }
        _ => Err(cursor.expected("an amount of money")),
    }
}

fn from_date(cursor: &mut Cursor<'_>) -> Result<Dated<()>, Problem> {
    let start = cursor.span();
    cursor.expect_word("from")?;
    let (from, span) = date(cursor)?;
    Ok(Dated {
        from,
        span: start.to(span),
        value: (),
    })
}

fn table(line: Line<'_, '_>) -> Result<Dated<Vec<Slice>>, Problem> {
    let mut cursor = Cursor::new(line.tokens());
    let dated = from_date(&mut cursor)?;
    cursor.finish()?;
    let slices = line.children().map(slice).collect::<Result<_, _>>()?;
    Ok(Dated {
        from: dated.from,
        span: dated.span,
        value: slices,
    })
}

/// `up to £125,000  0%` or `above  12%`.
fn slice(line: Line<'_, '_>) -> Result<Slice, Problem> {
    let mut cursor = Cursor::new(line.flat());
    let up_to = if cursor.eat_word("above") {
        None
    } else if cursor.eat_word("up") {
        cursor.expect_word("to")?;
        Some(money(&mut cursor)?)
    } else {
        return Err(cursor.unknown_word("a slice", &["up", "above"]));
    };
    let rate = match cursor.peek() {
        Tok::Percent(rate) => {
            cursor.advance();
            rate
        }
        _ => return Err(cursor.expected("a percentage")),
    };
    cursor.finish()?;
    Ok(Slice {
        up_to,
        rate,
        span: line.span(),
    })
}

/// `parameter name: type`, then `from DATE  value` lines.
pub(crate) fn parameter(
    line: Line<'_, '_>,
    problems: &mut Vec<Problem>,
) -> Result<ScheduleDecl, Problem> {
    let mut cursor = Cursor::new(line.tokens());
    cursor.advance();
    let name = cursor.new_name("the parameter's name")?;
    cursor.expect_mark(":")?;
    let ty = type_expr(&mut cursor)?;
    cursor.finish()?;
    let mut values = Vec::new();
    for child in line.children() {
        match dated_value(child) {
            Ok(dated) => values.push(dated),
            Err(problem) => problems.push(problem),
        }
    }
    Ok(ScheduleDecl {
        name,
        node: ScheduleNode::Parameter { ty, values },
    })
}

fn dated_value(line: Line<'_, '_>) -> Result<Dated<Expr>, Problem> {
    let mut cursor = Cursor::new(line.flat());
    let dated = from_date(&mut cursor)?;
    let value = expr(&mut cursor)?;
    cursor.finish()?;
    Ok(Dated {
        from: dated.from,
        span: dated.span,
        value,
    })
}
