//! What can be done: who must agree, what must hold, what comes of it.

use crate::contract::Contract;
use crate::outline::{Clause, Declaration};
use crate::schema::Action;

use super::facts::table;
use super::html::{Page, escaped};

/// Clauses that are shown under a heading of their own; what begins otherwise is shown as written.
const PLACED: [&str; 6] = ["rule", "law", "signed", "creates", "consumes", "references"];

pub(super) fn section(page: &mut Page, contract: &Contract, declarations: &[Declaration<'_>]) {
    page.raw("<section id=\"actions\">\n");
    page.element("h2", "Actions");
    for action in contract.actions() {
        let found = declarations
            .iter()
            .find(|d| d.word == "action" && d.name == action.name);
        let clauses = found.map(|d| d.clauses.as_slice()).unwrap_or_default();
        one(page, contract, action, clauses);
    }
    page.raw("</section>\n");
}

fn one(page: &mut Page, contract: &Contract, action: &Action, clauses: &[Clause<'_>]) {
    let name = escaped(&action.name);
    page.write(format_args!(
        "<article id=\"action-{name}\">\n<h3>{name}</h3>\n"
    ));
    if !action.doc.is_empty() {
        page.element("p", &action.doc);
    }
    page.law(action.law.as_deref());
    let source = contract.source();
    let with = |word: &'static str| clauses.iter().filter(move |c| c.begins(word));
    listed(
        page,
        "Who must agree",
        with("signed").map(|c| without(&c.text(source), "signed by ")),
    );
    if !action.params.is_empty() {
        page.raw("<h4>What is given</h4>\n");
        table(page, contract, "Name", &action.params, &[]);
    }
    listed(
        page,
        "What it uses up",
        with("consumes").map(|c| without(&c.text(source), "consumes ")),
    );
    listed(
        page,
        "What it reads",
        with("references").map(|c| without(&c.text(source), "references ")),
    );
    let is_due =
        |c: &&Clause<'_>| !c.is_field() && ["pays", "issues", "keeps"].iter().any(|w| c.says(w));
    let is_due =
        |c: &&Clause<'_>| is_due(c) && !PLACED.iter().any(|w| c.begins(w)) && !c.begins("let");
    let is_doc = |c: &&Clause<'_>| matches!(c.tokens[..], [t] if matches!(t.tok, crate::syntax::Tok::Text(_)));
    let others = clauses.iter().filter(|c| {
        !c.is_field() && !PLACED.iter().any(|w| c.begins(w)) && !is_due(c) && !is_doc(c)
    });
    let others: Vec<&Clause<'_>> = others.collect();
    let lets = others.iter().filter(|c| c.begins("let"));
    listed(
        page,
        "Where",
        lets.map(|c| without(&c.text(source), "let ")),
    );
    rules(page, action, clauses, source);
    listed(
        page,
        "What money moves",
        clauses.iter().filter(is_due).map(|c| c.text(source)),
    );
    listed(
        page,
        "What it creates",
        with("creates").map(|c| without(&c.text(source), "creates ")),
    );
    let others = others.iter().filter(|c| !c.begins("let"));
    listed(page, "Besides", others.map(|c| c.text(source)));
    page.raw("</article>\n");
}

fn rules(page: &mut Page, action: &Action, clauses: &[Clause<'_>], source: &str) {
    if action.rules.is_empty() {
        return;
    }
    page.raw("<h4>What must hold, in this order</h4>\n<ol class=\"rules\">\n");
    let written = clauses.iter().filter(|c| c.begins("rule"));
    for (rule, clause) in action.rules.iter().zip(written) {
        page.raw("<li>").text(&rule.text);
        page.law(rule.law.as_deref());
        page.raw("<code>")
            .text(&clause.condition(source))
            .raw("</code></li>\n");
    }
    page.raw("</ol>\n");
}

fn without(text: &str, prefix: &str) -> String {
    text.strip_prefix(prefix).unwrap_or(text).to_owned()
}

pub(super) fn listed(page: &mut Page, title: &str, lines: impl Iterator<Item = String>) {
    let lines: Vec<String> = lines.collect();
    if lines.is_empty() {
        return;
    }
    page.element("h4", title);
    page.raw("<ul class=\"plain\">\n");
    for line in lines {
        let (line, law) = match line.split_once("  law ") {
            Some((line, law)) => (line, Some(law.trim_matches('"'))),
            None => (line.as_str(), None),
        };
        page.raw("<li><code>").text(line).raw("</code>");
        page.law(law).raw("</li>\n");
    }
    page.raw("</ul>\n");
}
