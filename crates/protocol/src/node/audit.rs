//! Looking at a node from outside its flows: what it holds, and whether what it keeps agrees with itself.

use std::collections::{BTreeMap, BTreeSet};

use ledger::TransactionId;
use ledger::tearoff::SeenView;
use ledger::validity::{Standing, check};

use super::core::{ATTESTED, DOUBTED, LOST, Node, NodeError};
use super::observe::Totals;
use super::pending::{all, pairs};
use super::purse::{Purse, PurseKey};
use super::records::{
    InstructionState, StoredFact, StoredInstruction, StoredTransaction, fact_key, fact_of_key,
};
use super::respond::{created, created_at};
use crate::directory::Members;
use crate::store::{Store, Table};

/// An invariant that doesn't hold, by name, with what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The invariant.
    pub invariant: &'static str,
    /// What was found.
    pub found: String,
}

/// One sort of money in one holder's hands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holding {
    /// The sort and holder.
    pub key: PurseKey,
    /// Minor units that are free.
    pub free_minor: i128,
    /// Minor units locked by open flows.
    pub locked_minor: i128,
    /// Number of free facts.
    pub facts: usize,
}

impl<S: Store> Node<S> {
    /// All money held here, by sort.
    #[must_use]
    pub fn holdings(&self) -> Vec<Holding> {
        self.purse
            .sorts()
            .map(|(key, (free_minor, locked_minor, facts))| Holding {
                key: key.clone(),
                free_minor,
                locked_minor,
                facts,
            })
            .collect()
    }

    /// The money index.
    #[must_use]
    pub fn purse(&self) -> &Purse {
        &self.purse
    }

    /// What was observed, added up.
    #[must_use]
    pub fn observed_totals(&self) -> &Totals {
        &self.totals
    }

    /// What was attested, added up.
    #[must_use]
    pub fn attested_totals(&self) -> &Totals {
        &self.attested
    }

    /// The directory in force here.
    #[must_use]
    pub fn members(&self) -> &Members {
        &self.members
    }

    /// The store, for reading.
    #[must_use]
    pub fn store(&self) -> &S {
        &self.store
    }

    /// Flows driven, proposals signed whose outcome is open, and instructions waiting.
    #[must_use]
    pub fn open_counts(&self) -> (usize, usize, usize) {
        let waiting = self.queue.len() + self.waiting.len();
        (self.flows.len(), self.signed.len(), waiting)
    }

    /// How often signing keys were used since the node was opened.
    #[must_use]
    pub fn strokes(&self) -> u64 {
        self.strokes
    }

    /// An instruction by its key.
    ///
    /// # Errors
    /// [`NodeError`].
    pub fn instruction(&self, key: &str) -> Result<Option<StoredInstruction>, NodeError> {
        Ok(self
            .pending
            .get(&self.store, Table::Instructions, key.as_bytes())?)
    }

    /// Checks the named invariants on everything kept here.
    ///
    /// # Errors
    /// [`NodeError`] if the store can't be read.
    pub fn audit(&mut self) -> Result<Vec<Finding>, NodeError> {
        let mut findings = Vec::new();
        let transactions = all::<StoredTransaction>(&self.store, Table::Transactions, &[])?;
        let mut current: BTreeMap<Vec<u8>, ledger::fact::Fact> = BTreeMap::new();
        let mut attested: BTreeSet<Vec<u8>> = BTreeSet::new();
        let mut consumed: BTreeMap<Vec<u8>, TransactionId> = BTreeMap::new();
        let mut ids: BTreeSet<TransactionId> = BTreeSet::new();
        let mut finding = |invariant, found: String| findings.push(Finding { invariant, found });
        for (key, stored) in &transactions {
            let id = stored.seen.id();
            ids.insert(id);
            if key.as_slice() != id.bytes() {
                finding(
                    "vault_equals_replay_of_own_transactions",
                    format!("{id} is kept under another id"),
                );
            }
            let directory = self.as_of(&stored.certificate);
            let checked = check(
                &stored.seen,
                Standing::Party,
                &self.setup.book,
                &self.setup.home,
                &directory,
            );
            let checked = match checked {
                Ok(checked) => checked,
                Err(invalid) => {
                    finding("signed_only_what_was_verified", format!("{id}: {invalid}"));
                    continue;
                }
            };
            if let Err(invalid) = checked.relied_on(
                &self.setup.home.network,
                &stored.signatures,
                &[],
                &directory,
            ) {
                finding("signature_relied_on_was_shown", format!("{id}: {invalid}"));
            }
            let terms = &stored.seen.header.terms;
            if let Err(error) = self.was_certified(&id, terms, &stored.certificate) {
                finding("every_certificate_in_the_log", format!("{id}: {error}"));
            }
            for ((ordinal, view), meaning) in
                (0u32..).zip(&stored.seen.views).zip(&checked.meanings)
            {
                if let (SeenView::Whole(view), Some(meaning)) = (view, meaning) {
                    for input in &view.consumed {
                        if let Some(by) = consumed.insert(fact_key(&input.at), id) {
                            finding(
                                "fact_consumed_once",
                                format!("{} by {by} and {id}", input.at),
                            );
                        }
                    }
                    for (output, roles) in (0u32..).zip(&meaning.created) {
                        if !roles.controllers.is_empty()
                            && roles.attestors.iter().any(|p| self.hosts(p))
                        {
                            let at = ledger::fact::FactRef {
                                transaction: id,
                                view: ordinal,
                                output,
                            };
                            attested.insert(fact_key(&at));
                        }
                    }
                }
                let facts = created(view, meaning.as_ref(), &self.setup.book);
                for ((fact, roles), at) in facts.into_iter().zip(created_at(&id, ordinal, view)) {
                    if roles.controllers.iter().any(|party| self.hosts(party)) {
                        current.insert(fact_key(&at), fact.clone());
                    }
                }
            }
        }
        for key in consumed.keys() {
            current.remove(key);
            attested.remove(key);
        }
        for (key, _) in pairs(&self.store, Table::Index, LOST)? {
            let key = &key[LOST.len()..];
            let at = fact_of_key(key).map_or_else(String::new, |at| at.to_string());
            let what = "was used up by a transaction that is unknown here: was the node restored from an old backup?";
            finding("fact_used_up_elsewhere", format!("{at} {what}"));
            current.remove(key);
        }
        for (key, by) in pairs(&self.store, Table::Index, DOUBTED)? {
            let at = fact_of_key(&key[DOUBTED.len()..]);
            let at = at.map_or_else(String::new, |at| at.to_string());
            let by = String::from_utf8_lossy(&by).into_owned();
            let what = "vouches for it and says that it is not current: was one of the two restored from an old backup?";
            finding("fact_doubted", format!("{at}: {by} {what}"));
        }
        let vault: BTreeMap<Vec<u8>, ledger::fact::Fact> =
            all::<StoredFact>(&self.store, Table::Facts, &[])?
                .into_iter()
                .map(|(k, s)| (k, s.fact))
                .collect();
        for key in vault.keys().chain(current.keys()).collect::<BTreeSet<_>>() {
            if vault.get(key) != current.get(key) {
                let at = fact_of_key(key).map_or_else(String::new, |at| at.to_string());
                finding(
                    "vault_equals_replay_of_own_transactions",
                    format!("{at} differs between vault and replay"),
                );
            }
        }
        let kept: BTreeSet<Vec<u8>> = pairs(&self.store, Table::Index, ATTESTED)?
            .into_iter()
            .map(|(key, _)| key[ATTESTED.len()..].to_vec())
            .collect();
        if kept != attested {
            finding(
                "vault_equals_replay_of_own_transactions",
                format!(
                    "{} facts are listed as attested and current, the replay gives {}",
                    kept.len(),
                    attested.len()
                ),
            );
        }
        for (_, stored) in all::<StoredInstruction>(&self.store, Table::Instructions, &[])? {
            if let InstructionState::Done(id) = stored.state
                && !ids.contains(&id)
            {
                finding(
                    "flow_ends_or_resumes",
                    format!(
                        "{} is done by {id}, which is not kept",
                        stored.instruction.key
                    ),
                );
            }
        }
        for (scope, totals) in [("observed", &self.totals), ("attested", &self.attested)] {
            for (kind, issued, held) in totals.balances() {
                if issued != held {
                    finding(
                        "value_conserved_per_issuer_and_currency",
                        format!(
                            "{scope}: money of kind {kind} issued is {issued}, the parts come to {held}"
                        ),
                    );
                }
            }
        }
        Ok(findings)
    }
}
