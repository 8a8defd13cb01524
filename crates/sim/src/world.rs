//! A whole network in one thread: machines, notary, portal, clients and an adversary, driven by one seed.

use std::collections::{BTreeMap, BTreeSet};

use deed::Party;
use ledger::TransactionId;
use protocol::directory::Members;
use protocol::node::Node;
use protocol::node::records::{Instruction, InstructionState};
use protocol::notary::Notary;

use crate::disk::{Disk, NotaryDisk};
use crate::economy::{Economy, Order};
use crate::event::{Agenda, Event};
use crate::faults::Faults;
use crate::mallory::Mallory;
use crate::news::News;
use crate::oracle::Oracles;
use crate::portal::Portal;
use crate::rng::Rng;
use crate::town::Town;
use crate::trace::{DAWN_MS, Trace};

/// How a world is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// From which all chance follows.
    pub seed: u64,
    /// The contract that it plays.
    pub economy: Economy,
    /// Orders given by clients.
    pub orders: usize,
    /// The weather.
    pub faults: Faults,
    /// Whether Mallory plots.
    pub mallory: bool,
    /// Amounts of money: small ones keep change in few pieces.
    pub amounts: u64,
    /// Orders in a hundred that claim the number of the one before.
    pub repeats: u64,
    /// Whether lists of business keys come back from old copies.
    pub old_lists: bool,
}

impl Options {
    /// The world of a seed: economy, weather and adversary are chosen by it.
    #[must_use]
    pub fn of(seed: u64) -> Self {
        let mut rng = Rng::new(seed ^ 0x7765_6174_6865_7221);
        let economy = if rng.percent(70) {
            Economy::Coins
        } else {
            Economy::PublicMoney
        };
        Self {
            seed,
            economy,
            orders: usize::try_from(rng.between(8, 18)).unwrap_or(8),
            faults: Faults::of(&mut rng),
            mallory: economy == Economy::Coins && rng.percent(60),
            amounts: if rng.percent(4) { 100_000 } else { 4 },
            repeats: 12,
            old_lists: rng.percent(15),
        }
    }

    /// Calm weather, no adversary.
    #[must_use]
    pub fn calm(seed: u64, economy: Economy) -> Self {
        Self {
            seed,
            economy,
            orders: 8,
            faults: Faults::none(),
            mallory: false,
            amounts: 4,
            repeats: 0,
            old_lists: false,
        }
    }
}

/// An invariant that did not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The invariant.
    pub invariant: &'static str,
    /// What was found.
    pub found: String,
}

/// A failed world: the seed, what was found, and what led to it.
#[derive(Clone, Debug)]
pub struct Failure {
    /// How the world was.
    pub options: Options,
    /// What did not hold.
    pub violation: Violation,
    /// The latest events.
    pub trace: Trace,
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Violation { invariant, found } = &self.violation;
        writeln!(f, "{}", self.trace)?;
        writeln!(f, "{invariant} does not hold: {found}")?;
        write!(
            f,
            "replay it with PVN_SEED={} ({:?})",
            self.options.seed, self.options
        )
    }
}

/// What a world came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Events simulated.
    pub events: u64,
    /// Instructions that ended done.
    pub done: usize,
    /// Instructions that ended refused, by code.
    pub refused: BTreeMap<String, usize>,
    /// Machines that died.
    pub crashes: u64,
    /// Messages lost.
    pub lost: u64,
    /// Batches in the notary's log.
    pub batches: u64,
    /// Things that Mallory tried.
    pub plots: u64,
    /// Of these, transactions that the notary certified.
    pub plots_certified: u64,
    /// Facts published.
    pub published: usize,
}

/// One machine.
pub(crate) struct Machine {
    pub(crate) me: Party,
    pub(crate) disk: Disk,
    pub(crate) node: Option<Node<Disk>>,
    /// Milliseconds by which its clock is ahead.
    pub(crate) ahead_ms: i64,
    /// Durable messages on their way, with the time at which they were sent last.
    pub(crate) unacknowledged: BTreeMap<u64, (usize, Vec<u8>, u64)>,
    pub(crate) members: Members,
}

/// The notary's machine.
pub(crate) struct NotaryRoom {
    pub(crate) disk: NotaryDisk,
    pub(crate) notary: Option<Notary<NotaryDisk>>,
    pub(crate) waiting: Vec<(usize, TransactionId, protocol::notary::Request)>,
    pub(crate) members: Members,
    /// How long it waits for a batch to fill.
    pub(crate) gather_ms: u64,
    /// What it certified, by whom and when it was asked, where somebody keeps it.
    pub(crate) kept: Option<Vec<crate::analyst::Asked>>,
}

/// A simulated network.
pub struct World {
    pub(crate) options: Options,
    pub(crate) town: Town,
    pub(crate) rng: Rng,
    pub(crate) now_ms: u64,
    pub(crate) agenda: Agenda,
    pub(crate) machines: Vec<Machine>,
    pub(crate) notary: NotaryRoom,
    pub(crate) portal: Portal,
    pub(crate) stormy: bool,
    pub(crate) apart: Option<BTreeSet<usize>>,
    pub(crate) mallory: Mallory,
    pub(crate) orders: BTreeMap<String, Order>,
    pub(crate) instructions: BTreeMap<usize, Instruction>,
    pub(crate) progress: BTreeMap<String, InstructionState>,
    pub(crate) news: Vec<News>,
    pub(crate) oracles: Oracles,
    pub(crate) report: Report,
    pub(crate) trace: Trace,
    pub(crate) saboteur: Option<crate::saboteur::Sabotage>,
    pub(crate) backup: Option<protocol::notary::store::MemoryNotaryStore>,
}

type Checked<T> = Result<T, Violation>;

impl World {
    /// A world as it begins: all machines up, every order given in due time.
    #[must_use]
    pub fn new(options: Options) -> Self {
        let town = Town::new(options.economy);
        let mut rng = Rng::new(options.seed);
        let skew = options.faults.skew_ms;
        let machines = town
            .households
            .iter()
            .map(|household| Machine {
                me: household.me.clone(),
                disk: Disk::new(),
                node: None,
                ahead_ms: i64::try_from(rng.between(0, 2 * skew + 1)).unwrap_or(0)
                    - i64::try_from(skew).unwrap_or(0),
                unacknowledged: BTreeMap::new(),
                members: town.directories[0].clone(),
            })
            .collect();
        let notary = NotaryRoom {
            disk: NotaryDisk::new(),
            notary: None,
            waiting: Vec::new(),
            members: town.directories[0].clone(),
            gather_ms: crate::notary_room::GATHER_MS,
            kept: None,
        };
        let mut world = Self {
            options,
            portal: Portal::new(town.trust.clone(), town.directories.clone()),
            town,
            rng,
            now_ms: DAWN_MS,
            agenda: Agenda::default(),
            machines,
            notary,
            stormy: true,
            apart: None,
            mallory: Mallory::default(),
            orders: BTreeMap::new(),
            instructions: BTreeMap::new(),
            progress: BTreeMap::new(),
            news: Vec::new(),
            oracles: Oracles::default(),
            report: Report::default(),
            trace: Trace::default(),
            saboteur: None,
            backup: None,
        };
        world.begin();
        world
    }

    /// Lets a market's orders take the place of those that were planned, and has the notary keep what it is asked.
    pub(crate) fn with_market(mut self, orders: Vec<(u64, Order)>, gather_ms: u64) -> Self {
        self.agenda
            .retain(|event| !matches!(event, Event::Order { .. }));
        for (index, (after_ms, order)) in orders.into_iter().enumerate() {
            let event = Event::Order {
                index,
                order,
                number: i64::try_from(index).unwrap_or(0) + 1,
            };
            self.agenda.add(self.now_ms + after_ms, event);
        }
        self.notary.gather_ms = gather_ms;
        self.notary.kept = Some(Vec::new());
        self
    }

    fn begin(&mut self) {
        self.open_notary();
        for at in 0..self.machines.len() {
            let started = self.restart(at);
            assert_eq!(started, Ok(()), "an empty disk opens");
            self.agenda
                .add(self.now_ms + 7 * at as u64, Event::Tick(at));
        }
        self.plan_orders();
        if self.options.mallory {
            for _ in 0..self.rng.between(2, 5) {
                let at_ms = self.now_ms + self.rng.between(5_000, 60_000);
                self.agenda.add(at_ms, Event::Plot);
            }
        }
        if self.options.faults != Faults::none() && self.rng.percent(30) {
            for at in std::iter::once(None).chain((0..self.machines.len()).map(Some)) {
                let at_ms = self.now_ms + self.rng.between(10_000, 40_000);
                self.agenda.add(at_ms, Event::Directory(at, 1));
            }
        }
    }

    /// Lets the world run until all orders are given, ends all faults, and lets it come to rest. Every invariant is checked
    /// after every event, and those that speak of rest at its end.
    ///
    /// # Errors
    /// The first invariant that does not hold, with what led to it.
    pub fn run(mut self) -> Result<Report, Box<Failure>> {
        match self.live() {
            Ok(()) => {
                self.report.batches = self.notary.notary.as_ref().map_or(0, Notary::size);
                self.report.published = self.portal.count();
                Ok(self.report)
            }
            Err(violation) => Err(Box::new(Failure {
                options: self.options,
                violation,
                trace: self.trace,
            })),
        }
    }

    /// As [`Self::run`], with the trace of a world in which all was well.
    ///
    /// # Errors
    /// As [`Self::run`].
    pub fn run_traced(mut self) -> Result<(Report, Trace), Box<Failure>> {
        let trace = match self.live() {
            Ok(()) => std::mem::take(&mut self.trace),
            Err(violation) => {
                return Err(Box::new(Failure {
                    options: self.options,
                    violation,
                    trace: self.trace,
                }));
            }
        };
        Ok((self.report, trace))
    }

    pub(crate) fn live(&mut self) -> Checked<()> {
        const STORM_MS: u64 = 70_000;
        const REST_MS: u64 = 15 * 60_000;
        while self.now_ms < DAWN_MS + STORM_MS {
            self.next()?;
        }
        self.calm();
        let until_ms = self.now_ms + REST_MS;
        while !self.at_rest() && self.now_ms < until_ms {
            self.next()?;
        }
        self.trace.add(self.now_ms, "rest");
        self.check()?;
        self.sabotage_at_rest();
        self.read_disks();
        self.check()?;
        self.check_rest()
    }

    /// Ends all faults: whole network, all machines up, nothing lost any more.
    fn calm(&mut self) {
        self.trace.add(self.now_ms, "the faults stop");
        self.stormy = false;
        self.apart = None;
        self.agenda
            .retain(|event| !matches!(event, Event::Split(_) | Event::Heal | Event::Plot));
    }

    /// Whether nothing is on its way and nobody waits for anything.
    fn at_rest(&self) -> bool {
        self.agenda.quiet()
            && self.machines.iter().all(|machine| {
                let open = machine.node.as_ref().map(protocol::node::Node::open_counts);
                machine.unacknowledged.is_empty()
                    && open.is_some_and(|(driven, _, queued)| driven + queued == 0)
                    && crate::oracle::waiting(&self.oracles, machine) == 0
            })
    }

    fn next(&mut self) -> Checked<()> {
        let Some((at_ms, event)) = self.agenda.pop() else {
            return Ok(());
        };
        self.now_ms = at_ms;
        self.report.events += 1;
        self.happen(event)?;
        self.restore_old_lists();
        self.sabotage();
        self.read_disks();
        self.check()
    }

    fn happen(&mut self, event: Event) -> Checked<()> {
        match event {
            Event::Deliver {
                from,
                to,
                durable,
                bytes,
            } => self.deliver(from, to, durable, &bytes),
            Event::Acknowledge { at, durable } => self.acknowledge(at, durable),
            Event::Ask { from, id, request } => {
                self.asked(from, id, *request);
                Ok(())
            }
            Event::Decide => self.decide(),
            Event::Answer { to, id, verdict } => self.answered(to, id, *verdict),
            Event::Tick(at) => self.tick(at),
            Event::Order {
                index,
                order,
                number,
            } => self.order(index, order, number),
            Event::Restart(at) => self.restart(at),
            Event::RestartNotary => {
                self.open_notary();
                Ok(())
            }
            Event::Split(side) => {
                self.trace
                    .add(self.now_ms, format!("the network falls apart: {side:?}"));
                self.apart = Some(side);
                let healed_ms = self.now_ms + self.rng.between(2_000, 60_000);
                self.agenda.add(healed_ms, Event::Heal);
                Ok(())
            }
            Event::Heal => {
                self.trace.add(self.now_ms, "the network is whole");
                self.apart = None;
                Ok(())
            }
            Event::Directory(at, version) => self.directory(at, version),
            Event::Plot => {
                self.plot();
                Ok(())
            }
        }
    }

    fn acknowledge(&mut self, at: usize, durable: u64) -> Checked<()> {
        if self.machines[at].node.is_none() {
            return Ok(());
        }
        self.machines[at].unacknowledged.remove(&durable);
        let input = protocol::node::Input::Acknowledged(vec![durable]);
        self.step(at, input).map(|_| ())
    }

    fn directory(&mut self, at: Option<usize>, version: usize) -> Checked<()> {
        let members = self.town.directories[version].clone();
        match at {
            None => {
                self.notary.members = members;
                Ok(())
            }
            Some(at) => {
                self.machines[at].members = members.clone();
                if self.machines[at].node.is_none() {
                    return Ok(());
                }
                self.step(at, protocol::node::Input::Members(members))
                    .map(|_| ())
            }
        }
    }

    /// What every machine's disk has to tell since the last event.
    fn read_disks(&mut self) {
        for at in 0..self.machines.len() {
            for write in self.machines[at].disk.written() {
                self.news.push(News::Written { at, write });
            }
        }
        for batch in self.notary.disk.written() {
            self.news.push(News::Logged { batch });
        }
    }
}
