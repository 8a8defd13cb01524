//! The one true format of contracts, policies and scenarios: how their lines are indented, spaced and aligned. What the author decides stays: where
//! lines end, single blank lines, comments.
//!
//! It works on tokens and indentation alone, so that it goes on working when the grammar grows.

mod align;
mod row;
mod space;

use crate::diagnostic::LoadError;
use crate::heading::{Form, heading};
use crate::policy;
use crate::syntax::{self, Lines, Tok, Token};

/// Spaces of one level of indentation.
const INDENT: usize = 2;
/// What stands between a line and the comment behind it.
const BEFORE_COMMENT: &str = "   ";

/// Lays a text out in the one true format: the same tokens in the same lines, so the same meaning. Formatting
/// twice changes nothing more.
///
/// The text's hash identifies a contract: formatting a contract that is in use makes it another one.
///
/// Lines that end with a carriage return and a line feed end with the line feed alone.
///
/// # Errors
/// A text with errors of form is not touched: every error, each at its place.
pub fn format(source: &str) -> Result<String, LoadError> {
    let source = &source.replace("\r\n", "\n");
    let form = heading(source).map_or(Form::Contract, |h| h.form);
    let mut problems = Vec::new();
    let origin = match form {
        Form::Contract => {
            syntax::parse(source, &mut problems);
            "contract"
        }
        Form::Policies => {
            policy::read(source, &mut problems);
            "policies"
        }
        // What a scenario's lines mean depends on the contract: here they need only be lines.
        Form::Scenarios => {
            Lines::read(source, &mut problems);
            "scenario"
        }
    };
    if !problems.is_empty() {
        return Err(LoadError::new(origin, source, problems));
    }
    let lines = Lines::read(source, &mut Vec::new());
    let mut rows = row::rows(source, &lines);
    row::separate_declarations(&mut rows);
    align::align(&mut rows, form == Form::Scenarios);
    let mut out = String::with_capacity(source.len());
    for (i, row) in rows.iter().enumerate() {
        if row.blank_before && i > 0 {
            out.push('\n');
        }
        out.extend(std::iter::repeat_n(' ', row.depth * INDENT));
        out.push_str(&row.code);
        if let Some(comment) = &row.comment {
            out.push_str(if row.is_code() { BEFORE_COMMENT } else { "" });
            out.push_str(comment);
        }
        out.push('\n');
    }
    Ok(out)
}

/// A clause on one line, in the one true format.
pub(crate) fn in_one_line(tokens: &[Token<'_>], source: &str) -> String {
    let tokens: Vec<Token<'_>> = tokens
        .iter()
        .filter(|token| token.tok != Tok::Break)
        .copied()
        .collect();
    space::spaced(&tokens, source, None)
}
