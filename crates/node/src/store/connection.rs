//! Opening a SQLite file as this program needs it: private, in WAL mode, every commit synced.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::{OpenError, StoreOptions};
use crate::files::{create_private, sync_folder};
use crate::limits::{STATEMENTS_CACHED, STORE_BUSY_MS, STORE_CACHE_KIB};

/// SQLite gives new files the process's default mode, so the file is made, private, before SQLite sees it; the
/// log beside it takes over its mode.
pub(super) fn create_file(folder: &Path, path: &Path) -> Result<(), OpenError> {
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

/// A connection of whatever use.
pub(super) fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(Duration::from_millis(STORE_BUSY_MS))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_CACHED);
    connection.pragma_update(None, "cache_size", -i64::from(STORE_CACHE_KIB))?;
    connection.pragma_update(None, "trusted_schema", false)?;
    Ok(connection)
}

/// The writer's connection, and the length of the write-ahead log in pages, kept up to date.
pub(super) fn open_writer(
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
