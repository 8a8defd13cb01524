//! The ledger's rooms: encoding, commitments, scoped signatures, tokens, tear-offs, certificates, proof bundles.

mod addresses;
mod attacks;
mod bundles;
mod certificates;
mod codec;
mod commitments;
mod control;
mod corpus;
mod cost;
mod current;
mod disclosure;
mod files;
mod flat;
mod formats;
mod keys;
mod lists;
mod log_keys;
mod map;
mod payment;
mod presentations;
mod registers;
mod signatures;
mod support;
mod tearoffs;
mod tokens;
mod uses;
