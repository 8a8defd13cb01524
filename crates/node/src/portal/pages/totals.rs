//! All totals as JSON, for machines. Amounts are whole numbers of the smallest unit.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::frame::{Frame, Room};
use super::problem::PageError;
use crate::portal::dates::machine;
use crate::portal::description::{FlowRole, Treatment};
use crate::portal::figures::{Sum, grouped, summed};
use crate::portal::state::Portal;
use crate::portal::store::{Snapshot, SpendRow};

#[derive(Serialize)]
struct Totals {
    newest_transaction_at: Option<String>,
    log_read_at: Option<String>,
    organisations_reporting: Vec<String>,
    organisations_expected: Vec<String>,
    currency: String,
    issued: i64,
    passed_on: i64,
    lapsed: i64,
    payments: Total,
    by_treatment: Vec<Keyed>,
    spent_by_payer: Vec<Keyed>,
    spent_by_function: Vec<Keyed>,
    spent_by_line: Vec<Keyed>,
    files: Vec<super::data::FileTotals>,
}

#[derive(Serialize)]
struct Total {
    count: u64,
    amount_minor: i64,
}

#[derive(Serialize)]
struct Keyed {
    id: String,
    name: String,
    #[serde(flatten)]
    total: Total,
}

impl From<Sum> for Total {
    fn from(sum: Sum) -> Self {
        Self {
            count: sum.payments,
            amount_minor: sum.amount,
        }
    }
}

impl Totals {
    fn read(snapshot: &Snapshot<'_>, frame: &Frame) -> Result<Self, PageError> {
        let (spend, flows) = (snapshot.spend()?, snapshot.flows()?);
        let description = frame.description();
        let functions = &description.functions;
        let spent: Vec<SpendRow> = spend
            .iter()
            .filter(|row| row.treatment == Treatment::Spent)
            .cloned()
            .collect();
        let flowed = |role| {
            let flows = flows.iter().filter(|flow| flow.role == role);
            flows.map(|flow| flow.amount).sum()
        };
        let treatment = |treatment: Treatment| {
            description
                .payment
                .treatment(treatment)
                .map(|it| it.name.clone())
                .unwrap_or_default()
        };
        let line = |choice: &str| {
            description
                .line(choice)
                .map(|line| line.name.clone())
                .unwrap_or_default()
        };
        Ok(Self {
            newest_transaction_at: snapshot.latest_at.map(machine),
            log_read_at: frame.coverage.log_read_at.map(machine),
            organisations_reporting: frame.payers.clone(),
            organisations_expected: frame
                .coverage
                .organisations
                .iter()
                .filter(|one| one.reports)
                .map(|one| one.id.clone())
                .collect(),
            currency: description.currency.code.clone(),
            issued: flowed(FlowRole::Issued),
            passed_on: flowed(FlowRole::PassedOn),
            lapsed: flowed(FlowRole::Lapsed),
            payments: summed(&spend).into(),
            by_treatment: keyed(grouped(&spend, |row| {
                (row.treatment.as_str().to_owned(), treatment(row.treatment))
            })),
            spent_by_payer: keyed(grouped(&spent, |row| {
                (row.payer.clone(), row.payer_name.clone())
            })),
            spent_by_function: keyed(grouped(&spent, |row| {
                (functions.slug(&row.function), functions.name(&row.function))
            })),
            spent_by_line: keyed(grouped(&spent, |row| (row.line.clone(), line(&row.line)))),
            files: super::data::file_totals(snapshot)?,
        })
    }
}

fn keyed(sums: impl IntoIterator<Item = ((String, String), Sum)>) -> Vec<Keyed> {
    sums.into_iter()
        .map(|((id, name), sum)| Keyed {
            id,
            name,
            total: sum.into(),
        })
        .collect()
}

/// `/api/totals`
pub(crate) async fn totals(State(portal): State<Portal>) -> Response {
    let frame_of = portal.clone();
    let read = portal.read(move |snapshot| {
        let frame = Frame::read(frame_of, snapshot, Room::None, "")?;
        Totals::read(snapshot, &frame)
    });
    match read.await {
        Ok(totals) => Json(totals).into_response(),
        Err(why) => why.problem(),
    }
}
