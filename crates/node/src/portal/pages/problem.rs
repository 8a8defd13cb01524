//! Pages that say what went wrong and what to do next.

use askama::Template;
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::frame::{Frame, page};
use crate::portal::state::Portal;
use crate::portal::store::ReadError;

/// Why a page could not be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PageError {
    /// There is nothing at this address.
    #[error("there is no {0} here")]
    NotFound(&'static str),
    /// The address can be read but not written to.
    #[error("this address can only be read")]
    Method,
    /// The index can't be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A page could not be written.
    #[error("a page can't be written")]
    Template(#[from] askama::Error),
    /// A file could not be written.
    #[error("a file can't be written")]
    File(#[from] csv::Error),
    /// The portal is stopping.
    #[error("the portal is stopping")]
    Stopping,
}

#[derive(Template)]
#[template(path = "portal/problem.html")]
struct Problem {
    frame: Frame,
    text: String,
    /// Where to go next: address and words.
    next: Vec<(&'static str, &'static str)>,
}

const SEARCH: (&str, &str) = ("/payments", "Search all payments");
const START: (&str, &str) = ("/", "Go to the first page");

impl PageError {
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::Read(_) | Self::Stopping => StatusCode::SERVICE_UNAVAILABLE,
            Self::Template(_) | Self::File(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn words(&self) -> (&'static str, String, Vec<(&'static str, &'static str)>) {
        match self {
            Self::NotFound(what) => (
                "Page not found",
                format!(
                    "There is no {what} at this address. If you typed it, check that it is right. If you followed a link, it may be older than the figures shown here."
                ),
                vec![SEARCH, ("/organisations", "See all organisations"), START],
            ),
            Self::Method => (
                "Nothing to send here",
                "This site only shows what was published. It takes nothing in.".to_owned(),
                vec![START],
            ),
            Self::Read(_) | Self::Stopping => (
                "The figures can’t be read just now",
                "Nothing is lost: what was published stays published. Try again in a minute."
                    .to_owned(),
                vec![START, ("/about-the-data", "About the data")],
            ),
            Self::Template(_) | Self::File(_) => (
                "Something went wrong",
                "This page can’t be shown. The fault has been written down.".to_owned(),
                vec![START],
            ),
        }
    }

    /// The page that says so.
    pub(crate) fn page(&self, portal: &Portal) -> Response {
        if self.status().is_server_error() {
            tracing::error!(
                error = self as &dyn std::error::Error,
                "a page could not be shown"
            );
        }
        let (title, text, next) = self.words();
        let problem = Problem {
            frame: Frame::blind(portal.clone(), title),
            text,
            next,
        };
        page(self.status(), &problem)
            .unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
    }
}

#[derive(Serialize)]
struct ProblemDetails {
    title: &'static str,
    status: u16,
    detail: String,
}

impl PageError {
    /// The same as problem details (RFC 9457), for machines.
    pub(crate) fn problem(&self) -> Response {
        let (title, detail, _) = self.words();
        let status = self.status();
        let media_type = [(header::CONTENT_TYPE, "application/problem+json")];
        (
            status,
            media_type,
            Json(ProblemDetails {
                title,
                status: status.as_u16(),
                detail,
            }),
        )
            .into_response()
    }
}

/// For every address that is not one of ours.
pub(crate) async fn not_found(State(portal): State<Portal>) -> Response {
    PageError::NotFound("page").page(&portal)
}

/// For everything but reading.
pub(crate) async fn method_not_allowed(State(portal): State<Portal>) -> Response {
    PageError::Method.page(&portal)
}
