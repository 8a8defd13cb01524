//! `pvn backup` and `pvn restore`.

use std::process::ExitCode;

use node::store::DataFolder;

use super::Outcome;
use crate::cli::{Backup, Restore};

pub(super) fn backup(args: &Backup) -> Outcome {
    node::store::backup(&args.data, &args.to)?;
    println!(
        "Copied the store of {} to {}.",
        args.data.display(),
        args.to.display()
    );
    println!(
        "Keep the folder `keys` apart from it and as safe: without the keys the copy can be read but not used."
    );
    Ok(ExitCode::SUCCESS)
}

pub(super) fn restore(args: &Restore) -> Outcome {
    let folder = DataFolder::take(&args.data)?;
    node::store::restore(&args.from, &folder)?;
    println!(
        "Restored {} into {}.",
        args.from.display(),
        args.data.display()
    );
    Ok(ExitCode::SUCCESS)
}
