//! The disk: one SQLite file per node, one log-structured store for the notary, both behind `protocol`'s seams.
//!
//! Trusted for: not losing what was committed. Not trusted for: the truth of facts, which every proof re-establishes.
//! This room never looks inside the bytes it keeps.

mod backup;
mod connection;
mod folder;
mod journal;
mod notary;
mod overlay;
mod reader;
mod schema;
mod sqlite;
mod statements;

pub use backup::{BackupError, RestoreError, backup, restore};
pub use folder::{DataFolder, FolderError};
pub use notary::{FjallNotaryStore, NotaryLog};
pub use reader::{SqliteReader, SqliteSnapshot};
pub use sqlite::{SqliteStore, StoreOptions};

use std::path::PathBuf;

use protocol::store::StoreError;

/// Name of a node's store within its data folder.
pub const STORE_FILE: &str = "node.sqlite";

/// Name of the notary's store within its data folder.
pub const NOTARY_FOLDER: &str = "notary";

/// Why a store could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is no store where one was expected.
    #[error("there is no store at {}", path.display())]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The file belongs to another program.
    #[error("{} was not written by this program", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// The store was written by another version of this program, whose format this one does not know.
    #[error("{} has format {found}, this program knows format {known}: use the program version that wrote it", path.display())]
    UnknownVersion {
        /// The file.
        path: PathBuf,
        /// Format found in the file.
        found: i64,
        /// Format this program reads and writes.
        known: i64,
    },
    /// The store failed while it was being opened.
    #[error("{} could not be opened", path.display())]
    Store {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        source: StoreError,
    },
    /// The file system failed.
    #[error("{} could not be prepared", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
}
