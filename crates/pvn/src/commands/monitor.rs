//! `pvn monitor`: comparing what a log shows to different people.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use ledger::Digest;
use ledger::log_keys::LogKeys;
use node::files::{create_folder, write_atomically};
use node::roles::now_ms;
use node::watch::{self, Alarm, Round, Source};
use serde_json::json;

use super::{Outcome, runtime};
use crate::cli::{Monitor, MonitorRun, MonitorWhat};
use crate::commands::run::told_to_stop;
use crate::output::{complain, printable, say};
use crate::trust_file;

/// Exit code of a look that raised an alarm.
const ALARM: u8 = 2;
/// How long the receiver of an alarm may take.
const WEBHOOK: Duration = Duration::from_secs(10);

pub(super) fn run(args: &Monitor) -> Outcome {
    match &args.what {
        MonitorWhat::Run(args) => {
            let log = trust_file::read(&args.trust)?.notary;
            runtime()?.block_on(watch(args, log))
        }
        MonitorWhat::Check { alarm, trust } => check(alarm, &trust_file::read(trust)?.notary),
    }
}

fn check(file: &Path, log: &LogKeys) -> Outcome {
    let text = fs::read_to_string(file)
        .map_err(|error| format!("the alarm {} can't be read: {error}", file.display()))?;
    let alarm: Alarm = serde_json::from_str(&text)
        .map_err(|error| format!("{} is no alarm: {error}", file.display()))?;
    let Some(evidence) = &alarm.evidence else {
        say!(
            "NO EVIDENCE: {} ({})",
            printable(&alarm.says),
            printable(&alarm.source)
        )?;
        return Ok(ExitCode::FAILURE);
    };
    match evidence.check(log) {
        Ok(shown) => {
            say!("PROVEN: {shown}")?;
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            say!("NOT PROVEN: {}", printable(&error.to_string()))?;
            Ok(ExitCode::FAILURE)
        }
    }
}

async fn watch(args: &MonitorRun, log: LogKeys) -> Outcome {
    let open = |places: &[String]| -> Result<Vec<Source>, watch::SourceError> {
        places.iter().map(|place| Source::open(place)).collect()
    };
    let folder = Digest::of(&[log.own().name().as_str().as_bytes()]).hex();
    let witnesses: Vec<String> = args
        .witnesses
        .iter()
        .map(|w| format!("{}/{folder}", w.trim_end_matches('/')))
        .collect();
    let place = args.data.join("log").display().to_string();
    let mut monitor = watch::Monitor::open(
        Source::open(&place)?,
        log,
        open(&args.sources)?,
        open(&witnesses)?,
        now_ms(),
    )
    .await?;
    let mut raised = Raised::in_folder(&args.data, args.webhook.clone())?;
    let mut stop = std::pin::pin!(told_to_stop()?);
    let mut ticks = tokio::time::interval(args.every);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = &mut stop => return Ok(ExitCode::SUCCESS),
            _ = ticks.tick() => {}
        }
        let round = monitor.look(now_ms()).await?;
        let fresh = raised.raise(&round.alarms)?;
        tell(&round, &fresh, args.json)?;
        if args.once {
            return Ok(match (round.alarms.is_empty(), round.unread.is_empty()) {
                (false, _) => ExitCode::from(ALARM),
                (true, false) => ExitCode::FAILURE,
                (true, true) => ExitCode::SUCCESS,
            });
        }
    }
}

fn tell(
    round: &Round,
    fresh: &[(Alarm, PathBuf)],
    as_json: bool,
) -> Result<(), Box<dyn std::error::Error>> {
    if as_json {
        let alarms: Vec<_> = fresh
            .iter()
            .map(|(alarm, file)| json!({ "code": alarm.code, "source": alarm.source, "says": alarm.says, "file": file }))
            .collect();
        let unread: Vec<_> = round
            .unread
            .iter()
            .map(|(source, reason)| json!({ "source": source, "reason": reason }))
            .collect();
        say!(
            "{}",
            json!({ "entries": round.size, "alarms": alarms, "unread": unread })
        )?;
        return Ok(());
    }
    for (source, reason) in &round.unread {
        complain!("{}: {}", printable(source), printable(reason));
    }
    for (alarm, file) in fresh {
        say!(
            "ALARM from {}: {}. It is kept in {}.",
            printable(&alarm.source),
            printable(&alarm.says),
            file.display()
        )?;
    }
    if fresh.is_empty() {
        say!("{} entries verified", round.size)?;
    }
    Ok(())
}

/// The alarms that were raised: each is kept and sent once, however often it is seen.
struct Raised {
    folder: PathBuf,
    webhook: Option<String>,
    names: BTreeSet<String>,
}

impl Raised {
    fn in_folder(data: &Path, webhook: Option<String>) -> Result<Self, std::io::Error> {
        let folder = data.join("alarms");
        create_folder(&folder)?;
        let names =
            fs::read_dir(&folder)?.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        Ok(Self {
            names: names.collect(),
            folder,
            webhook,
        })
    }

    /// Keeps alarms that are new, and gives them with their files.
    fn raise(
        &mut self,
        alarms: &[Alarm],
    ) -> Result<Vec<(Alarm, PathBuf)>, Box<dyn std::error::Error>> {
        let mut fresh = Vec::new();
        for alarm in alarms {
            let text = serde_json::to_string_pretty(alarm)?;
            // What has no evidence is told apart by its sort and source: its words change from look to look.
            let same = match alarm.evidence {
                Some(_) => text.clone(),
                None => format!("{:?} {}", alarm.code, alarm.source),
            };
            let name = format!("{}.json", Digest::of(&[same.as_bytes()]).hex());
            if !self.names.insert(name.clone()) {
                continue;
            }
            let file = self.folder.join(name);
            write_atomically(&file, text.as_bytes())?;
            if let Some(webhook) = &self.webhook {
                let agent: ureq::Agent = ureq::Agent::config_builder()
                    .timeout_global(Some(WEBHOOK))
                    .build()
                    .into();
                if let Err(error) = agent
                    .post(webhook)
                    .content_type("application/json")
                    .send(&text)
                {
                    complain!("{webhook} did not take the alarm: {error}");
                }
            }
            fresh.push((alarm.clone(), file));
        }
        Ok(fresh)
    }
}
