//! The scenarios beside a contract: what was tried, and what came of it.

use crate::scenario::Report;

use super::html::Page;

/// Nothing when there are no scenarios.
pub(super) fn section(page: &mut Page, shown_by: &[Report]) {
    if shown_by.is_empty() {
        return;
    }
    page.raw("<section id=\"cases\">\n");
    page.element("h2", "Shown by these cases");
    let note = "Scenarios beside the contract, played when this page was made. A line that begins with \u{201c}but\u{201d} is the case above it with one thing changed.";
    page.classed("p", "note", note);
    page.raw("<table>\n<thead><tr><th scope=\"col\">Case</th><th scope=\"col\">What comes of it</th></tr></thead>\n<tbody>\n");
    for case in shown_by.iter().flat_map(|report| &report.cases) {
        let (name, changed) = match &case.change {
            Some(change) => (change, " class=\"change\""),
            None => (&case.name, ""),
        };
        page.write(format_args!("<tr{changed}><th scope=\"row\">"));
        if case.change.is_some() {
            page.raw("but ");
        }
        page.text(name).raw("</th><td>");
        match &case.failure {
            None => page.text(&case.expected),
            Some(failure) => page.raw("<strong>not as expected:</strong> ").text(failure),
        };
        page.raw("</td></tr>\n");
    }
    page.raw("</tbody>\n</table>\n</section>\n");
}
