//! A contract as a page to print: in words, for those who judge it and don't program. One file, no script, nothing loaded
//! from elsewhere.

mod actions;
mod cases;
mod diagram;
mod facts;
mod html;
mod people;
mod policies;
mod sheet;
mod written;

use crate::contract::Contract;
use crate::heading::needs;
use crate::outline::{Declaration, outline};
use crate::policy::Policies;
use crate::scenario::Report;
use crate::syntax::Span;

use html::Page;
use written::Comments;

/// A contract's text, taken apart.
struct Source<'s> {
    text: &'s str,
    declarations: Vec<Declaration<'s>>,
    comments: Comments<'s>,
}

impl<'s> Source<'s> {
    fn of(text: &'s str) -> Self {
        Self {
            text,
            declarations: outline(text),
            comments: Comments::of(text),
        }
    }

    fn zone(&self, number: usize) -> Span {
        self.comments.zone(&self.declarations, number)
    }

    /// What the author says beside the declarations of a sort, or of a sort and name.
    fn notes(&self, word: &str, name: Option<&str>) -> impl Iterator<Item = &'s str> {
        let numbered = self.declarations.iter().enumerate();
        let meant =
            numbered.filter(move |(_, d)| d.word == word && name.is_none_or(|n| n == d.name));
        meant.flat_map(|(number, _)| {
            let zone = self.zone(number);
            self.comments.between(zone.start, zone.end)
        })
    }
}

/// The page of a contract, of policies about it, and of what became of the scenarios that show both. `identifier` is what the
/// contract is known by in a network, when that is known.
#[must_use]
pub fn render(
    contract: &Contract,
    policies: &[Policies],
    shown_by: &[Report],
    identifier: Option<&str>,
) -> String {
    let source = Source::of(contract.source());
    let mut page = Page::default();
    page.raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    page.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    page.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n");
    page.element(
        "title",
        &format!("{} version {}", contract.name(), contract.version()),
    );
    page.raw("<style>")
        .raw(sheet::SHEET)
        .raw("</style>\n</head>\n<body>\n<main>\n");
    heading(&mut page, contract, &source, identifier);
    contents(&mut page, contract, &source, policies, shown_by);
    people::section(&mut page, contract, policies, &source);
    diagram::section(&mut page, contract);
    facts::section(&mut page, contract, &source);
    tables(&mut page, &source);
    actions::section(&mut page, contract, &source);
    policies::section(&mut page, policies);
    cases::section(&mut page, shown_by);
    page.raw("</main>\n<footer>\n");
    let note = "This page is made from the contract's text and says what the text says, in other words. What binds is the text.";
    page.element("p", note);
    page.raw("</footer>\n</body>\n</html>\n");
    page.finish()
}

/// A name as a heading shows it: `public_money` is public money.
fn spoken(name: &str) -> String {
    name.replace('_', " ")
}

fn heading(page: &mut Page, contract: &Contract, source: &Source<'_>, identifier: Option<&str>) {
    page.raw("<header>\n");
    let kicker = format!("Contract, version {}", contract.version());
    page.classed("p", "kicker", &kicker);
    let name = spoken(contract.name());
    let mut letters = name.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string());
    page.element("h1", &(first.unwrap_or_default() + letters.as_str()));
    page.classed("p", "lead", contract.title());
    page.notes(source.notes("contract", None));
    page.notes(source.notes("uses", None));
    page.raw("<dl class=\"facts\">\n");
    page.term(
        "Law",
        contract
            .law()
            .unwrap_or("none is cited for the whole contract"),
    );
    page.term_code("Name in the text", contract.name());
    if let Some(identifier) = identifier {
        page.term_code("Identifier (hash of the exact text)", identifier);
    }
    for need in needs(source.text) {
        let (term, part) = match need.required {
            true => (
                "Uses",
                "whose facts it can read and in whose money it can pay",
            ),
            false => ("Replaces", "whose facts are read under this one"),
        };
        let name = spoken(&need.name);
        let said = format!(
            "the contract {name}, {part}; the SHA-256 of its exact text is {}",
            need.sha256
        );
        page.term(term, &said);
    }
    let bound = format!(
        "at most {} elementary steps for any action",
        contract.cost_bound()
    );
    page.term("Bounded", &bound);
    page.raw("</dl>\n</header>\n");
}

fn contents(
    page: &mut Page,
    contract: &Contract,
    source: &Source<'_>,
    policies: &[Policies],
    shown_by: &[Report],
) {
    page.raw("<nav aria-label=\"Contents\">\n<ul>\n");
    page.raw("<li><a href=\"#parties\">Parties</a></li>\n<li><a href=\"#diagram\">At a glance</a></li>\n");
    page.raw("<li><a href=\"#facts\">Facts</a>: ");
    let kinds = contract.kinds().iter().map(|k| ("fact", k.name.as_str()));
    page.links(kinds);
    if others(source).next().is_some() {
        page.raw("</li>\n<li><a href=\"#tables\">Records, rates and dated values</a>");
    }
    page.raw("</li>\n<li><a href=\"#actions\">Actions</a>: ");
    let actions = contract
        .actions()
        .iter()
        .map(|a| ("action", a.name.as_str()));
    page.links(actions);
    let mut names = policies.iter().flat_map(Policies::names).peekable();
    if names.peek().is_some() {
        page.raw("</li>\n<li><a href=\"#policies\">Policies</a>: ");
        page.links(names.map(|name| ("policy", name)));
    }
    if !shown_by.is_empty() {
        page.raw("</li>\n<li><a href=\"#cases\">Shown by these cases</a>");
    }
    page.raw("</li>\n</ul>\n</nav>\n");
}

/// Records, scales, parameters and what else a contract declares.
fn others<'d>(source: &'d Source<'d>) -> impl Iterator<Item = (usize, &'d Declaration<'d>)> {
    let placed = ["contract", "uses", "party", "fact", "action"];
    let numbered = source.declarations.iter().enumerate();
    numbered.filter(move |(_, d)| !placed.contains(&d.word))
}

/// As written, because they are tables already.
fn tables(page: &mut Page, source: &Source<'_>) {
    let mut others = others(source).peekable();
    if others.peek().is_none() {
        return;
    }
    page.raw("<section id=\"tables\">\n");
    page.element("h2", "Records, rates and dated values");
    page.classed("p", "note", "As the contract writes them.");
    for (number, declaration) in others {
        page.raw("<article>\n");
        let name = spoken(declaration.name);
        page.element("h3", &format!("{} {name}", declaration.word));
        let zone = source.zone(number);
        let (start, end) = (
            declaration.start(),
            source.comments.line_end(declaration.end()),
        );
        page.notes(source.comments.between(zone.start, start));
        page.element("pre", source.text.get(start..end).unwrap_or_default());
        page.notes(source.comments.between(end, zone.end));
        page.raw("</article>\n");
    }
    page.raw("</section>\n");
}
