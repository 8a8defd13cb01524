//! Tests of the contract language, in the words of the contracts.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod actions;
mod args;
mod composing;
mod conservation;
mod corpus;
mod diagnostics;
mod drafting;
mod expressions;
mod fixtures;
mod guide;
mod hostile;
mod load;
mod mutations;
mod policies;
mod roles;
mod scenarios;
mod settling;
mod values;
