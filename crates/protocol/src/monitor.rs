//! What a monitor holds a notary's log to, entry by entry: rules that everybody can check without being told anything.

use ledger::certificate::{LogEntry, MapPin};
use minicbor::{Decode, Encode};

/// What a monitor remembers of the entries that it has seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct EntryWatch {
    /// Entries seen.
    #[n(0)]
    seen: u64,
    /// The last entry's agreed time, in milliseconds since 1970-01-01 UTC.
    #[n(1)]
    time_ms: u64,
    /// The newest network map that a batch was decided under.
    #[n(2)]
    map: Option<MapPin>,
    /// Used marks under the last root.
    #[n(3)]
    marks: Option<u64>,
}

/// A rule that an entry breaks. The log signed it, so it is evidence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BrokenRule {
    /// No entry that this version knows.
    #[error("entry {index} can't be read: {reason}")]
    Unreadable {
        /// Its place.
        index: u64,
        /// What is wrong.
        reason: String,
    },
    /// A batch, or a root over the used marks, that says another height than its place.
    #[error("entry {index} says that it is entry {height}")]
    Height {
        /// Its place.
        index: u64,
        /// What it says.
        height: u64,
    },
    /// Earlier than the entry before it.
    #[error(
        "entry {index} is of {time_ms} and the one before it of {before_ms}: time ran backwards"
    )]
    Time {
        /// Its place.
        index: u64,
        /// Its time, ms.
        time_ms: u64,
        /// The time of the one before, ms.
        before_ms: u64,
    },
    /// Decided under an older map than a batch before it, or another map of the same size.
    #[error(
        "entry {index} was decided under another network map than the entries before it: {size} entries after {before}"
    )]
    Map {
        /// Its place.
        index: u64,
        /// Entries of its map.
        size: u64,
        /// Entries of the newest map before.
        before: u64,
    },
    /// A root over fewer used marks than one before it.
    #[error("entry {index} is over {marks} used marks, and there were {before}")]
    Marks {
        /// Its place.
        index: u64,
        /// How many it says.
        marks: u64,
        /// How many there were.
        before: u64,
    },
    /// Of the future.
    #[error("entry {index} is of {time_ms}, and it is {now_ms}")]
    Future {
        /// Its place.
        index: u64,
        /// Its time, ms.
        time_ms: u64,
        /// The monitor's clock, ms.
        now_ms: u64,
    },
}

impl EntryWatch {
    /// Entries seen.
    #[must_use]
    pub fn seen(&self) -> u64 {
        self.seen
    }

    /// The last entry's agreed time, in milliseconds since 1970-01-01 UTC.
    #[must_use]
    pub fn time_ms(&self) -> u64 {
        self.time_ms
    }

    /// Sees the next entry, at a time by the monitor's own clock. A broken rule is told and the entry counts all the same, so
    /// that one is told once.
    pub fn see(&mut self, bytes: &[u8], now_ms: u64) -> Vec<BrokenRule> {
        let index = self.seen;
        self.seen += 1;
        let entry = match LogEntry::read(bytes) {
            Ok(entry) => entry,
            Err(error) => {
                let reason = error.to_string();
                return vec![BrokenRule::Unreadable { index, reason }];
            }
        };
        let mut broken = Vec::new();
        let (time_ms, before_ms) = (entry.time_ms(), self.time_ms);
        if time_ms < before_ms {
            broken.push(BrokenRule::Time {
                index,
                time_ms,
                before_ms,
            });
        }
        if time_ms > now_ms.saturating_add(crate::limits::CLOCK_SKEW_MS) {
            broken.push(BrokenRule::Future {
                index,
                time_ms,
                now_ms,
            });
        }
        self.time_ms = before_ms.max(time_ms);
        if let LogEntry::Current(root) = entry {
            if root.covered != index {
                let height = root.covered;
                broken.push(BrokenRule::Height { index, height });
            }
            let before = self.marks.replace(root.count).unwrap_or_default();
            if root.count < before {
                let marks = root.count;
                broken.push(BrokenRule::Marks {
                    index,
                    marks,
                    before,
                });
            }
        }
        if let LogEntry::Batch(batch) = entry {
            if batch.height != index {
                let height = batch.height;
                broken.push(BrokenRule::Height { index, height });
            }
            let before = self.map.get_or_insert(batch.map);
            if batch.map.size < before.size
                || (batch.map.size == before.size && batch.map != *before)
            {
                broken.push(BrokenRule::Map {
                    index,
                    size: batch.map.size,
                    before: before.size,
                });
            } else {
                *before = batch.map;
            }
        }
        broken
    }
}
