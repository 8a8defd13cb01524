//! Names of signers, as they stand in notes and key texts.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::limits::NAME_BYTES_MAX;

/// Name of a key in a note (C2SP signed-note, "Format"), recommended to be a URL without its
/// scheme: `example.com/log`. 1 to 255 bytes without Unicode spaces, plus signs or control
/// characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyName(Arc<str>);

/// Why a text can't name a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyNameError {
    /// No text.
    #[error("a key name can't be empty")]
    Empty,
    /// Longer than [`NAME_BYTES_MAX`].
    #[error("a key name has at most {NAME_BYTES_MAX} bytes, got {got}")]
    TooLong {
        /// Length in bytes.
        got: usize,
    },
    /// A space, plus sign or control character, which would make notes or key texts ambiguous.
    #[error("a key name can't contain {found:?}")]
    Character {
        /// The first such character.
        found: char,
    },
}

impl KeyName {
    /// Checks a name.
    ///
    /// # Errors
    /// [`KeyNameError`].
    pub fn new(name: &str) -> Result<KeyName, KeyNameError> {
        if name.is_empty() {
            return Err(KeyNameError::Empty);
        }
        if name.len() > NAME_BYTES_MAX {
            return Err(KeyNameError::TooLong { got: name.len() });
        }
        match name
            .chars()
            .find(|c| c.is_whitespace() || c.is_control() || *c == '+')
        {
            Some(found) => Err(KeyNameError::Character { found }),
            None => Ok(KeyName(name.into())),
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for KeyName {
    type Err = KeyNameError;

    fn from_str(name: &str) -> Result<KeyName, KeyNameError> {
        KeyName::new(name)
    }
}
