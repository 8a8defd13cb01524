//! A member that drafts, submits and delivers what she likes, with true keys and a true place in the directory.

mod burn;
mod craft;
mod tricks;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use deed::Party;
use ledger::address::Voucher;
use ledger::certificate::Certificate;
use ledger::control::OneTimeKey;
use ledger::fact::FactRef;
use ledger::signature::ScopedSignature;
use ledger::{Token, TransactionId, codec};
use protocol::message::{Finality, Message, Proposal};
use protocol::node::records::StoredFact;
use protocol::notary::Verdict;

use crate::world::World;
use craft::Craft;
pub use tricks::Trick;

/// A coin of hers, with what she needs to spend it.
pub(crate) type Coin = (StoredFact, FactRef);

/// When she hands a transaction to the notary.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Submit {
    Never,
    AtOnce,
    /// When all these have signed, and all those of the other transaction (a double spend is submitted at one moment).
    Signed {
        by: BTreeSet<Party>,
        with: Option<TransactionId>,
    },
}

/// One thing that she tries.
struct Plot {
    craft: Craft,
    signatures: BTreeMap<Party, ScopedSignature>,
    submit: Submit,
    submitted: bool,
    certificate: Option<Certificate>,
    /// Signatures of another transaction that she passes off as belonging to this one.
    lent_by: Option<TransactionId>,
}

/// What Mallory knows and has under way.
#[derive(Default)]
pub(crate) struct Mallory {
    keys: BTreeMap<Party, VecDeque<(OneTimeKey, Option<Voucher>)>>,
    plots: BTreeMap<TransactionId, Plot>,
    staked: BTreeSet<FactRef>,
    spent: Vec<Coin>,
    tokens: BTreeSet<Token>,
    sent: Vec<(usize, Vec<u8>)>,
    quiet: BTreeSet<TransactionId>,
    number: i64,
    /// The only trick that she tries, if it is to be a certain one.
    pub(crate) only: Option<Trick>,
}

impl World {
    /// A world in which Mallory tries this trick only, after one that gives it something to work with.
    #[must_use]
    pub fn with_trick(mut self, trick: Trick) -> Self {
        self.mallory.only = Some(trick);
        self
    }

    /// What arrives at Mallory's machine.
    pub(crate) fn overhear(&mut self, from: usize, message: &Message) {
        match message {
            Message::Addresses(sheet) => {
                let keys = self.mallory.keys.entry(sheet.party.clone()).or_default();
                let fresh = (0u32..)
                    .zip(&sheet.keys)
                    .map(|(i, key)| (*key, sheet.voucher(i)));
                keys.extend(fresh);
            }
            Message::Propose(proposal) => {
                let header = &proposal.seen.header;
                self.mallory
                    .tokens
                    .extend(header.spent().map(|(_, token)| *token));
            }
            Message::Signed(id, signatures) => {
                let town = &self.town;
                if let Some(plot) = self.mallory.plots.get_mut(id) {
                    for signature in signatures {
                        if town.machine_of(&signature.party) == Some(from) {
                            plot.signatures
                                .insert(signature.party.clone(), signature.clone());
                        }
                    }
                }
                self.ask_who_vouches(id);
                self.submit_what_is_signed(id);
            }
            _ => {}
        }
    }

    fn is_signed(&self, id: &TransactionId) -> bool {
        self.mallory
            .plots
            .get(id)
            .is_some_and(|plot| match &plot.submit {
                Submit::Signed { by, .. } => {
                    by.iter().all(|party| plot.signatures.contains_key(party))
                }
                Submit::Never | Submit::AtOnce => true,
            })
    }

    /// The bank signs after everybody else: it is asked again with their signatures.
    fn ask_who_vouches(&mut self, id: &TransactionId) {
        let (bank, at) = (&self.town.bank, self.town.machine_of(&self.town.bank));
        let Some((plot, at)) = self.mallory.plots.get(id).zip(at) else {
            return;
        };
        let Submit::Signed { by, .. } = &plot.submit else {
            return;
        };
        let mut others = by.iter().filter(|party| *party != bank);
        let Some(seen) = plot.craft.told.get(&at).cloned() else {
            return;
        };
        if plot.signatures.contains_key(bank) || !others.all(|p| plot.signatures.contains_key(p)) {
            return;
        }
        let proposal = Proposal {
            seen,
            evidence: Vec::new(),
            signatures: plot.signatures.values().cloned().collect(),
        };
        self.whisper(at, codec::encode(&Message::Propose(proposal)));
    }

    fn submit_what_is_signed(&mut self, id: &TransactionId) {
        let Some(plot) = self.mallory.plots.get(id) else {
            return;
        };
        let Submit::Signed { with, .. } = plot.submit.clone() else {
            return;
        };
        if !self.is_signed(id) || with.is_some_and(|other| !self.is_signed(&other)) {
            return;
        }
        for id in [Some(*id), with].into_iter().flatten() {
            self.submit_plot(&id);
        }
    }

    fn submit_plot(&mut self, id: &TransactionId) {
        let Some(plot) = self.mallory.plots.get_mut(id) else {
            return;
        };
        if std::mem::replace(&mut plot.submitted, true) {
            return;
        }
        let request = plot.craft.submission.clone();
        let mallory = self.town.mallory();
        self.ask(mallory, *id, request);
    }

    /// What the notary says to Mallory.
    pub(crate) fn plot_answered(&mut self, id: &TransactionId, verdict: &Verdict) {
        let Verdict::Certified(certificate) = verdict else {
            return;
        };
        let Some(plot) = self.mallory.plots.get_mut(id) else {
            return;
        };
        if plot.certificate.is_none() {
            plot.certificate = Some(certificate.clone());
            self.report.plots_certified += 1;
            let coins = plot.craft.coin.clone();
            self.mallory.spent.extend(coins);
            self.tell_all(id);
        }
    }

    /// Tells everybody with a part in a plot that it is certified, as an honest driver would.
    fn tell_all(&mut self, id: &TransactionId) {
        let Some(plot) = self
            .mallory
            .plots
            .get(id)
            .filter(|_| !self.mallory.quiet.contains(id))
        else {
            return;
        };
        let Some(certificate) = plot.certificate.clone() else {
            return;
        };
        let lender = plot
            .lent_by
            .and_then(|other| self.mallory.plots.get(&other));
        let mut signatures = plot.signatures.clone();
        for signature in lender.iter().flat_map(|plot| plot.signatures.values()) {
            signatures
                .entry(signature.party.clone())
                .or_insert_with(|| signature.clone());
        }
        let told = plot.craft.told.clone();
        let messages: Vec<(usize, Vec<u8>)> = told
            .into_iter()
            .filter(|(at, _)| !self.oracles.kept.contains_key(&(*at, *id)))
            .map(|(at, seen)| {
                let finality = Finality {
                    id: *id,
                    seen: Some(seen),
                    signatures: signatures.values().cloned().collect(),
                    certificate: certificate.clone(),
                };
                (at, codec::encode(&Message::Final(finality)))
            })
            .collect();
        for (at, bytes) in messages {
            self.whisper(at, bytes);
        }
    }

    fn whisper(&mut self, to: usize, bytes: Vec<u8>) {
        let mallory = self.town.mallory();
        self.mallory.sent.push((to, bytes.clone()));
        self.put_on_the_wire(mallory, to, None, bytes);
    }

    /// Once the faults have stopped, what was validly agreed with Mallory is told until everybody has it: an honest end of
    /// a dishonest member's affairs.
    pub(crate) fn honest_end(&mut self) {
        let certified: Vec<TransactionId> = self
            .mallory
            .plots
            .iter()
            .filter(|(id, plot)| {
                plot.certificate.is_some() && !self.oracles.poisoned.contains_key(*id)
            })
            .map(|(id, _)| *id)
            .collect();
        for id in certified {
            self.tell_all(&id);
        }
        let signed: Vec<TransactionId> = self.mallory.plots.keys().copied().collect();
        for id in signed {
            self.submit_what_is_signed(&id);
        }
    }
}
