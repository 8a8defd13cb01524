//! Finding payments: words, filters, order, pages, and all of them in pieces for downloads.

use rusqlite::types::Value;
use rusqlite::{Row, params_from_iter};

use super::filter::Filter;
use super::totals::treatment;
use super::{ReadError, Snapshot};
use crate::portal::description::Treatment;

/// One published payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentRow {
    /// Number of the fact in the index.
    pub seq: u64,
    /// Whether there is a proof to download: not of what its holder alone can show.
    pub has_proof: bool,
    /// The fact's address.
    pub id: String,
    /// Party id of the payer.
    pub payer: String,
    /// Its name.
    pub payer_name: String,
    /// Who was paid, as published.
    pub payee: String,
    /// The payee as a member: party id and name.
    pub member: Option<(String, String)>,
    /// Amount in the smallest unit; a refund is below zero.
    pub amount: i64,
    /// Date as published, `2026-11-20`.
    pub published: String,
    /// What for, as published.
    pub purpose: String,
    /// Code of the function; empty where not classified.
    pub function: String,
    /// Choice of the line.
    pub line: String,
    /// What it did to the money.
    pub treatment: Treatment,
    /// The published file.
    pub source: String,
    /// Its period.
    pub period: String,
    /// Place of the row in the file.
    pub ordinal: i64,
    /// The publisher's own reference.
    pub reference: String,
    /// First year of the financial year that the money belongs to.
    pub year: i64,
}

/// Order of what is found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// The last recorded first.
    #[default]
    Newest,
    /// The largest amount first.
    Largest,
    /// The latest published date first.
    Date,
}

/// A page of what was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The payments of the page.
    pub rows: Vec<PaymentRow>,
    /// How many were found in all.
    pub count: u64,
    /// Their sum in the smallest unit.
    pub amount: i64,
}

pub(super) const COLUMNS: &str = "p.seq, fact.id, p.payer, party.name, p.payee, p.member, m.name, p.amount, p.published, p.purpose, \
    p.function, p.line, p.treatment, p.source, p.period, p.ordinal, p.reference, p.year, \
    (SELECT length(own.bytes) FROM proof own WHERE own.seq = p.seq)";

impl Snapshot<'_> {
    /// A page of payments, with the number and sum of all that match.
    ///
    /// # Errors
    /// [`ReadError`] if the file can't be read.
    pub fn find(
        &self,
        filter: &Filter,
        order: Order,
        offset: u64,
        limit: u64,
    ) -> Result<Found, ReadError> {
        let (condition, values) = filter.condition(&self.description.functions);
        // The totals of everything are kept; those of a search are counted.
        let sql = if values.is_empty() {
            "SELECT coalesce(sum(payments), 0), coalesce(sum(amount), 0) FROM spend".to_owned()
        } else {
            format!("SELECT count(*), coalesce(sum(p.amount), 0) FROM payment p {condition}")
        };
        let totals = self.row(&sql, params_from_iter(&values), |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
        let (count, amount) = totals.unwrap_or_default();
        let by = match order {
            Order::Newest => "p.seq DESC",
            Order::Largest => "p.amount DESC, p.seq DESC",
            Order::Date => "p.published DESC, p.seq DESC",
        };
        let rows = self.payments(
            &condition,
            &format!("ORDER BY {by} LIMIT {limit} OFFSET {offset}"),
            &values,
        )?;
        Ok(Found {
            rows,
            count,
            amount,
        })
    }

    /// Payments after one number up to another, in the order of their numbers: a piece of a download.
    ///
    /// # Errors
    /// [`ReadError`] if the file can't be read.
    pub fn piece(
        &self,
        filter: &Filter,
        after: u64,
        up_to: u64,
        limit: u64,
    ) -> Result<Vec<PaymentRow>, ReadError> {
        let (condition, values) = filter.condition(&self.description.functions);
        let range = format!(
            "{} p.seq > {after} AND p.seq <= {up_to}",
            if values.is_empty() { "WHERE" } else { "AND" }
        );
        self.payments(
            &condition,
            &format!("{range} ORDER BY p.seq LIMIT {limit}"),
            &values,
        )
    }

    /// The latest payments, newest first.
    ///
    /// # Errors
    /// [`ReadError`] if the file can't be read.
    pub fn latest(&self, limit: u64) -> Result<Vec<PaymentRow>, ReadError> {
        self.payments("", &format!("ORDER BY p.seq DESC LIMIT {limit}"), &[])
    }

    /// How many payments came after a number, and the latest of them, newest first.
    ///
    /// # Errors
    /// [`ReadError`] if the file can't be read.
    pub fn since(&self, after: u64, limit: u64) -> Result<(u64, Vec<PaymentRow>), ReadError> {
        let count = self.row(
            "SELECT count(*) FROM payment WHERE seq > ?1",
            [after],
            |row| row.get(0),
        )?;
        let rows = self.payments(
            "WHERE p.seq > ?1",
            &format!("ORDER BY p.seq DESC LIMIT {limit}"),
            &[after.cast_signed().into()],
        )?;
        Ok((count.unwrap_or_default(), rows))
    }

    /// The periods that payments belong to, the latest first.
    ///
    /// # Errors
    /// [`ReadError`] if the file can't be read.
    pub fn periods(&self) -> Result<Vec<String>, ReadError> {
        self.rows(
            "SELECT DISTINCT period FROM file ORDER BY period DESC",
            |row| row.get(0),
        )
    }

    /// Party ids of those that have published payments.
    ///
    /// # Errors
    /// [`ReadError`] if the file can't be read.
    pub fn payers(&self) -> Result<Vec<String>, ReadError> {
        self.rows("SELECT DISTINCT payer FROM file ORDER BY payer", |row| {
            row.get(0)
        })
    }

    fn payments(
        &self,
        condition: &str,
        tail: &str,
        values: &[Value],
    ) -> Result<Vec<PaymentRow>, ReadError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM payment p JOIN fact ON fact.seq = p.seq JOIN party ON party.id = p.payer
             LEFT JOIN party m ON m.id = p.member {condition} {tail}"
        );
        self.rows_with(&sql, params_from_iter(values), |row| payment_row(row, 0))
    }
}

pub(super) fn payment_row(row: &Row<'_>, at: usize) -> rusqlite::Result<PaymentRow> {
    let member: Option<String> = row.get(at + 5)?;
    let member_name: Option<String> = row.get(at + 6)?;
    Ok(PaymentRow {
        seq: row.get(at)?,
        id: row.get(at + 1)?,
        payer: row.get(at + 2)?,
        payer_name: row.get(at + 3)?,
        payee: row.get(at + 4)?,
        member: member.zip(member_name),
        amount: row.get(at + 7)?,
        published: row.get(at + 8)?,
        purpose: row.get(at + 9)?,
        function: row.get(at + 10)?,
        line: row.get(at + 11)?,
        treatment: treatment(row, at + 12)?,
        source: row.get(at + 13)?,
        period: row.get(at + 14)?,
        ordinal: row.get(at + 15)?,
        reference: row.get(at + 16)?,
        year: row.get(at + 17)?,
        has_proof: row.get::<_, u64>(at + 18)? > 0,
    })
}
