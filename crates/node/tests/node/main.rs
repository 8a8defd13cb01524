//! Tests of the rooms that touch the world: real files, real syncs, real sockets on loopback.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod attachments;
mod config;
mod health;
mod hostile;
mod network;
mod pki;
mod portal;
mod roles;
mod store;
mod transport;
mod watch;
