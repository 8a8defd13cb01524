//! Tests of the contract language, in the words of the contracts.

mod actions;
mod args;
mod diagnostics;
mod drafting;
mod fixtures;
mod hostile;
mod load;
mod mutations;
mod roles;
mod scenarios;
mod settling;
mod values;
