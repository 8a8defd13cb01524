//! `pvn deed fmt`: the one true format.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use super::read;
use crate::cli::DeedFmt;
use crate::commands::Outcome;
use crate::output::{complain, say};

pub(super) fn run(args: &DeedFmt) -> Outcome {
    let mut code = ExitCode::SUCCESS;
    for path in &args.files {
        let text = read(path)?;
        match deed::format(&text) {
            Err(error) => {
                complain!("{}", error.render(&path.display().to_string()));
                code = ExitCode::FAILURE;
            }
            Ok(formatted) if formatted == text => {}
            Ok(_) if args.check => {
                say!("{}: not in the one true format", path.display())?;
                code = ExitCode::FAILURE;
            }
            Ok(formatted) => {
                replace(path, &formatted)?;
                say!("{}: formatted", path.display())?;
            }
        }
    }
    Ok(code)
}

/// Replaces the file at once, so that whoever reads it meanwhile finds all of one text or all of the other.
fn replace(path: &Path, text: &str) -> Result<(), String> {
    let said = |error: std::io::Error| format!("{} can't be written: {error}", path.display());
    let beside = path.with_extension(format!("formatted.{}", std::process::id()));
    fs::write(&beside, text).map_err(said)?;
    let kept = fs::metadata(path).and_then(|data| fs::set_permissions(&beside, data.permissions()));
    let renamed = kept.and_then(|()| fs::rename(&beside, path));
    renamed.map_err(|error| {
        // What could not take the place of the file is of no use.
        let _ = fs::remove_file(&beside);
        said(error)
    })
}
