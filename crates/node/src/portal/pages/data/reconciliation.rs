//! Each published file: its rows and its total, and what became of the money.

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;

use super::file;
use crate::portal::csv::{Cell, Table};
use crate::portal::description::Treatment;
use crate::portal::money::decimal;
use crate::portal::pages::problem::PageError;
use crate::portal::state::Portal;
use crate::portal::store::{FileRow, Snapshot};

const HEADER: [&str; 13] = [
    "payer_id",
    "payer",
    "source",
    "period",
    "rows",
    "total",
    "spent",
    "to_members",
    "internal",
    "refunds",
    "listed_rows",
    "refund_rows",
    "difference",
];

/// One published file. The total is what its rows add up to; spent, to members, internal and refunds add up to the total.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct FileTotals {
    pub(crate) payer: String,
    pub(crate) payer_name: String,
    pub(crate) source: String,
    pub(crate) period: String,
    pub(crate) rows: u64,
    pub(crate) total_minor: i64,
    pub(crate) spent_minor: i64,
    pub(crate) to_members_minor: i64,
    pub(crate) internal_minor: i64,
    pub(crate) refunds_minor: i64,
    pub(crate) listed_rows: u64,
    pub(crate) refund_rows: u64,
}

impl FileTotals {
    fn empty(row: &FileRow) -> Self {
        Self {
            payer: row.payer.clone(),
            payer_name: row.payer_name.clone(),
            source: row.source.clone(),
            period: row.period.clone(),
            ..Self::default()
        }
    }

    fn add(&mut self, row: &FileRow) {
        self.rows += row.payments;
        self.total_minor += row.amount;
        match row.treatment {
            Treatment::Spent => self.spent_minor += row.amount,
            Treatment::Transfer => self.to_members_minor += row.amount,
            Treatment::Internal => self.internal_minor += row.amount,
            Treatment::Refund => {
                self.refunds_minor += row.amount;
                self.refund_rows += row.payments;
            }
            Treatment::Listed => self.listed_rows += row.payments,
        }
    }

    /// All files together; the names are empty.
    pub(super) fn all(files: &[Self]) -> Self {
        let mut all = Self::default();
        for file in files {
            all.rows += file.rows;
            all.total_minor += file.total_minor;
            all.spent_minor += file.spent_minor;
            all.to_members_minor += file.to_members_minor;
            all.internal_minor += file.internal_minor;
            all.refunds_minor += file.refunds_minor;
            all.listed_rows += file.listed_rows;
            all.refund_rows += file.refund_rows;
        }
        all
    }

    /// The search that finds the rows of the file.
    pub(super) fn query(&self) -> String {
        file_query(&self.payer, &self.source, &self.period)
    }

    /// What the parts leave of the total. Anything but zero is money in a row that should have none.
    pub(crate) fn difference_minor(&self) -> i64 {
        self.total_minor
            - self.spent_minor
            - self.to_members_minor
            - self.internal_minor
            - self.refunds_minor
    }
}

/// The search that finds the rows of a file.
pub(crate) fn file_query(payer: &str, source: &str, period: &str) -> String {
    let fields = [("payer", payer), ("source", source), ("period", period)];
    serde_urlencoded::to_string(fields).unwrap_or_default()
}

/// The published files, by payer and period.
pub(crate) fn file_totals(snapshot: &Snapshot<'_>) -> Result<Vec<FileTotals>, PageError> {
    let mut files: Vec<FileTotals> = Vec::new();
    for row in snapshot.files()? {
        let same = |file: &FileTotals| {
            (&file.payer, &file.period, &file.source) == (&row.payer, &row.period, &row.source)
        };
        if !files.last().is_some_and(same) {
            files.push(FileTotals::empty(&row));
        }
        if let Some(file) = files.last_mut() {
            file.add(&row);
        }
    }
    Ok(files)
}

fn written(snapshot: &Snapshot<'_>) -> Result<Vec<u8>, PageError> {
    let mut table = Table::new(HEADER)?;
    for file in file_totals(snapshot)? {
        let [payer, name, source, period] =
            [&file.payer, &file.payer_name, &file.source, &file.period]
                .map(|text| Cell::Text(text));
        let own = |number: u64| Cell::Own(number.to_string());
        let money = |minor: i64| Cell::Own(decimal(minor));
        table.row([
            payer,
            name,
            source,
            period,
            own(file.rows),
            money(file.total_minor),
            money(file.spent_minor),
            money(file.to_members_minor),
            money(file.internal_minor),
            money(file.refunds_minor),
            own(file.listed_rows),
            own(file.refund_rows),
            money(file.difference_minor()),
        ])?;
    }
    Ok(table.bytes()?)
}

/// `/data/reconciliation.csv`
pub(crate) async fn reconciliation(State(portal): State<Portal>) -> Response {
    let read = portal.read(written).await;
    file(read, &portal, "attachment; filename=\"reconciliation.csv\"")
}
