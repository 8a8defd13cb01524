//! Tables of the index.

use rusqlite::{Connection, OptionalExtension};

/// Proofs of one format only: a page offers no proof that nobody can check.
const VERSION: i64 = 2;

/// `seq` numbers facts in the order of arrival. It only grows and rows never change, so "up to seq"
/// is a stable picture for downloads and event streams without holding a transaction open.
const TABLES: &str = "
CREATE TABLE reading (text TEXT NOT NULL);
CREATE TABLE moment (last INTEGER NOT NULL, latest_at INTEGER, log_index INTEGER, set_aside INTEGER NOT NULL) STRICT;
INSERT INTO moment VALUES (0, NULL, NULL, 0);
CREATE TABLE fact (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    transaction_id TEXT NOT NULL,
    contract TEXT NOT NULL,
    kind TEXT NOT NULL,
    log_index INTEGER NOT NULL,
    notarised_at INTEGER NOT NULL,
    attested_by TEXT NOT NULL,
    set_aside TEXT
) STRICT;
CREATE TABLE proof (seq INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
CREATE TABLE party (id TEXT PRIMARY KEY, name TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE flow (
    seq INTEGER PRIMARY KEY,
    step TEXT NOT NULL,
    giver TEXT NOT NULL,
    receiver TEXT NOT NULL,
    amount INTEGER NOT NULL,
    year INTEGER NOT NULL,
    purpose TEXT NOT NULL,
    source TEXT NOT NULL,
    line INTEGER NOT NULL,
    role TEXT NOT NULL
) STRICT;
CREATE TABLE payment (
    seq INTEGER PRIMARY KEY,
    payer TEXT NOT NULL,
    payee TEXT NOT NULL,
    member TEXT,
    amount INTEGER NOT NULL,
    published TEXT NOT NULL,
    purpose TEXT NOT NULL,
    function TEXT NOT NULL,
    line TEXT NOT NULL,
    treatment TEXT NOT NULL,
    source TEXT NOT NULL,
    period TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    reference TEXT NOT NULL,
    year INTEGER NOT NULL
) STRICT;
CREATE INDEX payment_of_payer ON payment (payer, seq);
CREATE INDEX payment_for_function ON payment (function, seq);
CREATE INDEX payment_by_amount ON payment (amount, seq);
CREATE INDEX payment_by_date ON payment (published, seq);
CREATE TABLE spend (
    payer TEXT NOT NULL,
    function TEXT NOT NULL,
    line TEXT NOT NULL,
    treatment TEXT NOT NULL,
    payments INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    PRIMARY KEY (payer, function, line, treatment)
) STRICT, WITHOUT ROWID;
CREATE TABLE file (
    payer TEXT NOT NULL,
    source TEXT NOT NULL,
    period TEXT NOT NULL,
    treatment TEXT NOT NULL,
    payments INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    PRIMARY KEY (payer, source, period, treatment)
) STRICT, WITHOUT ROWID;
CREATE TABLE received (
    member TEXT PRIMARY KEY,
    payments INTEGER NOT NULL,
    amount INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE VIRTUAL TABLE payment_text USING fts5 (payee, purpose, payer, content = '', tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3');
";

/// Makes the tables where there are none. False if the file was filled under another reading or by another version.
pub(super) fn prepare(connection: &mut Connection, reading: &str) -> rusqlite::Result<bool> {
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;",
    )?;
    connection.set_prepared_statement_cache_capacity(64);
    let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if version == 0 {
        let making = connection.transaction()?;
        making.execute_batch(TABLES)?;
        making.execute("INSERT INTO reading VALUES (?1)", [reading])?;
        making.pragma_update(None, "user_version", VERSION)?;
        making.commit()?;
    }
    let filled_under = || {
        connection
            .query_row("SELECT text FROM reading", [], |row| {
                row.get::<_, String>(0)
            })
            .optional()
    };
    Ok([0, VERSION].contains(&version) && filled_under()?.as_deref() == Some(reading))
}
