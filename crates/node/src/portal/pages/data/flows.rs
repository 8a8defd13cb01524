//! The rows of the charts.

use std::collections::BTreeSet;

use axum::extract::{RawQuery, State};
use axum::response::Response;

use super::file;
use crate::portal::csv::{Cell, Table};
use crate::portal::description::Description;
use crate::portal::figures::{PaidRow, SourceRow, paid_rows, source_rows};
use crate::portal::limits::SOURCES_ON_FIRST_PAGE;
use crate::portal::money::decimal;
use crate::portal::pages::problem::PageError;
use crate::portal::state::Portal;
use crate::portal::store::Snapshot;

type Flows = Table<10>;

const HEADER: [&str; 10] = [
    "step",
    "from_id",
    "from",
    "to_id",
    "to",
    "function",
    "function_name",
    "ended_as",
    "payments",
    "amount",
];

/// Which rows: all of them, those of the first page, or those of one organisation's page.
enum Asked {
    All,
    FirstPage,
    Payer(String),
}

impl Asked {
    fn parse(query: &str) -> Self {
        let fields = serde_urlencoded::from_str::<Vec<(String, String)>>(query);
        match fields.unwrap_or_default().pop() {
            Some((name, _)) if name == "grouped" => Self::FirstPage,
            Some((name, payer)) if name == "payer" => Self::Payer(payer),
            _ => Self::All,
        }
    }
}

fn written(snapshot: &Snapshot<'_>, asked: &Asked) -> Result<Vec<u8>, PageError> {
    let description = snapshot.description();
    let payers = snapshot.payers()?;
    let payers: BTreeSet<&str> = payers.iter().map(String::as_str).collect();
    let largest = matches!(asked, Asked::FirstPage).then_some(SOURCES_ON_FIRST_PAGE);
    let mut table = Table::new(HEADER)?;
    if !matches!(asked, Asked::Payer(_)) {
        for row in source_rows(&snapshot.flows()?, largest, &payers) {
            write_source(&mut table, &row)?;
        }
    }
    for row in paid_rows(description, &snapshot.spend()?) {
        if !matches!(asked, Asked::Payer(payer) if *payer != row.payer) {
            write_paid(&mut table, description, &row)?;
        }
    }
    Ok(table.bytes()?)
}

fn none() -> Cell<'static> {
    Cell::Text("")
}

fn write_source(table: &mut Flows, row: &SourceRow) -> Result<(), csv::Error> {
    let to = row.to.name();
    table.row([
        Cell::Text(&row.step),
        Cell::Text(&row.giver),
        Cell::Text(&row.giver_name),
        Cell::Text(row.to.id()),
        Cell::Text(&to),
        none(),
        none(),
        none(),
        none(),
        Cell::Own(decimal(row.amount)),
    ])
}

fn write_paid(
    table: &mut Flows,
    description: &Description,
    row: &PaidRow,
) -> Result<(), csv::Error> {
    table.row([
        Cell::Text("paid"),
        Cell::Text(&row.payer),
        Cell::Text(&row.payer_name),
        none(),
        none(),
        Cell::Text(&row.function),
        Cell::Own(description.functions.name(&row.function)),
        Cell::Text(row.end.code()),
        Cell::Own(row.sum.payments.to_string()),
        Cell::Own(decimal(row.sum.amount)),
    ])
}

/// `/data/flows.csv`: every row of the charts; with `?grouped` the rows of the first page, with
/// `?payer=` those of an organisation's page.
pub(crate) async fn flows(State(portal): State<Portal>, RawQuery(query): RawQuery) -> Response {
    let asked = Asked::parse(query.as_deref().unwrap_or_default());
    let read = portal.read(move |snapshot| written(snapshot, &asked)).await;
    file(read, &portal, "attachment; filename=\"flows.csv\"")
}
