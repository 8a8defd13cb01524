//! The world around the state machines: store, transport, keys, configuration, health.

pub mod config;
mod files;
pub mod health;
pub mod limits;
pub mod pki;
pub mod roles;
pub mod portal;
pub mod store;
pub mod transport;
