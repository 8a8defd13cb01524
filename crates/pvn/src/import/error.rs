//! Where something went wrong while reading a published file.

use std::fmt;
use std::path::{Path, PathBuf};

use super::problem::Problem;

/// A refused import: where, and why. Nothing was imported.
#[derive(Debug, thiserror::Error)]
#[error("{place}: {problem}. Nothing was imported.")]
pub struct ImportError {
    /// Where it was found.
    pub place: Place,
    /// What was found.
    pub problem: Problem,
}

/// A file and, where there is one, its line (in a workbook: its row), counted from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub file: PathBuf,
    /// The line on which the record starts.
    pub line: Option<u64>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        match self.line {
            Some(line) => write!(f, ", line {line}"),
            None => Ok(()),
        }
    }
}

impl ImportError {
    pub(super) fn new(file: &Path, found: Found) -> Self {
        let place = Place {
            file: file.to_path_buf(),
            line: found.line,
        };
        Self {
            place,
            problem: found.problem,
        }
    }
}

/// A problem and its line, before the name of the file is known.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) line: Option<u64>,
    pub(super) problem: Problem,
}

impl From<Problem> for Found {
    fn from(problem: Problem) -> Self {
        Self {
            line: None,
            problem,
        }
    }
}

impl Problem {
    pub(super) fn at(self, line: u64) -> Found {
        Found {
            line: Some(line),
            problem: self,
        }
    }
}
