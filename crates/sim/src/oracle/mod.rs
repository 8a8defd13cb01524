//! The named invariants, as functions that run after every event, and what they have to remember.
//!
//! They know everything that was ever drafted, sent, written and certified, and believe no party's word for it. Rights are
//! those of [`crate::economy`], read from the contract by a person; signatures, tokens and paths are checked here again.

mod facts;
mod flows;
mod learn;
mod log;
mod privacy;
mod signing;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use deed::Party;
use ledger::fact::FactRef;
use ledger::transaction::Transaction;
use ledger::{Digest, Token, TransactionId, ViewRoot};
use protocol::node::records::StoredTransaction;

pub(crate) use flows::waiting;

use crate::news::News;
use crate::world::{Violation, World};

/// A check after an event.
type AfterEvent = fn(&mut Oracles, &World, &[News]) -> Result<(), String>;
/// A check of a world at rest.
type AtRest = fn(&Oracles, &mut World) -> Result<(), String>;

/// Checked after every event.
const AFTER_EVERY_EVENT: [(&str, AfterEvent); 10] = [
    ("fact_consumed_once", facts::fact_consumed_once),
    ("one_token_one_input", facts::one_token_one_input),
    (
        "value_conserved_per_issuer_and_currency",
        facts::totals_balance,
    ),
    (
        "vault_equals_replay_of_own_transactions",
        facts::vault_equals_replay,
    ),
    (
        "one_fact_per_business_key",
        facts::one_fact_per_business_key,
    ),
    (
        "nothing_seen_without_right",
        privacy::nothing_seen_without_right,
    ),
    ("log_append_only", log::log_append_only),
    (
        "every_certificate_in_the_log",
        log::every_certificate_in_the_log,
    ),
    (
        "signed_only_what_was_verified",
        signing::signed_only_what_was_verified,
    ),
    (
        "signature_relied_on_was_shown",
        signing::signature_relied_on_was_shown,
    ),
];

/// Checked once faults have stopped and all is quiet.
const AT_REST: [(&str, AtRest); 5] = [
    ("flow_ends_or_resumes", flows::flow_ends_or_resumes),
    (
        "value_conserved_per_issuer_and_currency",
        facts::value_conserved,
    ),
    (
        "vault_equals_replay_of_own_transactions",
        facts::every_audit_is_clean,
    ),
    ("honest_verdicts_agree", facts::honest_verdicts_agree),
    (
        "observer_sees_all_it_must",
        privacy::observer_sees_all_it_must,
    ),
];

/// The names of all invariants.
#[must_use]
pub fn invariants() -> BTreeSet<&'static str> {
    let during = AFTER_EVERY_EVENT.iter().map(|(name, _)| *name);
    during
        .chain(AT_REST.iter().map(|(name, _)| *name))
        .collect()
}

/// A certified transaction as one machine keeps it.
pub(crate) struct Kept {
    pub(crate) at: usize,
    pub(crate) id: TransactionId,
    pub(crate) stored: Rc<StoredTransaction>,
    pub(crate) as_observer: bool,
}

/// What a machine's vault should hold.
#[derive(Default)]
pub(crate) struct Replay {
    pub(crate) current: BTreeSet<FactRef>,
    pub(crate) consumed: BTreeSet<FactRef>,
}

/// What the oracles remember.
#[derive(Default)]
pub struct Oracles {
    /// Every transaction ever drafted.
    pub(crate) drafts: BTreeMap<TransactionId, Rc<Transaction>>,
    /// Salts, and the machines on which they may be found.
    secrets: BTreeMap<Digest, BTreeSet<usize>>,
    /// Canaries by number, and the machines on which they may be found.
    canaries: BTreeMap<i64, BTreeSet<usize>>,
    /// Everything that the notary has certified.
    pub(crate) certified: BTreeSet<TransactionId>,
    consumed_by: BTreeMap<FactRef, TransactionId>,
    token_of: BTreeMap<Token, FactRef>,
    token_spent: BTreeMap<Token, TransactionId>,
    /// View roots that a machine was shown of a transaction, and whether whole.
    shown: BTreeMap<(usize, TransactionId), BTreeMap<ViewRoot, bool>>,
    /// Transactions that some parties must not sign.
    pub(crate) poisoned: BTreeMap<TransactionId, BTreeSet<Party>>,
    /// What became newly known in this event.
    fresh: Vec<Kept>,
    touched: BTreeSet<usize>,
    pub(crate) replays: BTreeMap<usize, Replay>,
    /// Certified transactions by machine.
    pub(crate) kept: BTreeMap<(usize, TransactionId), Rc<StoredTransaction>>,
    /// Views that machines were shown as observers.
    observed: BTreeSet<(usize, TransactionId, u32)>,
    business_keys: BTreeMap<Vec<u8>, TransactionId>,
    entries: Vec<Vec<u8>>,
    roots: BTreeMap<u64, tlog::Hash>,
}

impl World {
    /// Runs every invariant that must hold after every event.
    pub(crate) fn check(&mut self) -> Result<(), Violation> {
        if self.news.is_empty() {
            return Ok(());
        }
        let news = std::mem::take(&mut self.news);
        let mut oracles = std::mem::take(&mut self.oracles);
        oracles.learn(self, &news);
        let found = AFTER_EVERY_EVENT.iter().find_map(|(invariant, oracle)| {
            let found = oracle(&mut oracles, self, &news).err()?;
            Some(Violation { invariant, found })
        });
        self.oracles = oracles;
        found.map_or(Ok(()), Err)
    }

    /// Runs every invariant that must hold at rest.
    pub(crate) fn check_rest(&mut self) -> Result<(), Violation> {
        let oracles = std::mem::take(&mut self.oracles);
        let found = AT_REST.iter().find_map(|(invariant, oracle)| {
            let found = oracle(&oracles, self).err()?;
            Some(Violation { invariant, found })
        });
        self.oracles = oracles;
        found.map_or(Ok(()), Err)
    }
}
