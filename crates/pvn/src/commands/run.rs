//! `pvn run`: the process that a configuration describes.

use std::future::Future;
use std::process::ExitCode;

use node::config::{Config, Role};
use node::roles::{
    BodySettings, NotarySettings, PortalSettings, RegistrarSettings, RunError, run_body,
    run_notary, run_portal, run_registrar,
};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

use super::{Outcome, runtime};
use crate::cli::Run;

pub(super) fn run(args: &Run) -> Outcome {
    let config = Config::load(&args.config)?;
    let filter = EnvFilter::try_from_env("PVN_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false)
        .with_writer(std::io::stderr)
        .init();
    runtime()?.block_on(play(config))?;
    Ok(ExitCode::SUCCESS)
}

/// Done when the process is told to stop.
fn told_to_stop() -> Result<impl Future<Output = ()> + Send + 'static, RunError> {
    let listen = |kind| signal(kind).map_err(|error| RunError::Start(error.to_string()));
    let (mut terminate, mut interrupt) = (
        listen(SignalKind::terminate())?,
        listen(SignalKind::interrupt())?,
    );
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

async fn play(config: Config) -> Result<(), RunError> {
    let stop = told_to_stop()?;
    let (data, peer_listen) = (config.data, config.peer_listen);
    match config.role {
        Role::Registrar(_) => run_registrar(RegistrarSettings { data, peer_listen }, stop).await,
        Role::Notary(notary) => {
            let (registrar, http_listen) = (notary.registrar, notary.http_listen);
            run_notary(
                NotarySettings {
                    data,
                    peer_listen,
                    http_listen,
                    registrar,
                },
                stop,
            )
            .await
        }
        Role::Node(node) => {
            let settings = BodySettings {
                data,
                peer_listen,
                http_listen: node.http_listen,
                registrar: node.registrar,
                hosted: node.hosts,
                contracts: node.contracts,
                window_ms: u64::try_from(node.window.as_millis()).unwrap_or(u64::MAX),
            };
            run_body(settings, stop).await
        }
        Role::Portal(portal) => {
            let settings = PortalSettings {
                data,
                peer_listen,
                http_listen: portal.http_listen,
                registrar: portal.registrar,
                contracts: portal.contracts,
                service: portal.service,
            };
            run_portal(settings, stop).await
        }
    }
}
