//! What stands at a place, and where it is declared.

use std::ops::Range;

use crate::outline::{Clause, Declaration, name_of, outline};
use crate::syntax::{Lines, Span, Tok, Token};

use super::words::WORDS;

/// What an editor shows for a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hover {
    /// The declaration as code, on one or more lines; empty for a word of the language.
    pub code: String,
    /// What is said about it.
    pub text: String,
    /// The place that this is about, in bytes of the source.
    pub span: Range<usize>,
}

/// A name at a place, with the declaration it stands in and the name before the dot, if it stands behind one.
struct Place<'d> {
    inside: &'d Declaration<'d>,
    token: &'d Token<'d>,
    name: &'d str,
    owner: Option<&'d str>,
}

fn place<'d>(declarations: &'d [Declaration<'d>], at: usize) -> Option<Place<'d>> {
    for inside in declarations {
        let tokens = inside.tokens;
        let found = tokens
            .iter()
            .position(|t| t.span.start <= at && at <= t.span.end && name_of(t).is_some());
        if let Some(i) = found {
            let behind_dot = i >= 2 && matches!(tokens[i - 1].tok, Tok::Punct("."));
            return Some(Place {
                inside,
                token: &tokens[i],
                name: name_of(&tokens[i])?,
                owner: behind_dot.then(|| name_of(&tokens[i - 2])).flatten(),
            });
        }
    }
    None
}

/// What a name refers to: a clause of a declaration, or a whole one.
enum Target<'d> {
    Clause(&'d Clause<'d>, Span),
    Whole(&'d Declaration<'d>),
}

/// The kind of fact that a name stands for inside an action.
pub(super) fn kind_of<'d>(inside: &'d Declaration<'d>, name: &str) -> Option<&'d str> {
    let inputs = inside
        .clauses
        .iter()
        .filter(|c| c.begins("consumes") || c.begins("references"));
    let mut inputs = inputs.filter(|c| c.introduces().and_then(name_of) == Some(name));
    inputs.next()?.tokens.get(2).and_then(name_of)
}

fn introduced<'d>(declaration: &'d Declaration<'d>, name: &str) -> Option<Target<'d>> {
    let clause = declaration
        .clauses
        .iter()
        .find(|c| c.introduces().and_then(name_of) == Some(name))?;
    Some(Target::Clause(clause, clause.introduces()?.span))
}

fn target<'d>(declarations: &'d [Declaration<'d>], place: &Place<'d>) -> Option<Target<'d>> {
    let holds_fields = |d: &&Declaration<'_>| matches!(d.word, "fact" | "record");
    if let Some(owner) = place.owner {
        let kind = kind_of(place.inside, owner);
        let mut first = declarations
            .iter()
            .filter(|d| holds_fields(d) && Some(d.name) == kind);
        let declared = first.find_map(|d| introduced(d, place.name));
        let mut any = declarations.iter().filter(holds_fields);
        return declared.or_else(|| any.find_map(|d| introduced(d, place.name)));
    }
    let here = introduced(place.inside, place.name);
    here.or_else(|| {
        declarations
            .iter()
            .find(|d| d.name == place.name && d.word != "contract")
            .map(Target::Whole)
    })
}

/// What an editor shows for a place of the text.
#[must_use]
pub fn hover(source: &str, at: usize) -> Option<Hover> {
    let lines = Lines::read(source, &mut Vec::new());
    let declarations = outline(&lines);
    let place = place(&declarations, at)?;
    let span = place.token.span.start..place.token.span.end;
    let (code, text) = match target(&declarations, &place) {
        Some(Target::Clause(clause, _)) => (clause.text(source), String::new()),
        Some(Target::Whole(declared)) => (head(declared, source), said(declared, source)),
        None => {
            let (_, text) = WORDS.iter().find(|(word, _)| *word == place.name)?;
            (String::new(), (*text).to_owned())
        }
    };
    Some(Hover { code, text, span })
}

/// The first line of a declaration, and its fields or parameters; a table whole.
fn head(declaration: &Declaration<'_>, source: &str) -> String {
    let end = declaration.tokens.iter().position(|t| t.tok == Tok::Break);
    let line = &declaration.tokens[..end.unwrap_or(declaration.tokens.len())];
    if matches!(declaration.word, "scale" | "parameter") {
        let places = declaration.tokens.first().zip(declaration.tokens.last());
        let table = places.and_then(|(first, last)| source.get(first.span.start..last.span.end));
        return table.unwrap_or_default().to_owned();
    }
    let mut out = crate::format::in_one_line(line, source);
    for clause in declaration.clauses.iter().filter(|c| c.is_field()) {
        out.push_str("\n  ");
        out.push_str(&clause.text(source));
    }
    out
}

/// The sentence under a declaration, and its law.
fn said(declaration: &Declaration<'_>, source: &str) -> String {
    let doc = declaration
        .clauses
        .first()
        .and_then(|c| match c.tokens.first().map(|t| &t.tok) {
            Some(Tok::Text(text)) => Some((*text).to_owned()),
            _ => None,
        });
    let law = declaration
        .clauses
        .iter()
        .find(|c| c.begins("law"))
        .map(|c| c.text(source));
    [doc, law]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join("\n\n")
}

/// Where the name at a place is declared, in bytes of the source.
#[must_use]
pub fn definition(source: &str, at: usize) -> Option<Range<usize>> {
    let lines = Lines::read(source, &mut Vec::new());
    let declarations = outline(&lines);
    let place = place(&declarations, at)?;
    let span = match target(&declarations, &place)? {
        Target::Clause(_, span) => span,
        Target::Whole(declared) => declared.name_span,
    };
    Some(span.start..span.end)
}
