//! Which rows of a file are new: importing a file again is no mistake and changes nothing.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use deed::Money;
use jiff::civil::Date;

use super::row::{Row, RowId};

/// Rows imported before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownRows(BTreeMap<RowId, Known>);

/// What is compared of a row imported before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The payee's name.
    pub payee: Arc<str>,
    /// The amount.
    pub amount: Money,
    /// The published payment date.
    pub published: Date,
}

impl KnownRows {
    /// Adds a row found on the ledger.
    pub fn insert(&mut self, id: RowId, known: Known) {
        self.0.insert(id, known);
    }

    /// Adds a row just imported.
    pub fn insert_row(&mut self, row: &Row) {
        self.insert(row.id.clone(), Known::of(row));
    }
}

impl Known {
    fn of(row: &Row) -> Self {
        Self {
            payee: row.payee.clone(),
            amount: row.amount,
            published: row.published,
        }
    }
}

/// The rows of a file that were not imported before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fresh<'a> {
    /// In the file's order.
    pub rows: Vec<&'a Row>,
    /// How many were imported before, unchanged.
    pub already: u64,
}

impl fmt::Display for Fresh<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.rows.len(), self.already) {
            (0, already) => write!(f, "all {already} rows were imported before; nothing to do"),
            (new, 0) => write!(f, "{new} rows to import"),
            (new, already) => write!(f, "{new} rows to import; {already} were imported before"),
        }
    }
}

/// A row imported before now reads differently: the publisher changed the file in place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{id} was imported as {} to {:?} on {}, and now reads {} to {:?} on {}; the publisher changed the file in place, and what stands on the ledger stays. Enter the difference as a payment or a refund. Nothing was imported.",
    .before.amount, .before.payee, .before.published, .now.amount, .now.payee, .now.published
)]
pub struct RowChanged {
    /// The row.
    pub id: RowId,
    /// As imported.
    pub before: Box<Known>,
    /// As it reads now.
    pub now: Box<Known>,
}

/// Separates new rows from rows imported before, by source, period and ordinal and nothing else.
///
/// # Errors
/// A row imported before that now reads differently.
pub fn fresh<'a>(rows: &'a [Row], known: &KnownRows) -> Result<Fresh<'a>, RowChanged> {
    let mut fresh = Fresh {
        rows: Vec::new(),
        already: 0,
    };
    for row in rows {
        match known.0.get(&row.id) {
            None => fresh.rows.push(row),
            Some(before) if *before == Known::of(row) => fresh.already += 1,
            Some(before) => {
                let (before, now) = (Box::new(before.clone()), Box::new(Known::of(row)));
                return Err(RowChanged {
                    id: row.id.clone(),
                    before,
                    now,
                });
            }
        }
    }
    Ok(fresh)
}
