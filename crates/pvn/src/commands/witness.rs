//! `pvn witness`: cosigning a log's checkpoints, independently of whoever runs it.

use std::process::ExitCode;

use node::watch::{WitnessHome, run_witness};

use super::{Outcome, runtime};
use crate::cli::{Witness, WitnessWhat};
use crate::commands::run::{log_to_stderr, told_to_stop};
use crate::output::say;
use crate::trust_file;

pub(super) fn run(args: &Witness) -> Outcome {
    match &args.what {
        WitnessWhat::Init { data, name } => {
            say!("{}", WitnessHome::make(data, name)?.verifier_key())?;
        }
        WitnessWhat::Key { data } => say!("{}", WitnessHome::open(data)?.verifier_key())?,
        WitnessWhat::Run { data, logs, listen } => {
            let home = WitnessHome::open(data)?;
            let logs = logs.iter().map(|file| Ok(trust_file::read(file)?.notary));
            let logs = logs.collect::<Result<Vec<_>, trust_file::TrustFileError>>()?;
            log_to_stderr();
            runtime()?
                .block_on(async { run_witness(&home, logs, *listen, told_to_stop()?).await })?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
