//! `pvn log`: copies of a notary's log as static files.

use std::process::ExitCode;

use ledger::log_keys::LogKeys;
use node::roles::now_ms;
use node::watch::{Mirror, Source};
use protocol::monitor::EntryWatch;

use super::{Outcome, runtime};
use crate::cli::{Log, LogWhat};
use crate::output::{complain, printable, say};
use crate::trust_file;

pub(super) fn run(args: &Log) -> Outcome {
    match &args.what {
        LogWhat::Export { from, to, trust } => {
            let log = trust_file::read(trust)?.notary;
            runtime()?.block_on(export(from, to, log))
        }
        LogWhat::Verify { place, trust } => {
            let log = trust_file::read(trust)?.notary;
            runtime()?.block_on(verify(place, log))
        }
    }
}

async fn export(from: &str, to: &str, log: LogKeys) -> Outcome {
    let (source, place) = (Source::open(from)?, Source::open(to)?);
    let mut mirror = Mirror::open(place, log).await?;
    let before = mirror.size();
    let shown = mirror.shown_by(&source).await?;
    let (note, next) = shown.ok_or_else(|| format!("{from} shows no checkpoint"))?;
    let size = next.size();
    if size < before {
        return Err(format!(
            "{from} shows {size} entries, and the copy has {before} already: nothing was copied"
        )
        .into());
    }
    if size == before {
        say!("{to}: all {size} entries are there already")?;
        return Ok(ExitCode::SUCCESS);
    }
    let bar = indicatif::ProgressBar::new(size - before);
    let copied = mirror.advance(&source, note, next, |_, _| bar.inc(1)).await;
    bar.finish_and_clear();
    copied?;
    say!(
        "{to}: {} entries copied and verified, {size} in all",
        size - before
    )?;
    Ok(ExitCode::SUCCESS)
}

async fn verify(place: &str, log: LogKeys) -> Outcome {
    let mirror = Mirror::open(Source::open(place)?, log).await?;
    let bar = indicatif::ProgressBar::new(mirror.size());
    let (mut rules, now) = (EntryWatch::default(), now_ms());
    let mut broken = Vec::new();
    let verified = mirror
        .verify(|_, entry| {
            bar.inc(1);
            broken.extend(rules.see(entry, now));
        })
        .await;
    bar.finish_and_clear();
    verified?;
    for rule in &broken {
        complain!("{}", printable(&rule.to_string()));
    }
    if !broken.is_empty() {
        say!(
            "NOT VALID: the log signed {} that break its rules",
            broken.len()
        )?;
        return Ok(ExitCode::FAILURE);
    }
    say!(
        "VALID: {} entries and their tiles lead to the checkpoint that the log signed",
        mirror.size()
    )?;
    Ok(ExitCode::SUCCESS)
}
