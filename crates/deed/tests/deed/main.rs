//! Tests of the contract language, in the words of the contracts.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod actions;
mod args;

mod corpus;
mod diagnostics;
mod drafting;
mod editor;
mod examples;
mod expressions;
mod fixtures;
mod format;
mod gallery;
mod guide;
mod hostile;
mod load;
mod outlines;
mod policies;
mod proposals;
mod readings;
mod render;
mod roles;
mod scenarios;
mod settling;
mod specification;
mod values;
mod versions;
mod warnings;
