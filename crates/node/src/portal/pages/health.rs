//! For those who watch over the portal.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::problem::PageError;
use crate::portal::dates::machine;
use crate::portal::state::Portal;

#[derive(Serialize)]
struct Health {
    /// `ok`; `behind` while the log can't be read; `failed` while the index can't.
    status: &'static str,
    facts: u64,
    set_aside: u64,
    log_size: u64,
    newest_transaction_at: Option<String>,
    log_read_at: Option<String>,
    unreachable_since: Option<String>,
}

/// `/health`: 200 while pages can be shown, else 503.
pub(crate) async fn health(State(portal): State<Portal>) -> Response {
    let coverage = portal.coverage();
    let read = portal
        .read(|snapshot| {
            Ok::<_, PageError>((snapshot.last, snapshot.set_aside, snapshot.latest_at))
        })
        .await;
    let (code, status) = match (&read, coverage.unreachable_since) {
        (Err(_), _) => (StatusCode::SERVICE_UNAVAILABLE, "failed"),
        (Ok(_), Some(_)) => (StatusCode::OK, "behind"),
        (Ok(_), None) => (StatusCode::OK, "ok"),
    };
    let (facts, set_aside, latest_at) = read.unwrap_or_default();
    let health = Health {
        status,
        facts,
        set_aside,
        log_size: coverage.log_size,
        newest_transaction_at: latest_at.map(machine),
        log_read_at: coverage.log_read_at.map(machine),
        unreachable_since: coverage.unreachable_since.map(machine),
    };
    (code, Json(health)).into_response()
}
