//! How to check a payment without believing this site.

use askama::Template;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::frame::{Frame, Room};
use super::problem::PageError;
use crate::portal::state::Portal;
use crate::portal::store::{PaymentRow, Snapshot};

#[derive(Template)]
#[template(path = "portal/check.html")]
struct Check {
    frame: Frame,
    /// A payment to try it with.
    example: Option<PaymentRow>,
}

impl Check {
    fn read(snapshot: &Snapshot<'_>, frame: Frame) -> Result<Self, PageError> {
        Ok(Self {
            example: snapshot.latest(1)?.pop().filter(|row| row.has_proof),
            frame,
        })
    }
}

/// `/check`
pub(crate) async fn check(State(portal): State<Portal>) -> Response {
    portal
        .page(
            Room::Check,
            &portal.description().check.title.clone(),
            Check::read,
        )
        .await
}

/// `/network.trust`: what a verifier starts from, if it believes this site.
pub(crate) async fn trust(State(portal): State<Portal>) -> Response {
    match portal.trust() {
        Some(text) => ([(header::CONTENT_TYPE, "application/json")], text).into_response(),
        None => {
            let headers = [
                (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
                (header::RETRY_AFTER, "5"),
            ];
            let words = "It is not known yet which keys of the network sign: its notary has not answered since this site was set up. Try again in a moment.\n";
            (StatusCode::SERVICE_UNAVAILABLE, headers, words).into_response()
        }
    }
}
