//! Checkpoints (C2SP tlog-checkpoint): a log's name, size and root, to be signed as a note.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::hash::Hash;
use crate::limits::{NAME_BYTES_MAX, TREE_SIZE_MAX};
use crate::note::Note;
use crate::note_text::NoteText;
use crate::signer::{NoteSigner, SignError};
use crate::tree::EMPTY_ROOT;

/// Identity of a log: the first line of its checkpoints. 1 to 255 bytes without control characters;
/// recommended to be a URL without its scheme and the name of the log's key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin(Arc<str>);

/// Why a text can't be an origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OriginError {
    /// No text.
    #[error("an origin can't be empty")]
    Empty,
    /// Longer than [`NAME_BYTES_MAX`].
    #[error("an origin has at most {NAME_BYTES_MAX} bytes, got {got}")]
    TooLong {
        /// Length in bytes.
        got: usize,
    },
    /// A control character, newline included.
    #[error("an origin can't contain {found:?}")]
    ControlCharacter {
        /// The first such character.
        found: char,
    },
}

/// A log's state: its first `size` leaves have this root.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Checkpoint {
    origin: Origin,
    size: u64,
    root: Hash,
    extensions: Vec<String>,
}

/// Why a text isn't a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// Not three lines, or a line without a newline.
    #[error("a checkpoint has three lines: origin, size and root")]
    Form,
    /// The first line is not an origin.
    #[error("the checkpoint's origin is not valid")]
    Origin(#[source] OriginError),
    /// The second line is not a decimal number without leading zeroes, up to [`TREE_SIZE_MAX`].
    #[error("the checkpoint's size is not a decimal number up to {TREE_SIZE_MAX}")]
    Size,
    /// The third line is not canonical base64 of 32 bytes.
    #[error("the checkpoint's root is not canonical base64 of 32 bytes")]
    Root,
    /// A root of the empty tree other than [`EMPTY_ROOT`].
    #[error("the empty tree has root {EMPTY_ROOT}, not {got}")]
    EmptyTreeRoot {
        /// Root given.
        got: Hash,
    },
    /// A further line that the caller did not allow.
    #[error("extension line {line:?} is not allowed")]
    Extension {
        /// The line.
        line: String,
    },
}

impl Origin {
    /// Checks an origin.
    ///
    /// # Errors
    /// [`OriginError`].
    pub fn new(origin: &str) -> Result<Origin, OriginError> {
        if origin.is_empty() {
            return Err(OriginError::Empty);
        }
        if origin.len() > NAME_BYTES_MAX {
            return Err(OriginError::TooLong { got: origin.len() });
        }
        match origin.chars().find(|c| c.is_control()) {
            Some(found) => Err(OriginError::ControlCharacter { found }),
            None => Ok(Origin(origin.into())),
        }
    }

    /// The origin's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Checkpoint {
    /// A checkpoint without extension lines.
    ///
    /// # Errors
    /// [`CheckpointError::Size`] beyond [`TREE_SIZE_MAX`], [`CheckpointError::EmptyTreeRoot`].
    pub fn new(origin: Origin, size: u64, root: Hash) -> Result<Checkpoint, CheckpointError> {
        if size > TREE_SIZE_MAX {
            return Err(CheckpointError::Size);
        }
        if size == 0 && root != EMPTY_ROOT {
            return Err(CheckpointError::EmptyTreeRoot { got: root });
        }
        Ok(Checkpoint {
            origin,
            size,
            root,
            extensions: Vec::new(),
        })
    }

    /// Reads a checkpoint without extension lines. Its `Display` gives the same text back.
    ///
    /// # Errors
    /// [`CheckpointError`].
    pub fn parse(text: &str) -> Result<Checkpoint, CheckpointError> {
        Checkpoint::parse_allowing(text, |_| false)
    }

    /// Reads a checkpoint and keeps those extension lines that `allow` knows; any other is refused.
    ///
    /// # Errors
    /// [`CheckpointError`].
    pub fn parse_allowing(
        text: &str,
        allow: impl Fn(&str) -> bool,
    ) -> Result<Checkpoint, CheckpointError> {
        let mut lines = text
            .strip_suffix('\n')
            .ok_or(CheckpointError::Form)?
            .split('\n');
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next())
        else {
            return Err(CheckpointError::Form);
        };
        let origin = Origin::new(origin).map_err(CheckpointError::Origin)?;
        let size = parse_size(size).ok_or(CheckpointError::Size)?;
        let mut checkpoint =
            Checkpoint::new(origin, size, parse_root(root).ok_or(CheckpointError::Root)?)?;
        for line in lines {
            let well_formed = !line.is_empty() && !line.contains(char::is_control);
            if !well_formed || !allow(line) {
                return Err(CheckpointError::Extension {
                    line: line.to_owned(),
                });
            }
            checkpoint.extensions.push(line.to_owned());
        }
        Ok(checkpoint)
    }

    /// The log.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Root over them.
    pub fn root(&self) -> Hash {
        self.root
    }

    /// Extension lines, without their newlines.
    pub fn extensions(&self) -> &[String] {
        &self.extensions
    }

    /// The text to be signed.
    pub fn note_text(&self) -> NoteText {
        NoteText::from_valid(self.to_string())
    }

    /// Signs the checkpoint as its log. A log must never sign two checkpoints of which neither
    /// extends the other.
    ///
    /// # Errors
    /// [`SignError`].
    pub fn sign(&self, log: &NoteSigner) -> Result<Note, SignError> {
        let text = self.note_text();
        let signature = log.sign(&text)?;
        Ok(Note::new(text, signature))
    }
}

fn parse_size(line: &str) -> Option<u64> {
    parse_decimal(line).filter(|size| *size <= TREE_SIZE_MAX)
}

/// A decimal number in its only form: digits without sign or leading zeroes.
pub(crate) fn parse_decimal(text: &str) -> Option<u64> {
    let only_digits = text.bytes().all(|b| b.is_ascii_digit());
    let leading_zero = text.len() > 1 && text.starts_with('0');
    if only_digits && !leading_zero {
        text.parse().ok()
    } else {
        None
    }
}

fn parse_root(line: &str) -> Option<Hash> {
    BASE64.decode(line).ok()?.try_into().ok().map(Hash)
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{}\n{}\n{}",
            self.origin,
            self.size,
            BASE64.encode(self.root)
        )?;
        self.extensions
            .iter()
            .try_for_each(|line| writeln!(f, "{line}"))
    }
}
