//! Which payments: words and filters, and what they are in SQL.

use rusqlite::types::Value;

use crate::portal::description::{Functions, Treatment};
use crate::portal::limits::SEARCH_WORDS_MAX;

/// Which payments. Empty means all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Words in payee, purpose or payer's name; the last may be a beginning.
    pub words: String,
    /// Party id of the payer.
    pub payer: Option<String>,
    /// Code of a function with all that belongs to it; the empty code is "not classified".
    pub function: Option<String>,
    /// Choice of the line.
    pub line: Option<String>,
    /// What they did to the money.
    pub treatment: Option<Treatment>,
    /// Period of the published file.
    pub period: Option<String>,
    /// The published file.
    pub source: Option<String>,
    /// Smallest amount, in the smallest unit.
    pub amount_min: Option<i64>,
    /// Largest amount, in the smallest unit.
    pub amount_max: Option<i64>,
}

impl Filter {
    /// The condition on a payment `p`, empty for all, and its values.
    pub(super) fn condition(&self, functions: &Functions) -> (String, Vec<Value>) {
        let mut terms = Vec::new();
        let mut values: Vec<Value> = Vec::new();
        let mut term = |sql: &str, given: Vec<Value>| {
            terms.push(sql.to_owned());
            values.extend(given);
        };
        if let Some(words) = match_words(&self.words) {
            term(
                "p.seq IN (SELECT rowid FROM payment_text WHERE payment_text MATCH ?)",
                vec![words.into()],
            );
        } else if !self.words.trim().is_empty() {
            term("? = ''", vec![self.words.clone().into()]);
        }
        let text = |text: &Option<String>| text.clone().map(Value::from);
        let treatment = self
            .treatment
            .map(|treatment| Value::from(treatment.as_str().to_owned()));
        for (sql, value) in [
            ("p.payer = ?", text(&self.payer)),
            ("p.line = ?", text(&self.line)),
            ("p.treatment = ?", treatment),
            ("p.period = ?", text(&self.period)),
            ("p.source = ?", text(&self.source)),
            ("p.amount >= ?", self.amount_min.map(Value::from)),
            ("p.amount <= ?", self.amount_max.map(Value::from)),
        ] {
            if let Some(value) = value {
                term(sql, vec![value]);
            }
        }
        match self.function.as_deref() {
            None => {}
            Some("") => term("p.function = ?", vec![String::new().into()]),
            Some(code) => {
                let below = functions.prefix(code);
                let after = format!("{below}\u{10FFFF}");
                term(
                    "(p.function = ? OR (p.function >= ? AND p.function < ?))",
                    vec![code.to_owned().into(), below.into(), after.into()],
                );
            }
        }
        let condition = if terms.is_empty() {
            String::new()
        } else {
            format!("WHERE {}", terms.join(" AND "))
        };
        (condition, values)
    }
}

/// What people type, as a query of the full-text index: every word must occur, the last one may be a
/// beginning, and nothing typed is an operator. None if there is no word in it.
fn match_words(typed: &str) -> Option<String> {
    let words: Vec<String> = typed
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(SEARCH_WORDS_MAX)
        .map(|word| format!("\"{word}\""))
        .collect();
    if words.is_empty() {
        None
    } else {
        Some(format!("{}*", words.join(" ")))
    }
}
