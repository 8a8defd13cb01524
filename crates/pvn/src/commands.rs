//! One module for each subcommand.

mod backup;
mod bench;
mod challenge;
mod deed;
mod demo;
mod doctor;
mod export;
mod files;
mod import;
mod instructions;
mod join;
mod log;
mod monitor;
mod play;
mod prove;
mod run;
mod status;
mod verify;
mod witness;

use std::error::Error;
use std::process::ExitCode;

use rustix::fs::Mode;

use crate::cli::{Cli, Command, Proof};

/// What a subcommand gives: an exit code, or an error with its causes.
pub(crate) type Outcome = Result<ExitCode, Box<dyn Error>>;

/// Runs the subcommand.
pub(crate) fn run(cli: Cli) -> Outcome {
    // What an importer makes, and a contract's page, is for everybody. Whatever else is written, a log or a store's journal
    // included, is for its owner alone.
    if !matches!(cli.command, Command::Import(_) | Command::Deed(_)) {
        rustix::process::umask(Mode::RWXG | Mode::RWXO);
    }
    match cli.command {
        Command::Init(args) => join::init(&args),
        Command::Invite(args) => join::invite(&args),
        Command::Join(args) => join::join(&args),
        Command::Run(args) => run::run(&args),
        Command::Demo(args) => demo::run(&args),
        Command::Import(args) => import::run(&args),
        Command::Attach(args) => files::attach(&args),
        Command::Fetch(args) => files::fetch(&args),
        Command::Verify(args) => verify::run(&args),
        Command::Prove(args) => prove::run(&args),
        Command::Proof(Proof::Refresh(args)) => prove::refresh(&args),
        Command::Challenge(args) => challenge::run(&args),
        Command::Export(args) => export::export(&args),
        Command::Show(args) => export::show(&args),
        Command::Doctor(args) => doctor::run(&args),
        Command::Status(args) => status::run(&args),
        Command::Backup(args) => backup::backup(&args),
        Command::Restore(args) => backup::restore(&args),
        Command::Witness(args) => witness::run(&args),
        Command::Monitor(args) => monitor::run(&args),
        Command::Log(args) => log::run(&args),
        Command::Bench(args) => bench::run(&args),
        Command::Deed(args) => deed::run(&args),
    }
}

/// An async runtime for a command.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, std::io::Error> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
}
