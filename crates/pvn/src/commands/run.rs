//! `pvn run`: the process that a configuration describes.

use std::future::Future;
use std::process::ExitCode;

use node::config::Config;
use node::roles::RunError;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

use super::{Outcome, runtime};
use crate::cli::Run;

pub(super) fn run(args: &Run) -> Outcome {
    let config = Config::load(&args.config)?;
    log_to_stderr();
    runtime()?.block_on(async { node::roles::run(&config, told_to_stop()?).await })?;
    Ok(ExitCode::SUCCESS)
}

/// What a process that stays up says goes to its standard error.
pub(super) fn log_to_stderr() {
    let filter = EnvFilter::try_from_env("PVN_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false)
        .with_writer(std::io::stderr)
        .init();
}

/// Done when the process is told to stop.
pub(super) fn told_to_stop() -> Result<impl Future<Output = ()> + Send + 'static, RunError> {
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
