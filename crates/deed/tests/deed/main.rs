//! Tests of the contract language, in the words of the contracts.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod actions;
mod args;
mod composing;
mod conservation;
mod corpus;
mod diagnostics;
mod drafting;
mod editor;
mod expressions;
mod fixtures;
mod format;
mod guide;
mod hostile;
mod load;
mod mutations;
mod outlines;
mod policies;
mod render;
mod roles;
mod scenarios;
mod seeded;
mod settling;
mod values;
mod warnings;
