//! The roles as state machines without IO: the flow that every contract shares, and the notary.
//!
//! Each takes inputs and the time, changes what it keeps through one narrow store, and returns what is to be sent. The node
//! and the simulator run the very same code; one seed replays any failure.
#![forbid(unsafe_code)]

pub mod directory;
pub mod limits;
pub mod log_signer;
pub mod message;
pub mod monitor;
pub mod node;
pub mod notary;
pub mod registrar;
pub mod store;
