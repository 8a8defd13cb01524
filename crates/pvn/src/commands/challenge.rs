//! `pvn challenge`: what a verifier gives to whoever is to show it a proof.

use std::process::ExitCode;

use ledger::Digest;
use ledger::presentation::Occasion;
use node::roles::random_32;
use serde_json::json;

use super::Outcome;
use crate::cli::Challenge;
use crate::output::say;

pub(super) fn run(args: &Challenge) -> Outcome {
    let nonce = Digest(random_32()?);
    // A name that can't be shown anything is refused now, not by whoever is asked.
    Occasion::new(args.audience.clone(), nonce.0.to_vec(), 0)?;
    if args.json {
        say!(
            "{}",
            json!({ "audience": args.audience, "nonce": nonce.hex() })
        )?;
    } else {
        // As a shell reads it back.
        let quoted = args.audience.replace('\'', r"'\''");
        say!("--audience '{quoted}' --nonce {nonce}")?;
    }
    Ok(ExitCode::SUCCESS)
}
