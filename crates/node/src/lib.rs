//! The world around the state machines: store, transport, keys, configuration, health.

mod files;
pub mod limits;
pub mod pki;
pub mod portal;
pub mod store;
pub mod transport;
