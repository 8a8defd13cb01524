//! What a run of scenarios found.

use std::collections::BTreeSet;
use std::fmt;

/// One transaction or change of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// The scenario's name, and the change's after a colon.
    pub name: String,
    /// The line where it begins, from 1.
    pub line: usize,
    /// What happened instead of what was expected; `None` when it passed.
    pub failure: Option<String>,
}

/// The outcome of all scenarios of one or several texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The cases in the order of the text.
    pub cases: Vec<Case>,
    /// Rules that no scenario refuses, as (action, rule code).
    pub unrefused: BTreeSet<(String, String)>,
    /// Actions that no scenario shows accepted.
    pub untried: BTreeSet<String>,
}

impl Report {
    /// Whether every case passed, every action is shown and every rule refuses somewhere.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.failures().next().is_none() && self.unrefused.is_empty() && self.untried.is_empty()
    }

    /// The cases that failed.
    pub fn failures(&self) -> impl Iterator<Item = &Case> {
        self.cases.iter().filter(|c| c.failure.is_some())
    }

    /// Adds the report of another text about the same contract.
    #[must_use]
    pub fn join(mut self, other: Self) -> Self {
        self.cases.extend(other.cases);
        self.unrefused.retain(|rule| other.unrefused.contains(rule));
        self.untried.retain(|action| other.untried.contains(action));
        self
    }
}

/// One line for each case, then what is not shown.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for case in &self.cases {
            match &case.failure {
                None => writeln!(f, "ok      {}", case.name)?,
                Some(failure) => {
                    writeln!(f, "FAILED  {} (line {}): {failure}", case.name, case.line)?
                }
            }
        }
        for action in &self.untried {
            writeln!(f, "MISSING no scenario shows {action} accepted")?;
        }
        for (action, rule) in &self.unrefused {
            writeln!(f, "MISSING no scenario is refused by {rule} of {action}")?;
        }
        let (total, failed) = (self.cases.len(), self.failures().count());
        let missing = self.untried.len() + self.unrefused.len();
        write!(
            f,
            "{} of {total} cases passed, {missing} missing",
            total - failed
        )
    }
}
