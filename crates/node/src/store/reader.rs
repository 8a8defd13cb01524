//! Reading a store from beside its writer.

use std::cell::{Ref, RefCell};
use std::path::Path;

use protocol::store::{Pair, Store, StoreError, Table, WriteBatch};
use rusqlite::{Connection, Transaction};

use super::connection::connect;
use super::journal;
use super::overlay::Overlay;
use super::schema::{check, open_error};
use super::sqlite::store_error;
use super::statements::{Statements, View};
use super::{OpenError, STORE_FILE};

/// A read-only view of a store: of a running node's from within its process, or of any folder's for examination.
#[derive(Debug)]
pub struct SqliteReader {
    connection: Connection,
    statements: Statements,
    journal: RefCell<Journal>,
}

/// The writer's journal, as far as this reader has followed it.
#[derive(Debug, Default)]
struct Journal {
    overlay: Overlay,
    settled: i64,
    last: i64,
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
            journal: RefCell::default(),
        })
    }

    /// As [`protocol::store::Store::get`].
    pub fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let (_moment, journal) = self.now()?;
        self.view(&journal).get(table, key)
    }

    /// As [`protocol::store::Store::scan`].
    pub fn scan(
        &self,
        table: Table,
        prefix: &[u8],
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<Pair>, StoreError> {
        let (_moment, journal) = self.now()?;
        self.view(&journal).scan(table, prefix, after, limit)
    }

    /// One moment of the store, however long it is looked at and whatever the writer does meanwhile. Until it is dropped, the
    /// write-ahead log grows.
    pub fn snapshot(self) -> Result<SqliteSnapshot, StoreError> {
        let Self {
            connection,
            statements,
            ..
        } = self;
        connection
            .execute_batch("BEGIN")
            .map_err(|error| store_error(&error))?;
        let mut overlay = Overlay::default();
        // The first read is the moment.
        let settled = journal::settled(&connection)?;
        journal::replay(&connection, settled, |batch| overlay.apply(batch))?;
        Ok(SqliteSnapshot {
            connection,
            statements,
            overlay,
        })
    }

    /// Reads every page and reports the first thing found wrong.
    pub fn examine(&self) -> Result<(), StoreError> {
        let verdict: String = self
            .connection
            .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
            .map_err(|error| store_error(&error))?;
        match verdict.as_str() {
            "ok" => self.now().map(|_| ()),
            _ => Err(StoreError::Corrupt(verdict)),
        }
    }

    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    fn view<'a>(&'a self, journal: &'a Journal) -> View<'a> {
        View {
            connection: &self.connection,
            statements: &self.statements,
            overlay: &journal.overlay,
        }
    }

    /// One moment of the store: a transaction within which nothing changes, and the journal as it is then.
    fn now(&self) -> Result<(Transaction<'_>, Ref<'_, Journal>), StoreError> {
        let moment = self
            .connection
            .unchecked_transaction()
            .map_err(|error| store_error(&error))?;
        let settled = journal::settled(&self.connection)?;
        {
            let journal = &mut *self.journal.borrow_mut();
            if settled != journal.settled {
                *journal = Journal {
                    overlay: Overlay::default(),
                    settled,
                    last: settled,
                };
            }
            let overlay = &mut journal.overlay;
            journal.last =
                journal::replay(&self.connection, journal.last, |batch| overlay.apply(batch))?;
        }
        Ok((moment, self.journal.borrow()))
    }
}

/// A store as it was at one moment. It takes no writes.
#[derive(Debug)]
pub struct SqliteSnapshot {
    connection: Connection,
    statements: Statements,
    overlay: Overlay,
}

impl SqliteSnapshot {
    fn view(&self) -> View<'_> {
        View {
            connection: &self.connection,
            statements: &self.statements,
            overlay: &self.overlay,
        }
    }
}

impl Store for SqliteSnapshot {
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

    /// Always refused.
    fn commit(&mut self, _: WriteBatch) -> Result<(), StoreError> {
        Err(StoreError::Io("a snapshot takes no writes".to_owned()))
    }
}
