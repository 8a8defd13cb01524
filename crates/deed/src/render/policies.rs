//! What one body's computer proposes when facts arrive or days pass.

use crate::outline::{Clause, Declaration, is_word, name_of, outline};
use crate::policy::Policies;
use crate::syntax::Tok;

use super::actions::code;
use super::html::{Page, escaped};
use super::spoken;
use super::written::{self, Comments, Piece};

/// Nothing when there are no policies.
pub(super) fn section(page: &mut Page, policies: &[Policies]) {
    if policies.iter().all(|p| p.names().next().is_none()) {
        return;
    }
    page.raw("<section id=\"policies\">\n");
    page.element("h2", "Policies");
    let note = "A policy decides nothing. The computer of one body proposes by it, from the facts that this body knows; a person, or an action above, decides.";
    page.classed("p", "note", note);
    for text in policies {
        let declarations = outline(text.source());
        for declared in declarations.iter().filter(|d| d.word == "policy") {
            one(page, declared, text.source());
        }
    }
    page.raw("</section>\n");
}

fn one(page: &mut Page, policy: &Declaration<'_>, source: &str) {
    let (name, title) = (escaped(policy.name), escaped(&spoken(policy.name)));
    page.write(format_args!(
        "<article id=\"policy-{name}\">\n<h3>{title}</h3>\n<dl class=\"who\">\n"
    ));
    page.term("For each", &subject(policy));
    page.term("Asked", &asked(policy, source));
    page.raw("</dl>\n");
    let comments = Comments::of(source);
    page.notes(comments.between(policy.start(), policy.end()));
    let with = |word: &'static str| policy.clauses.iter().filter(move |c| c.begins(word));
    listed(page, "Where", with("let"), source);
    match with("when").any(always) {
        true => {
            page.element("h4", "It proposes when");
            page.element("p", "it is asked, in every case");
        }
        false => listed(page, "It proposes when", with("when"), source),
    }
    page.raw("<h4>What it proposes</h4>\n<ul class=\"plain\">\n");
    for clause in &policy.clauses {
        if !clause.begins("share") && !clause.begins("flag") {
            continue;
        }
        let because = clause.tokens.iter().position(|t| is_word(t, "because"));
        let (said, ground) = clause
            .tokens
            .split_at(because.unwrap_or(clause.tokens.len()));
        let law = (!ground.is_empty()).then(|| written::texts(ground));
        let text = written::lines(said, source);
        page.raw("<li>");
        code(page, &Piece { text, law });
        page.raw("</li>\n");
    }
    page.raw("</ul>\n</article>\n");
}

/// Whether a `when` says `true`.
fn always(when: &Clause<'_>) -> bool {
    matches!(when.tokens.as_slice(), [_, said] if is_word(said, "true"))
}

/// Clauses as written, without the word that they begin with.
fn listed<'c, 's: 'c>(
    page: &mut Page,
    title: &str,
    clauses: impl Iterator<Item = &'c Clause<'s>>,
    source: &str,
) {
    let mut clauses = clauses.peekable();
    if clauses.peek().is_none() {
        return;
    }
    page.element("h4", title);
    page.raw("<ul class=\"plain\">\n");
    for clause in clauses {
        page.raw("<li>");
        for piece in written::pieces(clause, 1, source) {
            code(page, &piece);
        }
        page.raw("</li>\n");
    }
    page.raw("</ul>\n");
}

/// The kind of fact behind `for each`.
fn subject(policy: &Declaration<'_>) -> String {
    let mut tokens = policy.tokens.iter();
    let kind = tokens.position(|t| is_word(t, "each"));
    let kind = kind.and_then(|i| policy.tokens.get(i + 1));
    kind.and_then(name_of).unwrap_or_default().to_owned()
}

/// On which occasions a subject is looked at.
fn asked(policy: &Declaration<'_>, source: &str) -> String {
    let arrives = "whenever a fact arrives that concerns it";
    let mut clauses = policy.clauses.iter();
    let schedule = clauses.find(|c| {
        c.begins("every") || matches!(c.tokens.first().map(|t| &t.tok), Some(Tok::Int(_)))
    });
    match schedule {
        None => arrives.to_owned(),
        Some(every) if every.begins("every") => format!("{arrives}, and every day"),
        Some(after) => format!(
            "from {} on: on that day, and then {arrives}",
            after.text(source)
        ),
    }
}
