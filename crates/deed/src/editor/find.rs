//! What stands at a place, and where it is declared.

use std::ops::Range;

use crate::check::code;
use crate::outline::{Clause, Declaration, name_of};
use crate::syntax::{Span, Tok, Token, words};

use super::texts::{Shelved, Source, Texts, action_of, declared, introduced, kind_of};

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

/// A name, or the words of a rule, at a place.
struct Place<'d> {
    inside: &'d Declaration<'d>,
    /// All tokens of the declaration, and which one it is.
    at: usize,
    name: &'d str,
    /// The name before the dot, if it stands behind one.
    owner: Option<&'d str>,
}

impl Place<'_> {
    fn token(&self) -> &Token<'_> {
        &self.inside.tokens[self.at]
    }
}

fn place<'d>(declarations: &'d [Declaration<'d>], at: usize) -> Option<Place<'d>> {
    for inside in declarations {
        let tokens = &inside.tokens;
        let found = tokens.iter().position(|t| {
            let named = matches!(t.tok, Tok::Name(_) | Tok::Text(_));
            t.span.start <= at && at <= t.span.end && named
        });
        if let Some(i) = found {
            let behind_dot = i >= 2 && matches!(tokens[i - 1].tok, Tok::Punct("."));
            return Some(Place {
                inside,
                at: i,
                name: match &tokens[i].tok {
                    Tok::Text(text) => text,
                    _ => name_of(&tokens[i])?,
                },
                owner: behind_dot.then(|| name_of(&tokens[i - 2])).flatten(),
            });
        }
    }
    None
}

/// What a name refers to: a clause of a declaration, or a whole one; and the text that it stands in.
struct Target<'d> {
    source: &'d Source<'d>,
    what: What<'d>,
    span: Span,
}

enum What<'d> {
    Clause(&'d Clause<'d>),
    Whole(&'d Declaration<'d>),
}

fn clause<'d>(source: &'d Source<'d>, found: (&'d Clause<'d>, Span)) -> Target<'d> {
    Target {
        source,
        what: What::Clause(found.0),
        span: found.1,
    }
}

fn whole<'d>((source, declaration): (&'d Source<'d>, &'d Declaration<'d>)) -> Target<'d> {
    Target {
        source,
        what: What::Whole(declaration),
        span: declaration.name_span,
    }
}

fn target<'d>(sources: &'d [Source<'_>], place: &Place<'_>) -> Option<Target<'d>> {
    if matches!(place.token().tok, Tok::Text(_)) {
        return rule(sources, place);
    }
    if let Some(owner) = place.owner {
        let used = format!("{owner}.{}", place.name);
        return field(sources, place, owner)
            .or_else(|| declared(sources, &used).map(whole))
            .or_else(|| any_field(sources, place.name));
    }
    local(sources, place)
        .or_else(|| given(sources, place))
        .or_else(|| declared(sources, place.name).map(whole))
        .or_else(|| {
            let kind = kind_of(place.inside, place.name)?;
            declared(sources, &kind).map(whole)
        })
}

/// A field of the fact that a name stands for.
fn field<'d>(sources: &'d [Source<'_>], place: &Place<'_>, owner: &str) -> Option<Target<'d>> {
    let kind = kind_of(place.inside, owner)?;
    let (source, declaration) = declared(sources, &kind)?;
    introduced(declaration, place.name).map(|found| clause(source, found))
}

fn any_field<'d>(sources: &'d [Source<'_>], name: &str) -> Option<Target<'d>> {
    let mut all = sources
        .iter()
        .flat_map(|s| s.declarations.iter().map(move |d| (s, d)))
        .filter(|(_, d)| matches!(d.word, "fact" | "record"));
    all.find_map(|(s, d)| introduced(d, name).map(|found| clause(s, found)))
}

/// What the declaration around the place introduces itself.
fn local<'d>(sources: &'d [Source<'_>], place: &Place<'_>) -> Option<Target<'d>> {
    let here = sources.first()?;
    let mut inside = here.declarations.iter();
    let inside = inside.find(|d| d.name_span == place.inside.name_span)?;
    introduced(inside, place.name).map(|found| clause(here, found))
}

/// `amount = £3.00`: a field of the fact that is given there, or a parameter of the scenario's action.
fn given<'d>(sources: &'d [Source<'_>], place: &Place<'_>) -> Option<Target<'d>> {
    let tokens = &place.inside.tokens;
    let assigned = matches!(tokens.get(place.at + 1)?.tok, Tok::Punct("="));
    if !assigned {
        return None;
    }
    let lines = tokens[..place.at].iter().rev();
    let facts = lines.take_while(|t| !begins_a_line(t, place.inside));
    let mut kinds = facts
        .filter_map(name_of)
        .filter_map(|n| declared(sources, n));
    let of_kind = kinds.find_map(|(s, d)| introduced(d, place.name).map(|found| clause(s, found)));
    of_kind.or_else(|| {
        let (source, action) = action_of(sources, place.inside)?;
        introduced(action, place.name).map(|found| clause(source, found))
    })
}

/// Whether a clause of the declaration begins with the token.
fn begins_a_line(token: &Token<'_>, inside: &Declaration<'_>) -> bool {
    let firsts = inside.clauses.iter().filter_map(|c| c.tokens.first());
    firsts.map(|t| t.span).any(|span| span == token.span)
        && !matches!(token.tok, Tok::Name(n) if n.starts_with(|c: char| c.is_ascii_uppercase()))
}

/// The rule of the scenario's action in these words.
fn rule<'d>(sources: &'d [Source<'_>], place: &Place<'_>) -> Option<Target<'d>> {
    let (source, action) = action_of(sources, place.inside)?;
    let wanted = code(place.name);
    let mut rules = action.clauses.iter().filter(|c| c.begins("rule"));
    rules.find_map(|rule| {
        let words = rule.tokens.get(1)?;
        let Tok::Text(text) = &words.tok else {
            return None;
        };
        (code(text) == wanted).then(|| clause(source, (rule, words.span)))
    })
}

/// What an editor shows for a place of the text.
#[must_use]
pub fn hover(texts: &Texts<'_>, at: usize) -> Option<Hover> {
    let sources = texts.sources();
    let place = place(&sources.first()?.declarations, at)?;
    let span = place.token().span;
    let (code, text) = match target(&sources, &place) {
        Some(target) => {
            let source = target.source.text;
            match target.what {
                What::Clause(clause) => (clause.text(source), String::new()),
                What::Whole(declared) => (head(declared, source), said(declared, source)),
            }
        }
        None => {
            let word = words::find(place.name)?;
            (String::new(), word.says.to_owned())
        }
    };
    let span = span.start..span.end;
    Some(Hover { code, text, span })
}

/// The first line of a declaration, and its fields or parameters; a table whole.
fn head(declaration: &Declaration<'_>, source: &str) -> String {
    let end = declaration.tokens.iter().position(|t| t.tok == Tok::Break);
    let line = &declaration.tokens[..end.unwrap_or(declaration.tokens.len())];
    if matches!(declaration.word, "scale" | "parameter" | "policy") {
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

/// Where the name at a place is declared: in which text, and where in it, in bytes.
#[must_use]
pub fn definition(texts: &Texts<'_>, at: usize) -> Option<(Shelved, Range<usize>)> {
    let sources = texts.sources();
    let place = place(&sources.first()?.declarations, at)?;
    let target = target(&sources, &place)?;
    Some((target.source.place, target.span.start..target.span.end))
}
