//! Facts in the formats of other ecosystems: what their software checks without knowing this one.

mod cose;
mod jwk;
mod receipt;
mod statement;

pub(crate) use receipt::Receipt;
pub(crate) use statement::{Statement, StatementError};
