//! How many connections each party has open to a server.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use deed::Party;

/// Open connections by party.
#[derive(Clone, Debug)]
pub(super) struct Slots {
    open: Arc<Mutex<BTreeMap<Party, usize>>>,
    each_max: usize,
}

/// One open connection; dropping it frees its place.
#[derive(Debug)]
pub(super) struct Slot {
    slots: Slots,
    party: Party,
}

impl Slots {
    pub(super) fn new(each_max: usize) -> Slots {
        Slots {
            open: Arc::default(),
            each_max,
        }
    }

    /// A place for one more connection of `party`, unless it has too many.
    pub(super) fn take(&self, party: &Party) -> Option<Slot> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(party.clone()).or_default();
        if *count >= self.each_max {
            return None;
        }
        *count += 1;
        Some(Slot {
            slots: self.clone(),
            party: party.clone(),
        })
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let open = &self.slots.open;
        let mut open = open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.party) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.party);
            }
        }
    }
}
