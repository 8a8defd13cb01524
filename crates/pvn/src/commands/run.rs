//! `pvn run`: the process that a configuration describes.

use std::future::Future;
use std::process::ExitCode;

use node::roles::{
    BodySettings, NotarySettings, PortalSettings, RegistrarSettings, RunError, run_body, run_notary, run_portal,
    run_registrar,
};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

use super::{Outcome, runtime};
use crate::cli::Run;
use crate::config::{Config, Role};

pub(super) fn run(args: &Run) -> Outcome {
    let config = Config::load(&args.config)?;
    let filter = EnvFilter::try_from_env("PVN_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(std::io::stderr).init();
    runtime()?.block_on(play(config))?;
    Ok(ExitCode::SUCCESS)
}

/// Done when the process is told to stop.
fn told_to_stop() -> Result<impl Future<Output = ()> + Send + 'static, RunError> {
    let listen = |kind| signal(kind).map_err(|error| RunError::Start(error.to_string()));
    let (mut terminate, mut interrupt) = (listen(SignalKind::terminate())?, listen(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

async fn play(config: Config) -> Result<(), RunError> {
    let stop = told_to_stop()?;
    let missing = |what: &str| RunError::Start(format!("`{what}` is missing from the configuration"));
    let registrar = || config.registrar.clone().ok_or_else(|| missing("registrar"));
    let http_listen = || config.http_listen.ok_or_else(|| missing("http_listen"));
    let hosted = config.hosted();
    match config.role {
        Role::Registrar => {
            run_registrar(RegistrarSettings { data: config.data, peer_listen: config.peer_listen }, stop).await
        }
        Role::Notary => {
            let settings = NotarySettings {
                registrar: registrar()?,
                http_listen: http_listen()?,
                data: config.data,
                peer_listen: config.peer_listen,
            };
            run_notary(settings, stop).await
        }
        Role::Node => {
            let settings = BodySettings {
                registrar: registrar()?,
                http_listen: http_listen()?,
                data: config.data,
                peer_listen: config.peer_listen,
                hosted,
                contracts: config.contracts,
                window_ms: config.window_ms,
            };
            run_body(settings, stop).await
        }
        Role::Portal => {
            let settings = PortalSettings {
                registrar: registrar()?,
                http_listen: http_listen()?,
                service: config.service.clone().ok_or_else(|| missing("service"))?,
                data: config.data,
                peer_listen: config.peer_listen,
                contracts: config.contracts,
            };
            run_portal(settings, stop).await
        }
    }
}
