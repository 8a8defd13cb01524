//! What a run of scenarios found.

use std::collections::BTreeSet;
use std::fmt;

use super::setting::Named;

/// One case: what is done, or a change of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// The scenario's name, and the change's after a colon.
    pub name: String,
    /// The change alone; `None` for what is done unchanged.
    pub change: Option<String>,
    /// What is expected, in words.
    pub expected: String,
    /// The text that it stands in, as whoever gave it calls that; may be empty.
    pub file: String,
    /// The line where it begins, or where what differs is expected; from 1.
    pub line: usize,
    /// What happened instead of what was expected; `None` when it passed.
    pub failure: Option<String>,
}

/// What happened instead of what was expected, and the line that expects it.
pub(super) struct Differs {
    pub(super) line: Option<usize>,
    pub(super) says: String,
}

impl From<String> for Differs {
    fn from(says: String) -> Self {
        Self { line: None, says }
    }
}

/// Something that no scenario shows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Missing {
    /// An action is accepted.
    Accepted {
        /// The action.
        action: String,
    },
    /// A rule refuses.
    Refused {
        /// The action.
        action: String,
        /// The rule's code.
        rule: String,
    },
    /// A part of a rule's condition alone makes it refuse.
    Refuses {
        /// The action.
        action: String,
        /// The rule's code.
        rule: String,
        /// The part, as written.
        part: String,
    },
    /// An exception stands.
    Stands {
        /// The action.
        action: String,
        /// The `let` by its name, or the rule by its code.
        of: String,
        /// The exception's name.
        exception: String,
    },
    /// A policy proposes something.
    Proposes {
        /// The policy.
        policy: String,
    },
    /// A policy proposes nothing.
    Rests {
        /// The policy.
        policy: String,
    },
    /// A part of a policy's condition alone keeps it from proposing.
    Prevents {
        /// The policy.
        policy: String,
        /// The part, as written.
        part: String,
    },
    /// One of several conditions joined by `or` alone makes a policy propose.
    Suffices {
        /// The policy.
        policy: String,
        /// The condition, as written.
        part: String,
    },
}

/// The outcome of all scenarios of one or several texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The cases in the order of the text.
    pub cases: Vec<Case>,
    /// What no scenario shows.
    pub missing: BTreeSet<Missing>,
}

impl Report {
    /// Whether every case passed and nothing is left unshown.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.failures().next().is_none() && self.missing.is_empty()
    }

    /// The cases that failed.
    pub fn failures(&self) -> impl Iterator<Item = &Case> {
        self.cases.iter().filter(|c| c.failure.is_some())
    }

    /// Adds a case with what it shows, or what differs from what was expected.
    pub(super) fn add<T>(
        &mut self,
        case: &Named<T>,
        expected: String,
        shown: Result<Vec<Missing>, Differs>,
    ) {
        for shown in shown.iter().flatten() {
            self.missing.remove(shown);
        }
        let differs = shown.err();
        let line = differs.as_ref().and_then(|d| d.line);
        self.cases.push(Case {
            name: case.name.clone(),
            change: case.change.clone(),
            expected,
            file: String::new(),
            line: line.unwrap_or(case.line),
            failure: differs.map(|d| d.says),
        });
    }

    /// The report of a text that has a name.
    #[must_use]
    pub fn of(mut self, file: &str) -> Self {
        for case in &mut self.cases {
            file.clone_into(&mut case.file);
        }
        self
    }

    /// Adds the report of another text about the same contract.
    #[must_use]
    pub fn join(mut self, other: Self) -> Self {
        self.cases.extend(other.cases);
        self.missing.retain(|m| other.missing.contains(m));
        self
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accepted { action } => write!(f, "no scenario shows {action} accepted"),
            Self::Refused { action, rule } => {
                write!(f, "no scenario is refused by {rule} of {action}")
            }
            Self::Refuses { action, rule, part } => {
                write!(
                    f,
                    "no scenario is refused by {rule} of {action} for want of `{part}` alone"
                )
            }
            Self::Stands {
                action,
                of,
                exception,
            } => {
                write!(
                    f,
                    "no scenario shows the exception \"{exception}\" to {of} of {action}"
                )
            }
            Self::Proposes { policy } => write!(f, "no scenario shows {policy} proposing"),
            Self::Rests { policy } => write!(f, "no scenario shows {policy} proposing nothing"),
            Self::Prevents { policy, part } => {
                write!(
                    f,
                    "no scenario shows {policy} proposing nothing for want of `{part}` alone"
                )
            }
            Self::Suffices { policy, part } => {
                write!(f, "no scenario shows {policy} proposing by `{part}` alone")
            }
        }
    }
}

/// One line for each case, then what is not shown.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for case in &self.cases {
            match (&case.failure, case.file.as_str()) {
                (None, _) => writeln!(f, "ok      {}", case.name)?,
                (Some(failure), "") => {
                    writeln!(f, "FAILED  {} (line {}): {failure}", case.name, case.line)?;
                }
                (Some(failure), file) => {
                    let line = case.line;
                    writeln!(f, "FAILED  {}\n  --> {file}:{line}\n  {failure}", case.name)?;
                }
            }
        }
        for missing in &self.missing {
            writeln!(f, "MISSING {missing}")?;
        }
        let (total, failed) = (self.cases.len(), self.failures().count());
        write!(
            f,
            "{} of {total} cases passed, {} missing",
            total - failed,
            self.missing.len()
        )
    }
}
