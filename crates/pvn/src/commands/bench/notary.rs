//! What a notary takes on: signed requests over the wire, tokens by the batch, entries of the log, and all of it as it grows.

mod asking;
mod growth;
mod log;
mod process;
mod told;
mod town;

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use self::asking::{Load, Measured};
use self::told::Series;
use self::town::Town;
use crate::cli::BenchNotary;
use crate::commands::{Outcome, runtime};
use crate::output::complain;

/// Members whose clients ask, each over one connection.
const MEMBERS: usize = 4;
/// Members whose clients have a connection each: a server takes eight of one member.
const CONNECTIONS_EACH: usize = 8;
/// Bodies that a member has under way at once.
const BODIES: usize = 4;
/// Transactions in one such body, and tokens that each uses up.
const BODY_REQUESTS: usize = 32;
const TOKENS_EACH: usize = 32;
/// Load before what is measured.
const WARM_UP: Duration = Duration::from_secs(1);

/// Everything that is measured, one value a round.
#[derive(Default)]
struct Figures {
    many: Vec<Measured>,
    many_alone: Vec<Measured>,
    one: Vec<Measured>,
    /// One token of each transaction is a fact's and signed, the others are business keys.
    batched: Vec<Measured>,
    /// Each token is a fact's, with a signature of its own.
    all_signed: Vec<Measured>,
    log: Vec<f64>,
    growth: Vec<growth::Point>,
}

pub(super) fn run(args: &BenchNotary) -> Outcome {
    // Beside the program and not in a temporary folder, which may live in memory.
    let beside = std::env::current_dir()?;
    let folder = beside.join(format!("pvn-bench-{}", std::process::id()));
    node::files::create_folder(&folder)?;
    let figures = measure(args, &folder);
    // Left-over measurements are of no use to anybody.
    let _ = std::fs::remove_dir_all(&folder);
    figures?.tell(args)?;
    Ok(ExitCode::SUCCESS)
}

fn measure(args: &BenchNotary, folder: &Path) -> Result<Figures, Box<dyn std::error::Error>> {
    let span = Duration::from_secs(args.seconds.max(1));
    let mut figures = Figures::default();
    if args.rounds > 0 {
        let runtime = runtime()?;
        let members = MEMBERS.max(args.clients.div_ceil(CONNECTIONS_EACH));
        let mut town = runtime.block_on(Town::found(folder, members))?;
        let load = |clients, connections, tokens, requests| Load {
            clients,
            connections,
            requests,
            tokens,
            signed: true,
            span,
        };
        let many = load(args.clients, MEMBERS, 1, 1);
        let warm = Load {
            span: WARM_UP,
            ..many
        };
        runtime.block_on(town.ask(&warm))?;
        for round in 0..args.rounds {
            complain!("round {} of {}", round + 1, args.rounds);
            figures.many.push(runtime.block_on(town.ask(&many))?);
            let one = load(1, 1, 1, 1);
            figures.one.push(runtime.block_on(town.ask(&one))?);
            let alone = load(args.clients, args.clients, 1, 1);
            figures.many_alone.push(runtime.block_on(town.ask(&alone))?);
            let all_signed = load(MEMBERS * BODIES, MEMBERS, TOKENS_EACH, BODY_REQUESTS);
            let batched = Load {
                signed: false,
                ..all_signed
            };
            figures.batched.push(runtime.block_on(town.ask(&batched))?);
            figures
                .all_signed
                .push(runtime.block_on(town.ask(&all_signed))?);
            figures.log.push(log::entries_per_second(folder, span)?);
        }
        town.stop();
    }
    if args.tokens > 0 {
        figures.growth = growth::measure(folder, args.tokens)?;
    }
    Ok(figures)
}

impl Figures {
    fn tell(&self, args: &BenchNotary) -> Result<(), Box<dyn std::error::Error>> {
        told::tell(self, args, MEMBERS)
    }
}

impl Series {
    fn of(measured: &[Measured], each: impl Fn(&Measured) -> f64) -> Self {
        Self::new(measured.iter().map(each).collect())
    }
}
