//! Validators of a bench: a founder hands its log over to them, and each runs on threads of its own.

use std::error::Error;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

use cluster::{Asks, ConsensusKey, Network, NetworkError, Setup};
use deed::Party;
use ledger::Digest;
use ledger::authorities::{Authorities, Validator};
use ledger::log_keys::LogKeys;
use node::store::{DataFolder, FjallNotaryStore};
use protocol::notary::{Machine, Notary, Published};
use tlog::{Cosigner, KeyName, Note, NoteSigner, NoteText, Origin};
use tokio::sync::{oneshot, watch};

use super::asked::{ORIGIN, belongs, now_ms};

const UP: Duration = Duration::from_secs(60);

fn seed(what: &str, place: usize) -> [u8; 32] {
    Digest::of(&[what.as_bytes(), &place.to_be_bytes()]).0
}

fn signer(name: &str) -> Result<NoteSigner, Box<dyn Error>> {
    let seed = Digest::of(&[name.as_bytes()]).0;
    Ok(NoteSigner::from_seed(KeyName::new(name)?, &seed)?)
}

struct Keys {
    consensus: ConsensusKey,
    cosigner: Cosigner,
    validator: Validator,
}

fn keys(place: usize) -> Result<Keys, Box<dyn Error>> {
    let party = Party::new(&format!("BENCH-{place}"))?;
    let consensus = ConsensusKey::from_seed(&seed("votes", place)).ok_or("a consensus key")?;
    let name = format!("bench-{place}.example");
    let cosigner = Cosigner::from_seed(KeyName::new(&name)?, &seed("cosigns", place))?;
    Ok(Keys {
        validator: Validator {
            party,
            cosigner: cosigner.verifier_key().clone(),
            authority: signer(&name)?.verifier_key().clone(),
            consensus: consensus.public(),
        },
        consensus,
        cosigner,
    })
}

/// The decision by which the founder hands over to all of them.
fn decision(keys: &[Keys]) -> Result<String, Box<dyn Error>> {
    let validators = keys.iter().map(|one| one.validator.clone()).collect();
    let authorities = Authorities::new(Origin::new(ORIGIN)?, 1, validators)?;
    let text = NoteText::new(authorities.to_string())?;
    let mut note = Note::new(text.clone(), signer(ORIGIN)?.sign(&text)?);
    for one in keys {
        let by = signer(one.validator.authority.name().as_str())?;
        note.add(by.sign(&text)?)?;
    }
    Ok(note.to_string())
}

struct One {
    asks: Asks,
    stop: oneshot::Sender<()>,
    thread: JoinHandle<Result<(), NetworkError>>,
}

/// Running validators.
pub(super) struct Validators(Vec<One>);

impl Validators {
    pub(super) fn start(folder: &Path, count: usize) -> Result<Self, Box<dyn Error>> {
        let keys = (0..count).map(keys).collect::<Result<Vec<_>, _>>()?;
        let decision = decision(&keys)?;
        let now_ms = now_ms();
        let held = (0..count)
            .map(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))
            .collect::<Result<Vec<_>, _>>()?;
        let at = held.iter().map(TcpListener::local_addr);
        let at = at.collect::<Result<Vec<SocketAddr>, _>>()?;
        drop(held);
        let addresses: Vec<([u8; 32], SocketAddr)> = keys
            .iter()
            .map(|one| one.validator.consensus)
            .zip(at.iter().copied())
            .collect();
        let started = keys.into_iter().zip(at).map(|(own, listen)| {
            let folder = folder.join(own.validator.party.as_str());
            node::files::create_folder(&folder)?;
            let network = Network {
                listen,
                addresses: addresses.clone(),
                folder: folder.join("engine"),
            };
            One::start(network, own, &folder, &decision, now_ms)
        });
        Ok(Self(started.collect::<Result<Vec<_>, _>>()?))
    }

    pub(super) fn asks(&self) -> Vec<Asks> {
        self.0.iter().map(|one| one.asks.clone()).collect()
    }

    pub(super) fn stop(self) {
        let threads = self.0.into_iter().map(|one| {
            drop(one.stop);
            one.thread
        });
        // All are told before the first is waited for.
        for thread in threads.collect::<Vec<_>>() {
            // What was measured is measured.
            let _ = thread.join();
        }
    }
}

impl One {
    fn start(
        network: Network,
        own: Keys,
        folder: &Path,
        decision: &str,
        now_ms: u64,
    ) -> Result<Self, Box<dyn Error>> {
        let founder = signer(ORIGIN)?;
        let keys = LogKeys::from(founder.verifier_key().clone());
        let data = DataFolder::take(folder)?;
        let store = FjallNotaryStore::open(&data)?;
        let mut alone = Notary::open(belongs(), founder, Origin::new(ORIGIN)?, store)?;
        alone.hand_over(now_ms, decision)??;
        let note = alone.checkpoint().to_owned();
        drop(alone);
        let machine = Machine::open(belongs(), keys, FjallNotaryStore::open(&data)?)?;
        let (_, maps) = watch::channel(String::new());
        let setup = Setup {
            key: own.consensus,
            cosigner: own.cosigner,
            registrar: LogKeys::from(signer("registrar.example")?.verifier_key().clone()),
            published: Published {
                size: machine.size(),
                root: machine.root(),
                note,
            },
            machine,
            store: "validator".to_owned(),
            maps,
        };
        let (up, is_up) = mpsc::channel();
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = std::thread::spawn(move || {
            let told = move |asks| {
                // Whoever waits may have given up.
                let _ = up.send(asks);
            };
            let until = async {
                // Going away means the same as saying so.
                let _ = stopped.await;
            };
            cluster::run(network, setup, told, until)
        });
        let asks = is_up.recv_timeout(UP)?;
        Ok(Self { asks, stop, thread })
    }
}
