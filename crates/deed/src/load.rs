//! From a text to a contract.

use crate::check;
use crate::contract::{Contract, Given};
use crate::diagnostic::LoadError;
use crate::program::Program;
use crate::syntax;

impl Contract {
    /// Reads and checks a contract's text.
    ///
    /// # Errors
    /// Every error found, each at its place. A text with errors of form is not checked for meaning.
    pub fn load(source: &str) -> Result<Contract, LoadError> {
        Self::load_with(source, &[])
    }

    /// Reads and checks a contract's text that `uses` or `replaces` others.
    ///
    /// # Errors
    /// As [`Contract::load`]; also when a contract that it uses is not given, or facts of the one that it replaces can't be
    /// read under it.
    pub fn load_with(source: &str, given: &[Given<'_>]) -> Result<Contract, LoadError> {
        let mut problems = Vec::new();
        let file = syntax::parse(source, &mut problems);
        let program = match problems.is_empty() {
            true => check::check(&file, source, given, &mut problems),
            false => Program::default(),
        };
        match file.name {
            Some(name) if problems.is_empty() => Ok(Contract {
                name: name.text,
                version: file.version,
                title: file.title,
                law: file.law,
                source: source.to_owned(),
                program,
            }),
            _ => Err(LoadError::new("contract", source, problems)),
        }
    }
}
