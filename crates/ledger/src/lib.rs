//! The ledger: facts, transactions, views, tear-offs, tokens, scoped signatures, certificates, proof bundles and how their
//! holders show them, in one canonical encoding, with the checks that make each of them worth relying on.
//!
//! Nothing here does IO, reads a clock or draws a random number: salts, secrets and times are arguments. The room knows
//! the contract language (`deed`) and the transparency log (`tlog`), and nothing of nodes, stores or networks.
#![forbid(unsafe_code)]

pub mod absence;
pub mod address;
pub mod authorities;
pub mod bundle;
pub mod business_key;
pub mod certificate;
pub mod codec;
pub mod control;
pub mod current;
pub mod digest;
pub mod envelope;
pub mod fact;
pub mod file;
mod leaf;
pub mod limits;
mod list;
pub mod log_keys;
pub mod map;
mod member_keys;
mod opening;
pub mod presentation;
pub mod public;
mod public_key;
pub mod signature;
mod signing_key;
pub mod spent;
pub mod tearoff;
pub mod token;
pub mod transaction;
mod tree;
pub mod trust;
pub mod validity;
pub mod view;

pub use codec::DecodeError;
pub use digest::{ContractId, Digest, Lineage, NetworkId, Token, TransactionId, ViewRoot};
