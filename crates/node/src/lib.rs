//! The world around the state machines: their disk, their connections, their clock, their configuration, and the roles
//! that one binary can play.
//!
//! Decisions belong to `protocol`; this room carries them out, and may neither make one of its own nor look inside what it
//! stores and sends for others.
#![forbid(unsafe_code)]

pub mod attachments;
pub mod config;
mod export;
pub mod files;
pub mod health;
pub mod limits;
pub mod pki;
pub mod portal;
pub mod roles;
pub mod store;
pub mod transport;
pub mod watch;
