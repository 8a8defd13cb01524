//! What the roles' HTTP servers share: listening, problem details, access tokens.

use std::net::SocketAddr;

use api::{ErrorCode, Problem};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;

use super::engine::EngineError;
use super::home::HomeError;
use super::link::LinkError;

/// Why a process ended.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The data folder.
    #[error(transparent)]
    Home(#[from] HomeError),
    /// The link to the network.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// An address can't be listened on.
    #[error(
        "{address} can't be listened on ({source}): is another process using it? Choose another port in the configuration."
    )]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The data folder is in use or unusable.
    #[error(transparent)]
    Folder(#[from] crate::store::FolderError),
    /// The store.
    #[error(transparent)]
    Store(#[from] crate::store::OpenError),
    /// Anything else that keeps the process from starting.
    #[error("{0}")]
    Start(String),
}

impl RunError {
    /// An error of another room, with all its causes.
    pub(crate) fn start(error: impl std::error::Error) -> Self {
        let mut text = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            text.push_str(": ");
            text.push_str(&cause.to_string());
            source = cause.source();
        }
        Self::Start(text)
    }
}

/// Listens on an address.
pub(crate) async fn listen(address: SocketAddr) -> Result<TcpListener, RunError> {
    TcpListener::bind(address)
        .await
        .map_err(|source| RunError::Listen { address, source })
}

/// An error as `application/problem+json`.
pub(crate) struct Failure(pub(crate) Problem);

impl Failure {
    pub(crate) fn new(code: ErrorCode, detail: impl Into<String>) -> Self {
        Self(Problem::new(code, detail))
    }
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        Self::new(ErrorCode::Unavailable, error.to_string())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status =
            StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&self.0).unwrap_or_default();
        (
            status,
            [(header::CONTENT_TYPE, "application/problem+json")],
            body,
        )
            .into_response()
    }
}

/// Requires the access token of the data folder.
pub(crate) fn authorised(headers: &HeaderMap, token: &str) -> Result<(), Failure> {
    let given = headers
        .get(header::AUTHORIZATION)
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.strip_prefix("Bearer "));
    let same = given.is_some_and(|given| {
        aws_lc_rs::constant_time::verify_slices_are_equal(given.as_bytes(), token.as_bytes())
            .is_ok()
    });
    if same {
        Ok(())
    } else {
        Err(Failure::new(
            ErrorCode::NotAuthenticated,
            "send `Authorization: Bearer TOKEN` with the token in the file api.token of this node's data folder",
        ))
    }
}
