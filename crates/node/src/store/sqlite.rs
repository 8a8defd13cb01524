//! A node's store in one SQLite file: WAL mode, every commit synced, one writer, any number of readers.
//!
//! A commit adds its batch to the journal as one row, which dirties few pages however far apart the keys are, and
//! keeps the rows in memory. Later commits carry them to their tables, a little each, in key order. Both are parts of
//! ordinary transactions of SQLite, and a store that is opened reads the journal back.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use protocol::store::{Pair, Store, StoreError, Table, WriteBatch};
use rusqlite::wal::CheckpointMode;
use rusqlite::{Connection, ErrorCode, TransactionBehavior};

use super::connection::{create_file, open_writer};
use super::folder::DataFolder;
use super::journal;
use super::overlay::{Overlay, weight};
use super::reader::SqliteReader;
use super::schema::{check, create_if_empty, open_error};
use super::statements::{Statements, View, write};
use super::{OpenError, STORE_FILE};
use crate::limits::{UNSETTLED_BYTES, WAL_PAGES_MAX};

/// Choices an operator has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoreOptions {
    /// The largest the database file may grow, in bytes; `None` leaves it to the disk. Beyond it: [`StoreError::Full`].
    pub bytes_max: Option<u64>,
    /// Bytes of recent writes that are gathered in memory before they begin to settle in their tables. Up to twice as
    /// many are held.
    pub unsettled_bytes: usize,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self {
            bytes_max: None,
            unsettled_bytes: UNSETTLED_BYTES,
        }
    }
}

/// The one writer of a node's store.
#[derive(Debug)]
pub struct SqliteStore {
    folder: DataFolder,
    path: PathBuf,
    connection: Connection,
    statements: Statements,
    overlay: Overlay,
    /// The number of the last batch.
    last: i64,
    /// The number of the last batch in the old generation.
    last_old: i64,
    unsettled_bytes: usize,
    wal_pages: Arc<AtomicU64>,
    wal_pages_moved: u64,
    syncs: u64,
    failed: Option<StoreError>,
}

impl SqliteStore {
    /// Opens the store in `folder`, creating it when there is none.
    pub fn open(folder: &DataFolder, options: StoreOptions) -> Result<SqliteStore, OpenError> {
        let path = folder.path().join(STORE_FILE);
        create_file(folder.path(), &path)?;
        let (connection, wal_pages) =
            open_writer(&path, options).map_err(|error| open_error(&path, &error))?;
        create_if_empty(&connection, &path)?;
        check(&connection, &path)?;
        let mut overlay = Overlay::default();
        let last = journal::settled(&connection)
            .and_then(|settled| journal::replay(&connection, settled, |batch| overlay.apply(batch)))
            .map_err(|source| OpenError::Store {
                path: path.clone(),
                source,
            })?;
        Ok(SqliteStore {
            folder: folder.clone(),
            path,
            connection,
            statements: Statements::new(),
            overlay,
            last,
            last_old: 0,
            unsettled_bytes: options.unsettled_bytes,
            wal_pages,
            wal_pages_moved: 0,
            syncs: 0,
            failed: None,
        })
    }

    /// A second, read-only view of what has been committed; it never waits for the writer, nor the writer for it.
    pub fn reader(&self) -> Result<SqliteReader, OpenError> {
        SqliteReader::open_file(&self.path)
    }

    /// The folder the store is in.
    pub fn folder(&self) -> &DataFolder {
        &self.folder
    }

    /// Disk syncs that this writer has waited for: one for each commit, two for each checkpoint.
    pub fn syncs(&self) -> u64 {
        self.syncs
    }

    /// Moves the write-ahead log into the database file, for moments when nothing waits. Commits do it on their own
    /// once the log has grown long.
    pub fn checkpoint(&mut self) -> Result<(), StoreError> {
        self.connection
            .wal_checkpoint_v2(None::<&str>, CheckpointMode::PASSIVE)
            .map_err(|error| store_error(&error))?;
        self.wal_pages_moved = self.wal_pages.load(Ordering::Relaxed);
        self.syncs += 2;
        Ok(())
    }

    /// Whether the log has grown long since it was last moved. A reader at work keeps the log from starting over, so
    /// its length alone would ask for a checkpoint at every commit.
    fn checkpoint_due(&mut self) -> bool {
        let pages = self.wal_pages.load(Ordering::Relaxed);
        if pages < self.wal_pages_moved {
            self.wal_pages_moved = 0;
        }
        pages - self.wal_pages_moved >= WAL_PAGES_MAX
    }

    fn view(&self) -> View<'_> {
        View {
            connection: &self.connection,
            statements: &self.statements,
            overlay: &self.overlay,
        }
    }

    /// Journals a batch, and settles about twice as much of what is old, so that the old generation is done with
    /// before the young one has grown up.
    fn append(&mut self, batch: &WriteBatch, bytes: &[u8]) -> rusqlite::Result<()> {
        let due = self.overlay.due(2 * weight(batch.writes()));
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        journal::append(&transaction, self.last + 1, bytes)?;
        write(&transaction, &self.statements, due.rows.iter().copied())?;
        if due.all && due.count > 0 {
            journal::settle(&transaction, self.last_old)?;
        }
        transaction.commit()?;
        let count = due.count;
        self.overlay.forget(count);
        self.last += 1;
        Ok(())
    }

    /// Brings everything to its table, the batch included, and empties the journal: for when the journal finds no
    /// room. What only deletes may still fit.
    fn settle_all(&mut self, batch: &WriteBatch) -> rusqlite::Result<()> {
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        journal::settle(&transaction, self.last)?;
        write(&transaction, &self.statements, self.overlay.everything())?;
        let rows = batch.writes().iter();
        let rows = rows.map(|(table, key, value)| (*table, key.as_slice(), value.as_deref()));
        write(&transaction, &self.statements, rows)?;
        transaction.commit()?;
        self.overlay.clear();
        Ok(())
    }

    fn make_durable(&mut self, batch: WriteBatch) -> Result<(), StoreError> {
        let bytes = journal::encode(&batch)?;
        match self.append(&batch, &bytes) {
            Ok(()) => {
                self.overlay.apply(batch.into_writes());
                if self.overlay.settled() && self.overlay.young_bytes() >= self.unsettled_bytes {
                    self.overlay.age();
                    self.last_old = self.last;
                }
                Ok(())
            }
            Err(error) if store_error(&error) == StoreError::Full => self
                .settle_all(&batch)
                .map_err(|error| self.failure(&error)),
            Err(error) => Err(self.failure(&error)),
        }
    }

    fn failure(&mut self, error: &rusqlite::Error) -> StoreError {
        let failure = store_error(error);
        if !nothing_written(error) {
            self.failed = Some(failure.clone());
        }
        failure
    }
}

impl Store for SqliteStore {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.view().get(table, key)
    }

    fn scan(
        &self,
        table: Table,
        prefix: &[u8],
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<Pair>, StoreError> {
        self.view().scan(table, prefix, after, limit)
    }

    /// After a failure that leaves the outcome unknown every later commit fails too: what the disk holds is known again
    /// only once the store has been opened anew.
    fn commit(&mut self, batch: WriteBatch) -> Result<(), StoreError> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        if batch.is_empty() {
            return Ok(());
        }
        self.make_durable(batch)?;
        self.syncs += 1;
        if self.checkpoint_due()
            && let Err(error) = self.checkpoint()
        {
            // The batch is durable in the log all the same; the next commit tries again.
            tracing::warn!(%error, "the write-ahead log could not be moved into the database");
        }
        Ok(())
    }
}

/// Whether SQLite gave up before it wrote anything that could come back.
fn nothing_written(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::DiskFull | ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
    )
}

/// What an error of SQLite means to whoever uses the store.
pub(super) fn store_error(error: &rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::Full,
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            StoreError::Corrupt(error.to_string())
        }
        _ => StoreError::Io(error.to_string()),
    }
}
