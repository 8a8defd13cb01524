//! What can happen, in the order in which it happens.

use std::collections::{BTreeMap, BTreeSet};

use ledger::TransactionId;
use protocol::notary::{Request, Verdict};

use crate::economy::Order;

/// Something that happens at a moment.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    /// A message arrives. Durable ones, which have a number in their sender's outbox, are acknowledged.
    Deliver {
        from: usize,
        to: usize,
        durable: Option<u64>,
        bytes: Vec<u8>,
    },
    /// An acknowledgement arrives, perhaps at a later boot of the sender.
    Acknowledge { at: usize, durable: u64 },
    /// A request arrives at the notary.
    Ask {
        from: usize,
        id: TransactionId,
        request: Box<Request>,
    },
    /// The notary decides all that has arrived.
    Decide,
    /// The notary's answer arrives.
    Answer {
        to: usize,
        id: TransactionId,
        verdict: Box<Verdict>,
    },
    /// A machine's clock ticks.
    Tick(usize),
    /// A client asks its node for something.
    Order {
        index: usize,
        order: Order,
        number: i64,
    },
    /// A machine starts again.
    Restart(usize),
    /// The notary starts again.
    RestartNotary,
    /// The network falls apart.
    Split(BTreeSet<usize>),
    /// The network is one again.
    Heal,
    /// A machine, or the notary (none), learns of a directory.
    Directory(Option<usize>, usize),
    /// Mallory tries something.
    Plot,
}

/// Events by moment, and by number where moments are equal.
#[derive(Default)]
pub(crate) struct Agenda {
    events: BTreeMap<(u64, u64), Event>,
    next: u64,
}

impl Agenda {
    pub(crate) fn add(&mut self, at_ms: u64, event: Event) {
        self.events.insert((at_ms, self.next), event);
        self.next += 1;
    }

    pub(crate) fn pop(&mut self) -> Option<(u64, Event)> {
        let ((at_ms, _), event) = self.events.pop_first()?;
        Some((at_ms, event))
    }

    /// Whether anything but ticking clocks is to come.
    pub(crate) fn quiet(&self) -> bool {
        self.events
            .values()
            .all(|event| matches!(event, Event::Tick(_)))
    }

    pub(crate) fn retain(&mut self, keep: impl Fn(&Event) -> bool) {
        self.events.retain(|_, event| keep(event));
    }
}
