//! What each caller has of a server: connections, and memory for the bodies of its requests.
//!
//! Every member has its own share, and strangers have one, small, between them: nobody's silence or greed keeps another out.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Semaphore;

use super::connection::Caller;
use super::server::ServerLimits;

/// Shares by caller, while it has connections.
#[derive(Clone, Debug)]
pub(super) struct Slots {
    open: Arc<Mutex<BTreeMap<Caller, Share>>>,
    limits: ServerLimits,
}

#[derive(Debug)]
struct Share {
    connections: usize,
    bodies: Arc<Semaphore>,
}

/// One open connection; dropping it frees its place.
#[derive(Debug)]
pub(super) struct Slot {
    slots: Slots,
    caller: Caller,
    /// Bytes for bodies, of all connections of this caller.
    pub(super) bodies: Arc<Semaphore>,
}

impl Slots {
    pub(super) fn new(limits: ServerLimits) -> Slots {
        Slots {
            open: Arc::default(),
            limits,
        }
    }

    /// A place for one more connection of `caller`, unless it has too many.
    pub(super) fn take(&self, caller: &Caller) -> Option<Slot> {
        let limits = &self.limits;
        let (connections_max, bodies, one) = match caller {
            Caller::Member(_) => (
                limits.connections_per_party_max,
                limits.party_bodies_bytes_max,
                limits.body_bytes_max,
            ),
            Caller::Stranger => (
                limits.stranger_connections_max,
                limits.stranger_bodies_bytes_max,
                limits.stranger_body_bytes_max,
            ),
        };
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let share = open.entry(caller.clone()).or_insert_with(|| Share {
            connections: 0,
            // One body that is allowed always fits.
            bodies: Arc::new(Semaphore::new(bodies.max(one))),
        });
        if share.connections >= connections_max {
            return None;
        }
        share.connections += 1;
        Some(Slot {
            slots: self.clone(),
            caller: caller.clone(),
            bodies: Arc::clone(&share.bodies),
        })
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let open = &self.slots.open;
        let mut open = open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(share) = open.get_mut(&self.caller) {
            share.connections -= 1;
            if share.connections == 0 {
                open.remove(&self.caller);
            }
        }
    }
}
