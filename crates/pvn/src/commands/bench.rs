//! `pvn bench`: measurements as JSON.

mod flow;

use super::Outcome;
use crate::cli::{Bench, BenchWhat};

pub(super) fn run(args: &Bench) -> Outcome {
    match &args.what {
        BenchWhat::Flow(flow) => flow::run(flow),
    }
}
