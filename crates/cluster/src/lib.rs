//! A notary as a cluster: several validators, each another body's, order blocks together, and each decides them for itself.
//!
//! This is the only room that knows the engine (`commonware`): what is ordered, what it means and how it is signed is
//! `protocol::notary`'s. Certificates of the engine stay inside; what leaves are checkpoints cosigned by enough validators, so that
//! a certificate can be verified whatever engine ordered it.
//!
//! It must never decide what is valid, and never hand out what is not durable here and cosigned elsewhere.

#![forbid(unsafe_code)]

mod applier;
mod block;
mod committee;
mod engine;
mod gathering;
pub mod limits;
mod network;
mod orderer;
mod pool;

pub use applier::{Seen, Status, Stopped};
pub use committee::{Committee, CommitteeError, ConsensusKey};
pub use engine::{Asks, Channels, Setup, StartError, Validating, start};
pub use gathering::Forked;
pub use network::{Network, NetworkError, run};
pub use pool::{Answers, AskError, Asking};
