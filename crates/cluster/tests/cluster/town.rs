//! Validators of a town, their disks, and what must hold of all of them at any time.

use std::collections::BTreeMap;
use std::time::{Duration, UNIX_EPOCH};

use cluster::{Answers, Asking, Asks, Channels, Committee, Setup, Stopped};
use commonware_codec::{Copying, DecodeExt as _};
use commonware_cryptography::ed25519::PublicKey;
use commonware_p2p::simulated::{self, Link, Oracle};
use commonware_runtime::{
    Clock as _, Handle, Quota, Runner as _, Spawner as _, Supervisor as _, deterministic,
};
use commonware_utils::{NZU32, NZUsize, probability};
use ledger::Digest;
use ledger::certificate::LogEntry;
use ledger::codec;
use ledger::log_keys::LogKeys;
use protocol::notary::{Machine, Published, Request};
use tlog::{Checkpoint, Note};
use tokio::sync::{oneshot, watch};

use crate::asked::{NOON_MS, home};
use crate::bodies::{Disk, Founded, Keys, cosigner, found, founders_key, log_root, signer};

pub(crate) type Context = deterministic::Context;

/// A running validator.
pub(crate) struct Running {
    pub(crate) asks: Asks,
    handle: Handle<Stopped>,
}

/// The town.
pub(crate) struct Town {
    context: Context,
    oracle: Oracle<PublicKey, Context>,
    pub(crate) committee: Committee,
    keys: BTreeMap<[u8; 32], Keys>,
    pub(crate) disks: Vec<Disk>,
    pub(crate) running: Vec<Option<Running>>,
    /// The longest log seen so far, and the root published at each size.
    longest: Vec<Vec<u8>>,
    published: BTreeMap<u64, String>,
    starts: usize,
    /// The founder's last checkpoint.
    handed_over: Published,
}

fn key(bytes: &[u8; 32]) -> PublicKey {
    PublicKey::decode(Copying(bytes)).expect("a key")
}

pub(crate) const NEAR: Link = Link {
    latency: Duration::from_millis(5),
    jitter: Duration::from_millis(2),
    success_rate: probability!(1.0),
};

/// Runs a town of so many validators, at noon.
pub(crate) fn in_town<F>(seed: u64, validators: usize, story: F)
where
    F: AsyncFnOnce(Town),
{
    let config = deterministic::Config::new()
        .with_seed(seed)
        .with_start_time(UNIX_EPOCH + Duration::from_millis(NOON_MS))
        .with_timeout(Some(Duration::from_secs(600)));
    deterministic::Runner::new(config).start(async |context: Context| {
        let town = Town::found(context, validators).await;
        story(town).await;
    });
}

impl Town {
    async fn found(context: Context, validators: usize) -> Self {
        let Founded {
            keys,
            committee,
            first,
            handed_over,
        } = found(validators);
        let peers: Vec<PublicKey> = (committee.validators().iter())
            .map(|one| key(&one.consensus))
            .collect();
        let (network, oracle) = simulated::Network::new_with_peers(
            context.child("network"),
            simulated::Config {
                max_size: 16 * 1024 * 1024,
                max_peers_per_set: NZUsize!(validators),
                disconnect_on_block: true,
                tracked_peer_sets: NZUsize!(1),
            },
            peers,
        )
        .await;
        network.start();
        let mut town = Self {
            context,
            oracle,
            committee,
            keys,
            disks: Vec::new(),
            handed_over,
            running: Vec::new(),
            longest: Vec::new(),
            published: BTreeMap::new(),
            starts: 0,
        };
        for _ in 0..validators {
            town.disks.push(first.copy());
            town.running.push(None);
        }
        for from in 0..validators {
            for to in 0..validators {
                town.link(from, to, Some(NEAR)).await;
            }
        }
        for place in 0..validators {
            town.start(place).await;
        }
        town
    }

    fn peer(&self, place: usize) -> PublicKey {
        key(&self.committee.validators()[place].consensus)
    }

    /// Joins two validators, one way, or parts them.
    pub(crate) async fn link(&self, from: usize, to: usize, link: Option<Link>) {
        if from == to {
            return;
        }
        let (from, to) = (self.peer(from), self.peer(to));
        // There may be none yet.
        drop(self.oracle.remove_link(from.clone(), to.clone()).await);
        if let Some(link) = link {
            self.oracle.add_link(from, to, link).await.expect("joined");
        }
    }

    /// Parts these validators from all others, or joins them again.
    pub(crate) async fn part(&self, apart: &[usize], link: Option<Link>) {
        for one in 0..self.disks.len() {
            for other in 0..self.disks.len() {
                if apart.contains(&one) != apart.contains(&other) {
                    self.link(one, other, link.clone()).await;
                }
            }
        }
    }

    /// Starts a validator on the disk that it left.
    pub(crate) async fn start(&mut self, place: usize) {
        let public = self.committee.validators()[place].consensus;
        let party = self.committee.validators()[place].party.clone();
        let own = &self.keys[&public];
        let registrar = signer("registrar.town").verifier_key().clone();
        let (_, maps) = watch::channel(String::new());
        let setup = Setup {
            key: own.consensus.clone(),
            cosigner: cosigner(party.as_str(), &own.cosigner_seed),
            registrar: LogKeys::from(registrar),
            machine: Machine::open(home(), founders_key(), self.disks[place].clone())
                .expect("opens"),
            store: party.to_string(),
            published: self.handed_over.clone(),
            maps,
        };
        let control = self.oracle.control(self.peer(place));
        let quota = Quota::per_second(NZU32!(cluster::limits::MESSAGES_PER_SECOND));
        let mut channels = Vec::new();
        for channel in 0..6 {
            channels.push(control.register(channel, quota).await.expect("registered"));
        }
        let [votes, certificates, resolver, backfill, blocks, checkpoints] =
            <[_; 6]>::try_from(channels).unwrap_or_else(|_| panic!("six channels"));
        let channels = Channels {
            votes,
            certificates,
            resolver,
            backfill,
            blocks,
            checkpoints,
        };
        let peers = self.oracle.manager();
        self.starts += 1;
        let context = self
            .context
            .child("validator")
            .with_attribute("start", self.starts);
        let (up, is_up) = oneshot::channel();
        let handle = context.spawn(async move |context: Context| {
            let inside = context.child("inside");
            let started = cluster::start(inside, setup, channels, control, peers).await;
            let validating = started.expect("starts");
            // The town may be gone.
            drop(up.send(validating.asks()));
            validating.stopped().await
        });
        let asks = is_up.await.expect("is up");
        self.running[place] = Some(Running { asks, handle });
    }

    /// Ends a validator at once, wherever it is.
    pub(crate) async fn crash(&mut self, place: usize) {
        if let Some(running) = self.running[place].take() {
            running.handle.abort();
            drop(running.handle.await);
        }
    }

    /// Why a validator stopped by itself.
    pub(crate) async fn stopped(&mut self, place: usize) -> Stopped {
        let running = self.running[place].take().expect("runs");
        running.handle.await.expect("was not aborted")
    }

    pub(crate) async fn wait(&self, time: Duration) {
        self.context.sleep(time).await;
    }

    /// Time now.
    pub(crate) fn now(&self) -> std::time::SystemTime {
        self.context.current()
    }

    /// Asks a validator, and waits for the answer until `patience` has passed.
    pub(crate) async fn ask(
        &self,
        place: usize,
        requests: Vec<Request>,
        patience: Duration,
    ) -> Option<Answers> {
        let asking = Asking {
            bytes: requests.iter().map(|one| codec::encode(one).len()).sum(),
            requests,
            ..Asking::default()
        };
        let asks = self.running[place].as_ref().expect("runs").asks.clone();
        tokio::select! {
            answers = asks.ask(asking) => answers.expect("is asked"),
            () = self.context.sleep(patience) => None,
        }
    }

    pub(crate) fn published(&self, place: usize) -> Option<Published> {
        let running = self.running[place].as_ref()?;
        Some(running.asks.published().borrow().clone())
    }

    /// What must hold at any time: all logs are beginnings of one, which only grows; whatever was published is of that log, and
    /// enough validators cosigned it; no log holds an entry that its disk lost.
    pub(crate) fn check(&mut self) {
        for (place, disk) in self.disks.iter().enumerate() {
            let entries = disk.entries();
            let common = entries.len().min(self.longest.len());
            assert_eq!(
                entries[..common],
                self.longest[..common],
                "validator {place} has another log"
            );
            if entries.len() > common {
                self.longest = entries;
            }
        }
        let keys: Vec<_> = (self.committee.validators().iter())
            .map(|one| one.cosigner.clone())
            .collect();
        for place in 0..self.running.len() {
            let Some(published) = self
                .published(place)
                .filter(|one| one.size > self.handed_over.size)
            else {
                continue;
            };
            let note = Note::parse(published.note.as_bytes()).expect("a note");
            let verified = note.verify_exact(&keys).expect("validators' lines only");
            assert!(verified.signatures.len() >= self.committee.needed());
            let text = verified.text.as_str();
            let checkpoint = Checkpoint::parse(text).expect("a checkpoint");
            assert_eq!(checkpoint.size(), published.size);
            let under = &self.longest[..published.size as usize];
            assert_eq!(Digest::from(checkpoint.root()), log_root(under));
            let known = self.published.entry(published.size);
            assert_eq!(known.or_insert(text.to_owned()), text, "two roots");
        }
    }

    /// Waits until every running validator has applied and published the same log, and says how many batches are in it.
    pub(crate) async fn settle(&mut self) -> usize {
        for _ in 0..600 {
            self.wait(Duration::from_millis(100)).await;
            self.check();
            let sizes = (0..self.running.len())
                .filter(|place| self.running[*place].is_some())
                .map(|place| {
                    let entries = self.disks[place].entries().len() as u64;
                    (self.published(place).map(|one| one.size), Some(entries))
                });
            let sizes: std::collections::BTreeSet<_> = sizes.collect();
            if let [(published, entries)] = sizes.iter().collect::<Vec<_>>()[..]
                && published == entries
            {
                let is_batch =
                    |entry: &&Vec<u8>| matches!(LogEntry::read(entry), Ok(LogEntry::Batch(_)));
                return self.longest.iter().filter(is_batch).count();
            }
        }
        panic!("the validators do not settle");
    }
}
