//! The HTTP API, version 1: what goes over the wire as JSON, its error codes, and the conversions to and from the
//! ledger's own types. No server: a client in Rust can use this room alone.
#![forbid(unsafe_code)]

pub mod contract;
pub mod export;
pub mod file;
pub mod instruction;
mod openapi;
pub mod problem;
pub mod proof;
pub mod status;
pub mod transaction;
pub mod value;

pub use contract::{Action, Contract, Param};
pub use export::{ExportForm, ExportRequest, ShowRequest};
pub use file::{ChunkRange, FileState};
pub use instruction::{Instruction, InstructionStatus, Instructions, InstructionsStatus, State};
pub use openapi::openapi;
pub use problem::{ErrorCode, Problem};
pub use proof::ProofRequest;
pub use status::{Audit, Figures, Finding, Holding, Member, NodeStatus, OpenWork, Peer, Total};
pub use transaction::{KnownFact, Transaction};
pub use value::json;
