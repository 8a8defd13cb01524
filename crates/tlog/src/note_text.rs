//! The text of a note, without its signatures.

use std::fmt;

use crate::limits::NOTE_BYTES_MAX;

/// Text that can be signed as a note: ends in a newline and has no other ASCII control characters
/// (C2SP signed-note, "Format").
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NoteText(String);

/// Why a text can't be a note's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoteTextError {
    /// Longer than [`NOTE_BYTES_MAX`].
    #[error("a note has at most {NOTE_BYTES_MAX} bytes, got {got}")]
    TooLong {
        /// Length in bytes.
        got: usize,
    },
    /// The last character is not a newline.
    #[error("a note's text ends in a newline")]
    NoFinalNewline,
    /// A control character other than newline.
    #[error("byte {at} of the note is control character {found:#04x}")]
    ControlCharacter {
        /// Position of the first such character.
        at: usize,
        /// The character.
        found: u8,
    },
}

impl NoteText {
    /// Checks a text.
    ///
    /// # Errors
    /// [`NoteTextError`].
    pub fn new(text: impl Into<String>) -> Result<NoteText, NoteTextError> {
        let text = text.into();
        if text.len() > NOTE_BYTES_MAX {
            return Err(NoteTextError::TooLong { got: text.len() });
        }
        if let Some((at, found)) = find_control_character(text.as_bytes()) {
            return Err(NoteTextError::ControlCharacter { at, found });
        }
        if !text.ends_with('\n') {
            return Err(NoteTextError::NoFinalNewline);
        }
        Ok(NoteText(text))
    }

    /// For texts that are valid by their construction.
    pub(crate) fn from_valid(text: String) -> NoteText {
        NoteText(text)
    }

    /// The text, with its final newline.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The first ASCII control character other than newline, with its position.
pub(crate) fn find_control_character(bytes: &[u8]) -> Option<(usize, u8)> {
    let mut bytes = bytes.iter().copied().enumerate();
    bytes.find(|(_, byte)| *byte < 0x20 && *byte != b'\n')
}

impl fmt::Display for NoteText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
