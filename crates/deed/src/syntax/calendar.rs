//! A named calendar: its weekend and its holidays, for as long as they are known.

use jiff::civil::Weekday;

use super::ast::CalendarDecl;
use super::cursor::Cursor;
use super::layout::Line;
use super::primary::date;
use super::token::{Problem, Tok};

const DAYS: [(&str, Weekday); 7] = [
    ("Monday", Weekday::Monday),
    ("Tuesday", Weekday::Tuesday),
    ("Wednesday", Weekday::Wednesday),
    ("Thursday", Weekday::Thursday),
    ("Friday", Weekday::Friday),
    ("Saturday", Weekday::Saturday),
    ("Sunday", Weekday::Sunday),
];

/// `calendar england`, then its law, weekend, known dates and holidays.
pub(crate) fn calendar(
    line: Line<'_, '_>,
    problems: &mut Vec<Problem>,
) -> Result<CalendarDecl, Problem> {
    let mut cursor = Cursor::new(line.tokens());
    cursor.advance();
    let mut decl = CalendarDecl {
        name: cursor.new_name("the calendar's name")?,
        law: None,
        weekend: Vec::new(),
        known: None,
        holidays: Vec::new(),
    };
    cursor.finish()?;
    for child in line.children().filter(|c| !c.broken()) {
        let tokens = child.flat();
        if let Err(problem) = clause(&mut Cursor::new(tokens), &mut decl) {
            problems.push(problem);
        }
    }
    Ok(decl)
}

fn clause(cursor: &mut Cursor<'_>, decl: &mut CalendarDecl) -> Result<(), Problem> {
    let start = cursor.span();
    if cursor.at_word("law") {
        decl.law = cursor.law()?;
    } else if cursor.eat_word("weekend") {
        decl.weekend.extend(cursor.list(weekday)?);
    } else if cursor.eat_word("known") {
        cursor.expect_word("from")?;
        let (from, _) = date(cursor)?;
        cursor.expect_word("to")?;
        let (to, end) = date(cursor)?;
        decl.known = Some((from, to, start.to(end)));
    } else if cursor.eat_word("holidays") {
        decl.holidays.extend(cursor.list(date)?);
    } else {
        let words = ["law", "known from", "weekend", "holidays"];
        return Err(cursor.unknown_word("a line of a calendar", &words));
    }
    cursor.finish()
}

fn weekday(cursor: &mut Cursor<'_>) -> Result<Weekday, Problem> {
    if let Tok::Name(word) = cursor.peek()
        && let Some((_, day)) = DAYS.iter().find(|(name, _)| *name == word)
    {
        cursor.advance();
        return Ok(*day);
    }
    Err(cursor.unknown_word("a day of the week", &DAYS.map(|(name, _)| name)))
}
