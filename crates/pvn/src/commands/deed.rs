//! `pvn deed`: checking, testing and showing contracts.

mod check;
mod explain;
mod fmt;
mod lsp;
mod render;
mod shelf;
mod test;

use std::fs;
use std::path::Path;

use super::Outcome;
use crate::cli::{Deed, DeedWhat};

pub(super) fn run(args: &Deed) -> Outcome {
    match &args.what {
        DeedWhat::Check(args) => check::run(args),
        DeedWhat::Test(args) => test::run(args),
        DeedWhat::Fmt(args) => fmt::run(args),
        DeedWhat::Explain(args) => explain::run(args),
        DeedWhat::Render(args) => render::run(args),
        DeedWhat::Lsp => lsp::run(),
    }
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{} can't be read: {error}", path.display()))
}
