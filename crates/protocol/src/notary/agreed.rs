//! What is agreed besides the order: the time that counts, and the network map that is pinned.
//!
//! No clock is asked here. Each block brings its leader's reading, and perhaps a newer checkpoint of the map; everything follows
//! from the blocks, so that whoever applies them knows the same time and the same map.

use ledger::Digest;
use ledger::certificate::MapPin;
use ledger::codec;
use ledger::log_keys::{LogKeys, verify_checkpoint};
use minicbor::{Decode, Encode};

/// Time, map, and the readings that the time follows from.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Agreed {
    #[n(0)]
    time_ms: u64,
    #[n(1)]
    map: MapPin,
    /// The latest reading of each validator of the epoch; 0 from whom there is none yet.
    #[cbor(n(2), with = "codec::list")]
    readings: Vec<u64>,
}

/// Why a block can't be followed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAgreed {
    /// Its leader is none of the epoch's validators.
    #[error("the block's leader is validator {leader} and there are {validators}")]
    Leader {
        /// The leader's place among the validators, from 0.
        leader: usize,
        /// How many there are.
        validators: usize,
    },
    /// What it says of the map isn't a checkpoint of the map's log.
    #[error("the block's checkpoint of the network map does not hold: {reason}")]
    Map {
        /// What is wrong.
        reason: String,
    },
}

impl Agreed {
    /// The state at the beginning of an epoch: time and map go on, readings begin anew.
    #[must_use]
    pub fn at_epoch(time_ms: u64, map: MapPin, validators: usize) -> Self {
        Self {
            time_ms,
            map,
            readings: vec![0; validators],
        }
    }

    /// What follows from one clock and one directory, for who orders alone. Time never runs backwards.
    #[must_use]
    pub fn alone(&self, now_ms: u64, map: MapPin) -> Self {
        Self {
            time_ms: self.time_ms.max(now_ms),
            map,
            readings: vec![now_ms],
        }
    }

    /// What follows from a block: its leader's reading, and the map that it pins if that is newer than the one pinned. An older
    /// one is no mistake: its leader had not seen yet what another had pinned.
    ///
    /// The time is the lower median of the latest readings, and never earlier than it was. Of `3f + 1` readings at least `f + 1`
    /// are no earlier than the lower median, and one of those is honest: `f` liars can't push the time beyond what an honest
    /// clock showed. Who has given no reading counts as earlier than all, so that this also holds at the beginning.
    ///
    /// # Errors
    /// [`NotAgreed`].
    pub fn after(
        &self,
        leader: usize,
        reading_ms: u64,
        map: Option<MapPin>,
    ) -> Result<Self, NotAgreed> {
        let mut next = self.clone();
        let validators = next.readings.len();
        let reading = next.readings.get_mut(leader);
        *reading.ok_or(NotAgreed::Leader { leader, validators })? = reading_ms;
        if let Some(newer) = map.filter(|map| map.size > self.map.size) {
            next.map = newer;
        }
        next.time_ms = self.time_ms.max(lower_median(&next.readings));
        Ok(next)
    }

    /// The time that counts, in milliseconds since 1970-01-01 UTC.
    #[must_use]
    pub fn time_ms(&self) -> u64 {
        self.time_ms
    }

    /// The map that is pinned.
    #[must_use]
    pub fn map(&self) -> MapPin {
        self.map
    }

    /// Validators of the epoch.
    #[must_use]
    pub fn validators(&self) -> usize {
        self.readings.len()
    }

    pub(super) fn no_earlier_than(mut self, time_ms: u64) -> Self {
        self.time_ms = self.time_ms.max(time_ms);
        self
    }
}

impl Default for Agreed {
    /// Before anything was agreed: no time, an empty map, one validator.
    fn default() -> Self {
        let map = MapPin {
            size: 0,
            root: Digest::from(tlog::Frontier::new().root()),
        };
        Self::at_epoch(0, map, 1)
    }
}

/// The map that a registrar's checkpoint, a signed note, pins.
///
/// # Errors
/// [`NotAgreed::Map`].
pub fn map_pinned_by(note: &str, registrar: &LogKeys) -> Result<MapPin, NotAgreed> {
    let checkpoint = verify_checkpoint(note, registrar).map_err(|error| NotAgreed::Map {
        reason: error.to_string(),
    })?;
    Ok(MapPin {
        size: checkpoint.size(),
        root: Digest::from(checkpoint.root()),
    })
}

fn lower_median(readings: &[u64]) -> u64 {
    let mut sorted = readings.to_vec();
    sorted.sort_unstable();
    let lower = sorted.len().saturating_sub(1) / 2;
    sorted.get(lower).copied().unwrap_or(0)
}
