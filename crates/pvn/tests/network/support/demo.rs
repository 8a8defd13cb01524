//! A demonstration, started as its users start it.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::mpsc::{Receiver, channel};
use std::time::Instant;

use rustix::process::Signal;
use serde_json::Value as Json;

use super::patience::{LONG, until};
use super::process::{Running, Said, command_line, pvn, run, signal, text};
use super::town::{Place, is_quiet};
use super::{first_port, public_money};

/// What it says when everything is played.
const UP: &str = "The network stays up until Ctrl-C.";

/// A running demonstration; it ends with its test, and its members with it.
pub(crate) struct Demo {
    process: Option<Running>,
    lines: Receiver<String>,
    said: Vec<String>,
    /// Its folder.
    pub(crate) folder: PathBuf,
    /// Its members and the ids of their processes.
    pub(crate) members: Vec<(Place, u32)>,
}

impl Demo {
    /// Starts a demonstration, as far as its members being up.
    pub(crate) fn begin(folder: &Path, rows: Option<usize>, more: &[&str]) -> Self {
        let service = public_money();
        let port = first_port().to_string();
        let mut command = pvn();
        command.args(["demo", "--data", text(folder), "--service", text(&service)]);
        if !more.contains(&"--port") {
            command.args(["--port", &port]);
        }
        if let Some(rows) = rows {
            command.args(["--rows", &rows.to_string()]);
        }
        let errors = std::fs::File::create(folder.with_extension("err")).expect("a file");
        let child = command
            .args(more)
            .stdout(Stdio::piped())
            .stderr(errors)
            .spawn()
            .expect("the command starts");
        let mut process = Running::of(child);
        let out = process.child().stdout.take().expect("its output");
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        let mut demo = Self {
            process: Some(process),
            lines,
            said: Vec::new(),
            folder: folder.to_owned(),
            members: Vec::new(),
        };
        demo.hear(str::is_empty);
        let ids = demo.said.iter().filter_map(|line| {
            let (name, rest) = line.split_once(" process ")?;
            Some((
                name.trim().to_owned(),
                rest.split_whitespace().next()?.parse::<u32>().ok()?,
            ))
        });
        let ids: std::collections::BTreeMap<String, u32> = ids.collect();
        demo.members = Place::all_of(folder)
            .into_iter()
            .map(|p| (p.clone(), *ids.get(&p.name).unwrap_or(&0)))
            .collect();
        demo
    }

    /// Starts a demonstration and waits until everything is played.
    pub(crate) fn play(folder: &Path, rows: usize) -> Self {
        let mut demo = Self::begin(folder, Some(rows), &[]);
        demo.wait_until_played();
        demo
    }

    fn hear(&mut self, enough: impl Fn(&str) -> bool) {
        let deadline = Instant::now() + LONG * 10;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(line) => {
                    let found = enough(&line);
                    self.said.push(line);
                    if found {
                        return;
                    }
                }
                Err(_) => panic!(
                    "the demonstration said {:#?} and {}",
                    self.said,
                    self.warnings()
                ),
            }
        }
    }

    /// Waits until everything is played.
    pub(crate) fn wait_until_played(&mut self) {
        self.hear(|line| line == UP);
    }

    /// Whether everything is played by now.
    pub(crate) fn is_played(&mut self) -> bool {
        self.said.extend(self.lines.try_iter());
        let ended = self.process.as_mut().is_none_or(|p| p.ended().is_some());
        assert!(
            !ended,
            "the demonstration said {:#?} and {}",
            self.said,
            self.warnings()
        );
        self.said.iter().any(|line| line == UP)
    }

    /// What it has warned of.
    pub(crate) fn warnings(&self) -> String {
        std::fs::read_to_string(self.folder.with_extension("err")).unwrap_or_default()
    }

    pub(crate) fn places(&self) -> impl Iterator<Item = &Place> {
        self.members.iter().map(|(place, _)| place)
    }

    pub(crate) fn of(&self, party: &str) -> &Place {
        self.places()
            .find(|p| p.party == party)
            .unwrap_or_else(|| panic!("{party} is in the demonstration"))
    }

    pub(crate) fn portal(&self) -> &Place {
        self.places()
            .find(|p| p.role == "portal")
            .expect("a portal")
    }

    /// What `pvn doctor` finds.
    pub(crate) fn doctor(&self) -> Said {
        run(["doctor", "--json", "--data", text(&self.folder)])
    }

    /// What `pvn status` shows.
    pub(crate) fn status(&self) -> Json {
        run(["status", "--json", "--data", text(&self.folder)]).json()
    }

    /// Waits until nobody has anything open and the portal has as many payments as it should.
    pub(crate) fn wait_until_quiet(&self, payments: u64) {
        let nodes: Vec<_> = self
            .places()
            .filter(|p| p.role == "node")
            .map(Place::client)
            .collect();
        let mut before = None;
        until("every node to be quiet", LONG, || {
            // Nodes are asked one after the other: only two rounds with the same answers show that nothing went between them.
            let round: Option<Vec<_>> = nodes
                .iter()
                .map(|n| n.try_status().filter(is_quiet))
                .collect();
            let now = round?
                .into_iter()
                .map(|s| (s.holdings, s.observed, s.attested))
                .collect::<Vec<_>>();
            let same = before.as_ref() == Some(&now);
            before = Some(now);
            same.then_some(())
        });
        let portal = self.portal().client();
        until("the portal to have every payment", LONG, || {
            (portal.json("/api/totals")["payments"]["count"].as_u64() == Some(payments))
                .then_some(())
        });
    }

    /// Ends it as Ctrl-C does, and waits for it and its members.
    pub(crate) fn stop(mut self) {
        let process = self.process.take().expect("it runs");
        assert_eq!(process.stop(), Some(0), "{}", self.warnings());
        self.end_members(false);
    }

    fn end_members(&self, force: bool) {
        for (place, id) in self.members.iter().filter(|(_, id)| *id != 0) {
            let alive = || {
                command_line(*id)
                    .iter()
                    .any(|arg| arg.starts_with(text(&place.data)))
            };
            if force && alive() {
                signal(*id, Signal::KILL);
            }
            assert!(
                force || !alive(),
                "{} still runs as process {id}",
                place.name
            );
        }
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.places().for_each(Place::tell);
        }
        if let Some(process) = self.process.take() {
            signal(process.id(), Signal::TERM);
            let mut process = process;
            let deadline = Instant::now() + LONG;
            while process.ended().is_none() && Instant::now() < deadline {
                std::thread::sleep(std::time::Duration::from_millis(25));
            }
            drop(process);
        }
        self.end_members(true);
    }
}
