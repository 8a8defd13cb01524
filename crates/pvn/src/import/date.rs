//! Published dates in the formats that an importer names.

use jiff::civil::Date;
use jiff::fmt::strtime;

use super::limits::{YEAR_MAX, YEAR_MIN};
use super::problem::Problem;
use super::text::shown;

/// Reads a date in the first of `formats` (strftime words, such as `%d/%m/%Y`) that fits.
pub(super) fn parse(cell: &str, formats: &[String], column: &str) -> Result<Date, Problem> {
    let text = cell.trim();
    let column = column.to_owned();
    let (mut written_like_a_date, mut out_of_range) = (false, None);
    for format in formats {
        match strtime::parse(format, text) {
            Ok(parts) => match parts.to_date() {
                Ok(date) if (YEAR_MIN..=YEAR_MAX).contains(&date.year()) => return Ok(date),
                Ok(date) => out_of_range = Some(date),
                Err(_) => written_like_a_date = true,
            },
            Err(_) => written_like_a_date |= has_the_shape(text, format),
        }
    }
    if let Some(got) = out_of_range {
        return Err(Problem::DateOutOfRange { column, got });
    }
    let got = shown(cell);
    if written_like_a_date {
        return Err(Problem::DateImpossible { column, got });
    }
    Err(Problem::DateUnreadable {
        column,
        got,
        formats: formats.to_vec(),
    })
}

/// Whether the text has digits where the format has numbers and the same marks between them: a slip
/// such as month 13, rather than another format.
fn has_the_shape(text: &str, format: &str) -> bool {
    let mut rest = text;
    let mut words = format.chars();
    while let Some(c) = words.next() {
        let digits = match (c, c == '%') {
            (_, true) => match words.next() {
                Some('Y') => 4..=4,
                Some('m' | 'd') => 1..=2,
                _ => return false,
            },
            (mark, false) => match rest.strip_prefix(mark) {
                Some(after) => {
                    rest = after;
                    continue;
                }
                None => return false,
            },
        };
        let found = rest
            .bytes()
            .take_while(u8::is_ascii_digit)
            .count()
            .min(*digits.end());
        if !digits.contains(&found) {
            return false;
        }
        rest = &rest[found..];
    }
    rest.is_empty()
}
