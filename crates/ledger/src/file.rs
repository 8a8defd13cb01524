//! A file that stands outside the ledger, behind an address in a fact: a Merkle tree over its chunks, so that each chunk can
//! be checked as it comes.
//!
//! `root = H(0x71 ‖ u64 bytes ‖ MTH(chunks))`, the tree and its leaves as in RFC 6962. The address says how many bytes there
//! are, and so the shape of the tree.

use deed::FileAddress;

use crate::digest::Digest;
use crate::limits::{CHUNK_BYTES, FILE_BYTES_MAX};

/// Why bytes are not those of a file, or make none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// Larger than any file may be.
    #[error("a file has at most {FILE_BYTES_MAX} bytes, this one has more: {bytes}")]
    TooLarge {
        /// What it has, so far.
        bytes: u64,
    },
    /// The list of hashes doesn't lead to the file's root.
    #[error("these hashes of chunks are not those of {address}")]
    OtherFile {
        /// The file.
        address: FileAddress,
    },
    /// The file ends before this chunk.
    #[error("the file has {chunks} chunks, numbered from 0: there is no chunk {index}")]
    NoSuchChunk {
        /// Which.
        index: u64,
        /// How many there are.
        chunks: u64,
    },
    /// Another length than the chunk at this place has.
    #[error("chunk {index} has {expected} bytes, these are {got}")]
    Length {
        /// Which.
        index: u64,
        /// Bytes of the chunk.
        expected: u64,
        /// Bytes given.
        got: u64,
    },
    /// Other bytes than those of the chunk.
    #[error("these are not the bytes of chunk {index}")]
    OtherBytes {
        /// Which.
        index: u64,
    },
}

/// How many chunks a file of this length has.
#[must_use]
pub fn chunks(bytes: u64) -> u64 {
    bytes.div_ceil(CHUNK_BYTES as u64)
}

/// A file's address and the hashes of its chunks, in order, which lead to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileTree {
    address: FileAddress,
    leaves: Vec<Digest>,
}

impl FileTree {
    /// Reads the hashes of a file's chunks, one after the other, if they are those of this file.
    ///
    /// # Errors
    /// [`FileError::TooLarge`] and [`FileError::OtherFile`].
    pub fn read(address: FileAddress, hashes: &[u8]) -> Result<Self, FileError> {
        if address.bytes > FILE_BYTES_MAX {
            let bytes = address.bytes;
            return Err(FileError::TooLarge { bytes });
        }
        let other = || FileError::OtherFile { address };
        let (leaves, []) = hashes.as_chunks::<32>() else {
            return Err(other());
        };
        if leaves.len() as u64 != chunks(address.bytes) {
            return Err(other());
        }
        let leaves: Vec<Digest> = leaves.iter().copied().map(Digest).collect();
        let tree = Self::of(address.bytes, leaves);
        (tree.address == address).then_some(tree).ok_or_else(other)
    }

    fn of(bytes: u64, leaves: Vec<Digest>) -> Self {
        let hashes: Vec<tlog::Hash> = leaves.iter().map(|leaf| (*leaf).into()).collect();
        let merkle = tlog::merkle_root(&hashes);
        let root = Digest::of(&[&[0x71], &bytes.to_be_bytes(), &merkle.0]).0;
        Self {
            address: FileAddress { root, bytes },
            leaves,
        }
    }

    /// The file's address.
    #[must_use]
    pub fn address(&self) -> FileAddress {
        self.address
    }

    /// The hashes of its chunks, in order.
    #[must_use]
    pub fn leaves(&self) -> &[Digest] {
        &self.leaves
    }

    /// The hashes of its chunks, one after the other: what [`FileTree::read`] reads.
    #[must_use]
    pub fn hashes(&self) -> Vec<u8> {
        self.leaves.iter().flat_map(|leaf| leaf.0).collect()
    }

    /// Checks that a chunk is the one at this place.
    ///
    /// # Errors
    /// [`FileError`], whatever is wrong with it.
    pub fn check(&self, index: u64, chunk: &[u8]) -> Result<(), FileError> {
        let leaf = usize::try_from(index).ok().and_then(|i| self.leaves.get(i));
        let leaf = leaf.ok_or(FileError::NoSuchChunk {
            index,
            chunks: self.leaves.len() as u64,
        })?;
        let begin = index * CHUNK_BYTES as u64;
        let expected = (self.address.bytes - begin).min(CHUNK_BYTES as u64);
        let got = chunk.len() as u64;
        if got != expected {
            return Err(FileError::Length {
                index,
                expected,
                got,
            });
        }
        if Digest::from(tlog::leaf_hash(chunk)) != *leaf {
            return Err(FileError::OtherBytes { index });
        }
        Ok(())
    }
}

/// Makes a file's tree, chunk by chunk.
#[derive(Debug, Default)]
pub struct FileBuilder {
    bytes: u64,
    leaves: Vec<Digest>,
}

impl FileBuilder {
    /// Adds the next chunk. Only the last one of a file is shorter than the others.
    ///
    /// # Errors
    /// [`FileError::Length`] for an empty or too long one, or one after the last; [`FileError::TooLarge`].
    pub fn add(&mut self, chunk: &[u8]) -> Result<(), FileError> {
        let (index, got) = (self.leaves.len() as u64, chunk.len() as u64);
        let expected = CHUNK_BYTES as u64;
        let after_last = !self.bytes.is_multiple_of(expected);
        if after_last || got == 0 || got > expected {
            return Err(FileError::Length {
                index,
                expected,
                got,
            });
        }
        let bytes = self.bytes + got;
        if bytes > FILE_BYTES_MAX {
            return Err(FileError::TooLarge { bytes });
        }
        self.bytes = bytes;
        self.leaves.push(tlog::leaf_hash(chunk).into());
        Ok(())
    }

    /// The tree over all that was added.
    #[must_use]
    pub fn finish(self) -> FileTree {
        FileTree::of(self.bytes, self.leaves)
    }
}
