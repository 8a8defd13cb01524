//! From news to knowledge.

use std::collections::BTreeSet;
use std::rc::Rc;

use deed::Party;
use ledger::TransactionId;
use ledger::fact::FactRef;
use ledger::tearoff::SeenView;
use ledger::transaction::Transaction;
use ledger::validity::{fact_value, input_token};
use ledger::view::{Command, Input, View};
use protocol::message::Message;
use protocol::node::records::{StoredFlow, StoredTransaction};
use protocol::store::Table;

use super::{Kept, Oracles};
use crate::economy::Order;
use crate::news::News;
use crate::town::Town;
use crate::world::World;

impl Oracles {
    /// Remembers who may learn what an order says in confidence.
    pub(crate) fn plant(&mut self, town: &Town, order: &Order, number: i64) {
        let confidants = town.economy.confidants(&town.contract, order);
        let machines = town.machines_of(&confidants);
        self.canaries.entry(number).or_default().extend(machines);
    }

    /// The machines on which a canary may be found.
    pub(super) fn may_know(&self, number: i64) -> Option<&BTreeSet<usize>> {
        self.canaries.get(&number)
    }

    /// The machines on which a salt may be found.
    pub(super) fn may_open(&self, salt: &ledger::Digest) -> Option<&BTreeSet<usize>> {
        self.secrets.get(salt)
    }

    pub(super) fn learn(&mut self, world: &World, news: &[News]) {
        self.fresh.clear();
        self.touched.clear();
        for one in news {
            match one {
                News::Written { at, write } => self.learn_write(world, *at, write),
                News::Received { at, message } => {
                    if let Message::Propose(proposal) = &**message {
                        let shown = self.shown.entry((*at, proposal.seen.id())).or_default();
                        for view in &proposal.seen.views {
                            match view {
                                SeenView::Hidden(_) => {}
                                SeenView::Outputs(_) => drop(shown.entry(view.root()).or_default()),
                                SeenView::Whole(_) => drop(shown.insert(view.root(), true)),
                            }
                        }
                    }
                }
                News::Sent { .. } | News::Logged { .. } | News::Certified { .. } => {}
            }
        }
    }

    fn learn_write(
        &mut self,
        world: &World,
        at: usize,
        (table, key, value): &(Table, Vec<u8>, Option<Vec<u8>>),
    ) {
        let Some(bytes) = value else {
            if *table == Table::Facts {
                self.touched.insert(at);
            }
            return;
        };
        match table {
            Table::Facts => {
                self.touched.insert(at);
            }
            Table::Flows if key.starts_with(b"driven/") => {
                if let Ok(flow) = minicbor::decode::<StoredFlow>(bytes) {
                    self.learn_draft(&world.town, at, flow.transaction);
                }
            }
            Table::Transactions | Table::Observed => {
                if let Ok(stored) = minicbor::decode::<StoredTransaction>(bytes) {
                    self.learn_kept(world, at, stored, *table == Table::Observed);
                }
            }
            _ => {}
        }
    }

    /// A transaction that somebody drafted, honestly or not.
    pub(crate) fn learn_draft(&mut self, town: &Town, drafter: usize, transaction: Transaction) {
        let opening = transaction.opening();
        let id = opening.id();
        if self.drafts.contains_key(&id) {
            return;
        }
        self.shown
            .entry((drafter, id))
            .or_default()
            .extend(opening.roots.into_iter().map(|root| (root, true)));
        for view in &transaction.views {
            self.learn_rights(town, drafter, &id, view);
        }
        self.drafts.insert(id, Rc::new(transaction));
    }

    fn learn_rights(&mut self, town: &Town, drafter: usize, id: &TransactionId, view: &View) {
        let contract = &town.contract;
        let payer = payer(town, view);
        let mut whole: Vec<Party> = vec![town.bank.clone(), town.auditor.clone()];
        whole.extend(payer.clone());
        for (output, fact) in (0u32..).zip(&view.created) {
            if fact.contract != town.contract_id {
                continue;
            }
            let rights = town.economy.rights(contract, &fact_value(fact));
            if matches!(view.command, Command::Action(..)) {
                whole.extend(rights.know.iter().cloned());
            }
            let mut know = rights.know;
            know.extend(payer.clone());
            let mut machines = town.machines_of(&know);
            machines.insert(drafter);
            self.secrets.entry(fact.salt).or_default().extend(machines);
            if rights.controller.is_some() {
                let at = FactRef {
                    transaction: *id,
                    view: view.ordinal,
                    output,
                };
                let input = Input {
                    at,
                    fact: fact.clone(),
                };
                let token = input_token(&input, &town.home.notary);
                self.token_of.entry(token).or_insert(at);
            }
        }
        let mut machines = town.machines_of(&whole);
        machines.insert(drafter);
        self.secrets.entry(view.salt).or_default().extend(machines);
    }

    fn learn_kept(
        &mut self,
        world: &World,
        at: usize,
        stored: StoredTransaction,
        as_observer: bool,
    ) {
        let id = stored.seen.id();
        let stored = Rc::new(stored);
        if as_observer {
            for (ordinal, view) in (0u32..).zip(&stored.seen.views) {
                if matches!(view, SeenView::Whole(_)) {
                    self.observed.insert((at, id, ordinal));
                }
            }
        } else {
            self.kept.insert((at, id), Rc::clone(&stored));
            self.learn_replay(world, at, &id, &stored);
        }
        self.fresh.push(Kept {
            at,
            id,
            stored,
            as_observer,
        });
    }

    /// What a certified transaction does to a machine's vault, by the contract as a person reads it.
    fn learn_replay(
        &mut self,
        world: &World,
        at: usize,
        id: &TransactionId,
        stored: &StoredTransaction,
    ) {
        let (town, hosted) = (&world.town, &world.town.households[at].hosted);
        let replay = self.replays.entry(at).or_default();
        for (ordinal, view) in (0u32..).zip(&stored.seen.views) {
            if let SeenView::Whole(view) = view {
                for input in &view.consumed {
                    replay.current.remove(&input.at);
                    replay.consumed.insert(input.at);
                }
            }
            for (output, fact) in shown_facts(view) {
                let rights = town.economy.rights(&town.contract, &fact_value(fact));
                let at = FactRef {
                    transaction: *id,
                    view: ordinal,
                    output,
                };
                let mine = rights
                    .controller
                    .is_some_and(|party| hosted.contains(&party));
                if mine && !replay.consumed.contains(&at) {
                    replay.current.insert(at);
                }
            }
        }
    }
}

/// Who pays in a money view.
pub(super) fn payer(town: &Town, view: &View) -> Option<Party> {
    let input = view.consumed.first()?;
    town.economy
        .rights(&town.contract, &fact_value(&input.fact))
        .controller
}

/// Created facts that are shown whole, by output.
pub(super) fn shown_facts(view: &SeenView) -> Vec<(u32, &ledger::fact::Fact)> {
    use ledger::tearoff::ShownOutput;
    match view {
        SeenView::Whole(view) => (0u32..).zip(&view.created).collect(),
        SeenView::Outputs(outputs) => outputs
            .shown
            .iter()
            .filter_map(|(output, shown)| match shown {
                ShownOutput::Whole(fact) => Some((*output, fact)),
                ShownOutput::Part(_) => None,
            })
            .collect(),
        SeenView::Hidden(_) => Vec::new(),
    }
}
