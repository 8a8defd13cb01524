//! A process's data folder, held by one process at a time.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::files::{FILE_MODE, create_folder};

const LOCK_FILE: &str = "lock";

/// Why a data folder could not be taken.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// Another process works in it.
    #[error(
        "the data folder {} is in use by {}: stop it first, or give this process a folder of its own",
        folder.display(),
        holder.map_or_else(|| "another process".to_owned(), |pid| format!("process {pid}"))
    )]
    InUse {
        /// The folder.
        folder: PathBuf,
        /// The process that holds it, if it said so.
        holder: Option<u32>,
    },
    /// The file system failed.
    #[error("the data folder {} cannot be used", folder.display())]
    File {
        /// The folder.
        folder: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
}

/// Proof that this process alone works in a data folder, for as long as any clone of it lives.
///
/// The lock is the kernel's (`flock`), so it goes with the process however that ends.
#[derive(Clone, Debug)]
pub struct DataFolder {
    path: Arc<Path>,
    _lock: Arc<File>,
}

impl DataFolder {
    /// Creates the folder if need be (mode 0700) and takes it.
    pub fn take(path: &Path) -> Result<DataFolder, FolderError> {
        let failed = |source| FolderError::File {
            folder: path.to_owned(),
            source,
        };
        create_folder(path).map_err(failed)?;
        let mut lock = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(FILE_MODE)
            .open(path.join(LOCK_FILE))
            .map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(FolderError::InUse {
                    folder: path.to_owned(),
                    holder: holder(&mut lock),
                });
            }
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        sign(&mut lock).map_err(failed)?;
        Ok(DataFolder {
            path: path.into(),
            _lock: Arc::new(lock),
        })
    }

    /// Where the folder is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Leaves this process's number for whoever finds the folder taken.
fn sign(lock: &mut File) -> io::Result<()> {
    lock.set_len(0)?;
    lock.rewind()?;
    writeln!(lock, "{}", std::process::id())
}

fn holder(lock: &mut File) -> Option<u32> {
    let mut text = String::new();
    lock.take(16).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}
