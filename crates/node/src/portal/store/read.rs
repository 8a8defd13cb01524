//! One moment of the index, and single records in it.

use rusqlite::{OptionalExtension, Params, Row, Transaction};

use super::payments::{COLUMNS, payment_row};
use super::totals::role;
use super::{PaymentRow, ReadError};
use crate::portal::description::{Description, FlowRole};

/// One moment of the index.
pub struct Snapshot<'a> {
    moment: &'a Transaction<'a>,
    pub(super) description: &'a Description,
    /// Number of the last fact.
    pub last: u64,
    /// Agreed time of the latest fact, Unix milliseconds.
    pub latest_at: Option<i64>,
    /// Place in the log up to which facts have been handed over: hand over again from here.
    pub log_index: Option<u64>,
    /// Facts that the description can't read.
    pub set_aside: u64,
}

/// Where a record is in the log and who vouches for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provenance {
    /// The fact's address.
    pub id: String,
    /// Transaction id in hex.
    pub transaction: String,
    /// Name of the contract.
    pub contract: String,
    /// Name of the kind.
    pub kind: String,
    /// Place in the log.
    pub log_index: u64,
    /// Agreed time, Unix milliseconds.
    pub notarised_at: i64,
    /// Who vouches for it: party id and name.
    pub attested_by: Vec<(String, String)>,
    /// Size of the proof in bytes; none for what its holder alone can show.
    pub proof_bytes: u64,
}

/// A payment with everything that was published of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentDetail {
    /// The payment.
    pub payment: PaymentRow,
    /// Where it comes from.
    pub provenance: Provenance,
}

/// One issue, allocation or grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlowDetail {
    /// Choice of the step.
    pub step: String,
    /// What the step means.
    pub role: FlowRole,
    /// Party id and name of the giver.
    pub giver: (String, String),
    /// Party id and name of the receiver.
    pub receiver: (String, String),
    /// Amount in the smallest unit.
    pub amount: i64,
    /// First year of the financial year.
    pub year: i64,
    /// What for.
    pub purpose: String,
    /// The published table.
    pub source: String,
    /// Line of the table.
    pub line: i64,
    /// Where it comes from.
    pub provenance: Provenance,
}

const PROVENANCE: &str = "fact.id, transaction_id, contract, kind, log_index, notarised_at, attested_by, length(proof.bytes)";

impl<'a> Snapshot<'a> {
    pub(super) fn new(
        moment: &'a Transaction<'a>,
        description: &'a Description,
    ) -> Result<Self, ReadError> {
        let mut now =
            moment.prepare_cached("SELECT last, latest_at, log_index, set_aside FROM moment")?;
        let snapshot = now.query_row([], |row| {
            Ok(Self {
                moment,
                description,
                last: row.get(0)?,
                latest_at: row.get(1)?,
                log_index: row.get(2)?,
                set_aside: row.get(3)?,
            })
        });
        Ok(snapshot?)
    }

    /// The description that the facts were read under.
    #[must_use]
    pub fn description(&self) -> &'a Description {
        self.description
    }

    pub(super) fn rows<T>(
        &self,
        sql: &str,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, ReadError> {
        self.rows_with(sql, [], read)
    }

    pub(super) fn rows_with<T>(
        &self,
        sql: &str,
        with: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, ReadError> {
        let mut statement = self.moment.prepare_cached(sql)?;
        let rows = statement.query_map(with, read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    pub(super) fn row<T>(
        &self,
        sql: &str,
        with: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, ReadError> {
        Ok(self
            .moment
            .prepare_cached(sql)?
            .query_row(with, read)
            .optional()?)
    }

    /// The name of a party, if any fact mentions it.
    ///
    /// # Errors
    /// [`ReadError`] if the file can't be read.
    pub fn party(&self, id: &str) -> Result<Option<String>, ReadError> {
        self.row("SELECT name FROM party WHERE id = ?1", [id], |row| {
            row.get(0)
        })
    }

    /// All parties that facts mention: id and name, by name.
    ///
    /// # Errors
    /// [`ReadError`] if the file can't be read.
    pub fn parties(&self) -> Result<Vec<(String, String)>, ReadError> {
        self.rows("SELECT id, name FROM party ORDER BY name, id", |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
    }

    /// A payment by its address.
    ///
    /// # Errors
    /// [`ReadError`] if the file can't be read.
    pub fn payment(&self, id: &str) -> Result<Option<PaymentDetail>, ReadError> {
        let sql = format!(
            "SELECT {PROVENANCE}, {COLUMNS} FROM payment p JOIN fact USING (seq) JOIN proof USING (seq)
             JOIN party ON party.id = p.payer LEFT JOIN party m ON m.id = p.member WHERE fact.id = ?1"
        );
        self.row(&sql, [id], |row| {
            Ok(PaymentDetail {
                provenance: provenance(row)?,
                payment: payment_row(row, 8)?,
            })
        })
    }

    /// An issue, allocation or grant by its address.
    ///
    /// # Errors
    /// [`ReadError`] if the file can't be read.
    pub fn flow(&self, id: &str) -> Result<Option<FlowDetail>, ReadError> {
        Ok(self.flow_details("fact.id = ?1", id)?.pop())
    }

    /// Issues, allocations and grants to or from a party, the largest first.
    ///
    /// # Errors
    /// [`ReadError`] if the file can't be read.
    pub fn flows_of(&self, party: &str) -> Result<Vec<FlowDetail>, ReadError> {
        self.flow_details("giver = ?1 OR receiver = ?1", party)
    }

    fn flow_details(&self, condition: &str, with: &str) -> Result<Vec<FlowDetail>, ReadError> {
        let sql = format!(
            "SELECT {PROVENANCE}, step, giver, g.name, receiver, r.name, amount, year, purpose, source, line, role
             FROM flow JOIN fact USING (seq) JOIN proof USING (seq)
             JOIN party g ON g.id = giver JOIN party r ON r.id = receiver WHERE {condition} ORDER BY amount DESC, seq"
        );
        self.rows_with(&sql, [with], |row| {
            Ok(FlowDetail {
                provenance: provenance(row)?,
                step: row.get(8)?,
                giver: (row.get(9)?, row.get(10)?),
                receiver: (row.get(11)?, row.get(12)?),
                amount: row.get(13)?,
                year: row.get(14)?,
                purpose: row.get(15)?,
                source: row.get(16)?,
                line: row.get(17)?,
                role: role(row, 18)?,
            })
        })
    }

    /// The proof of a fact by its address, whatever its kind; none of what its holder alone can show.
    ///
    /// # Errors
    /// [`ReadError`] if the file can't be read.
    pub fn proof(&self, id: &str) -> Result<Option<Vec<u8>>, ReadError> {
        self.row(
            "SELECT bytes FROM proof JOIN fact USING (seq) WHERE id = ?1 AND length(bytes) > 0",
            [id],
            |row| row.get(0),
        )
    }
}

fn provenance(row: &Row<'_>) -> rusqlite::Result<Provenance> {
    let names: String = row.get(6)?;
    let attested_by = serde_json::from_str(&names).map_err(|why| {
        rusqlite::Error::FromSqlConversionFailure(6, rusqlite::types::Type::Text, Box::new(why))
    })?;
    Ok(Provenance {
        id: row.get(0)?,
        transaction: row.get(1)?,
        contract: row.get(2)?,
        kind: row.get(3)?,
        log_index: row.get(4)?,
        notarised_at: row.get(5)?,
        attested_by,
        proof_bytes: row.get(7)?,
    })
}
