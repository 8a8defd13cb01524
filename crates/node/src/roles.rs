//! The roles that one binary can play, put together from the state machines and the world around them.
//!
//! A body keeps a vault; a notary sees tokens; a registrar keeps the directory; a portal holds only what was published. Each
//! is a process of its own with a data folder of its own, and none reads another's.

mod admission;
mod body;
mod body_http;
mod byte_range;
mod current;
mod earlier;
mod engine;
mod files;
mod files_elsewhere;
mod files_http;
mod files_peer;
mod files_unasked;
mod home;
#[cfg(test)]
mod hostile;
mod http;
mod http_current;
mod http_exports;
mod http_proofs;
mod http_refresh;
mod http_server;
mod join;
mod key_change;
mod key_sets;
mod ledger_keys;
mod link;
mod notary;
mod notary_log;
mod notary_rounds;
mod opening;
mod portal;
mod portal_trust;
mod publication;
mod pulse;
mod readable;
mod registrar;
mod round;
mod router;
mod status;
mod submission;
mod witnessing;

pub use admission::Network;
pub use engine::{now_ms, random_32};
pub use home::{Home, HomeError, load_contracts};
pub use http::RunError;
pub(crate) use http::listen;
pub(crate) use http_server::serve;
pub use join::{Application, JoinError, join};
pub use notary::SUBMIT_PATH;
pub use publication::trust_text;
pub use registrar::{found_network, invite};

use std::future::Future;

use crate::config::{Config, Role};

/// Runs the process that a configuration describes, until `stop` is done.
///
/// # Errors
/// [`RunError`], only before the process is up.
pub async fn run(
    config: &Config,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), RunError> {
    match &config.role {
        Role::Registrar(own) => registrar::run_registrar(config, own, stop).await,
        Role::Notary(own) => notary::run_notary(config, own, stop).await,
        Role::Node(own) => body::run_body(config, own, stop).await,
        Role::Portal(own) => portal::run_portal(config, own, stop).await,
    }
}
