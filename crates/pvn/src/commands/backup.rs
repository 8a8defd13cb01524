//! `pvn backup` and `pvn restore`.

use std::process::ExitCode;

use node::store::DataFolder;

use super::Outcome;
use crate::cli::{Backup, Restore};
use crate::output::say;

pub(super) fn backup(args: &Backup) -> Outcome {
    node::store::backup(&args.data, &args.to)?;
    say!(
        "Copied the store of {} to {}.",
        args.data.display(),
        args.to.display()
    )?;
    say!(
        "Keep the folder `keys` apart from it and as safe: without the keys the copy can be read but not used."
    )?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn restore(args: &Restore) -> Outcome {
    let folder = DataFolder::take(&args.data)?;
    node::store::restore(&args.from, &folder)?;
    say!(
        "Restored {} into {}.",
        args.from.display(),
        args.data.display()
    )?;
    Ok(ExitCode::SUCCESS)
}
