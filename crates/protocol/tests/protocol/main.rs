//! The roles as state machines: a payment message by message, every write failing, the notary's every answer.

mod admission;
mod agreed;
mod authorities;
#[path = "../../../ledger/tests/ledger/bodies.rs"]
mod bodies;
mod business_keys;
mod current;
mod damaged;
mod directories;
mod faults;
mod files;
mod flows;
mod hostile;
mod messages;
mod notary;
mod payment;
mod shown;
mod statements;
mod suites;
mod support;
mod town;
mod used;
mod uses;
