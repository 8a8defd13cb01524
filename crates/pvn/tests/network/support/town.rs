//! A network put together by hand, as an operator does it: `pvn init`, `invite`, `join`, `run`.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use api::NodeStatus;
use serde_json::Value as Json;

use super::client::Client;
use super::joining::{Invitation, Newcomer};
use super::patience::{LONG, until};
use super::process::{Running, Said, pvn, run, text};
use super::{first_port, public_money};

/// How much of a process's words a failed test shows.
const LINES_TOLD: usize = 20;

/// Where a process lives.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) role: String,
    pub(crate) party: String,
    pub(crate) name: String,
    pub(crate) data: PathBuf,
    pub(crate) peer: SocketAddr,
    pub(crate) http: Option<SocketAddr>,
}

impl Place {
    /// The processes of a demonstration, as it wrote them down.
    pub(crate) fn all_of(folder: &Path) -> Vec<Self> {
        let text =
            std::fs::read(folder.join("network.json")).expect("a network's list of processes");
        let list: Json = serde_json::from_slice(&text).expect("JSON");
        let address = |value: &Json| value.as_str().map(|text| text.parse().expect("an address"));
        let place = |entry: &Json| {
            let word = |name: &str| entry[name].as_str().expect("a word").to_owned();
            let folder = std::fs::canonicalize(folder).expect("a folder");
            Self {
                role: word("kind"),
                party: word("party"),
                name: word("name"),
                data: folder.join(word("folder")),
                peer: address(&entry["peer"]).expect("an address"),
                http: address(&entry["http"]),
            }
        };
        list["processes"]
            .as_array()
            .expect("a list")
            .iter()
            .map(place)
            .collect()
    }

    /// A client with the rights of the process's owner; for all but nodes, of anybody.
    pub(crate) fn client(&self) -> Client {
        let http = self.http.expect("a server");
        if self.role == "node" {
            Client::owner(http, &self.data)
        } else {
            Client::stranger(http)
        }
    }

    /// The configuration file.
    pub(crate) fn config(&self) -> PathBuf {
        self.data.join("pvn.toml")
    }

    /// The file that the process's words go to.
    pub(crate) fn log(&self) -> PathBuf {
        self.data.join("process.log")
    }

    /// Prints the end of what the process said: for a test that failed.
    pub(crate) fn tell(&self) {
        let said = std::fs::read_to_string(self.log()).unwrap_or_default();
        let lines: Vec<&str> = said.lines().collect();
        let last = &lines[lines.len().saturating_sub(LINES_TOLD)..];
        eprintln!("--- {} said last:\n{}", self.name, last.join("\n"));
    }
}

/// Whether a node has nothing open and nothing to deliver.
pub(crate) fn is_quiet(status: &NodeStatus) -> bool {
    let open = &status.open;
    (open.driving, open.signed, open.queued) == (0, 0, 0)
        && status.peers.iter().all(|peer| peer.waiting == 0)
}

/// Processes by party, each of which can be ended and started again.
pub(crate) struct Town {
    pub(crate) folder: PathBuf,
    pub(crate) places: Vec<Place>,
    running: BTreeMap<String, Running>,
    contract: PathBuf,
    next_port: u16,
}

impl Town {
    pub(crate) const REGISTRAR: &str = "T-REGISTRAR";

    /// Founds a network and lets its members in, one after the other; the notary must be the first.
    pub(crate) fn found(folder: &Path, contract: &Path, members: &[Newcomer<'_>]) -> Self {
        let folder = std::fs::canonicalize(folder).expect("a folder");
        let mut town = Self {
            folder: folder.clone(),
            places: Vec::new(),
            running: BTreeMap::new(),
            contract: contract.to_owned(),
            next_port: first_port(),
        };
        let (data, peer) = (folder.join("registrar"), town.port());
        let listen = peer.to_string();
        let init = [
            "init",
            "--network",
            "town.example",
            "--party",
            Self::REGISTRAR,
            "--data",
            text(&data),
        ];
        Said::by(pvn().args(init).args(["--listen", &listen])).done();
        let (role, party, name) = (
            "registrar".to_owned(),
            Self::REGISTRAR.to_owned(),
            "Registrar".to_owned(),
        );
        town.places.push(Place {
            role,
            party,
            name,
            data,
            peer,
            http: None,
        });
        town.start(Self::REGISTRAR);
        for newcomer in members {
            town.let_in(newcomer);
        }
        town.wait_until_known();
        town
    }

    /// The processes of a demonstration that was stopped; none is started yet.
    pub(crate) fn adopt(folder: &Path) -> Self {
        let folder = std::fs::canonicalize(folder).expect("a folder");
        Self {
            places: Place::all_of(&folder),
            running: BTreeMap::new(),
            contract: public_money().join("budget.deed"),
            next_port: first_port(),
            folder,
        }
    }

    /// A port on which nobody listens.
    pub(crate) fn port(&mut self) -> SocketAddr {
        loop {
            let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.next_port));
            self.next_port += 1;
            if TcpListener::bind(address).is_ok() {
                return address;
            }
        }
    }

    /// An invitation for a newcomer.
    pub(crate) fn invite(&self, newcomer: &Newcomer<'_>) -> Invitation {
        Invitation::of(
            &run([
                "invite",
                "--data",
                text(&self.place(Self::REGISTRAR).data),
                "--party",
                newcomer.party,
                "--role",
                newcomer.role,
            ])
            .done(),
        )
    }

    /// The command with which a body joins, and where its process will live.
    pub(crate) fn join(
        &mut self,
        newcomer: &Newcomer<'_>,
        invitation: &Invitation,
    ) -> (Command, Place) {
        let (peer, http) = (self.port(), self.port());
        let data = self.folder.join(newcomer.party.to_lowercase());
        let command = invitation.join(newcomer, &data, peer, http, &self.contract);
        let [role, party, name] = [newcomer.role, newcomer.party, newcomer.name].map(str::to_owned);
        (
            command,
            Place {
                role,
                party,
                name,
                data,
                peer,
                http: Some(http),
            },
        )
    }

    /// Invites a body, lets it join and starts its process.
    pub(crate) fn let_in(&mut self, newcomer: &Newcomer<'_>) {
        let invitation = self.invite(newcomer);
        let (mut command, place) = self.join(newcomer, &invitation);
        Said::by(&mut command).done();
        self.places.push(place);
        self.start(newcomer.party);
    }

    /// Waits until every node knows every member.
    pub(crate) fn wait_until_known(&self) {
        let expected = self.places.iter().filter(|p| p.role != "registrar").count();
        for node in self.nodes() {
            let client = node.client();
            until("the directory to reach everybody", LONG, || {
                (client.members().len() == expected).then_some(())
            });
        }
    }

    pub(crate) fn place(&self, party: &str) -> &Place {
        self.places
            .iter()
            .find(|p| p.party == party)
            .unwrap_or_else(|| panic!("{party} has a process"))
    }

    pub(crate) fn nodes(&self) -> impl Iterator<Item = &Place> {
        self.places.iter().filter(|p| p.role == "node")
    }

    pub(crate) fn client(&self, party: &str) -> Client {
        self.place(party).client()
    }

    /// Starts a process and waits until it answers.
    pub(crate) fn start(&mut self, party: &str) {
        self.launch(party);
        self.wait_until_up(party);
    }

    /// Starts a process.
    pub(crate) fn launch(&mut self, party: &str) {
        self.launch_by(party, pvn());
    }

    /// Starts a process by a command of its own.
    pub(crate) fn launch_by(&mut self, party: &str, mut command: Command) {
        let place = self.place(party);
        command.args(["run", "--config", text(&place.config())]);
        let running = Running::start(&mut command, &place.log());
        self.running.insert(party.to_owned(), running);
    }

    /// Waits until a process answers.
    pub(crate) fn wait_until_up(&mut self, party: &str) {
        let place = self.place(party).clone();
        let process = self.running.get_mut(party).expect("a process");
        until("a process to come up", LONG, || {
            let log = || std::fs::read_to_string(place.log()).unwrap_or_default();
            assert_eq!(process.ended(), None, "{party} ended by itself: {}", log());
            TcpStream::connect_timeout(
                &place.http.unwrap_or(place.peer),
                Duration::from_millis(100),
            )
            .ok()
        });
    }

    /// Ends a process as a power cut would.
    pub(crate) fn kill(&mut self, party: &str) {
        self.running.remove(party).expect("a process").kill();
    }

    /// The id of a running process.
    pub(crate) fn id(&self, party: &str) -> u32 {
        self.running[party].id()
    }

    /// Tells a process to stop, and waits until it has.
    pub(crate) fn stop(&mut self, party: &str) {
        let code = self.running.remove(party).expect("a process").stop();
        assert_eq!(code, Some(0), "{party} did not stop as it should");
    }

    /// Stops every process.
    pub(crate) fn stop_all(&mut self) {
        for party in self.running.keys().cloned().collect::<Vec<_>>() {
            self.stop(&party);
        }
    }

    /// Waits until nobody has anything open or to deliver.
    pub(crate) fn wait_until_quiet(&self) {
        for node in self.nodes() {
            let client = node.client();
            until("every node to be quiet", LONG, || {
                client.try_status().filter(is_quiet)
            });
        }
    }

    /// Requires that no invariant is broken at any node.
    pub(crate) fn assert_clean(&self) {
        for node in self.nodes() {
            assert_eq!(node.client().audit(), [], "{}", node.name);
        }
    }
}
