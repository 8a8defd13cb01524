//! protocol

pub mod notary;
pub mod store;
