//! The command line of proofs: asking for them, making them, verifying them.

use std::path::PathBuf;

use clap::Args;
use jiff::SignedDuration;

#[derive(Debug, Args)]
#[command(after_help = "\
Facts that only their holder can show are shown to one verifier, in answer to its nonce:

  pvn challenge 'The Bell, High Street'
  pvn prove FACT --fields over_18 --audience 'The Bell, High Street' --nonce 50… -o age.proof
  pvn verify age.proof --trust network.trust --audience 'The Bell, High Street' --nonce 50…")]
pub(crate) struct Verify {
    /// The proof.
    pub(crate) proof: PathBuf,
    /// What you trust: the network's trust file, from somebody you trust.
    #[arg(long)]
    pub(crate) trust: PathBuf,
    /// Your name, as you gave it to whoever shows the proof.
    #[arg(long, requires = "nonce")]
    pub(crate) audience: Option<String>,
    /// The nonce that you gave to whoever shows the proof.
    #[arg(long, requires = "audience")]
    pub(crate) nonce: Option<String>,
    /// How long ago the proof may have been shown: 30s, 5m, 1h.
    #[arg(long, default_value = "5m", value_parser = age)]
    pub(crate) max_age: SignedDuration,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

fn age(text: &str) -> Result<SignedDuration, String> {
    let age: SignedDuration = text
        .parse()
        .map_err(|_| "a time like 30s, 5m or 1h is needed".to_owned())?;
    match age.is_negative() {
        true => Err("it can't be below zero".to_owned()),
        false => Ok(age),
    }
}

#[derive(Debug, Args)]
pub(crate) struct Prove {
    /// The fact: transaction, view and output, as in `…-0-1`.
    pub(crate) fact: String,
    /// The fields to show, separated by commas; all of them without this.
    #[arg(long, value_delimiter = ',')]
    pub(crate) fields: Vec<String>,
    /// Who is to be shown it, by the name that it gave, for a fact that only its holder can show.
    #[arg(long)]
    pub(crate) audience: Option<String>,
    /// The nonce that it gave, likewise.
    #[arg(long)]
    pub(crate) nonce: Option<String>,
    /// The file to write.
    #[arg(long, short)]
    pub(crate) output: PathBuf,
    /// The data folder of the node that holds the fact, or the network's folder, as `pvn demo` makes it.
    #[arg(long, default_value = "demo-data")]
    pub(crate) data: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Challenge {
    /// Your name, as whoever shows you a proof is to write it into it.
    pub(crate) audience: String,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}
