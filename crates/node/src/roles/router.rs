//! Where a node's outputs go: to each peer's outbox, and to whoever carries them to the notary.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use deed::Party;
use ledger::TransactionId;
use protocol::directory::Members;
use protocol::node::Input;
use protocol::notary::Request;
use tokio::runtime::Handle;
use tokio::sync::mpsc;

use super::engine::{Engine, Outlet};
use super::link::Link;
use crate::transport::{Outbox, OutboxStatus, PeerClient};

/// Stands for messages that nobody waits to have acknowledged.
const UNNUMBERED: u64 = u64::MAX;
/// Messages that a flow sends again by itself are dropped while so many wait for a peer.
const WAITING_MAX: u64 = 4_096;
/// The outboxes of a node, one a peer, made when first needed.
pub(crate) struct Outboxes {
    link: Arc<Link>,
    runtime: Handle,
    engine: Mutex<Option<Engine>>,
    open: Mutex<BTreeMap<Party, (String, Arc<Outbox>)>>,
    /// Parties for which there was a message and no address.
    nowhere: Mutex<BTreeSet<Party>>,
}

impl Outboxes {
    pub(crate) fn new(link: Arc<Link>, runtime: Handle) -> Arc<Self> {
        Arc::new(Self {
            link,
            runtime,
            engine: Mutex::new(None),
            open: Mutex::new(BTreeMap::new()),
            nowhere: Mutex::new(BTreeSet::new()),
        })
    }

    /// Another directory is in force: what waits for whoever has moved, or was unknown, is taken from the store again.
    pub(crate) fn moved(&self, members: &Members) {
        let address = |party: &Party| members.get(party).map(|record| &record.details.endpoint);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let gone = open
            .iter()
            .filter(|(party, (known, _))| address(party) != Some(known));
        let mut again: BTreeSet<Party> = gone.map(|(party, _)| party.clone()).collect();
        open.retain(|party, _| !again.contains(party));
        drop(open);
        let mut nowhere = self.nowhere.lock().unwrap_or_else(PoisonError::into_inner);
        again.extend(std::mem::take(&mut *nowhere));
        drop(nowhere);
        let engine = self.engine.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(engine) = engine.as_ref().filter(|_| !again.is_empty()) {
            // A full queue only means that they are sent after a restart.
            drop(engine.tell(again.into_iter().map(Input::SendAgain).collect()));
        }
    }

    /// Says where acknowledgements go.
    pub(crate) fn report_to(&self, engine: Engine) {
        *self.engine.lock().unwrap_or_else(PoisonError::into_inner) = Some(engine);
    }

    /// A peer has called: if its outbox waits because it could not be reached, it is worth another try.
    pub(crate) fn heard_from(&self, party: &Party) {
        let outbox = {
            let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
            open.get(party).map(|(_, outbox)| Arc::clone(outbox))
        };
        if let Some(outbox) = outbox.filter(|outbox| outbox.is_out_of_reach()) {
            // Whoever called need not wait while it is being called.
            self.runtime.spawn(async move { outbox.heard_of().await });
        }
    }

    /// How each peer's outbox stands.
    pub(crate) fn status(&self) -> Vec<OutboxStatus> {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.values().map(|(_, outbox)| outbox.status()).collect()
    }

    fn to(self: &Arc<Self>, party: &Party) -> Option<Arc<Outbox>> {
        let members = self.link.members();
        let address = members.get(party)?.details.endpoint.clone();
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, outbox)) = open.get(party)
            && *known == address
        {
            return Some(Arc::clone(outbox));
        }
        let (credentials, counters) = (
            Arc::clone(&self.link.credentials),
            Arc::clone(&self.link.counters),
        );
        let client = PeerClient::new(
            party.clone(),
            address.clone(),
            credentials,
            Arc::clone(&counters),
        );
        let me = Arc::clone(self);
        let acknowledged = move |sequences: Vec<u64>| me.acknowledged(sequences);
        let outbox = {
            let _runtime = self.runtime.enter();
            Arc::new(Outbox::start(Arc::new(client), counters, acknowledged))
        };
        open.insert(party.clone(), (address, Arc::clone(&outbox)));
        Some(outbox)
    }

    fn acknowledged(&self, sequences: Vec<u64>) {
        let numbered: Vec<u64> = sequences.into_iter().filter(|s| *s != UNNUMBERED).collect();
        if numbered.is_empty() {
            return;
        }
        if let Some(engine) = self
            .engine
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .as_ref()
        {
            // Lost acknowledgements only mean that a message is sent once more after a restart.
            drop(engine.tell(vec![Input::Acknowledged(numbered)]));
        }
    }
}

/// The engine's outlet.
pub(crate) struct Router {
    pub(crate) outboxes: Arc<Outboxes>,
    pub(crate) notary: mpsc::UnboundedSender<(TransactionId, Request)>,
}

impl Outlet for Router {
    fn send(&mut self, to: Party, sequence: Option<u64>, bytes: Vec<u8>) {
        let Some(outbox) = self.outboxes.to(&to) else {
            tracing::warn!(party = %to, "a message for a party that is not in the directory waits in the outbox");
            let nowhere = self.outboxes.nowhere.lock();
            nowhere.unwrap_or_else(PoisonError::into_inner).insert(to);
            return;
        };
        if sequence.is_none() && outbox.status().queued > WAITING_MAX {
            return;
        }
        if let Err(error) = outbox.push(sequence.unwrap_or(UNNUMBERED), bytes) {
            tracing::error!(%error, party = %to, "a message can't be sent");
        }
    }

    fn notarise(&mut self, id: TransactionId, request: Request) {
        // The receiving task lives as long as the process.
        drop(self.notary.send((id, request)));
    }
}
