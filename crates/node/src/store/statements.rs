//! The SQL of the store: five shapes of statement, the same for every key space.

use std::cmp::Ordering;

use protocol::store::{Pair, StoreError, Table, prefix_end, scan_start};
use rusqlite::{Connection, OptionalExtension, params};

use super::overlay::{Entry, Overlay, Row};
use super::schema::table_name;
use super::sqlite::store_error;

/// The SQL of each key space, made once.
#[derive(Debug)]
pub(super) struct Statements(Vec<TableStatements>);

#[derive(Debug)]
pub(super) struct TableStatements {
    put: String,
    delete: String,
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
            put: format!(
                "INSERT INTO {name} (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
            ),
            delete: format!("DELETE FROM {name} WHERE key = ?1"),
            get: format!("SELECT value FROM {name} WHERE key = ?1"),
            scan: format!("{scan} AND key < ?2 ORDER BY key"),
            scan_to_end: format!("{scan} ORDER BY key"),
        }
    }
}

/// Writes rows into their tables.
pub(super) fn write<'a>(
    connection: &Connection,
    statements: &Statements,
    rows: impl Iterator<Item = Row<'a>>,
) -> rusqlite::Result<()> {
    for (table, key, value) in rows {
        let sql = statements.of(table);
        match value {
            Some(value) => connection
                .prepare_cached(&sql.put)?
                .execute(params![key, value])?,
            None => connection
                .prepare_cached(&sql.delete)?
                .execute(params![key])?,
        };
    }
    Ok(())
}

/// Tables with the overlay laid over them: what a reader is shown.
pub(super) struct View<'a> {
    pub(super) connection: &'a Connection,
    pub(super) statements: &'a Statements,
    pub(super) overlay: &'a Overlay,
}

impl View<'_> {
    /// As [`protocol::store::Store::get`].
    pub(super) fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        if let Some(recent) = self.overlay.get(table, key) {
            return Ok(recent.map(<[u8]>::to_vec));
        }
        self.connection
            .prepare_cached(&self.statements.of(table).get)
            .and_then(|mut get| get.query_row(params![key], |row| row.get(0)).optional())
            .map_err(|error| store_error(&error))
    }

    /// As [`protocol::store::Store::scan`].
    pub(super) fn scan(
        &self,
        table: Table,
        prefix: &[u8],
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<Pair>, StoreError> {
        let start = scan_start(prefix, after);
        let end = prefix_end(prefix);
        let recent = self.overlay.range(table, &start, end.as_deref());
        self.merge(table, &start, end.as_deref(), recent, limit)
            .map_err(|error| store_error(&error))
    }

    fn merge<'a>(
        &self,
        table: Table,
        start: &[u8],
        end: Option<&[u8]>,
        recent: impl Iterator<Item = Entry<'a>>,
        limit: usize,
    ) -> rusqlite::Result<Vec<Pair>> {
        let statements = self.statements.of(table);
        let mut scan = match end {
            Some(_) => self.connection.prepare_cached(&statements.scan)?,
            None => self.connection.prepare_cached(&statements.scan_to_end)?,
        };
        let mut rows = match end {
            Some(end) => scan.query(params![start, end])?,
            None => scan.query(params![start])?,
        };
        let mut recent = recent.peekable();
        let mut pairs: Vec<Pair> = Vec::new();
        let mut row = rows.next()?;
        while pairs.len() < limit {
            let settled = match row {
                Some(row) => Some(row.get_ref(0)?.as_blob()?),
                None => None,
            };
            let order = match (settled, recent.peek()) {
                (None, None) => break,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(settled), Some((recent, _))) => settled.cmp(recent),
            };
            if order.is_lt() {
                if let (Some(key), Some(row)) = (settled, row) {
                    pairs.push((key.to_vec(), row.get(1)?));
                }
            } else if let Some((key, Some(value))) = recent.next() {
                pairs.push((key.to_vec(), value.to_vec()));
            }
            if order.is_le() {
                row = rows.next()?;
            }
        }
        Ok(pairs)
    }
}
