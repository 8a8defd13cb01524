//! What is allowed and yet hardly meant: names that nothing uses, rules that never refuse, facts that nobody can use up,
//! personal data made public without a ground.

mod facts;
mod names;
mod rules;
mod truth;

use crate::contract::Contract;
use crate::diagnostic::{self, Diagnostic};
use crate::limits::DIAGNOSTICS_MAX;
use crate::outline::outline;
use crate::syntax::Lines;

/// The warnings about one contract; it is in force all the same.
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
        let lines = Lines::read(self.source(), &mut Vec::new());
        let declarations = outline(&lines);
        let mut problems = names::unused(&declarations);
        problems.extend(rules::idle(self, &declarations));
        problems.extend(facts::stuck(self, &declarations));
        problems.extend(facts::exposed(self, &declarations));
        problems.extend(facts::unheld(self, &declarations));
        problems.sort_by_key(|p| (p.span.start, p.span.end));
        problems.truncate(DIAGNOSTICS_MAX);
        let source = self.source().to_owned();
        let diagnostics = problems.into_iter().map(|p| Diagnostic::new(&source, p));
        Warnings {
            diagnostics: diagnostics.collect(),
            source,
        }
    }
}
