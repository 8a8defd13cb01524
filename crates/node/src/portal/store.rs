//! The index of published facts: one SQLite file in WAL mode, one writer, readers that each see one
//! moment of it.
//!
//! Trusted for nothing: it is made from disclosures that carry their own proofs, and can be thrown
//! away and filled again. Losing its last commits in a power cut is repaired by handing over the
//! same facts once more, so writes are not synced one by one.

mod filter;
mod payments;
mod read;
mod schema;
mod totals;
mod write;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OpenFlags};
use tokio::sync::watch;

pub use filter::Filter;
pub use payments::{Found, Order, PaymentRow};
pub use read::{FlowDetail, PaymentDetail, Provenance, Snapshot};
pub use totals::{FileRow, FlowRow, SpendRow};
pub use write::{IngestError, Ingested};

use super::description::Description;

/// The index of published facts.
pub struct PortalStore {
    path: PathBuf,
    description: Arc<Description>,
    writer: Mutex<Connection>,
    readers: Mutex<Vec<Connection>>,
    last: watch::Sender<u64>,
}

/// Why the index could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file can't be opened or is not an index.
    #[error("the portal's index {path} can't be opened")]
    Database {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        #[source]
        source: rusqlite::Error,
    },
    /// The file was filled by another version, or under a description that reads facts differently.
    #[error(
        "the portal's index {path} was filled under another service description or version: remove it, it is filled again from the log"
    )]
    OtherReading {
        /// The file.
        path: PathBuf,
    },
}

/// Why the index could not be read.
#[derive(Debug, thiserror::Error)]
#[error("the portal's index can't be read")]
pub struct ReadError(#[from] rusqlite::Error);

impl PortalStore {
    /// Opens the index, and makes it if the file doesn't exist.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open(path: &Path, description: Arc<Description>) -> Result<Self, OpenError> {
        let database = |source| OpenError::Database {
            path: path.to_owned(),
            source,
        };
        let mut writer = Connection::open(path).map_err(database)?;
        if !schema::prepare(&mut writer, &description.reading()).map_err(database)? {
            return Err(OpenError::OtherReading {
                path: path.to_owned(),
            });
        }
        let last = writer
            .query_row("SELECT last FROM moment", [], |row| row.get(0))
            .map_err(database)?;
        Ok(Self {
            path: path.to_owned(),
            description,
            writer: Mutex::new(writer),
            readers: Mutex::default(),
            last: watch::Sender::new(last),
        })
    }

    /// The description that facts are read under.
    #[must_use]
    pub fn description(&self) -> &Arc<Description> {
        &self.description
    }

    /// Reads one moment of the index: everything that `read` asks for is as of the same commit.
    ///
    /// # Errors
    /// Whatever `read` returns, and [`ReadError`] if the file can't be read.
    pub fn read<T, E: From<ReadError>>(
        &self,
        read: impl FnOnce(&Snapshot<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut reader = self.reader()?;
        let result = {
            let moment = reader.transaction().map_err(ReadError)?;
            read(&Snapshot::new(&moment, &self.description)?)
        };
        lock(&self.readers).push(reader);
        result
    }

    /// The number of the last fact, and a way to wait for the next.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<u64> {
        self.last.subscribe()
    }

    fn reader(&self) -> Result<Connection, ReadError> {
        if let Some(reader) = lock(&self.readers).pop() {
            return Ok(reader);
        }
        let reader = Connection::open_with_flags(
            &self.path,
            OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        )?;
        reader.set_prepared_statement_cache_capacity(64);
        Ok(reader)
    }
}

/// A panic elsewhere leaves no half-done work behind these locks: transactions roll back by themselves.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
