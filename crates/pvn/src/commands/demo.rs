//! `pvn demo`: a whole network on this machine, playing published figures.

mod playing;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use deed::{Contract, Party};
use node::store::{DataFolder, FolderError};
use serde::Deserialize;

use self::playing::play_all;
use super::{Outcome, runtime};
use crate::cli::Demo;
use crate::import::{Folder, Member};
use crate::network::{Kind, Layout, LocalNetwork, MemberSpec, NetworkSpec, Ports};
use crate::output::{OutputError, complain, say};

/// What a service's `demo.toml` says about its demonstration.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Script {
    /// Name of the network.
    network: String,
    /// The contract's file.
    contract: String,
    /// Who keeps the directory.
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
    still_running(&args.data)?;
    // Nobody's data is deleted unasked.
    let resume = !args.clean && Layout::exists(&args.data);
    if resume && !args.resume {
        say!(
            "Going on with the demonstration in {} (`--clean` deletes it and begins again).",
            args.data.display()
        )?;
    }
    if !resume && args.data.exists() {
        remove_earlier(&args.data)?;
    }
    let spec = spec(&script, &folder, &service)?;
    let runtime = runtime()?;
    let began = Instant::now();
    say!(
        "{} {}, in {}:",
        if resume { "Resuming" } else { "Starting" },
        spec.name,
        args.data.display()
    )?;
    let mut ports = Ports::from(args.port);
    let mut told = Ok(());
    let up = |place: &crate::network::Place, pid: u32| {
        let http = place
            .http
            .map(|a| format!("http://{a}"))
            .unwrap_or_default();
        if told.is_ok() {
            told = say!("  {:<46} process {pid:<8} {http}", place.name);
        }
    };
    let mut network = runtime.block_on(async {
        if resume {
            LocalNetwork::resume(&args.data, &spec, &mut ports, up)
        } else {
            LocalNetwork::found(&args.data, &spec, &mut ports, up).await
        }
    })?;
    told?;
    let (stop, stopped) = channel();
    let stopping = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&stopping);
    ctrlc::set_handler(move || {
        asked.store(true, Ordering::Relaxed);
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
            say!(
                "\nPlayed {count} instructions in {:.1} s.",
                began.elapsed().as_secs_f64()
            )?;
            hints(&network.layout, &script)?;
            if !args.once {
                stay_up(&mut network, &stopped)?;
            }
            Ok(ExitCode::SUCCESS)
        }
        // On a terminal Ctrl-C reaches every process, so that what is under way may fail in any way.
        Err(_) if stopping.load(Ordering::Relaxed) => {
            say!("\nStopped before everything was played; `--resume` goes on.")?;
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => Err(error),
    };
    let told = say!("Stopping.");
    network.stop();
    let code = outcome?;
    told?;
    Ok(code)
}

/// Refuses to touch the data of a demonstration whose processes run.
fn still_running(data: &Path) -> Result<(), Box<dyn std::error::Error>> {
    if !Layout::exists(data) {
        return Ok(());
    }
    for place in &Layout::load(data)?.processes {
        if let Err(error @ FolderError::InUse { .. }) = DataFolder::take(&data.join(&place.folder))
        {
            return Err(format!(
                "a demonstration is running in {}: stop it first, or choose another --data ({error})",
                data.display()
            )
            .into());
        }
    }
    Ok(())
}

/// Deletes what an earlier demonstration made, and nothing else.
fn remove_earlier(data: &Path) -> Result<(), Box<dyn std::error::Error>> {
    if !Layout::exists(data) && fs::read_dir(data).is_ok_and(|mut entries| entries.next().is_some())
    {
        return Err(format!(
            "{} holds something that is not a demonstration: choose another --data",
            data.display()
        )
        .into());
    }
    fs::remove_dir_all(data)
        .map_err(|error| format!("{} can't be removed: {error}", data.display()))?;
    say!("Removed the data of an earlier demonstration.")?;
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

fn hints(layout: &Layout, script: &Script) -> Result<(), OutputError> {
    let http = |kind: Kind| {
        layout
            .of_kind(kind)
            .find_map(|p| p.http)
            .map(|a| a.to_string())
            .unwrap_or_default()
    };
    let data = layout.folder.display().to_string();
    say!("")?;
    for hint in &script.hints {
        say!(
            "{}",
            hint.replace("{portal}", &http(Kind::Portal))
                .replace("{log}", &http(Kind::Notary))
                .replace("{data}", &data)
        )?;
    }
    Ok(())
}

/// Leaves the network running until Ctrl-C, and says so if one of its processes ends by itself.
fn stay_up(
    network: &mut LocalNetwork,
    stopped: &std::sync::mpsc::Receiver<()>,
) -> Result<(), OutputError> {
    say!("\nThe network stays up until Ctrl-C.")?;
    let mut told = None;
    while stopped.recv_timeout(Duration::from_secs(1)).is_err() {
        if let Some(place) = network.ended()
            && told.as_ref() != Some(&place.party)
        {
            let log = network.layout.data(&place).join("process.log");
            complain!(
                "{} has ended by itself; its last words are in {}",
                place.name,
                log.display()
            );
            told = Some(place.party);
        }
    }
    Ok(())
}
