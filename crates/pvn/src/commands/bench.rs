//! `pvn bench`: measurements as JSON.

mod cluster;
mod deed;
mod flow;
mod notary;
mod policies;
mod proof;

use super::Outcome;
use crate::cli::{Bench, BenchWhat};

pub(super) fn run(args: &Bench) -> Outcome {
    match &args.what {
        BenchWhat::Flow(flow) => flow::run(flow),
        BenchWhat::Deed(args) => deed::run(args),
        BenchWhat::Policies(args) => policies::run(args),
        BenchWhat::Verify(args) => proof::run(args),
        BenchWhat::Notary(args) => notary::run(args),
        BenchWhat::Cluster(args) => cluster::run(args),
    }
}

/// The machine that a measurement was made on.
fn machine() -> serde_json::Value {
    serde_json::json!({
        "cores": std::thread::available_parallelism().map_or(0, usize::from),
        "os": std::env::consts::OS,
        "arch": std::env::consts::ARCH,
    })
}
