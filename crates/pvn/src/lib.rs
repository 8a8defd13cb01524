//! What the `pvn` command is made of: importers, clients of the node's API, and one module for each subcommand.
#![forbid(unsafe_code)]

mod cli;
mod client;
mod commands;
pub mod import;
mod network;
mod output;
mod trust_file;

use std::process::ExitCode;

use output::{OutputError, READER_GONE, complain};

/// Parses the command line, runs the subcommand, and turns its outcome into an exit code: 0 done, 1 refused or failed, 141 nobody read
/// to the end.
#[must_use]
pub fn main() -> ExitCode {
    match commands::run(cli::parse()) {
        Ok(code) => code,
        Err(error) if is_reader_gone(error.as_ref()) => ExitCode::from(READER_GONE),
        Err(error) => {
            complain!("pvn: {error}");
            let mut source = error.source();
            while let Some(cause) = source {
                complain!("  because: {cause}");
                source = cause.source();
            }
            ExitCode::FAILURE
        }
    }
}

fn is_reader_gone(error: &(dyn std::error::Error + 'static)) -> bool {
    matches!(error.downcast_ref(), Some(OutputError::ReaderGone))
}
