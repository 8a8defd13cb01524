//! Arguments from plain strings: forms, JSON, CSV.

use std::fmt;

/// One argument that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArgProblem {
    /// The parameter's name, or the unknown name that was given.
    pub name: String,
    /// What is wrong and what was expected.
    pub message: String,
}

/// Arguments that cannot be read, all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArgError {
    /// The problems in the order of the parameters; never empty.
    pub problems: Vec<ArgProblem>,
}

impl std::error::Error for ArgError {}

impl fmt::Display for ArgError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, p) in self.problems.iter().enumerate() {
            write!(
                f,
                "{}{}: {}",
                if i == 0 { "" } else { "; " },
                p.name,
                p.message
            )?;
        }
        Ok(())
    }
}
