//! Whether a fact's token is unused: what the notary shows to whoever asks, and how a node asks.
//!
//! Like the log itself it is read beside the notary's own thread: the root and the marks under it were published when they were
//! durable.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use ledger::codec::{self, list::List};
use ledger::current::Unused;
use ledger::{Digest, Token};
use protocol::notary::{Known, NotaryError};

use super::link::Link;
use super::notary::CURRENT_PATH;
use super::notary_log::{Shelf, Shown};
use crate::limits::MARKS_ASKED_MAX;
use crate::transport::{PeerReply, StatusCode as PeerStatus};

/// Why nothing is said of marks.
#[derive(Debug, thiserror::Error)]
enum Untold {
    /// The store is being opened again, or no root was entered yet.
    #[error("the notary can't say that now")]
    NotNow,
    /// What the store holds contradicts itself, or can't be read.
    #[error(transparent)]
    Notary(#[from] NotaryError),
}

impl Shown {
    /// Of each mark the proof that it is unused; none for one that is used up.
    fn unused(&self, marks: &[Token]) -> Result<Vec<Option<Unused>>, Untold> {
        let (Some(log), Some(root)) = (&self.log, &self.root) else {
            return Err(Untold::NotNow);
        };
        let under = (self.checkpoint.as_str(), self.size);
        let known = marks.iter().map(|mark| {
            let known = root.of(
                mark,
                under,
                |like, bits| log.marks(like, bits),
                |level, index| log.node(level, index),
            );
            Ok(match known? {
                Known::Unused(unused) => Some(*unused),
                Known::Used => None,
            })
        });
        known.collect()
    }
}

impl Shelf {
    async fn unused(&self, marks: Vec<Token>) -> Result<Vec<Option<Unused>>, Untold> {
        // Beyond the limit readers wait, and their connections are limited.
        let _reading = self.readers.acquire().await.map_err(|_| Untold::NotNow)?;
        let shown = self.shown();
        let told = tokio::task::spawn_blocking(move || shown.unused(&marks)).await;
        told.map_err(|_| Untold::NotNow)?
            .inspect_err(|error| tracing::debug!(%error, "nothing is said of a mark"))
    }

    /// The answer to a member.
    pub(super) async fn unused_for_member(&self, body: &[u8]) -> PeerReply {
        let marks = match asked(body) {
            Ok(marks) => marks,
            Err(status) => return PeerReply::new(status, "not so many marks of 32 bytes"),
        };
        match self.unused(marks).await {
            Ok(known) => PeerReply::ok(codec::encode(&List(known))),
            Err(error) => PeerReply::new(PeerStatus::SERVICE_UNAVAILABLE, error.to_string()),
        }
    }
}

fn asked(body: &[u8]) -> Result<Vec<Token>, StatusCode> {
    let List(marks) = codec::decode(body).map_err(|_| StatusCode::BAD_REQUEST)?;
    match marks.len() > MARKS_ASKED_MAX {
        true => Err(StatusCode::PAYLOAD_TOO_LARGE),
        false => Ok(marks),
    }
}

const HEADERS: [(header::HeaderName, &str); 2] = [
    (header::CONTENT_TYPE, "application/octet-stream"),
    (header::CACHE_CONTROL, "no-store"),
];

/// `GET /current/{mark}`: 410 for one that is used up.
pub(super) async fn one(State(shelf): State<Shelf>, Path(mark): Path<String>) -> Response {
    let Some(mark) = Digest::from_hex(&mark).map(Token) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match shelf.unused(vec![mark]).await {
        Ok(known) => match known.first() {
            Some(Some(unused)) => (HEADERS, codec::encode(unused)).into_response(),
            _ => StatusCode::GONE.into_response(),
        },
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

/// `POST /current`: a list of marks, and for each its proof, or null for one that is used up.
pub(super) async fn several(State(shelf): State<Shelf>, body: Bytes) -> Response {
    let marks = match asked(&body) {
        Ok(marks) => marks,
        Err(status) => return status.into_response(),
    };
    match shelf.unused(marks).await {
        Ok(known) => (HEADERS, codec::encode(&List(known))).into_response(),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

/// Why a node can't show that a token is unused.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unshown {
    /// It is used up.
    #[error("the fact is used up")]
    Used,
    /// The notary isn't there, or says something else.
    #[error("the notary: {0}")]
    Notary(String),
}

/// Asks the notary.
pub(super) async fn ask(link: &Link, mark: &Token) -> Result<Unused, Unshown> {
    let failed = |reason: String| Unshown::Notary(reason);
    let (notary, _) = link.notary().map_err(|error| failed(error.to_string()))?;
    let client = link.to(&notary);
    let client = client.ok_or_else(|| failed("it is not in the directory".to_owned()))?;
    let body = codec::encode(&List(vec![*mark]));
    let reply = client.post(CURRENT_PATH, body).await;
    let reply = reply.map_err(|error| failed(error.to_string()))?;
    if reply.status != PeerStatus::OK {
        let said = String::from_utf8_lossy(&reply.body).into_owned();
        return Err(failed(format!("it answers {}: {said}", reply.status)));
    }
    let known = codec::decode::<List<Option<Unused>>>(&reply.body);
    match known.map(|List(known)| known) {
        Ok(known) => match <[Option<Unused>; 1]>::try_from(known) {
            Ok([Some(unused)]) => Ok(unused),
            Ok([None]) => Err(Unshown::Used),
            Err(_) => Err(failed("it answers something else".to_owned())),
        },
        Err(error) => Err(failed(error.to_string())),
    }
}
