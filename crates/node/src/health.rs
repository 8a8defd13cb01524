//! How a process is, for its operator: one word, one plain sentence, and the figures behind them.
//!
//! The parts of the process hand in what they see ([`Signs`]); [`Report::new`] judges it. Nothing here names a fact or
//! an amount, so a health page gives nothing away but whom the process talks to.

mod disk;
mod judge;

pub use disk::{Disk, disk};
pub use judge::State;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::pki::Leaf;
use crate::transport::{OutboxStatus, Reach, TransportFigures};

/// What the parts of a process see of it, at one moment.
#[derive(Clone, Debug)]
pub struct Signs {
    /// Now.
    pub now: Timestamp,
    /// When the process started.
    pub started: Timestamp,
    /// Why the store can no longer be written, if it can't.
    pub store_failure: Option<String>,
    /// The disk that the data folder is on; `None` when the operating system does not say.
    pub disk: Option<Disk>,
    /// The certificate in use; `None` before admission.
    pub certificate: Option<Leaf>,
    /// How the notary has answered; `None` before it was asked.
    pub notary: Option<Reach>,
    /// The senders of messages to peers.
    pub outboxes: Vec<OutboxStatus>,
    /// Other queues, by a name of a few plain words ("payments waiting for a signature").
    pub queues: BTreeMap<String, u64>,
    /// What the transport has done.
    pub transport: TransportFigures,
}

/// A process's health.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// In one word.
    pub state: State,
    /// In one sentence: the worst of what is wrong, and what to do about it if there is something to do.
    pub sentence: String,
    /// Everything that is wrong, the worst first.
    pub findings: Vec<String>,
    /// Since the process started.
    pub uptime_seconds: i64,
    /// The peers that it sends messages to.
    pub peers: Vec<PeerHealth>,
    /// Lengths of other queues.
    pub queues: BTreeMap<String, u64>,
    /// The disk of the data folder.
    pub disk: Option<Disk>,
    /// How far this machine's clock is ahead of its peers' (negative: behind): the median of what they say.
    pub clock_ahead_seconds: Option<f64>,
    /// When the certificate expires.
    pub certificate_expires: Option<Timestamp>,
    /// What the transport has done.
    pub transport: TransportFigures,
}

/// How a peer is doing, seen from here.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PeerHealth {
    /// The party.
    pub party: String,
    /// Whether it answered when last called; true before the first call.
    pub reachable: bool,
    /// Messages waiting for it.
    pub waiting: u64,
    /// Bytes of them.
    pub waiting_bytes: u64,
    /// Messages that it has acknowledged since the process started.
    pub delivered: u64,
    /// When it last answered.
    pub last_answer: Option<Timestamp>,
    /// Why it can't be reached, or what it answers instead of taking messages.
    pub error: Option<String>,
    /// How far its clock is ahead of this machine's.
    pub clock_ahead_seconds: Option<f64>,
}

impl Report {
    /// Judges what is seen.
    pub fn new(signs: Signs) -> Report {
        let clock_ahead = clock_ahead(&signs.outboxes);
        let findings = judge::findings(&signs, clock_ahead);
        let worst = findings.first();
        Report {
            state: worst.map_or(State::Ok, |finding| finding.state),
            sentence: worst.map_or_else(
                || "Everything is in order.".to_owned(),
                |finding| finding.sentence.clone(),
            ),
            findings: findings
                .into_iter()
                .map(|finding| finding.sentence)
                .collect(),
            uptime_seconds: signs.now.duration_since(signs.started).as_secs(),
            peers: signs.outboxes.iter().map(PeerHealth::of).collect(),
            queues: signs.queues,
            disk: signs.disk,
            clock_ahead_seconds: clock_ahead.map(seconds),
            certificate_expires: signs.certificate.map(|leaf| leaf.not_after),
            transport: signs.transport,
        }
    }
}

impl PeerHealth {
    fn of(outbox: &OutboxStatus) -> PeerHealth {
        let failure = outbox.reach.last_failure.as_ref();
        let failure = failure.map(|(_, what)| what.clone());
        let refusal = outbox.refused.map(|status| format!("it answers {status}"));
        PeerHealth {
            party: outbox.party.to_string(),
            reachable: failure.is_none(),
            waiting: outbox.queued,
            waiting_bytes: outbox.queued_bytes,
            delivered: outbox.delivered,
            last_answer: outbox.reach.last_answer,
            error: failure.or(refusal),
            clock_ahead_seconds: outbox.reach.clock_ahead.map(seconds),
        }
    }
}

/// The median, so that one peer with a wrong clock doesn't count.
fn clock_ahead(outboxes: &[OutboxStatus]) -> Option<SignedDuration> {
    let mut ahead: Vec<SignedDuration> = outboxes
        .iter()
        .filter_map(|outbox| outbox.reach.clock_ahead)
        .map(|theirs| -theirs)
        .collect();
    ahead.sort();
    ahead.get(ahead.len() / 2).copied()
}

fn seconds(duration: SignedDuration) -> f64 {
    duration.as_millis_f64().round() / 1_000.0
}
