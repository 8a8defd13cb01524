//! The roles that one binary can play, put together from the state machines and the world around them.
//!
//! A body keeps a vault; a notary sees tokens; a registrar keeps the directory; a portal holds only what was published. Each
//! is a process of its own with a data folder of its own, and none reads another's.

mod admission;
mod body;
mod body_http;
mod engine;
mod home;
mod http;
mod join;
mod link;
mod notary;
mod notary_log;
mod portal;
mod publication;
mod pulse;
mod registrar;
mod router;
mod status;
mod submission;

pub use admission::Network;
pub use body::{BodySettings, run_body};
pub use engine::{now_ms, random_32};
pub use home::{Home, HomeError};
pub use http::RunError;
pub use join::{Application, JoinError, join};
pub use notary::{NotarySettings, run_notary};
pub use portal::{PortalSettings, run_portal};
pub use publication::trust_text;
pub use registrar::{RegistrarSettings, found_network, invite, run_registrar};
