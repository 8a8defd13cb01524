//! The legal identity of a body, by an identifier from a public scheme.

use std::fmt;
use std::sync::Arc;

use crate::limits::PARTY_BYTES_MAX;

/// A legal identity such as `GB-GOR-D2` (org-id.guide prefix, then the register's key).
///
/// 1 to 64 characters of `A-Z a-z 0-9 . _ -`. Cloning is cheap.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Party(Arc<str>);

/// Why a text is not a party's identifier.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PartyError {
    /// The identifier is empty or longer than the limit.
    #[error("a party's identifier has 1 to {PARTY_BYTES_MAX} characters, not {0}")]
    Length(usize),
    /// The identifier contains a character outside the alphabet.
    #[error("a party's identifier is written in A-Z, a-z, 0-9, `.`, `_` and `-`, not {0:?}")]
    Character(char),
}

impl Party {
    /// Parses an identifier.
    ///
    /// # Errors
    /// The length or the first character that is not allowed.
    pub fn new(id: &str) -> Result<Self, PartyError> {
        if id.is_empty() || id.len() > PARTY_BYTES_MAX {
            return Err(PartyError::Length(id.chars().count()));
        }
        match id
            .chars()
            .find(|c| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-')))
        {
            Some(c) => Err(PartyError::Character(c)),
            None => Ok(Self(Arc::from(id))),
        }
    }

    /// The identifier as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for Party {
    type Err = PartyError;
    fn from_str(id: &str) -> Result<Self, PartyError> {
        Self::new(id)
    }
}
