//! What the engine says of itself, for whoever asks how the node is: they have no business on its thread.

use std::time::{Duration, Instant};

use api::OpenWork;

use super::engine::DiskNode;
use super::status::open_work;
use crate::limits::ENGINE_STALLED_SECONDS;

/// What the engine says of itself after each round, to be read without asking it.
#[derive(Clone, Debug)]
pub(super) struct Pulse {
    /// What is open.
    open: OpenWork,
    /// Why it doesn't work, if it doesn't.
    failure: Option<String>,
    /// Whether certificates must be signed by all keys of the notary's log from now on.
    pub(super) needs_all_log_keys: bool,
    /// When it said so.
    at: Instant,
}

impl Pulse {
    /// A node that works.
    pub(super) fn of(node: &DiskNode) -> Self {
        Self {
            needs_all_log_keys: node.needs_all_log_keys(),
            ..Self::new(open_work(node), None)
        }
    }

    pub(super) fn new(open: OpenWork, failure: Option<String>) -> Self {
        Self {
            open,
            failure,
            needs_all_log_keys: false,
            at: Instant::now(),
        }
    }

    /// What was open, and why the engine doesn't work at a moment, if it doesn't.
    pub(super) fn at(&self, now: Instant) -> (OpenWork, Option<String>) {
        (self.open.clone(), self.failure_at(now))
    }

    /// Why the engine doesn't work as far as anybody can tell at a moment: it says so, or has said nothing for long.
    fn failure_at(&self, now: Instant) -> Option<String> {
        let silent = now.saturating_duration_since(self.at);
        let stalled = silent >= Duration::from_secs(ENGINE_STALLED_SECONDS);
        self.failure.clone().or_else(|| {
            stalled.then(|| {
                format!(
                    "no round has ended for {} seconds: look at the process's log and at the disk",
                    silent.as_secs()
                )
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_engine_that_says_nothing_for_long_has_stalled() {
        let open = OpenWork {
            driving: 1,
            signed: 2,
            queued: 3,
        };
        let long = Duration::from_secs(ENGINE_STALLED_SECONDS);
        let stalled = format!(
            "no round has ended for {ENGINE_STALLED_SECONDS} seconds: look at the process's log and at the disk"
        );
        let table = [
            (None, Duration::ZERO, None),
            (None, long - Duration::from_millis(1), None),
            (None, long, Some(stalled)),
            (Some("no room".to_owned()), long, Some("no room".to_owned())),
        ];
        for (said, after, expected) in table {
            let pulse = Pulse::new(open.clone(), said);
            assert_eq!(pulse.at(pulse.at + after), (open.clone(), expected));
        }
    }
}
