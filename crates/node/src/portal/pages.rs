//! Addresses and what answers them. One file per topic.

mod about;
mod check;
mod data;
mod frame;
mod front_line;
mod funding;
mod health;
mod home;
mod organisations;
mod parties;
mod payment;
mod payments;
mod problem;
mod proof;
mod spending;
mod totals;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use tower_http::compression::CompressionLayer;

pub(crate) use problem::PageError;

use super::limits::ADDRESS_BYTES_MAX;
use super::state::Portal;
use super::{assets, events, security};

/// Every address of the portal. The router is made of these and nothing else.
fn routes() -> Vec<(&'static str, MethodRouter<Portal>)> {
    vec![
        ("/", get(home::home)),
        ("/spending", get(spending::list)),
        ("/spending/{id}", get(spending::one)),
        ("/payments", get(payments::search)),
        ("/payments/{id}", get(payment::payment)),
        ("/payments/{id}/payment.proof", get(proof::payment)),
        ("/funding/{id}", get(funding::funding)),
        ("/funding/{id}/funding.proof", get(proof::funding)),
        ("/front-line", get(front_line::front_line)),
        ("/organisations", get(organisations::list)),
        ("/organisations/{id}", get(organisations::one)),
        ("/data", get(data::page)),
        ("/data/flows.csv", get(data::flows)),
        ("/data/payments.csv", get(data::payments)),
        ("/data/reconciliation.csv", get(data::reconciliation)),
        ("/about-the-data", get(about::about)),
        ("/check", get(check::check)),
        ("/network.trust", get(check::trust)),
        ("/api/totals", get(totals::totals)),
        ("/events", get(events::events)),
        ("/health", get(health::health)),
        ("/assets/{*name}", get(assets::asset)),
    ]
}

/// The addresses of the portal, as patterns.
#[must_use]
pub fn route_paths() -> Vec<&'static str> {
    routes().into_iter().map(|(path, _)| path).collect()
}

/// The portal as a service: pages, files and events, with compression and the headers of every answer.
pub fn router(portal: Portal) -> Router {
    let pages = routes()
        .into_iter()
        .fold(Router::new(), |router, (path, handler)| {
            router.route(path, handler)
        });
    let pages = pages
        .fallback(problem::not_found)
        .method_not_allowed_fallback(problem::method_not_allowed)
        .layer(DefaultBodyLimit::max(0))
        .layer(from_fn(short_addresses))
        .layer(CompressionLayer::new());
    security::with_headers(pages).with_state(portal)
}

async fn short_addresses(request: Request, next: Next) -> Response {
    let length = request
        .uri()
        .path_and_query()
        .map_or(0, |address| address.as_str().len());
    if length > ADDRESS_BYTES_MAX {
        axum::http::StatusCode::URI_TOO_LONG.into_response()
    } else {
        next.run(request).await
    }
}
