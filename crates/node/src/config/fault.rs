//! What can be wrong with a configuration file, said so that it can be put right.

use std::fmt;
use std::path::{Path, PathBuf};

/// A configuration file that cannot be used, with everything found wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct ConfigError {
    /// The file.
    pub file: PathBuf,
    /// What is wrong, in the order of the file.
    pub problems: Vec<Problem>,
}

/// One thing wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The line, from 1; `None` for what is missing or concerns the whole file.
    pub line: Option<usize>,
    /// What it is.
    pub fault: Fault,
}

/// What can be wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The file cannot be read.
    #[error("the file cannot be read: {0}")]
    Unreadable(String),
    /// It is not TOML, or a value is of the wrong type.
    #[error("{0}")]
    Syntax(String),
    /// A setting that does not exist.
    #[error("there is no setting `{key}`{}", advice(near.as_deref(), known))]
    UnknownKey {
        /// What was written.
        key: String,
        /// The setting that was probably meant.
        near: Option<String>,
        /// The settings there are in this place.
        known: Vec<String>,
    },
    /// A role that does not exist.
    #[error("there is no role `{found}`{}", advice(near.as_deref(), known))]
    UnknownRole {
        /// What was written.
        found: String,
        /// The role that was probably meant.
        near: Option<String>,
        /// The roles there are.
        known: Vec<String>,
    },
    /// A setting that is needed.
    #[error("`{key}` is missing: {why}")]
    Missing {
        /// The setting.
        key: String,
        /// What it says.
        why: &'static str,
    },
    /// A setting that has no meaning for the role.
    #[error("`{key}` has no meaning for a {role}: remove it")]
    NotForRole {
        /// The setting.
        key: &'static str,
        /// The role.
        role: &'static str,
    },
    /// A value that cannot be used.
    #[error("`{key}` is {found:?}: {expected}")]
    Value {
        /// The setting.
        key: &'static str,
        /// What was written.
        found: String,
        /// What can be used.
        expected: &'static str,
    },
    /// A number out of range.
    #[error("`{key}` is {found}: it goes from {min} to {max}")]
    Range {
        /// The setting.
        key: &'static str,
        /// What was written.
        found: u64,
        /// Smallest value.
        min: u64,
        /// Largest value.
        max: u64,
    },
    /// The same thing twice.
    #[error("`{key}` has {found:?} twice: remove one")]
    Twice {
        /// The setting.
        key: &'static str,
        /// What was written.
        found: String,
    },
    /// A file or folder that is not there.
    #[error("`{key}` names {}, {expected}", path.display())]
    Path {
        /// The setting.
        key: &'static str,
        /// The path, the configuration file's folder included.
        path: PathBuf,
        /// What is wrong with it.
        expected: &'static str,
    },
}

fn advice(near: Option<&str>, known: &[String]) -> String {
    match near {
        Some(near) => format!(": did you mean `{near}`?"),
        None => format!("; there are: {}", known.join(", ")),
    }
}

impl ConfigError {
    pub(super) fn new(file: &Path, mut problems: Vec<Problem>) -> ConfigError {
        problems.sort_by_key(|problem| problem.line.unwrap_or(usize::MAX));
        ConfigError {
            file: file.to_owned(),
            problems,
        }
    }
}

/// One line a problem, in the form that editors jump to.
impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            let file = self.file.display();
            match problem.line {
                Some(line) => write!(f, "{file}:{line}: {}", problem.fault)?,
                None => write!(f, "{file}: {}", problem.fault)?,
            }
        }
        Ok(())
    }
}
