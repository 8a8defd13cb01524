//! What can be done: who must agree, what must hold, what comes of it.

use crate::contract::Contract;
use crate::outline::{Clause, Declaration, is_word};
use crate::schema::Action;
use crate::syntax::Tok;

use super::Source;
use super::facts::table;
use super::html::{Page, escaped};
use super::written::{self, Piece};

/// Words that begin a clause under a heading of its own.
const PLACED: [&str; 7] = [
    "rule",
    "let",
    "law",
    "signed",
    "creates",
    "consumes",
    "references",
];

pub(super) fn section(page: &mut Page, contract: &Contract, source: &Source<'_>) {
    page.raw("<section id=\"actions\">\n");
    page.element("h2", "Actions");
    for action in contract.actions() {
        let of_name = |d: &Declaration<'_>| d.word == "action" && d.name == action.name;
        if let Some(number) = source.declarations.iter().position(of_name) {
            one(page, contract, action, source, number);
        }
    }
    page.raw("</section>\n");
}

/// A clause with the comments that stand above it, behind it, and between its pieces.
struct Noted<'c, 's> {
    clause: &'c Clause<'s>,
    notes: Vec<&'s str>,
}

fn one(page: &mut Page, contract: &Contract, action: &Action, source: &Source<'_>, number: usize) {
    let name = escaped(&action.name);
    page.write(format_args!(
        "<article id=\"action-{name}\">\n<h3>{name}</h3>\n"
    ));
    if !action.doc.is_empty() {
        page.element("p", &action.doc);
    }
    page.law(action.law.as_deref());
    let (comments, zone) = (&source.comments, source.zone(number));
    let declared = &source.declarations[number];
    let mut at = comments.line_end(declared.name_span.end);
    page.notes(comments.between(zone.start, at));
    let mut noted = Vec::new();
    for clause in &declared.clauses {
        let (start, end) = (clause.span.start, clause.span.end);
        let mut notes: Vec<&str> = comments.between(at, start).collect();
        at = comments.line_end(end);
        notes.extend(comments.between(end, at));
        noted.push(Noted { clause, notes });
    }
    let text = source.text;
    let with = |word: &'static str| noted.iter().filter(move |n| n.clause.begins(word));
    let placed =
        |n: &&Noted<'_, '_>| n.clause.is_field() || PLACED.iter().any(|word| n.clause.begins(word));
    let is_due = |n: &&Noted<'_, '_>| {
        !placed(n) && ["pays", "issues", "keeps"].iter().any(|w| n.clause.says(w))
    };
    let is_doc =
        |n: &&Noted<'_, '_>| matches!(n.clause.tokens[..], [t] if matches!(t.tok, Tok::Text(_)));
    listed(page, "Who must agree", with("signed"), 2, text);
    if !action.params.is_empty() {
        page.raw("<h4>What is given</h4>\n");
        let fields = noted.iter().filter(|n| n.clause.is_field());
        page.notes(fields.flat_map(|n| n.notes.iter().copied()));
        table(page, contract, "Name", &action.params, &[]);
    }
    listed(page, "What it uses up", with("consumes"), 1, text);
    listed(page, "What it reads", with("references"), 1, text);
    steps(page, action, &noted, text);
    let dues = noted.iter().filter(is_due);
    listed(page, "What money moves", dues, 0, text);
    listed(page, "What it creates", with("creates"), 1, text);
    let others = noted
        .iter()
        .filter(|n| !placed(n) && !is_due(n) && !is_doc(n));
    listed(page, "Besides", others, 0, text);
    page.notes(comments.between(at, zone.end));
    page.raw("</article>\n");
}

/// What is computed and what must hold, in the order in which it is.
fn steps(page: &mut Page, action: &Action, noted: &[Noted<'_, '_>], source: &str) {
    let of_steps = |n: &&Noted<'_, '_>| n.clause.begins("let") || n.clause.begins("rule");
    let mut noted = noted.iter().filter(of_steps).peekable();
    if noted.peek().is_none() {
        return;
    }
    page.raw("<h4>What is computed and what must hold, in this order</h4>\n<ol class=\"rules\">\n");
    let mut rules = action.rules.iter();
    for Noted { clause, notes } in noted {
        page.raw("<li>");
        page.notes(notes.iter().copied());
        let skip = match clause.begins("rule").then(|| rules.next()).flatten() {
            Some(rule) => {
                page.text(&rule.text).law(rule.law.as_deref());
                before_condition(clause)
            }
            None => 1,
        };
        let mut pieces = written::pieces(clause, skip, source).into_iter();
        if let Some(first) = pieces.next() {
            code(page, &first);
        }
        exceptions(page, pieces);
        page.raw("</li>\n");
    }
    page.raw("</ol>\n");
}

/// How many tokens stand before the condition of a rule.
fn before_condition(clause: &Clause<'_>) -> usize {
    let mut tokens = clause.tokens.iter().enumerate().skip(1).peekable();
    let said = |t: &(usize, &crate::syntax::Token<'_>)| {
        matches!(t.1.tok, Tok::Text(_) | Tok::Break) || is_word(t.1, "law")
    };
    while tokens.next_if(said).is_some() {}
    tokens.peek().map_or(clause.tokens.len(), |(at, _)| *at)
}

fn exceptions(page: &mut Page, pieces: impl Iterator<Item = Piece>) {
    let mut pieces = pieces.peekable();
    if pieces.peek().is_none() {
        return;
    }
    page.raw("<ul class=\"plain exceptions\">\n");
    for piece in pieces {
        page.raw("<li>");
        code(page, &piece);
        page.raw("</li>\n");
    }
    page.raw("</ul>\n");
}

/// A piece as written, with its law.
pub(super) fn code(page: &mut Page, piece: &Piece) {
    page.raw("<code>").text(&piece.text).raw("</code>");
    page.law(piece.law.as_deref());
}

fn listed<'n, 'c: 'n, 's: 'c>(
    page: &mut Page,
    title: &str,
    noted: impl Iterator<Item = &'n Noted<'c, 's>>,
    skip: usize,
    source: &str,
) {
    let mut noted = noted.peekable();
    if noted.peek().is_none() {
        return;
    }
    page.element("h4", title);
    page.raw("<ul class=\"plain\">\n");
    for Noted { clause, notes } in noted {
        page.raw("<li>");
        page.notes(notes.iter().copied());
        for piece in written::pieces(clause, skip, source) {
            code(page, &piece);
        }
        page.raw("</li>\n");
    }
    page.raw("</ul>\n");
}
