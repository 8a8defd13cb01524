//! All payments, or all that a search finds, piece by piece: complete, in constant memory, and as of
//! one moment, because rows only ever come after the last.

use axum::body::{Body, Bytes};
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};

use super::csv_headers;
use crate::portal::csv::{Cell, Table};
use crate::portal::description::Description;
use crate::portal::limits::DOWNLOAD_ROWS;
use crate::portal::money::decimal;
use crate::portal::pages::payments::Asked;
use crate::portal::pages::problem::PageError;
use crate::portal::state::Portal;
use crate::portal::store::{Filter, PaymentRow};

/// Columns of the file and what is in them.
pub(super) const COLUMNS: [(&str, &str); 20] = [
    ("id", "Address of the payment on this site"),
    ("payer_id", "Identifier of the organisation that paid"),
    ("payer", "Its name"),
    ("payee", "Who was paid, as published"),
    ("payee_id", "Identifier of the payee, where it is a member"),
    ("amount", "Amount, to the penny; refunds are negative"),
    ("currency", "Currency of the amount"),
    (
        "published_date",
        "Date of the payment as published, year-month-day",
    ),
    ("purpose", "What for, as published"),
    (
        "function",
        "Code of the purpose; empty where not classified",
    ),
    ("function_name", "Name of the purpose"),
    ("line", "front_line, back_office or unclassified"),
    ("treatment", "spent, transfer, internal, refund or listed"),
    ("source", "The published file"),
    ("period", "Its period"),
    ("row", "Place of the row in the file"),
    ("reference", "The publisher's own reference"),
    (
        "year",
        "First year of the financial year that the pounds belong to",
    ),
    ("page", "Address of the payment's page"),
    (
        "proof",
        "Address of the payment's proof; empty where only its holder can show it",
    ),
];

struct Download {
    portal: Portal,
    filter: Filter,
    up_to: u64,
}

/// `/data/payments.csv`: all payments, or those that the query of a search finds.
pub(crate) async fn payments(State(portal): State<Portal>, RawQuery(query): RawQuery) -> Response {
    let (filter, _, faults) =
        Asked::parse(query.as_deref().unwrap_or_default()).filter(portal.description());
    if let Some(fault) = faults.first() {
        return (
            StatusCode::BAD_REQUEST,
            format!("{}: {}\n", fault.field, fault.text),
        )
            .into_response();
    }
    let up_to = match portal.read(|snapshot| Ok(snapshot.last)).await {
        Ok(up_to) => up_to,
        Err(why) => return why.page(&portal),
    };
    let download = Download {
        portal,
        filter,
        up_to,
    };
    let pieces = stream::unfold((download, Some(None)), |(download, next)| async move {
        let after: Option<u64> = next?;
        let (bytes, last) = match download.piece(after).await {
            Ok((bytes, last)) => (Ok(bytes), last),
            Err(why) => (Err(why), None),
        };
        Some((bytes, (download, last.map(Some))))
    });
    (
        csv_headers("attachment; filename=\"payments.csv\""),
        Body::from_stream(pieces.fuse()),
    )
        .into_response()
}

impl Download {
    /// The piece after a number (None: the first, with the header), and the number to go on from.
    async fn piece(&self, after: Option<u64>) -> Result<(Bytes, Option<u64>), PageError> {
        let (filter, up_to) = (self.filter.clone(), self.up_to);
        let read = self.portal.read(move |snapshot| {
            let rows = snapshot.piece(&filter, after.unwrap_or(0), up_to, DOWNLOAD_ROWS)?;
            let full = rows.len() as u64 == DOWNLOAD_ROWS;
            let bytes = written(snapshot.description(), &rows, after.is_none())?;
            Ok((
                bytes.into(),
                rows.last().map(|row| row.seq).filter(|_| full),
            ))
        });
        read.await
    }
}

fn written(
    description: &Description,
    rows: &[PaymentRow],
    first: bool,
) -> Result<Vec<u8>, PageError> {
    let mut table = if first {
        Table::new(COLUMNS.map(|(name, _)| name))?
    } else {
        Table::rest()
    };
    for row in rows {
        let own = Cell::Own;
        let function_name = description.functions.name(&row.function);
        table.row([
            Cell::Text(&row.id),
            Cell::Text(&row.payer),
            Cell::Text(&row.payer_name),
            Cell::Text(&row.payee),
            Cell::Text(row.member.as_ref().map_or("", |(id, _)| id)),
            own(decimal(row.amount)),
            Cell::Text(&description.currency.code),
            Cell::Text(&row.published),
            Cell::Text(&row.purpose),
            Cell::Text(&row.function),
            Cell::Text(&function_name),
            Cell::Text(&row.line),
            Cell::Text(row.treatment.as_str()),
            Cell::Text(&row.source),
            Cell::Text(&row.period),
            own(row.ordinal.to_string()),
            Cell::Text(&row.reference),
            own(row.year.to_string()),
            own(format!("/payments/{}", row.id)),
            own(match row.has_proof {
                true => format!("/payments/{}/payment.proof", row.id),
                false => String::new(),
            }),
        ])?;
    }
    Ok(table.bytes()?)
}
