//! A node's store in one SQLite file: WAL mode, every commit synced, one writer, any number of readers.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use protocol::store::{Pair, Store, StoreError, Table, WriteBatch};
use rusqlite::wal::CheckpointMode;
use rusqlite::{Connection, ErrorCode, OpenFlags, params};

use super::folder::DataFolder;
use super::schema::{check, create_if_empty, open_error};
use super::statements::{Statements, get, scan};
use super::{OpenError, STORE_FILE};
use crate::files::{create_private, sync_folder};
use crate::limits::{STATEMENTS_CACHED, STORE_BUSY_MS, STORE_CACHE_KIB, WAL_PAGES_MAX};

/// Choices an operator has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StoreOptions {
    /// The largest the database file may grow, in bytes; `None` leaves it to the disk. Beyond it: [`StoreError::Full`].
    pub bytes_max: Option<u64>,
}

/// The one writer of a node's store.
#[derive(Debug)]
pub struct SqliteStore {
    folder: DataFolder,
    path: PathBuf,
    connection: Connection,
    statements: Statements,
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
        Ok(SqliteStore {
            folder: folder.clone(),
            path,
            connection,
            statements: Statements::new(),
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

    fn write(&mut self, batch: &WriteBatch) -> rusqlite::Result<()> {
        let transaction = self
            .connection
            .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        for (table, key, value) in batch.writes() {
            let sql = self.statements.of(*table);
            match value {
                Some(value) => transaction
                    .prepare_cached(&sql.put)?
                    .execute(params![key, value])?,
                None => transaction
                    .prepare_cached(&sql.delete)?
                    .execute(params![key])?,
            };
        }
        transaction.commit()
    }
}

impl Store for SqliteStore {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        get(&self.connection, self.statements.of(table), key)
    }

    fn scan(
        &self,
        table: Table,
        prefix: &[u8],
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<Pair>, StoreError> {
        let sql = self.statements.of(table);
        scan(&self.connection, sql, prefix, after, limit)
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
        if let Err(failure) = self.write(&batch) {
            let error = store_error(&failure);
            if !nothing_written(&failure) {
                self.failed = Some(error.clone());
            }
            return Err(error);
        }
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

/// A read-only view of a store: of a running node's from within its process, or of any folder's for examination.
#[derive(Debug)]
pub struct SqliteReader {
    connection: Connection,
    statements: Statements,
}

impl SqliteReader {
    /// Opens the store in `folder` for reading, whether or not a process is writing to it.
    pub fn open(folder: &Path) -> Result<SqliteReader, OpenError> {
        Self::open_file(&folder.join(STORE_FILE))
    }

    /// Opens a store or a backup by its file's name.
    pub fn open_file(path: &Path) -> Result<SqliteReader, OpenError> {
        if !path.exists() {
            return Err(OpenError::Missing {
                path: path.to_owned(),
            });
        }
        let failed = |error| open_error(path, &error);
        let connection = connect(path).map_err(failed)?;
        connection
            .pragma_update(None, "query_only", true)
            .map_err(failed)?;
        check(&connection, path)?;
        Ok(SqliteReader {
            connection,
            statements: Statements::new(),
        })
    }

    /// As [`Store::get`].
    pub fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        get(&self.connection, self.statements.of(table), key)
    }

    /// As [`Store::scan`].
    pub fn scan(
        &self,
        table: Table,
        prefix: &[u8],
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<Pair>, StoreError> {
        let sql = self.statements.of(table);
        scan(&self.connection, sql, prefix, after, limit)
    }

    /// Reads every page and reports the first thing found wrong.
    pub fn examine(&self) -> Result<(), StoreError> {
        let verdict: String = self
            .connection
            .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
            .map_err(|error| store_error(&error))?;
        match verdict.as_str() {
            "ok" => Ok(()),
            _ => Err(StoreError::Corrupt(verdict)),
        }
    }

    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }
}

/// SQLite gives new files the process's default mode, so the file is made, private, before SQLite sees it; the
/// log beside it takes over its mode.
fn create_file(folder: &Path, path: &Path) -> Result<(), OpenError> {
    let made = match create_private(path) {
        Ok(_) => sync_folder(folder),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    };
    made.map_err(|source| OpenError::File {
        path: path.to_owned(),
        source,
    })
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(Duration::from_millis(STORE_BUSY_MS))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_CACHED);
    connection.pragma_update(None, "cache_size", -i64::from(STORE_CACHE_KIB))?;
    connection.pragma_update(None, "trusted_schema", false)?;
    Ok(connection)
}

fn open_writer(
    path: &Path,
    options: StoreOptions,
) -> rusqlite::Result<(Connection, Arc<AtomicU64>)> {
    let mut connection = connect(path)?;
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    if let Some(bytes) = options.bytes_max {
        let page: i64 = connection.pragma_query_value(None, "page_size", |row| row.get(0))?;
        let pages = i64::try_from(bytes).unwrap_or(i64::MAX) / page;
        connection.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))?;
    }
    let wal_pages = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&wal_pages);
    connection.wal_hook(Some(move |_: &mut _, pages: i32| {
        counter.store(u64::try_from(pages).unwrap_or(0), Ordering::Relaxed);
        Ok(())
    }))?;
    Ok((connection, wal_pages))
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
