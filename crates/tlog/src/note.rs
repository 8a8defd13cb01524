//! Signed notes (C2SP signed-note): a text and the signatures over it. What is not verified yet
//! can't be read by accident: [`Note::verify_exact`] and [`Note::verify_any`] give the text.

use std::fmt;

use crate::limits::{NOTE_BYTES_MAX, NOTE_SIGNATURES_MAX};
use crate::note_signature::{NoteSignature, SignatureLineError};
use crate::note_text::{NoteText, NoteTextError, find_control_character};

/// A text with 1 to 64 signatures, none of them verified.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Note {
    text: NoteText,
    signatures: Vec<NoteSignature>,
}

/// Why bytes aren't a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoteParseError {
    /// Longer than [`NOTE_BYTES_MAX`].
    #[error("a note has at most {NOTE_BYTES_MAX} bytes, got {got}")]
    TooLong {
        /// Length in bytes.
        got: usize,
    },
    /// Not UTF-8.
    #[error("byte {at} of the note is not UTF-8")]
    NotUtf8 {
        /// Position of the first such byte.
        at: usize,
    },
    /// The text breaks the format's rules.
    #[error("the note's text is not valid")]
    Text(#[source] NoteTextError),
    /// No empty line, which separates text and signatures.
    #[error("a note has an empty line before its signatures")]
    NoSeparator,
    /// Nothing after the last empty line.
    #[error("a note has at least one signature")]
    NoSignature,
    /// The last line has no newline.
    #[error("a note ends in a newline")]
    NoFinalNewline,
    /// More than [`NOTE_SIGNATURES_MAX`] lines.
    #[error("a note has at most {NOTE_SIGNATURES_MAX} signatures, got {got}")]
    TooManySignatures {
        /// Signature lines.
        got: usize,
    },
    /// A line after the separator is not a signature.
    #[error("signature line {line} is not valid")]
    Signature {
        /// Number of the signature line, from 1.
        line: usize,
        /// What is wrong with it.
        #[source]
        source: SignatureLineError,
    },
}

/// Why a signature was not added to a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddSignatureError {
    /// The note has [`NOTE_SIGNATURES_MAX`] signatures already.
    #[error("a note has at most {NOTE_SIGNATURES_MAX} signatures")]
    TooMany,
    /// The note has a signature of this key already.
    #[error("the note has a signature of this key already")]
    Duplicate,
}

impl Note {
    /// A note with its first signature.
    pub fn new(text: NoteText, signature: NoteSignature) -> Note {
        Note {
            text,
            signatures: vec![signature],
        }
    }

    /// Adds a signature of another key.
    ///
    /// # Errors
    /// [`AddSignatureError`].
    pub fn add(&mut self, signature: NoteSignature) -> Result<(), AddSignatureError> {
        let same_key = |s: &NoteSignature| s.id() == signature.id() && s.name() == signature.name();
        if self.signatures.iter().any(same_key) {
            return Err(AddSignatureError::Duplicate);
        }
        if self.signatures.len() == NOTE_SIGNATURES_MAX {
            return Err(AddSignatureError::TooMany);
        }
        self.signatures.push(signature);
        Ok(())
    }

    /// Reads a note. What is read gives the same bytes back (`Display`).
    ///
    /// # Errors
    /// [`NoteParseError`].
    pub fn parse(bytes: &[u8]) -> Result<Note, NoteParseError> {
        if bytes.len() > NOTE_BYTES_MAX {
            return Err(NoteParseError::TooLong { got: bytes.len() });
        }
        let note = str::from_utf8(bytes).map_err(|e| NoteParseError::NotUtf8 {
            at: e.valid_up_to(),
        })?;
        if let Some((at, found)) = find_control_character(bytes) {
            return Err(NoteParseError::Text(NoteTextError::ControlCharacter {
                at,
                found,
            }));
        }
        // The text may contain empty lines itself: the last one separates.
        let (text, _) = note
            .rsplit_once("\n\n")
            .ok_or(NoteParseError::NoSeparator)?;
        let (text, lines) = note.split_at(text.len() + 1);
        let lines = &lines[1..];
        if lines.is_empty() {
            return Err(NoteParseError::NoSignature);
        }
        let lines = lines
            .strip_suffix('\n')
            .ok_or(NoteParseError::NoFinalNewline)?;
        let got = lines.split('\n').count();
        if got > NOTE_SIGNATURES_MAX {
            return Err(NoteParseError::TooManySignatures { got });
        }
        let parse_line = |(at, line)| {
            NoteSignature::parse(line).map_err(|source| NoteParseError::Signature {
                line: at + 1,
                source,
            })
        };
        let signatures = lines
            .split('\n')
            .enumerate()
            .map(parse_line)
            .collect::<Result<_, _>>()?;
        let text = NoteText::new(text).map_err(NoteParseError::Text)?;
        Ok(Note { text, signatures })
    }

    /// The text, which nobody may have signed.
    pub fn unverified_text(&self) -> &NoteText {
        &self.text
    }

    /// The signatures, none of them verified.
    pub fn unverified_signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures
            .iter()
            .try_for_each(|signature| writeln!(f, "{signature}"))
    }
}
