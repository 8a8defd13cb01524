//! What can go wrong with files and where they are kept.

use std::error::Error;
use std::io;
use std::path::PathBuf;

use deed::FileAddress;
use ledger::file::FileError;

/// Why a file, or a part of it, isn't kept or given.
#[derive(Debug, thiserror::Error)]
pub enum AttachmentError {
    /// The bytes are not those of the file.
    #[error(transparent)]
    File(#[from] FileError),
    /// No list of hashes has come for this file, so that its chunks can't be checked.
    #[error("{address} is not known here: send the hashes of its chunks first")]
    Unknown {
        /// The file.
        address: FileAddress,
    },
    /// The disk has no room to spare.
    #[error("the disk that files are kept on has too little room left")]
    DiskLow,
    /// Where the files are kept can't be read or written.
    #[error("the store of files can't be used: {0}")]
    Store(object_store::Error),
}

impl From<object_store::Error> for AttachmentError {
    fn from(error: object_store::Error) -> Self {
        let mut cause: Option<&(dyn Error + 'static)> = Some(&error);
        while let Some(error) = cause {
            let kind = error.downcast_ref::<io::Error>().map(io::Error::kind);
            if matches!(
                kind,
                Some(io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
            ) {
                return Self::DiskLow;
            }
            cause = error.source();
        }
        Self::Store(error)
    }
}

/// Why files can't be kept where the configuration says.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    /// The folder can't be made or used.
    #[error("{} can't hold files", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The credentials can't be read.
    #[error("the credentials in {} can't be read", path.display())]
    Credentials {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The credentials are not two lines.
    #[error("{} does not hold two lines, the access key's id and its secret", path.display())]
    Lines {
        /// The file.
        path: PathBuf,
    },
    /// The object store refuses the settings.
    #[error("files can't be kept there")]
    Settings(#[from] object_store::Error),
}
