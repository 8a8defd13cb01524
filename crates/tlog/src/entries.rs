//! Entry bundles (C2SP tlog-tiles, "Log entries"): up to 256 log entries, each after its length as
//! a big-endian 16-bit integer.

use crate::limits::{ENTRY_BYTES_MAX, TILE_WIDTH};
use crate::tile::EntryBundle;

/// Why entries don't fit into a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EncodeEntriesError {
    /// None, or more than [`TILE_WIDTH`].
    #[error("a bundle has 1 to {TILE_WIDTH} entries, got {got}")]
    Count {
        /// Entries given.
        got: usize,
    },
    /// An entry is longer than [`ENTRY_BYTES_MAX`].
    #[error("entry {at} of the bundle has {got} bytes, at most {ENTRY_BYTES_MAX} are possible")]
    TooLong {
        /// Position of the first such entry within the bundle.
        at: usize,
        /// Its length in bytes.
        got: usize,
    },
}

/// Why bytes aren't a bundle's entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecodeEntriesError {
    /// The bytes end before the entry does.
    #[error("the bundle ends within entry {at}")]
    Truncated {
        /// Position of the entry within the bundle.
        at: usize,
    },
    /// Bytes are left after the last entry.
    #[error("{got} bytes follow the bundle's last entry")]
    Trailing {
        /// Bytes left.
        got: usize,
    },
}

/// Content of a bundle of these entries.
///
/// # Errors
/// [`EncodeEntriesError`].
pub fn encode_entries<T: AsRef<[u8]>>(entries: &[T]) -> Result<Vec<u8>, EncodeEntriesError> {
    if entries.is_empty() || entries.len() > usize::from(TILE_WIDTH) {
        return Err(EncodeEntriesError::Count { got: entries.len() });
    }
    let mut bytes = Vec::new();
    for (at, entry) in entries.iter().enumerate() {
        let entry = entry.as_ref();
        let length = u16::try_from(entry.len()).map_err(|_| EncodeEntriesError::TooLong {
            at,
            got: entry.len(),
        })?;
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(entry);
    }
    Ok(bytes)
}

impl EntryBundle {
    /// Reads the bundle's content: exactly as many entries as it is wide, and nothing else.
    ///
    /// # Errors
    /// [`DecodeEntriesError`].
    pub fn decode<'a>(&self, bytes: &'a [u8]) -> Result<Vec<&'a [u8]>, DecodeEntriesError> {
        let mut rest = bytes;
        let mut entries = Vec::with_capacity(usize::from(self.width()));
        for at in 0..usize::from(self.width()) {
            let truncated = DecodeEntriesError::Truncated { at };
            let (length, after) = rest.split_first_chunk().ok_or(truncated)?;
            let length = usize::from(u16::from_be_bytes(*length));
            let (entry, after) = after.split_at_checked(length).ok_or(truncated)?;
            entries.push(entry);
            rest = after;
        }
        if !rest.is_empty() {
            return Err(DecodeEntriesError::Trailing { got: rest.len() });
        }
        Ok(entries)
    }
}
