//! A contract as a page to print: in words, for those who judge it and don't program. One file, no script, nothing loaded
//! from elsewhere.

mod actions;
mod diagram;
mod facts;
mod html;
mod people;
mod policies;
mod sheet;

use crate::contract::Contract;
use crate::outline::{Declaration, outline};
use crate::policy::Policies;

use html::Page;

/// The page of a contract and of policies about it. `identifier` is what the contract is known by in a network, when that is
/// known.
#[must_use]
pub fn render(contract: &Contract, policies: &[Policies], identifier: Option<&str>) -> String {
    let declarations = outline(contract.source());
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
    heading(&mut page, contract, identifier);
    contents(&mut page, contract, &declarations, policies);
    people::section(&mut page, contract);
    diagram::section(&mut page, contract);
    facts::section(&mut page, contract);
    tables(&mut page, contract, &declarations);
    actions::section(&mut page, contract, &declarations);
    policies::section(&mut page, policies);
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

fn heading(page: &mut Page, contract: &Contract, identifier: Option<&str>) {
    page.raw("<header>\n");
    let kicker = format!("Contract, version {}", contract.version());
    page.classed("p", "kicker", &kicker);
    let name = spoken(contract.name());
    let mut letters = name.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string());
    page.element("h1", &(first.unwrap_or_default() + letters.as_str()));
    page.classed("p", "lead", contract.title());
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
    declarations: &[Declaration<'_>],
    policies: &[Policies],
) {
    page.raw("<nav aria-label=\"Contents\">\n<ul>\n");
    page.raw("<li><a href=\"#parties\">Parties</a></li>\n<li><a href=\"#diagram\">At a glance</a></li>\n");
    page.raw("<li><a href=\"#facts\">Facts</a>: ");
    let kinds = contract.kinds().iter().map(|k| ("fact", k.name.as_str()));
    page.links(kinds);
    if !others(declarations).is_empty() {
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
    page.raw("</li>\n</ul>\n</nav>\n");
}

/// Records, scales, parameters and what else a contract declares.
fn others<'d>(declarations: &'d [Declaration<'d>]) -> Vec<&'d Declaration<'d>> {
    let placed = ["contract", "party", "fact", "action"];
    let others = declarations.iter();
    others.filter(|d| !placed.contains(&d.word)).collect()
}

/// As written, because they are tables already.
fn tables(page: &mut Page, contract: &Contract, declarations: &[Declaration<'_>]) {
    let others = others(declarations);
    if others.is_empty() {
        return;
    }
    page.raw("<section id=\"tables\">\n");
    page.element("h2", "Records, rates and dated values");
    page.classed("p", "note", "As the contract writes them.");
    for declaration in others {
        page.raw("<article>\n");
        let name = spoken(declaration.name);
        page.element("h3", &format!("{} {name}", declaration.word));
        let start = declaration.tokens.first().map_or(0, |t| t.span.start);
        let end = declaration.tokens.last().map_or(start, |t| t.span.end);
        page.element("pre", contract.source().get(start..end).unwrap_or_default());
        page.raw("</article>\n");
    }
    page.raw("</section>\n");
}
