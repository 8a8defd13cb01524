//! Files for spreadsheets, complete, and the page that lists them.

mod flows;
mod payments;
mod reconciliation;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use super::frame::{Frame, Room};
use super::problem::PageError;
use crate::portal::state::Portal;
use crate::portal::store::Snapshot;

pub(crate) use flows::flows;
pub(crate) use payments::payments;
pub(crate) use reconciliation::{FileTotals, file_query, file_totals, reconciliation};

#[derive(Template)]
#[template(path = "portal/data.html")]
struct Data {
    frame: Frame,
    all: FileTotals,
    files: Vec<FileTotals>,
    columns: [(&'static str, &'static str); 20],
}

impl Data {
    fn read(snapshot: &Snapshot<'_>, frame: Frame) -> Result<Self, PageError> {
        let files = file_totals(snapshot)?;
        Ok(Self {
            all: FileTotals::all(&files),
            files,
            columns: payments::COLUMNS,
            frame,
        })
    }
}

/// `/data`
pub(crate) async fn page(State(portal): State<Portal>) -> Response {
    portal
        .page(
            Room::Data,
            &portal.description().data.title.clone(),
            Data::read,
        )
        .await
}

/// The headers of a file to save.
fn csv_headers(disposition: &'static str) -> [(header::HeaderName, HeaderValue); 2] {
    [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/csv; charset=utf-8; header=present"),
        ),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_static(disposition),
        ),
    ]
}

fn file(read: Result<Vec<u8>, PageError>, portal: &Portal, disposition: &'static str) -> Response {
    match read {
        Ok(bytes) => (csv_headers(disposition), bytes).into_response(),
        Err(why) => why.page(portal),
    }
}
