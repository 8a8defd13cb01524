//! Founding, starting and stopping a local network.

use std::fs::{self, File};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use deed::Party;
use ledger::transaction::FORMAT;
use node::files::{create_folder, write_atomically};
use node::pki::Fingerprint;
use node::roles::{Application, JoinError, RunError, found_network, invite, join};
use rustix::process::{Pid, Signal, kill_process};

use super::kind::{Kind, Settings};
use super::layout::{Layout, LayoutError, Place};
use super::ports::{Ports, is_free};
use crate::output::complain;

/// How long a process may take to come up.
const START: Duration = Duration::from_secs(30);
/// How long a process may take to stop.
const STOP: Duration = Duration::from_secs(15);
/// Pause between two looks at a process.
const LOOK: Duration = Duration::from_millis(20);
/// How long the invitations are good for that are used at once.
const INVITATION: Duration = Duration::from_secs(60 * 60);

/// One member of a local network.
#[derive(Clone, Debug)]
pub(crate) struct MemberSpec {
    pub(crate) party: Party,
    pub(crate) name: String,
    pub(crate) kind: Kind,
    /// The name of its folder.
    pub(crate) folder: String,
    pub(crate) services: Vec<String>,
    pub(crate) website: String,
    /// Parties without a node whose accounts it keeps.
    pub(crate) hosts: Vec<(Party, String, Vec<String>, String)>,
}

/// A local network to be founded.
#[derive(Clone, Debug)]
pub(crate) struct NetworkSpec {
    pub(crate) name: String,
    pub(crate) registrar: Party,
    pub(crate) registrar_name: String,
    pub(crate) members: Vec<MemberSpec>,
    pub(crate) contracts: Vec<PathBuf>,
    pub(crate) service: Option<PathBuf>,
}

/// Why a local network doesn't run.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NetworkError {
    #[error("no free port is left")]
    NoPort,
    #[error("{} can't be used", path.display())]
    File {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error(transparent)]
    Layout(#[from] LayoutError),
    #[error(transparent)]
    Found(#[from] RunError),
    #[error("{name} could not join")]
    Join {
        name: String,
        source: Box<JoinError>,
    },
    #[error("{name} did not come up; its last words are in {}", log.display())]
    NotUp { name: String, log: PathBuf },
    #[error("the network's fingerprint is damaged")]
    Fingerprint,
    #[error("{0:?} in the network's list of processes is not a party identifier")]
    Party(String),
}

/// The processes of a local network, as this process started them. Dropping it ends them.
pub(crate) struct LocalNetwork {
    pub(crate) layout: Layout,
    pub(crate) children: Vec<(usize, Child)>,
}

fn file(path: &Path) -> impl FnOnce(std::io::Error) -> NetworkError + '_ {
    move |source| NetworkError::File {
        path: path.to_owned(),
        source,
    }
}

impl LocalNetwork {
    /// Founds a network in an empty folder and starts it: registrar and notary first, then everybody else.
    pub(crate) async fn found(
        folder: &Path,
        spec: &NetworkSpec,
        ports: &mut Ports,
        mut started: impl FnMut(&Place, u32),
    ) -> Result<Self, NetworkError> {
        create_folder(folder).map_err(file(folder))?;
        let folder = fs::canonicalize(folder).map_err(file(folder))?;
        let registrar = folder.join("registrar");
        let fingerprint = found_network(&registrar, &spec.name, &spec.registrar)?;
        let mut processes = vec![Place {
            kind: Kind::Registrar,
            party: spec.registrar.to_string(),
            name: spec.registrar_name.clone(),
            folder: "registrar".to_owned(),
            peer: ports
                .take(&spec.registrar_name)
                .ok_or(NetworkError::NoPort)?,
            http: None,
        }];
        for member in &spec.members {
            processes.push(Place {
                kind: member.kind,
                party: member.party.to_string(),
                name: member.name.clone(),
                folder: member.folder.clone(),
                peer: ports.take(&member.name).ok_or(NetworkError::NoPort)?,
                http: Some(ports.take(&member.name).ok_or(NetworkError::NoPort)?),
            });
        }
        let layout = Layout {
            network: spec.name.clone(),
            format: FORMAT,
            fingerprint: fingerprint.to_string(),
            processes,
            folder,
        };
        let mut network = Self {
            layout,
            children: Vec::new(),
        };
        network.write_configs(spec)?;
        network.layout.save()?;
        network.start_one(0, &mut started)?;
        for (index, member) in (1..).zip(&spec.members) {
            network.admit(index, member).await?;
            network.start_one(index, &mut started)?;
        }
        network.wait_up(&mut started)?;
        network.wait_known(spec)?;
        Ok(network)
    }

    /// Starts a network that was founded before, at its old ports or, where they are taken, at new ones.
    /// Each member tells the registrar itself where it is reached now.
    pub(crate) fn resume(
        folder: &Path,
        spec: &NetworkSpec,
        ports: &mut Ports,
        mut started: impl FnMut(&Place, u32),
    ) -> Result<Self, NetworkError> {
        let folder = fs::canonicalize(folder).map_err(file(folder))?;
        let mut layout = Layout::load_to_resume(&folder)?;
        for place in &mut layout.processes {
            let name = place.name.clone();
            for address in std::iter::once(&mut place.peer).chain(&mut place.http) {
                if !is_free(*address) {
                    complain!(
                        "Port {} is in use by another program; {name} moves.",
                        address.port()
                    );
                    *address = ports.take(&name).ok_or(NetworkError::NoPort)?;
                }
            }
        }
        let mut network = Self {
            layout,
            children: Vec::new(),
        };
        network.write_configs(spec)?;
        network.layout.save()?;
        network.start_one(0, &mut started)?;
        for index in 1..network.layout.processes.len() {
            network.start_one(index, &mut started)?;
        }
        network.wait_up(&mut started)?;
        network.wait_known(spec)?;
        Ok(network)
    }

    fn write_configs(&self, spec: &NetworkSpec) -> Result<(), NetworkError> {
        let registrar = self.layout.processes[0].peer.to_string();
        for place in &self.layout.processes {
            let member = spec
                .members
                .iter()
                .find(|m| m.party.as_str() == place.party);
            let data = self.layout.data(place);
            create_folder(&data).map_err(file(&data))?;
            let settings = Settings {
                kind: place.kind,
                data: data.clone(),
                network: Some(self.layout.network.clone()),
                party: Party::new(&place.party)
                    .map_err(|_| NetworkError::Party(place.party.clone()))?,
                endpoint: None,
                peer_listen: place.peer,
                http_listen: place.http.unwrap_or(place.peer),
                registrar: registrar.clone(),
                hosts: member
                    .map(|m| m.hosts.iter().map(|(p, ..)| p.clone()).collect())
                    .unwrap_or_default(),
                contracts: spec.contracts.clone(),
                service: spec.service.clone(),
                keys: None,
            };
            let path = data.join("pvn.toml");
            let text = settings.config().to_text(&path);
            write_atomically(&path, text.as_bytes()).map_err(file(&path))?;
        }
        Ok(())
    }

    /// Invites a member and lets it join.
    async fn admit(&self, index: usize, member: &MemberSpec) -> Result<(), NetworkError> {
        let place = &self.layout.processes[index];
        let registrar = self.layout.data(&self.layout.processes[0]);
        let hosts: Vec<Party> = member
            .hosts
            .iter()
            .map(|(party, ..)| party.clone())
            .collect();
        let role = member.kind.member_role();
        let code = invite(&registrar, &member.party, role, &hosts, INVITATION)?;
        let own = (
            member.party.clone(),
            member.name.clone(),
            member.services.clone(),
            member.website.clone(),
        );
        let application = Application {
            data: self.layout.data(place),
            registrar: self.layout.processes[0].peer.to_string(),
            fingerprint: self
                .layout
                .fingerprint
                .parse::<Fingerprint>()
                .map_err(|_| NetworkError::Fingerprint)?,
            code,
            parties: std::iter::once(own)
                .chain(member.hosts.iter().cloned())
                .collect(),
            role,
            endpoint: place.peer.to_string(),
            keys: None,
            log_origin: (member.kind == Kind::Notary)
                .then(|| format!("{}/log", self.layout.network)),
        };
        let joined = join(&application).await;
        joined.map(|_| ()).map_err(|source| NetworkError::Join {
            name: member.name.clone(),
            source: Box::new(source),
        })
    }

    /// Starts one process. The registrar must answer before anybody can join, the others are waited for together.
    fn start_one(
        &mut self,
        index: usize,
        started: &mut impl FnMut(&Place, u32),
    ) -> Result<(), NetworkError> {
        let place = self.layout.processes[index].clone();
        let child = spawn(&self.layout.data(&place))?;
        let pid = child.id();
        self.children.push((index, child));
        if matches!(place.kind, Kind::Registrar | Kind::Notary) {
            self.wait_for(self.children.len() - 1, place.peer)?;
            started(&place, pid);
        }
        Ok(())
    }

    fn wait_up(&mut self, started: &mut impl FnMut(&Place, u32)) -> Result<(), NetworkError> {
        for child in 0..self.children.len() {
            let place = self.layout.processes[self.children[child].0].clone();
            if let (Kind::Node | Kind::Portal, Some(http)) = (place.kind, place.http) {
                self.wait_for(child, http)?;
                started(&place, self.children[child].1.id());
            }
        }
        Ok(())
    }

    /// Waits until every node has the whole directory: a node refuses to deal with parties that it doesn't know yet.
    fn wait_known(&mut self, spec: &NetworkSpec) -> Result<(), NetworkError> {
        let expected: usize = spec.members.iter().map(|m| 1 + m.hosts.len()).sum();
        for place in self.layout.of_kind(Kind::Node) {
            let deadline = Instant::now() + START;
            while self
                .layout
                .client(place)
                .and_then(|client| client.members())
                .is_ok_and(|known| known.len() < expected)
            {
                if Instant::now() > deadline {
                    return Err(NetworkError::NotUp {
                        name: place.name.clone(),
                        log: self.layout.data(place).join("process.log"),
                    });
                }
                std::thread::sleep(LOOK);
            }
        }
        Ok(())
    }

    fn wait_for(&mut self, child: usize, address: SocketAddr) -> Result<(), NetworkError> {
        let (index, process) = &mut self.children[child];
        let place = &self.layout.processes[*index];
        let deadline = Instant::now() + START;
        loop {
            if TcpStream::connect_timeout(&address, LOOK).is_ok() {
                return Ok(());
            }
            let ended = process
                .try_wait()
                .map(|status| status.is_some())
                .unwrap_or(true);
            if ended || Instant::now() > deadline {
                let log = self.layout.folder.join(&place.folder).join("process.log");
                return Err(NetworkError::NotUp {
                    name: place.name.clone(),
                    log,
                });
            }
            std::thread::sleep(LOOK);
        }
    }

    /// The first process that has ended by itself, if any.
    pub(crate) fn ended(&mut self) -> Option<Place> {
        let mut ended = None;
        for (index, child) in &mut self.children {
            if !matches!(child.try_wait(), Ok(None)) {
                ended = Some(*index);
            }
        }
        ended.map(|index| self.layout.processes[index].clone())
    }

    /// Stops every process gracefully, the last started first.
    pub(crate) fn stop(&mut self) {
        for (_, child) in self.children.iter().rev() {
            terminate(child);
        }
        let deadline = Instant::now() + STOP;
        for (_, child) in self.children.iter_mut().rev() {
            while matches!(child.try_wait(), Ok(None)) {
                if Instant::now() > deadline {
                    // It had its time; an error here only means that it has ended.
                    let _ = child.kill();
                }
                std::thread::sleep(LOOK);
            }
        }
        self.children.clear();
    }
}

impl Drop for LocalNetwork {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Starts the process whose configuration is in `data`; what it says goes to `process.log` there.
pub(crate) fn spawn(data: &Path) -> Result<Child, NetworkError> {
    let program = std::env::current_exe().map_err(file(data))?;
    let path = data.join("process.log");
    let log = File::options()
        .create(true)
        .append(true)
        .open(&path)
        .map_err(file(&path))?;
    let errors = log.try_clone().map_err(file(&path))?;
    Command::new(&program)
        .arg("run")
        .arg("--config")
        .arg(data.join("pvn.toml"))
        .stdin(Stdio::null())
        .stdout(log)
        .stderr(errors)
        .spawn()
        .map_err(file(&program))
}

fn terminate(child: &Child) {
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    if let Some(pid) = pid {
        // Gone already is as good as stopped.
        let _ = kill_process(pid, Signal::TERM);
    }
}
