//! Calendars.

use jiff::civil::Date;

use crate::ir::Calendar;
use crate::limits::{CALENDAR_DAYS_MAX, HOLIDAYS_MAX};
use crate::syntax::Problem;
use crate::syntax::ast::CalendarDecl;
use crate::value::days_between;

/// Checks one calendar: from when to when it speaks, on what ground, and which days it names.
pub(super) fn calendar(decl: &CalendarDecl, problems: &mut Vec<Problem>) -> Calendar {
    let mut problem = |span, message: String, label: &str, help: &str| {
        problems.push(Problem::new(span, message, label).help(help.to_owned()));
    };
    let name = &decl.name;
    if decl.law.is_none() {
        let message = format!("the calendar {} names no source", name.text);
        let help = "say which law or document lists its holidays, as in `law \"...\"`";
        problem(name.span, message, "on what ground?", help);
    }
    let (from, to) = match decl.known {
        Some((from, to, span)) => {
            let days = days_between(from, to);
            if !(0..CALENDAR_DAYS_MAX).contains(&days) {
                let message = format!("a calendar speaks of 1 to {CALENDAR_DAYS_MAX} days");
                let help = "the earlier date stands first; a later version can go on";
                problem(span, message, "not such a time", help);
            }
            (from, to)
        }
        None => {
            let message = format!("the calendar {} does not say when it is known", name.text);
            let help = "add a line such as `known from 1 January 2026 to 31 December 2027`";
            problem(name.span, message, "from when to when?", help);
            (Date::MIN, Date::MIN)
        }
    };
    if decl.holidays.len() > HOLIDAYS_MAX {
        let message = format!("a calendar has at most {HOLIDAYS_MAX} holidays");
        problem(name.span, message, "too many", "split it into two");
    }
    for (i, (day, span)) in decl.holidays.iter().enumerate() {
        if decl.known.is_some() && (*day < from || *day > to) {
            let message = "the holiday lies outside the time that the calendar speaks of";
            problem(*span, message.to_owned(), "outside", "change `known from`");
        }
        if decl.holidays[..i].iter().any(|(other, _)| other == day) {
            let message = "the holiday stands here twice".to_owned();
            problem(*span, message, "said before", "remove one of them");
        }
    }
    if decl.weekend.len() >= 7 {
        let message = "somebody works on at least one day of the week".to_owned();
        problem(name.span, message, "no working day", "name fewer days");
    }
    let mut holidays: Vec<Date> = decl.holidays.iter().map(|(day, _)| *day).collect();
    holidays.sort_unstable();
    Calendar {
        name: name.text.clone(),
        weekend: decl.weekend.clone(),
        from,
        to,
        holidays,
    }
}
