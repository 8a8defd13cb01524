//! The SQL of the store: five shapes of statement, the same for every key space.

use protocol::store::{Pair, StoreError, Table, prefix_end, scan_start};
use rusqlite::{Connection, OptionalExtension, params};

use super::schema::table_name;
use super::sqlite::store_error;

/// The SQL of each key space, made once.
#[derive(Debug)]
pub(super) struct Statements(Vec<TableStatements>);

#[derive(Debug)]
pub(super) struct TableStatements {
    pub(super) put: String,
    pub(super) delete: String,
    get: String,
    scan: String,
    scan_to_end: String,
}

impl Statements {
    pub(super) fn new() -> Self {
        Self(Table::ALL.map(TableStatements::new).into())
    }

    pub(super) fn of(&self, table: Table) -> &TableStatements {
        &self.0[table as usize]
    }
}

impl TableStatements {
    fn new(table: Table) -> Self {
        let name = table_name(table);
        let scan = format!("SELECT key, value FROM {name} WHERE key >= ?1");
        Self {
            put: format!("INSERT OR REPLACE INTO {name} (key, value) VALUES (?1, ?2)"),
            delete: format!("DELETE FROM {name} WHERE key = ?1"),
            get: format!("SELECT value FROM {name} WHERE key = ?1"),
            scan: format!("{scan} AND key < ?3 ORDER BY key LIMIT ?2"),
            scan_to_end: format!("{scan} ORDER BY key LIMIT ?2"),
        }
    }
}

/// As [`protocol::store::Store::get`], on any connection.
pub(super) fn get(
    connection: &Connection,
    sql: &TableStatements,
    key: &[u8],
) -> Result<Option<Vec<u8>>, StoreError> {
    connection
        .prepare_cached(&sql.get)
        .and_then(|mut get| get.query_row(params![key], |row| row.get(0)).optional())
        .map_err(|error| store_error(&error))
}

/// As [`protocol::store::Store::scan`], on any connection.
pub(super) fn scan(
    connection: &Connection,
    sql: &TableStatements,
    prefix: &[u8],
    after: Option<&[u8]>,
    limit: usize,
) -> Result<Vec<Pair>, StoreError> {
    let start = scan_start(prefix, after);
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let pair = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
    let found = match prefix_end(prefix) {
        Some(end) => connection
            .prepare_cached(&sql.scan)
            .and_then(|mut scan| scan.query_map(params![start, limit, end], pair)?.collect()),
        None => connection
            .prepare_cached(&sql.scan_to_end)
            .and_then(|mut scan| scan.query_map(params![start, limit], pair)?.collect()),
    };
    found.map_err(|error| store_error(&error))
}
