//! How a call to another node can fail.

use std::time::Duration;

use deed::Party;

use super::link::LinkError;
use crate::limits::CALL_MS;

/// Why a call got no answer.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// No connection could be made.
    #[error("{party} cannot be reached")]
    Unreachable {
        /// Who was called.
        party: Party,
        /// Why.
        source: LinkError,
    },
    /// The last attempt failed a moment ago; the next is not due yet.
    #[error("{party} could not be reached; next attempt in {} ms", retry_in.as_millis())]
    Paused {
        /// Who was called.
        party: Party,
        /// Until the next attempt.
        retry_in: Duration,
    },
    /// The connection broke before the answer was there. The request may or may not have been acted on.
    #[error("the connection to {party} broke")]
    Broken {
        /// Who was called.
        party: Party,
        /// Why.
        source: hyper::Error,
    },
    /// No answer in time. The request may or may not have been acted on.
    #[error("{party} did not answer within {} s", CALL_MS / 1000)]
    Timeout {
        /// Who was called.
        party: Party,
    },
    /// The answer is larger than any answer may be, or ended early.
    #[error("the answer of {party} could not be read")]
    Answer {
        /// Who was called.
        party: Party,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The path is not one.
    #[error("{path:?} is not a path")]
    Path {
        /// What was given.
        path: String,
    },
}
