//! The format of a node's SQLite file: one table per key space, the journal of batches that have not settled in them, a
//! version, and what is refused.

use std::path::Path;

use protocol::store::Table;
use rusqlite::Connection;

use super::OpenError;
use super::sqlite::store_error;

/// Marks the file as ours (`PRAGMA application_id`): "pvn1" in ASCII.
const APPLICATION_ID: i64 = 0x7076_6e31;

/// The format this program reads and writes (`PRAGMA user_version`). A change of tables or of their meaning raises it.
const FORMAT: i64 = 3;

const JOURNAL: &str = "
CREATE TABLE journal (seq INTEGER PRIMARY KEY, batch BLOB NOT NULL) STRICT;
CREATE TABLE settled (id INTEGER PRIMARY KEY CHECK (id = 0), seq INTEGER NOT NULL) STRICT;
INSERT INTO settled (id, seq) VALUES (0, 0);
";

/// Creates the tables in an empty file, and leaves every other one alone.
pub(super) fn create_if_empty(connection: &Connection, path: &Path) -> Result<(), OpenError> {
    let failed = |error| open_error(path, &error);
    let empty = connection
        .query_row("SELECT count(*) = 0 FROM sqlite_schema", [], |row| {
            row.get(0)
        })
        .map_err(failed)?;
    let stamps = (
        pragma(connection, "application_id").map_err(failed)?,
        pragma(connection, "user_version").map_err(failed)?,
    );
    match (empty, stamps) {
        (true, (0, 0)) => create(connection).map_err(failed),
        _ => Ok(()),
    }
}

/// Refuses a file that this program does not understand.
pub(super) fn check(connection: &Connection, path: &Path) -> Result<(), OpenError> {
    let failed = |error| open_error(path, &error);
    if pragma(connection, "application_id").map_err(failed)? != APPLICATION_ID {
        return Err(OpenError::Foreign {
            path: path.to_owned(),
        });
    }
    match pragma(connection, "user_version").map_err(failed)? {
        FORMAT => Ok(()),
        found => Err(OpenError::UnknownVersion {
            path: path.to_owned(),
            found,
            known: FORMAT,
        }),
    }
}

/// What a failure while opening `path` means; a file that is no database at all belongs to another program.
pub(super) fn open_error(path: &Path, error: &rusqlite::Error) -> OpenError {
    let path = path.to_owned();
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::NotADatabase) => OpenError::Foreign { path },
        _ => OpenError::Store {
            path,
            source: store_error(error),
        },
    }
}

/// Ordinary tables rather than `WITHOUT ROWID`: values are then added at the end, close together, and only the far
/// smaller index of keys is written all over. With hashes for keys that halves the pages a batch dirties.
fn create(connection: &Connection) -> rusqlite::Result<()> {
    let mut statements = String::from("BEGIN IMMEDIATE;\n");
    for table in Table::ALL {
        statements += &format!(
            "CREATE TABLE {} (key BLOB PRIMARY KEY NOT NULL, value BLOB NOT NULL) STRICT;\n",
            table_name(table)
        );
    }
    statements += JOURNAL;
    statements += &format!("PRAGMA application_id = {APPLICATION_ID};\n");
    statements += &format!("PRAGMA user_version = {FORMAT};\nCOMMIT;");
    connection.execute_batch(&statements)
}

/// The table's name as SQL takes it: quoted, since one of the names is a word of the language.
pub(super) fn table_name(table: Table) -> String {
    format!("\"{}\"", table.name())
}

fn pragma(connection: &Connection, name: &str) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, name, |row| row.get(0))
}
