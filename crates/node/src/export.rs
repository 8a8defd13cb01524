//! Facts in the formats of other ecosystems: what their software checks without knowing this one.

mod cose;
mod credential;
mod jwk;
mod jws;
mod receipt;
mod statement;

pub(crate) use credential::{Credential, Field};
pub(crate) use jwk::{Jwk, UnknownSuite};
pub(crate) use receipt::{Receipt, ReceiptError};
pub(crate) use statement::Statement;

/// Why a fact can't be exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ExportError {
    /// A key isn't one that the format knows.
    #[error(transparent)]
    Suite(#[from] UnknownSuite),
    /// The signature couldn't be made.
    #[error(transparent)]
    Sign(#[from] ledger::signature::KeyError),
}
