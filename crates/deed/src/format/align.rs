//! Columns: neighbouring lines of the same form put their parts under one another.

use crate::syntax::{Tok, Token};

use super::row::Row;
use super::space::spaced;

/// A wider type stands out of line rather than pushing its neighbours' descriptions away.
const ALIGNED_TYPE_MAX: usize = 24;
/// A type beside a description that is at least so wide would be taken for the described one.
const CONFUSING_TYPE_MIN: usize = 16;
/// Spaces between two columns.
const GAP: usize = 2;
/// Spaces between a wide type without a description and its neighbour's description.
const WIDE_GAP: usize = 4;
/// Spaces between the widest bound and the widest rate of a table.
const RATE_GAP: usize = 3;

/// Forms that are aligned, with the number of tokens in the first column.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// `name: type "description"`.
    Field,
    /// `party name = "identifier"`.
    Party,
    /// `up to £250,000  2%`.
    Rate,
    /// `from 1 April 2025  £500`.
    Dated,
    /// `amount = £3.00` in a scenario.
    Given,
}

fn form(row: &Row<'_>, scenario: bool) -> Option<Form> {
    let tokens: Vec<&Tok<'_>> = row.tokens.iter().map(|t| &t.tok).collect();
    match tokens.as_slice() {
        [Tok::Name(_), Tok::Punct(":"), _, ..] => Some(Form::Field),
        [Tok::Name(word), Tok::Name(_), Tok::Punct("="), _, ..] if *word == "party" => {
            Some(Form::Party)
        }
        [Tok::Name(_), Tok::Punct("="), _, ..] if scenario && !has_comma(&tokens) => {
            Some(Form::Given)
        }
        [Tok::Name(word), .., Tok::Percent(_)] if matches!(*word, "up" | "above") => {
            Some(Form::Rate)
        }
        [
            Tok::Name(word),
            Tok::Int(_),
            Tok::Name(_),
            Tok::Int(_),
            _,
            ..,
        ] if *word == "from" => Some(Form::Dated),
        _ => None,
    }
}

/// Aligns every run of lines of one form and depth; a blank line or a deeper line ends a run, a comment doesn't.
pub(super) fn align(rows: &mut [Row<'_>], scenario: bool) {
    let mut start = 0;
    while start < rows.len() {
        let Some(first) = form(&rows[start], scenario) else {
            start += 1;
            continue;
        };
        let mut run = vec![start];
        let mut end = start + 1;
        while let Some(row) = rows.get(end) {
            if row.blank_before || row.depth != rows[start].depth {
                break;
            }
            if row.is_code() {
                if form(row, scenario) != Some(first) {
                    break;
                }
                run.push(end);
            }
            end += 1;
        }
        match first {
            Form::Field => fields(rows, &run),
            Form::Party => columns(rows, &run, |_| 2, 1),
            Form::Given => columns(rows, &run, |_| 1, 1),
            Form::Dated => columns(rows, &run, |_| 4, GAP),
            Form::Rate => rates(rows, &run),
        }
        start = end;
    }
}

/// Whether several things are given in one line: such a line stands by itself.
fn has_comma(tokens: &[&Tok<'_>]) -> bool {
    let mut depth = 0_i32;
    tokens.iter().any(|tok| {
        match tok {
            Tok::Punct("(" | "[") => depth += 1,
            Tok::Punct(")" | "]") => depth -= 1,
            _ => {}
        }
        depth == 0 && matches!(tok, Tok::Punct(","))
    })
}

fn width(text: &str) -> usize {
    text.chars().count()
}

fn pad(text: &str, to: usize) -> String {
    format!("{text:<to$}")
}

/// The tokens before and from `at`, spaced.
fn split(row: &Row<'_>, at: usize) -> (String, String) {
    let (left, right) = row.tokens.split_at(at.min(row.tokens.len()));
    let last: Option<&Token<'_>> = left.last();
    (
        spaced(left, row.source, None),
        spaced(right, row.source, last),
    )
}

fn columns(rows: &mut [Row<'_>], run: &[usize], at: impl Fn(&Row<'_>) -> usize, gap: usize) {
    let parts: Vec<(String, String)> = run
        .iter()
        .map(|i| split(&rows[*i], at(&rows[*i])))
        .collect();
    let widest = parts.iter().map(|(left, _)| width(left)).max().unwrap_or(0);
    for (i, (left, right)) in run.iter().zip(parts) {
        rows[*i].code = pad(&left, widest + gap) + &right;
    }
}

/// Rates end in one column.
fn rates(rows: &mut [Row<'_>], run: &[usize]) {
    let parts: Vec<(String, String)> = run
        .iter()
        .map(|i| split(&rows[*i], rows[*i].tokens.len() - 1))
        .collect();
    let left_max = parts.iter().map(|(left, _)| width(left)).max().unwrap_or(0);
    let right_max = parts
        .iter()
        .map(|(_, right)| width(right))
        .max()
        .unwrap_or(0);
    for (i, (left, right)) in run.iter().zip(parts) {
        let to = left_max + RATE_GAP;
        rows[*i].code = format!("{left:<to$}{right:>right_max$}");
    }
}

/// Types stand in one column, descriptions in another.
fn fields(rows: &mut [Row<'_>], run: &[usize]) {
    columns(rows, run, |_| 2, 1);
    let names = run.iter().map(|i| width(&split(&rows[*i], 2).0) + 1).max();
    let names = names.unwrap_or(0);
    let described: Vec<(String, Option<String>)> = run
        .iter()
        .map(|i| {
            let row = &rows[*i];
            let text = row
                .tokens
                .iter()
                .position(|t| matches!(t.tok, Tok::Text(_)));
            let to = text.unwrap_or(row.tokens.len());
            let ty = spaced(&row.tokens[2..to], row.source, None);
            (ty, text.map(|at| split(row, at).1))
        })
        .collect();
    let column = description_column(&described);
    for (i, (ty, text)) in run.iter().zip(described) {
        if let Some(text) = text {
            let (name, _) = split(&rows[*i], 2);
            let at = column.max(width(&ty) + GAP);
            rows[*i].code = pad(&name, names) + &pad(&ty, at) + &text;
        }
    }
}

/// Where descriptions begin, counted from the types' column.
fn description_column(lines: &[(String, Option<String>)]) -> usize {
    let aligned = |ty: &str| width(ty) <= ALIGNED_TYPE_MAX;
    let with_text = lines.iter().filter(|(_, text)| text.is_some());
    let own = with_text
        .map(|(ty, _)| width(ty))
        .filter(|w| *w <= ALIGNED_TYPE_MAX)
        .max()
        .map_or(0, |w| w + GAP);
    // A wide type above or below would run into the description: it is given room.
    let beside = lines.windows(2).filter_map(|pair| match pair {
        [(ty, None), (_, Some(_))] | [(_, Some(_)), (ty, None)] => Some(ty),
        _ => None,
    });
    let beside = beside
        .filter(|ty| aligned(ty) && width(ty) >= CONFUSING_TYPE_MIN && width(ty) >= own)
        .map(|ty| width(ty) + WIDE_GAP)
        .max();
    own.max(beside.unwrap_or(0))
}
