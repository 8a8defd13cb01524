//! Between nodes: HTTP/2 over TLS 1.3, both ends proving who they are by certificates of the registrar.
//!
//! This room moves opaque bytes. It knows which party is at the other end and nothing of what is said; everything that
//! matters is signed, so a broken transport can delay messages and cannot forge them. Certificates can be exchanged
//! while connections stand; a connection ends within the hour, so a member that is no longer admitted drops off.

mod admission;
mod backoff;
mod batch;
mod call_error;
mod client;
mod connection;
mod counters;
mod credentials;
mod link;
mod outbox;
mod pinned;
mod reach;
mod server;
mod slots;
mod unread;

pub use admission::{AdmissionClient, AdmissionError};
pub use backoff::Backoff;
pub use batch::{Batch, BatchError, MESSAGES_PATH, decode_batch};
pub use call_error::CallError;
pub use client::PeerClient;
pub use connection::{Caller, PeerReply, PeerRequest};
pub use counters::{Counters, TransportFigures};
pub use credentials::{Credentials, CredentialsError};
pub use hyper::StatusCode;
pub use link::LinkError;
pub use outbox::{Outbox, OutboxStatus, PushError};
pub use reach::Reach;
pub(crate) use server::next_connection;
pub use server::{Admit, PeerServer, ServerError, ServerLimits};
