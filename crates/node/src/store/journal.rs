//! A batch as one row of the journal, and the journal's SQL.
//!
//! Each write is a table (one byte, its position in [`Table::ALL`]), the lengths of key and value (four bytes each, most
//! significant first; `0xffff_ffff` for a deletion), key and value.

use protocol::store::{StoreError, Table, Write, WriteBatch};
use rusqlite::{Connection, params};

use super::sqlite::store_error;

const HEAD_BYTES: usize = 9;
const DELETED: u32 = u32::MAX;

pub(super) fn encode(batch: &WriteBatch) -> Result<Vec<u8>, StoreError> {
    let sizes = batch.writes().iter();
    let sizes =
        sizes.map(|(_, key, value)| HEAD_BYTES + key.len() + value.as_ref().map_or(0, Vec::len));
    let mut bytes = Vec::with_capacity(sizes.sum());
    for (table, key, value) in batch.writes() {
        bytes.push(*table as u8);
        bytes.extend_from_slice(&length(key)?.to_be_bytes());
        match value {
            Some(value) => {
                bytes.extend_from_slice(&length(value)?.to_be_bytes());
                bytes.extend_from_slice(key);
                bytes.extend_from_slice(value);
            }
            None => {
                bytes.extend_from_slice(&DELETED.to_be_bytes());
                bytes.extend_from_slice(key);
            }
        }
    }
    Ok(bytes)
}

fn length(bytes: &[u8]) -> Result<u32, StoreError> {
    let length = u32::try_from(bytes.len()).ok();
    length
        .filter(|length| *length != DELETED)
        .ok_or_else(|| StoreError::Io("a key or value of 4 GiB or more".to_owned()))
}

pub(super) fn decode(mut bytes: &[u8]) -> Result<Vec<Write>, StoreError> {
    let mut writes = Vec::new();
    while !bytes.is_empty() {
        writes.push(decode_write(&mut bytes).ok_or_else(|| {
            StoreError::Corrupt("the journal holds what is not a batch".to_owned())
        })?);
    }
    Ok(writes)
}

fn decode_write(bytes: &mut &[u8]) -> Option<Write> {
    let table = *Table::ALL.get(usize::from(take(bytes, 1)?[0]))?;
    let key = u32::from_be_bytes(take(bytes, 4)?.try_into().ok()?);
    let value = u32::from_be_bytes(take(bytes, 4)?.try_into().ok()?);
    let key = take(bytes, usize::try_from(key).ok()?)?.to_vec();
    let value = match value {
        DELETED => None,
        value => Some(take(bytes, usize::try_from(value).ok()?)?.to_vec()),
    };
    Some((table, key, value))
}

fn take<'a>(bytes: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (taken, rest) = bytes.split_at_checked(count)?;
    *bytes = rest;
    Some(taken)
}

/// Adds a batch under its number.
pub(super) fn append(connection: &Connection, seq: i64, batch: &[u8]) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT INTO journal (seq, batch) VALUES (?1, ?2)")?
        .execute(params![seq, batch])?;
    Ok(())
}

/// Removes the batches up to a number: their tables have them.
pub(super) fn settle(connection: &Connection, seq: i64) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM journal WHERE seq <= ?1")?
        .execute(params![seq])?;
    connection
        .prepare_cached("UPDATE settled SET seq = ?1")?
        .execute(params![seq])?;
    Ok(())
}

/// The number of the last batch that has settled whole.
pub(super) fn settled(connection: &Connection) -> Result<i64, StoreError> {
    connection
        .prepare_cached("SELECT seq FROM settled")
        .and_then(|mut settled| settled.query_row([], |row| row.get(0)))
        .map_err(|error| store_error(&error))
}

/// Hands the batches after a number to `apply`, in order, and returns the number of the last one.
pub(super) fn replay(
    connection: &Connection,
    after: i64,
    mut apply: impl FnMut(Vec<Write>),
) -> Result<i64, StoreError> {
    let failed = |error: rusqlite::Error| store_error(&error);
    let mut batches = connection
        .prepare_cached("SELECT seq, batch FROM journal WHERE seq > ?1 ORDER BY seq")
        .map_err(failed)?;
    let mut rows = batches.query(params![after]).map_err(failed)?;
    let mut last = after;
    while let Some(row) = rows.next().map_err(failed)? {
        last = row.get(0).map_err(failed)?;
        let batch = row.get_ref(1).map_err(failed)?;
        let batch = batch.as_blob().map_err(|error| failed(error.into()))?;
        apply(decode(batch)?);
    }
    Ok(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch() -> WriteBatch {
        let mut batch = WriteBatch::new();
        batch.put(Table::Meta, "k", "value");
        batch.delete(Table::Observed, "gone");
        batch.put(Table::Index, "", "");
        batch
    }

    #[test]
    fn a_batch_reads_back_as_it_was_written() {
        let bytes = encode(&batch()).unwrap();
        assert_eq!(
            bytes,
            b"\x00\0\0\0\x01\0\0\0\x05kvalue\x0a\0\0\0\x04\xff\xff\xff\xffgone\x08\0\0\0\0\0\0\0\0"
        );
        assert_eq!(decode(&bytes), Ok(batch().into_writes()));
    }

    #[test]
    fn a_damaged_batch_is_reported() {
        let good = encode(&batch()).unwrap();
        let whole = [0, 15, 28];
        for cut in 0..good.len() {
            assert_eq!(decode(&good[..cut]).is_ok(), whole.contains(&cut), "{cut}");
        }
        let mut unknown_table = good;
        unknown_table[0] = 11;
        assert!(matches!(
            decode(&unknown_table),
            Err(StoreError::Corrupt(_))
        ));
    }
}
