//! The world around the state machines: store, transport, keys, configuration, health.

mod files;
pub mod limits;
pub mod store;
