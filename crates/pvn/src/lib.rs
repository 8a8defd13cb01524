//! What the `pvn` command is made of: importers, clients of the node's API, and one module for each subcommand.
#![forbid(unsafe_code)]

mod cli;
mod client;
mod commands;
pub mod import;
mod network;
mod trust_file;

use std::process::ExitCode;

use rustix::fs::Mode;

/// Parses the command line, runs the subcommand, and turns its outcome into an exit code: 0 done, 1 refused or failed.
#[must_use]
pub fn main() -> ExitCode {
    // Whatever a process writes, a log or a store's journal included, is for its owner alone.
    rustix::process::umask(Mode::RWXG | Mode::RWXO);
    match commands::run(cli::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("pvn: {error}");
            let mut source = error.source();
            while let Some(cause) = source {
                eprintln!("  because: {cause}");
                source = cause.source();
            }
            ExitCode::FAILURE
        }
    }
}
