//! Totals, kept with each batch, so that reading them costs the same however many payments there are.

use rusqlite::Row;

use super::{ReadError, Snapshot};
use crate::portal::description::{FlowRole, Treatment};

/// Payments that share payer, function, line and treatment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpendRow {
    /// Party id of the payer.
    pub payer: String,
    /// Its name.
    pub payer_name: String,
    /// Code of the function; empty where not classified.
    pub function: String,
    /// Choice of the line.
    pub line: String,
    /// What the payments did to the money.
    pub treatment: Treatment,
    /// Number of payments.
    pub payments: u64,
    /// Sum in the smallest unit; refunds are below zero.
    pub amount: i64,
}

/// Payments of one published file that share a treatment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRow {
    /// Party id of the payer.
    pub payer: String,
    /// Its name.
    pub payer_name: String,
    /// The published file.
    pub source: String,
    /// Its period.
    pub period: String,
    /// What the payments did to the money.
    pub treatment: Treatment,
    /// Number of payments.
    pub payments: u64,
    /// Sum in the smallest unit; refunds are below zero.
    pub amount: i64,
}

/// Money that one organisation gave another, by step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlowRow {
    /// Choice of the step.
    pub step: String,
    /// What the step means.
    pub role: FlowRole,
    /// Party id of the giver.
    pub giver: String,
    /// Its name.
    pub giver_name: String,
    /// Party id of the receiver.
    pub receiver: String,
    /// Its name.
    pub receiver_name: String,
    /// Number of facts.
    pub facts: u64,
    /// Sum in the smallest unit.
    pub amount: i64,
}

impl Snapshot<'_> {
    /// Totals by payer, function, line and treatment.
    ///
    /// # Errors
    /// [`ReadError`] if the file can't be read.
    pub fn spend(&self) -> Result<Vec<SpendRow>, ReadError> {
        let sql = "SELECT payer, party.name, function, line, treatment, payments, amount
                   FROM spend JOIN party ON party.id = payer ORDER BY payer, function, line, treatment";
        self.rows(sql, |row| {
            Ok(SpendRow {
                payer: row.get(0)?,
                payer_name: row.get(1)?,
                function: row.get(2)?,
                line: row.get(3)?,
                treatment: treatment(row, 4)?,
                payments: row.get(5)?,
                amount: row.get(6)?,
            })
        })
    }

    /// Totals by published file and treatment.
    ///
    /// # Errors
    /// [`ReadError`] if the file can't be read.
    pub fn files(&self) -> Result<Vec<FileRow>, ReadError> {
        let sql = "SELECT payer, party.name, source, period, treatment, payments, amount
                   FROM file JOIN party ON party.id = payer ORDER BY party.name, payer, period, source, treatment";
        self.rows(sql, |row| {
            Ok(FileRow {
                payer: row.get(0)?,
                payer_name: row.get(1)?,
                source: row.get(2)?,
                period: row.get(3)?,
                treatment: treatment(row, 4)?,
                payments: row.get(5)?,
                amount: row.get(6)?,
            })
        })
    }

    /// Money issued and passed on, by giver and receiver, the largest first.
    ///
    /// # Errors
    /// [`ReadError`] if the file can't be read.
    pub fn flows(&self) -> Result<Vec<FlowRow>, ReadError> {
        let sql =
            "SELECT step, role, giver, g.name, receiver, r.name, count(*), sum(amount) AS total
                   FROM flow JOIN party g ON g.id = giver JOIN party r ON r.id = receiver
                   GROUP BY step, role, giver, receiver ORDER BY total DESC, giver, receiver, step";
        self.rows(sql, |row| {
            Ok(FlowRow {
                step: row.get(0)?,
                role: role(row, 1)?,
                giver: row.get(2)?,
                giver_name: row.get(3)?,
                receiver: row.get(4)?,
                receiver_name: row.get(5)?,
                facts: row.get(6)?,
                amount: row.get(7)?,
            })
        })
    }

    /// What a member received in payments of other members: number and sum.
    ///
    /// # Errors
    /// [`ReadError`] if the file can't be read.
    pub fn received(&self, member: &str) -> Result<(u64, i64), ReadError> {
        let row = self.row(
            "SELECT payments, amount FROM received WHERE member = ?1",
            [member],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        Ok(row.unwrap_or_default())
    }
}

/// The index holds only names that [`Treatment::as_str`] gave it.
pub(super) fn treatment(row: &Row<'_>, at: usize) -> rusqlite::Result<Treatment> {
    let name: String = row.get(at)?;
    Treatment::named(&name).ok_or(rusqlite::Error::IntegralValueOutOfRange(at, 0))
}

/// The same for [`FlowRole::as_str`].
pub(super) fn role(row: &Row<'_>, at: usize) -> rusqlite::Result<FlowRole> {
    let name: String = row.get(at)?;
    FlowRole::named(&name).ok_or(rusqlite::Error::IntegralValueOutOfRange(at, 0))
}
