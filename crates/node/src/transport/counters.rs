//! What the transport has done since the process started.

use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;

/// Counters of one process, shared by its server and its clients.
#[derive(Debug, Default)]
pub struct Counters {
    handshakes: AtomicU64,
    handshakes_failed: AtomicU64,
    requests_served: AtomicU64,
    requests_refused: AtomicU64,
    requests_sent: AtomicU64,
    messages_sent: AtomicU64,
}

/// The counters at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TransportFigures {
    /// TLS handshakes finished, as server and as client. Sessions are never resumed, so each was a full one.
    pub handshakes: u64,
    /// Handshakes that failed or took too long.
    pub handshakes_failed: u64,
    /// Requests of peers handed to the node.
    pub requests_served: u64,
    /// Requests of peers turned away at the door: too large, too slow, not a POST.
    pub requests_refused: u64,
    /// Requests sent to peers and answered.
    pub requests_sent: u64,
    /// Messages that peers have acknowledged.
    pub messages_sent: u64,
}

impl Counters {
    /// The figures now.
    pub fn figures(&self) -> TransportFigures {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        TransportFigures {
            handshakes: read(&self.handshakes),
            handshakes_failed: read(&self.handshakes_failed),
            requests_served: read(&self.requests_served),
            requests_refused: read(&self.requests_refused),
            requests_sent: read(&self.requests_sent),
            messages_sent: read(&self.messages_sent),
        }
    }

    pub(super) fn handshake(&self, finished: bool) {
        match finished {
            true => add(&self.handshakes, 1),
            false => add(&self.handshakes_failed, 1),
        }
    }

    pub(super) fn request_served(&self) {
        add(&self.requests_served, 1);
    }

    pub(super) fn request_refused(&self) {
        add(&self.requests_refused, 1);
    }

    pub(super) fn request_sent(&self) {
        add(&self.requests_sent, 1);
    }

    pub(super) fn messages_sent(&self, count: usize) {
        add(&self.messages_sent, count as u64);
    }
}

fn add(counter: &AtomicU64, count: u64) {
    counter.fetch_add(count, Ordering::Relaxed);
}
