//! A file by its address: what it holds stands elsewhere.

use std::fmt;
use std::str::FromStr;

/// How an address begins: the hash of a tree of SHA-256 over the file's pieces.
const SCHEME: &str = "sha256-tree:";
const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// A file that stands outside the ledger, by the root of a hash tree over its bytes and their number.
///
/// Written `sha256-tree:<64 hexadecimal digits>:<bytes>`, in one way only: small digits, no leading zeros.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileAddress {
    /// The tree's root.
    pub root: [u8; 32],
    /// The file's length.
    pub bytes: u64,
}

/// Why a text is not the address of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a file is written `sha256-tree:`, 64 digits of 0-9 and a-f, a colon and its bytes")]
pub struct FileAddressError;

impl FromStr for FileAddress {
    type Err = FileAddressError;

    fn from_str(text: &str) -> Result<Self, FileAddressError> {
        let (root, bytes) = text
            .strip_prefix(SCHEME)
            .and_then(|rest| rest.split_once(':'))
            .ok_or(FileAddressError)?;
        let address = Self {
            root: root_of(root.as_bytes()).ok_or(FileAddressError)?,
            bytes: bytes.parse().map_err(|_| FileAddressError)?,
        };
        // One file has one address: a sign or a leading zero would be another.
        (address.to_string() == text)
            .then_some(address)
            .ok_or(FileAddressError)
    }
}

fn root_of(hex: &[u8]) -> Option<[u8; 32]> {
    let digit = |c: u8| u8::try_from(DIGITS.iter().position(|d| *d == c)?).ok();
    let (pairs, []) = hex.as_chunks::<2>() else {
        return None;
    };
    let bytes = pairs
        .iter()
        .map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?));
    let bytes: Option<Vec<u8>> = bytes.collect();
    bytes?.try_into().ok()
}

impl fmt::Display for FileAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(SCHEME)?;
        self.root.iter().try_for_each(|b| write!(f, "{b:02x}"))?;
        write!(f, ":{}", self.bytes)
    }
}
