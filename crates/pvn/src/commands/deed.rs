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

/// The text of a file, or why it can't be read.
fn read(path: &Path) -> Result<String, String> {
    let unread = |why: String| format!("{} can't be read: {why}", path.display());
    let bytes = fs::read(path).map_err(|error| unread(error.to_string()))?;
    String::from_utf8(bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let before = error.as_bytes().get(..good).unwrap_or_default();
        let line = before.split(|byte| *byte == b'\n').count();
        unread(format!("line {line} is not written in UTF-8"))
    })
}
