//! What is allowed and yet hardly meant: names that nothing uses, rules that never refuse, facts that nobody can use up,
//! personal data made public without a ground, what only its holder shows and everybody reads, policies that always propose or never.

mod facts;
mod names;
mod policies;
mod rules;
mod truth;

use crate::contract::Contract;
use crate::diagnostic::{self, Diagnostic};
use crate::limits::DIAGNOSTICS_MAX;
use crate::outline::outline;
use crate::syntax::Problem;

/// The warnings about one text; it is in force all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warnings {
    source: String,
    diagnostics: Vec<Diagnostic>,
}

impl Warnings {
    /// The warnings in the order of the text.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// The report for a text that was read from `path`; empty when there is nothing to warn about.
    #[must_use]
    pub fn render(&self, path: &str) -> String {
        diagnostic::render_warnings(&self.diagnostics, &self.source, path)
    }
}

impl Contract {
    /// What the author should look at again.
    #[must_use]
    pub fn warnings(&self) -> Warnings {
        let declarations = outline(self.source());
        let mut problems = names::unused(&declarations);
        problems.extend(rules::idle(self, &declarations));
        problems.extend(facts::stuck(self, &declarations));
        problems.extend(facts::exposed(self, &declarations));
        problems.extend(facts::unheld(self, &declarations));
        problems.extend(facts::forgeable(self, &declarations));
        problems.extend(facts::unvouched(self, &declarations));
        problems.extend(facts::told_by_others(self, &declarations));
        Warnings::new(self.source(), problems)
    }
}

impl Warnings {
    /// Puts warnings in the order of the text, up to the limit.
    fn new(source: &str, mut problems: Vec<Problem>) -> Self {
        problems.sort_by_key(|p| (p.span.start, p.span.end));
        problems.truncate(DIAGNOSTICS_MAX);
        let diagnostics = problems.into_iter().map(|p| Diagnostic::new(source, p));
        Self {
            diagnostics: diagnostics.collect(),
            source: source.to_owned(),
        }
    }
}
