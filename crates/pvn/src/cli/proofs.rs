//! The command line of proofs: asking for them, making them, verifying them.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use jiff::SignedDuration;

#[derive(Debug, Args)]
#[command(after_help = "\
Facts that only their holder can show are shown to one verifier, in answer to its nonce:

  pvn challenge 'The Bell'
  pvn prove FACT --fields over_18 --audience 'The Bell' --nonce 50… -o age.proof
  pvn verify age.proof --trust network.trust --audience 'The Bell' --nonce 50…

Others can be shown to be still current, by the notary's word of a few seconds ago:

  pvn prove FACT --current -o title.proof
  pvn verify title.proof --trust network.trust --current --max-age 1m")]
pub(crate) struct Verify {
    /// The proof.
    pub(crate) proof: PathBuf,
    /// What you trust: the network's trust file, from somebody you trust.
    #[arg(long)]
    pub(crate) trust: PathBuf,
    /// How the notary's authorities changed since that file was written: what each of them serves at /authorities, from whomever.
    #[arg(long)]
    pub(crate) history: Option<PathBuf>,
    /// Your name, as you gave it to whoever shows the proof.
    #[arg(long, requires = "nonce")]
    pub(crate) audience: Option<String>,
    /// The nonce that you gave to whoever shows the proof.
    #[arg(long, requires = "audience")]
    pub(crate) nonce: Option<String>,
    /// Take only a proof that the fact is still current.
    #[arg(long, conflicts_with = "audience")]
    pub(crate) current: bool,
    /// How long ago the proof may have been shown (5m without this), or the fact been current (1m): 30s, 5m, 1h.
    #[arg(long, value_parser = age)]
    pub(crate) max_age: Option<SignedDuration>,
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
    /// Show that the fact is still current, too. Whoever sees that can recognise the fact, and see when it is used up.
    #[arg(long, conflicts_with = "audience")]
    pub(crate) current: bool,
    /// The file to write.
    #[arg(long, short)]
    pub(crate) output: PathBuf,
    /// The data folder of the node that holds the fact, or the network's folder, as `pvn demo` makes it.
    #[arg(long, default_value = "demo-data")]
    pub(crate) data: PathBuf,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Proof {
    /// Have a proof signed as the network's logs are signed now, so that it holds under today's trust file.
    Refresh(Refresh),
}

#[derive(Debug, Args)]
#[command(after_help = "\
The proof says the same about the same fact. Any node of the network can do it, whether it knows the fact or not. A proof that
its holder has shown is not refreshed: it was for one verifier, and is asked for again.")]
pub(crate) struct Refresh {
    /// The proof.
    pub(crate) proof: PathBuf,
    /// The file to write; the proof itself without this.
    #[arg(long, short)]
    pub(crate) output: Option<PathBuf>,
    /// The data folder of a node, or the network's folder, as `pvn demo` makes it.
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

#[derive(Debug, Args)]
#[command(after_help = "\
A credential is made by the node of the party that attests the fact first, and shown by its holder's node:

  pvn export FACT --form sd-jwt-vc -o licence.sdjwt
  pvn show licence.sdjwt --fact FACT --fields trade --audience https://clinic.example --nonce 50… -o shown.sdjwt

A statement is a proof of any fact, signed by your node and registered in the notary's log:

  pvn export FACT --form statement -o notice.cose

What checks them: docs/protocol/exports.md.")]
pub(crate) struct Export {
    /// The fact: transaction, view and output, as in `…-0-1`.
    pub(crate) fact: String,
    /// The form.
    #[arg(long)]
    pub(crate) form: Form,
    /// The fields that a statement's proof shows, separated by commas; all of them without this.
    #[arg(long, value_delimiter = ',')]
    pub(crate) fields: Vec<String>,
    /// Whom a statement is for, if its holder alone can show the fact.
    #[arg(long)]
    pub(crate) audience: Option<String>,
    /// The nonce that they gave, likewise.
    #[arg(long)]
    pub(crate) nonce: Option<String>,
    /// The file to write.
    #[arg(long, short)]
    pub(crate) output: PathBuf,
    /// The data folder of the node that holds the fact, or the network's folder, as `pvn demo` makes it.
    #[arg(long, default_value = "demo-data")]
    pub(crate) data: PathBuf,
}

/// A form of another ecosystem.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Form {
    /// A credential of which chosen fields can be shown: SD-JWT VC (RFC 9901).
    SdJwtVc,
    /// A W3C Verifiable Credential 2.0 as a JWT: the fact whole.
    VcJwt,
    /// A signed statement with the notary's receipt: SCITT (RFC 9943, 9942).
    Statement,
}

#[derive(Debug, Args)]
pub(crate) struct Show {
    /// The credential, as `pvn export --form sd-jwt-vc` made it.
    pub(crate) credential: PathBuf,
    /// The fact that it was made from.
    #[arg(long)]
    pub(crate) fact: String,
    /// The fields to show, separated by commas; all of them without this.
    #[arg(long, value_delimiter = ',')]
    pub(crate) fields: Vec<String>,
    /// Who is to be shown it, by the name that it gave.
    #[arg(long)]
    pub(crate) audience: String,
    /// The nonce that it gave.
    #[arg(long)]
    pub(crate) nonce: String,
    /// The file to write.
    #[arg(long, short)]
    pub(crate) output: PathBuf,
    /// The data folder of its holder's node, or the network's folder, as `pvn demo` makes it.
    #[arg(long, default_value = "demo-data")]
    pub(crate) data: PathBuf,
}
