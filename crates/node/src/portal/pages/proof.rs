//! Proofs to download.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use super::problem::PageError;
use crate::portal::state::Portal;

/// The proof of a payment.
pub(crate) async fn payment(State(portal): State<Portal>, Path(id): Path<String>) -> Response {
    let read = portal.read(move |snapshot| match snapshot.payment(&id)? {
        Some(_) => snapshot.proof(&id)?.ok_or(PageError::NotFound("proof")),
        None => Err(PageError::NotFound("payment")),
    });
    file(
        read.await,
        &portal,
        "attachment; filename=\"payment.proof\"",
    )
}

/// The proof of an issue, allocation or grant.
pub(crate) async fn funding(State(portal): State<Portal>, Path(id): Path<String>) -> Response {
    let read = portal.read(move |snapshot| match snapshot.flow(&id)? {
        Some(_) => snapshot.proof(&id)?.ok_or(PageError::NotFound("proof")),
        None => Err(PageError::NotFound("record of funding")),
    });
    file(
        read.await,
        &portal,
        "attachment; filename=\"funding.proof\"",
    )
}

fn file(read: Result<Vec<u8>, PageError>, portal: &Portal, disposition: &'static str) -> Response {
    match read {
        Ok(bytes) => {
            let disposition = HeaderValue::from_static(disposition);
            let media_type = HeaderValue::from_static("application/octet-stream");
            (
                [
                    (header::CONTENT_TYPE, media_type),
                    (header::CONTENT_DISPOSITION, disposition),
                ],
                bytes,
            )
                .into_response()
        }
        Err(why) => why.page(portal),
    }
}
