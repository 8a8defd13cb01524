//! What stands between two tokens of a line.

use crate::syntax::{Tok, Token, words};

/// The tokens as they stand in the source, with the spaces of the format between them. `before` is the token of the same
/// line that stands in front of them.
pub(super) fn spaced(tokens: &[Token<'_>], source: &str, before: Option<&Token<'_>>) -> String {
    let mut out = String::new();
    let mut last = before.map(|token| &token.tok);
    let mut last_is_sign = false;
    for (i, token) in tokens.iter().enumerate() {
        let next = tokens.get(i + 1).map(|t| &t.tok);
        if i > 0
            && !last_is_sign
            && let Some(last) = last
        {
            out.push_str(between(last, &token.tok, next));
        }
        last_is_sign = is_mark(&token.tok, "-") && !last.is_some_and(ends_a_value);
        push(&mut out, token, source);
        last = Some(&token.tok);
    }
    out
}

fn between(last: &Tok<'_>, token: &Tok<'_>, next: Option<&Tok<'_>>) -> &'static str {
    match (last, token) {
        (_, Tok::Punct("," | ")" | "]" | "." | ":" | ";"))
        | (Tok::Punct("(" | "[" | "." | "!"), _) => "",
        (Tok::Name(word), Tok::Punct("(")) if !before_a_value(word) => "",
        (_, Tok::Name(word)) if *word == "law" && matches!(next, Some(Tok::Text(_))) => "  ",
        _ => " ",
    }
}

fn is_mark(tok: &Tok<'_>, mark: &str) -> bool {
    matches!(tok, Tok::Punct(m) if *m == mark)
}

fn ends_a_value(tok: &Tok<'_>) -> bool {
    match tok {
        Tok::Name(word) => !before_a_value(word),
        Tok::Punct(mark) => matches!(*mark, ")" | "]"),
        Tok::Break | Tok::End => false,
        _ => true,
    }
}

/// The token as written; an amount may hold spaces between its currency and its figures.
fn push(out: &mut String, token: &Token<'_>, source: &str) {
    let text = source
        .get(token.span.start..token.span.end)
        .unwrap_or_default();
    match (&token.tok, text.split_once(' ')) {
        (Tok::Money(_), Some((currency, figures))) => {
            out.push_str(currency);
            out.push(' ');
            out.push_str(figures.trim_start());
        }
        _ => out.push_str(text),
    }
}

fn before_a_value(name: &str) -> bool {
    words::find(name).is_some_and(|word| word.before_a_value)
}
