//! Facts in the formats of other ecosystems: what their software checks without knowing this one.

mod cose;
mod credential;
mod jwk;
mod jws;
mod receipt;
pub(crate) mod shown;
mod statement;

pub(crate) use credential::{Credential, Field};
pub(crate) use jwk::Jwk;
pub(crate) use receipt::Receipt;
pub(crate) use statement::Statement;

/// Why a fact can't be exported.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ExportError {
    /// A key isn't one that the format knows.
    #[error(transparent)]
    Suite(#[from] jwk::UnknownSuite),
    /// The signature couldn't be made.
    #[error(transparent)]
    Sign(#[from] ledger::signature::KeyError),
}
