//! What lies at the notary, and, for marking the answers only, what is true.

use std::collections::BTreeMap;

use ledger::certificate::BatchEntry;
use ledger::fact::FactRef;
use ledger::validity::Home;
use ledger::{Digest, Token, TransactionId, codec};
use protocol::notary::Submission;
use protocol::notary::store::{MemoryNotaryStore, NotaryStore as _};

use crate::oracle::Oracles;

/// A request that was certified, as it came.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The machine that asked: its certificate says so.
    pub from: usize,
    /// When it was decided.
    pub at_ms: u64,
    /// What it said.
    pub submission: Submission,
}

/// One batch, as the store and the log have it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its agreed time.
    pub time_ms: u64,
    /// What it certified.
    pub ids: Vec<TransactionId>,
    /// What it used up, and what for, blinded.
    pub spent: Vec<(Token, Digest)>,
}

/// A notary's belongings in an analyst's hands.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// Network and notary.
    pub home: Home,
    /// Store and log.
    pub entries: Vec<Entry>,
    /// Every request, in the order in which it was certified.
    pub asked: Vec<Asked>,
    /// The truth: where the fact of each token was created.
    pub(super) created: BTreeMap<Token, FactRef>,
}

impl Evidence {
    pub(super) fn new(
        home: Home,
        store: &MemoryNotaryStore,
        asked: Vec<Asked>,
        oracles: &Oracles,
    ) -> Self {
        let mut created = BTreeMap::new();
        for one in &asked {
            let opening = &one.submission.opening;
            let Some(drafted) = oracles.drafts.get(&opening.id()) else {
                continue;
            };
            for (header, view) in opening.header.views.iter().zip(&drafted.views) {
                let inputs = view.consumed.iter().map(|input| input.at);
                created.extend(header.consumed.iter().copied().zip(inputs));
            }
        }
        Self {
            home,
            entries: entries(store),
            asked,
            created,
        }
    }

    /// The place in [`Self::asked`] of each transaction.
    pub(super) fn places(&self) -> BTreeMap<TransactionId, usize> {
        let ids = self.asked.iter().map(|asked| asked.submission.opening.id());
        ids.zip(0..).collect()
    }
}

/// What the store has of each batch, read from its bytes.
fn entries(store: &MemoryNotaryStore) -> Vec<Entry> {
    let entry = |(height, bytes): (&u64, &Vec<u8>)| {
        let entry: BatchEntry = codec::decode(bytes).ok()?;
        let body = store.meta(&format!("body/{height:016x}")).ok()??;
        let (ids, spent) = codec::decode(&body).ok()?;
        Some(Entry {
            time_ms: entry.time_ms,
            ids,
            spent,
        })
    };
    store.entries().iter().filter_map(entry).collect()
}
