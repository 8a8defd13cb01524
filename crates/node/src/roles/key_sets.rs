//! The organisations' keys as others' software reads them: JSON Web Key Sets (RFC 7517), from the network map.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use deed::Party;
use ledger::signature::PublicKey;
use serde_json::json;

use super::link::Link;
use crate::export::Jwk;

/// The route of the key sets.
pub(super) fn router(link: Arc<Link>) -> Router {
    Router::new()
        .route("/organisations/{id}/jwks.json", get(key_set))
        .with_state(link)
}

/// The keys with which an organisation signs for others: those of its keys that the format knows.
async fn key_set(State(link): State<Arc<Link>>, Path(id): Path<String>) -> Response {
    let members = link.members();
    let party = Party::new(&id).ok();
    let Some(record) = party.as_ref().and_then(|party| members.get(party)) else {
        let reason = "no organisation of this identifier is in the network map";
        return (StatusCode::NOT_FOUND, reason).into_response();
    };
    // What others read is signed with the P-256 key, which is the first half of a hybrid one too.
    let key = record.keys.iter().find_map(PublicKey::p256);
    let jwk = key.and_then(|key| Jwk::of(&key).ok());
    let keys: Vec<_> = jwk.iter().map(Jwk::listed).collect();
    let headers = [
        (header::CONTENT_TYPE, "application/jwk-set+json"),
        // Verifiers are pages of other sites too, and this is for everybody.
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ];
    (headers, json!({ "keys": keys }).to_string()).into_response()
}
