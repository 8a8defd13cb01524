//! Tests of the contract language, in the words of the contracts.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod actions;
mod args;
mod conservation;
mod diagnostics;
mod drafting;
mod expressions;
mod fixtures;
mod format;
mod guide;
mod hostile;
mod load;
mod mutations;
mod roles;
mod scenarios;
mod settling;
mod values;
