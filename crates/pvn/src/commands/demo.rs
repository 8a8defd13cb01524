//! `pvn demo`: a whole network on this machine, playing published figures.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use api::Instruction;
use deed::{Contract, Party};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Deserialize;

use super::play::{PlayError, Words, in_order, play};
use super::{Outcome, runtime};
use crate::cli::Demo;
use crate::client::Client;
use crate::import::{Folder, Member, Scenario, Shipped};
use crate::network::{Kind, Layout, LocalNetwork, MemberSpec, NetworkSpec, Ports};

/// What a service's `demo.toml` says about its demonstration.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Script {
    /// Name of the network.
    network: String,
    /// The contract's file.
    contract: String,
    /// Name of the contract, which must be the file's.
    registrar: Office,
    notary: Office,
    portal: Office,
    /// What to try when it is up.
    hints: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Office {
    party: String,
    name: String,
}

/// The service's folder: the one asked for, the one below the current folder, or the one beside the program.
pub(super) fn service_folder(asked: Option<&PathBuf>) -> Result<PathBuf, String> {
    const PLACE: &str = "services/public-money";
    if let Some(asked) = asked {
        return Ok(asked.clone());
    }
    let program = std::env::current_exe().unwrap_or_default();
    let beside = program
        .ancestors()
        .map(|folder| folder.join(PLACE))
        .find(|folder| folder.is_dir());
    let here = PathBuf::from(PLACE);
    match (here.is_dir(), beside) {
        (true, _) => Ok(here),
        (false, Some(beside)) => Ok(beside),
        (false, None) => Err(format!(
            "the folder {PLACE} is not here: run this in the repository, or name it with --service"
        )),
    }
}

fn party(text: &str) -> Result<Party, String> {
    Party::new(text).map_err(|_| format!("{text:?} is not a party identifier"))
}

pub(super) fn run(args: &Demo) -> Outcome {
    let service = fs::canonicalize(service_folder(args.service.as_ref())?)?;
    let script = fs::read_to_string(service.join("demo.toml"))
        .map_err(|error| format!("{}/demo.toml can't be read: {error}", service.display()))?;
    let script: Script = toml::from_str(&script)?;
    let folder = Folder::open(&service)?;
    let shipped = folder.read_shipped()?;
    let scenario = folder.scenario()?;
    let contract = Contract::load(&fs::read_to_string(service.join(&script.contract))?)?;
    let resume = args.resume && Layout::exists(&args.data);
    if !resume && args.data.exists() {
        remove_earlier(&args.data)?;
    }
    let spec = spec(&script, &folder, &service)?;
    let runtime = runtime()?;
    let began = Instant::now();
    println!(
        "{} {}, in {}:",
        if resume { "Resuming" } else { "Starting" },
        spec.name,
        args.data.display()
    );
    let mut ports = Ports::from(args.port);
    let up = |place: &crate::network::Place, pid: u32| {
        let http = place
            .http
            .map(|a| format!("http://{a}"))
            .unwrap_or_default();
        println!("  {:<46} process {pid:<8} {http}", place.name);
    };
    let mut network = runtime.block_on(async {
        if resume {
            LocalNetwork::resume(&args.data, &spec, &mut ports, up)
        } else {
            LocalNetwork::found(&args.data, &spec, &mut ports, up).await
        }
    })?;
    let (stop, stopped) = channel();
    let stopping = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&stopping);
    ctrlc::set_handler(move || {
        told.store(true, Ordering::Relaxed);
        // Nobody listening means that it is stopping already.
        let _ = stop.send(());
    })?;
    let played = play_all(
        &network.layout,
        &scenario,
        &shipped,
        contract.name(),
        args.rows,
        &stopping,
    );
    let outcome = match played {
        Ok(count) => {
            println!(
                "\nPlayed {count} instructions in {:.1} s.",
                began.elapsed().as_secs_f64()
            );
            hints(&network.layout, &script);
            if !args.once {
                stay_up(&mut network, &stopped);
            }
            Ok(ExitCode::SUCCESS)
        }
        // On a terminal Ctrl-C reaches every process, so that what is under way may fail in any way.
        Err(_) if stopping.load(Ordering::Relaxed) => {
            println!("\nStopped before everything was played; `--resume` goes on.");
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => Err(error),
    };
    println!("Stopping.");
    network.stop();
    outcome
}

/// Deletes what an earlier demonstration made, and nothing else.
fn remove_earlier(data: &Path) -> Result<(), String> {
    if !Layout::exists(data) && fs::read_dir(data).is_ok_and(|mut entries| entries.next().is_some())
    {
        return Err(format!(
            "{} holds something that is not a demonstration: choose another --data",
            data.display()
        ));
    }
    fs::remove_dir_all(data)
        .map_err(|error| format!("{} can't be removed: {error}", data.display()))?;
    println!("Removed the data of an earlier demonstration (`--resume` goes on with it instead).");
    Ok(())
}

fn spec(script: &Script, folder: &Folder, service: &Path) -> Result<NetworkSpec, String> {
    let mut members = vec![
        office(&script.notary, Kind::Notary, "notary")?,
        office(&script.portal, Kind::Portal, "portal")?,
    ];
    let described = |m: &Member| {
        (
            m.id.clone(),
            m.name.clone(),
            vec![m.service.clone()],
            m.website.clone(),
        )
    };
    for member in folder.members.iter().filter(|m| m.host.is_none()) {
        let guests = folder
            .members
            .iter()
            .filter(|m| m.host.as_ref() == Some(&member.id));
        members.push(MemberSpec {
            party: member.id.clone(),
            name: member.name.clone(),
            kind: Kind::Node,
            folder: member.id.as_str().to_lowercase(),
            services: vec![member.service.clone()],
            website: member.website.clone(),
            hosts: guests.map(described).collect(),
        });
    }
    Ok(NetworkSpec {
        name: script.network.clone(),
        registrar: party(&script.registrar.party)?,
        registrar_name: script.registrar.name.clone(),
        members,
        contracts: vec![service.join(&script.contract)],
        service: Some(service.to_owned()),
    })
}

fn office(office: &Office, kind: Kind, folder: &str) -> Result<MemberSpec, String> {
    Ok(MemberSpec {
        party: party(&office.party)?,
        name: office.name.clone(),
        kind,
        folder: folder.to_owned(),
        services: Vec::new(),
        website: String::new(),
        hosts: Vec::new(),
    })
}

fn bar(total: usize, what: &str) -> ProgressBar {
    let style =
        ProgressStyle::with_template("  {msg:<34} {bar:30} {pos}/{len}  {per_sec}  {eta} left")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(total as u64)
        .with_style(style)
        .with_message(what.to_owned())
}

fn played(
    client: &Client,
    instructions: &[Instruction],
    what: &str,
    stopping: &AtomicBool,
) -> Result<(), PlayError> {
    let bar = bar(instructions.len(), what);
    bar.enable_steady_tick(Duration::from_millis(200));
    play(client, instructions, stopping, |done| bar.inc(done))?;
    bar.finish();
    Ok(())
}

/// Plays funding, grants and the publishers' rows, in this order; the payers' files side by side.
fn play_all(
    layout: &Layout,
    scenario: &Scenario,
    shipped: &Shipped,
    contract: &str,
    rows_max: Option<usize>,
    stopping: &AtomicBool,
) -> Result<usize, Box<dyn std::error::Error>> {
    let client = |party: &str| -> Result<Client, Box<dyn std::error::Error>> {
        let place = layout
            .of(party)
            .ok_or_else(|| format!("{party} has no node in this network"))?;
        Ok(layout.client(place)?)
    };
    let words = Words {
        contract,
        year: financial_year(),
    };
    let mut count = 0;
    println!();
    for (_, table) in &shipped.funding {
        let giver = client(table.giver.as_str())?;
        let issues: Vec<Instruction> = table
            .lines
            .iter()
            .map(|line| words.issue(table, line))
            .collect();
        played(&giver, &issues, "Money is issued", stopping)?;
        let others = table
            .lines
            .iter()
            .filter(|line| line.receiver != table.giver);
        let allocations: Vec<Instruction> =
            others.map(|line| words.allocate(table, line)).collect();
        played(&giver, &allocations, "Bodies receive it", stopping)?;
        count += issues.len() + allocations.len();
    }
    for (line, grant) in (1..).zip(&scenario.grants) {
        played(
            &client(grant.giver.as_str())?,
            &[words.grant(grant, line)],
            "A grant is paid",
            stopping,
        )?;
        count += 1;
    }
    let bars = indicatif::MultiProgress::new();
    let failed = AtomicBool::new(false);
    let mut by_payer: std::collections::BTreeMap<&Party, Vec<Instruction>> =
        std::collections::BTreeMap::new();
    for file in &shipped.files {
        for row in in_order(&file.rows)
            .into_iter()
            .take(rows_max.unwrap_or(usize::MAX))
        {
            by_payer.entry(&row.payer).or_default().push(words.row(row));
        }
    }
    count += by_payer.values().map(Vec::len).sum::<usize>();
    let outcomes: Vec<Result<(), String>> = std::thread::scope(|scope| {
        let threads: Vec<_> = by_payer
            .iter()
            .map(|(payer, instructions)| {
                let name = layout
                    .of(payer.as_str())
                    .map_or_else(|| payer.to_string(), |p| p.name.clone());
                let bar = bars.add(bar(instructions.len(), &name));
                let client = client(payer.as_str()).map_err(|e| e.to_string());
                let failed = &failed;
                scope.spawn(move || {
                    let client = client?;
                    bar.enable_steady_tick(Duration::from_millis(200));
                    let outcome = play(&client, instructions, stopping, |done| bar.inc(done));
                    bar.finish();
                    failed.fetch_or(outcome.is_err(), Ordering::Relaxed);
                    outcome.map_err(|error| format!("{name}: {error}"))
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|t| {
                t.join()
                    .unwrap_or_else(|_| Err("a player ended early".to_owned()))
            })
            .collect()
    });
    for outcome in outcomes {
        outcome?;
    }
    Ok(count)
}

/// The financial year that is open today, by the year in which it starts on 1 April.
pub(super) fn financial_year() -> i64 {
    let today = jiff::Timestamp::now()
        .to_zoned(jiff::tz::TimeZone::UTC)
        .date();
    i64::from(today.year()) - i64::from(today.month() < 4)
}

fn hints(layout: &Layout, script: &Script) {
    let http = |kind: Kind| {
        layout
            .of_kind(kind)
            .find_map(|p| p.http)
            .map(|a| a.to_string())
            .unwrap_or_default()
    };
    let data = layout.folder.display().to_string();
    println!();
    for hint in &script.hints {
        println!(
            "{}",
            hint.replace("{portal}", &http(Kind::Portal))
                .replace("{log}", &http(Kind::Notary))
                .replace("{data}", &data)
        );
    }
}

/// Leaves the network running until Ctrl-C, and says so if one of its processes ends by itself.
fn stay_up(network: &mut LocalNetwork, stopped: &std::sync::mpsc::Receiver<()>) {
    println!("\nThe network stays up until Ctrl-C.");
    let mut told = None;
    while stopped.recv_timeout(Duration::from_secs(1)).is_err() {
        if let Some(place) = network.ended()
            && told.as_ref() != Some(&place.party)
        {
            let log = network.layout.data(&place).join("process.log");
            eprintln!(
                "{} has ended by itself; its last words are in {}",
                place.name,
                log.display()
            );
            told = Some(place.party);
        }
    }
}
