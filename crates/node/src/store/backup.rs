//! Backup of a node's store while it runs, and restoring one into a fresh folder.
//!
//! A backup holds what the store holds, in one file readable by its owner alone. Signing keys, and the secret from which
//! one-time keys are derived, are in other files of the data folder and not in it.

use std::path::{Path, PathBuf};

use protocol::store::StoreError;
use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use super::sqlite::store_error;
use super::{DataFolder, OpenError, STORE_FILE, SqliteReader};
use crate::files::{create_private, draft_of, publish, remove_if_there};

/// Why no backup was made. Nothing is left at the destination.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The store could not be read.
    #[error("the store to back up could not be opened")]
    Source(#[source] OpenError),
    /// Backups never replace one another.
    #[error("{} exists already: choose a new name for the backup", path.display())]
    Exists {
        /// The destination.
        path: PathBuf,
    },
    /// The copy failed.
    #[error("the backup could not be written")]
    Copy(#[source] StoreError),
    /// The file system failed.
    #[error("the backup could not be written to {}", path.display())]
    File {
        /// The destination.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
}

/// Why nothing was restored. The data folder is as it was.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The folder has a store; restoring would destroy it.
    #[error("{} exists already: restore into a new data folder, or move the old one away", path.display())]
    Live {
        /// The store found.
        path: PathBuf,
    },
    /// The backup is not a store that this program understands.
    #[error("the backup cannot be used")]
    Backup(#[source] OpenError),
    /// The backup is damaged.
    #[error("the backup {} is damaged", path.display())]
    Damaged {
        /// The backup.
        path: PathBuf,
        /// What was found.
        source: StoreError,
    },
    /// The copy failed.
    #[error("the backup could not be copied")]
    Copy(#[source] StoreError),
    /// The file system failed.
    #[error("the backup could not be restored to {}", path.display())]
    File {
        /// The destination.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
}

/// Copies the store in the folder `data`, as it is at one moment, to a new file. The node may go on writing meanwhile;
/// it need not even run in this process.
pub fn backup(data: &Path, to: &Path) -> Result<(), BackupError> {
    if to.exists() {
        return Err(BackupError::Exists {
            path: to.to_owned(),
        });
    }
    let source = SqliteReader::open(data).map_err(BackupError::Source)?;
    let failed = |source| BackupError::File {
        path: to.to_owned(),
        source,
    };
    let draft = fresh_draft(to).map_err(failed)?;
    copy(source.connection(), &draft)
        .map_err(|error| BackupError::Copy(store_error(&error)))
        .and_then(|()| publish(&draft, to).map_err(failed))
        .inspect_err(|_| discard(&draft))
}

/// Puts the backup `from` into a data folder that has no store yet, after reading every page of it.
pub fn restore(from: &Path, into: &DataFolder) -> Result<(), RestoreError> {
    let to = into.path().join(STORE_FILE);
    if to.exists() {
        return Err(RestoreError::Live { path: to });
    }
    let source = SqliteReader::open_file(from).map_err(RestoreError::Backup)?;
    source.examine().map_err(|source| RestoreError::Damaged {
        path: from.to_owned(),
        source,
    })?;
    let failed = |source| RestoreError::File {
        path: to.clone(),
        source,
    };
    let draft = fresh_draft(&to).map_err(failed)?;
    copy(source.connection(), &draft)
        .map_err(|error| RestoreError::Copy(store_error(&error)))
        .and_then(|()| publish(&draft, &to).map_err(failed))
        .inspect_err(|_| discard(&draft))
}

fn fresh_draft(path: &Path) -> std::io::Result<PathBuf> {
    let draft = draft_of(path)?;
    remove_if_there(&draft)?;
    create_private(&draft)?;
    Ok(draft)
}

/// All pages in one step: a snapshot, since a reader of a WAL file sees one moment and holds nobody up.
fn copy(source: &Connection, to: &Path) -> rusqlite::Result<()> {
    let mut target = Connection::open(to)?;
    let done = Backup::new(source, &mut target)?.step(-1)?;
    debug_assert_eq!(done, StepResult::Done, "one step copies every page");
    // One file that needs no log beside it, synced by the change of mode.
    target.pragma_update(None, "synchronous", "FULL")?;
    target.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(()))
}

fn discard(draft: &Path) {
    if let Err(error) = remove_if_there(draft) {
        tracing::warn!(path = %draft.display(), %error, "an unfinished copy could not be removed");
    }
}
