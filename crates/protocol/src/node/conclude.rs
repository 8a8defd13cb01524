//! A transaction is certified: facts change hands, and everybody entitled is told, at least once.

use std::collections::{BTreeMap, BTreeSet};

use deed::Party;
use ledger::TransactionId;
use ledger::address::Purpose;
use ledger::bundle::Place;
use ledger::certificate::Certificate;
use ledger::fact::{Fact, FactRef};
use ledger::map::MemberRole;
use ledger::public::{PublicFact, PublicPart};
use ledger::signature::ScopedSignature;
use ledger::tearoff::{Audience, SeenView, ShownOutput, TearOff};
use ledger::validity::{Checked, Meaning, Standing, check, fact_value, issue_requirements};
use ledger::view::View;

use super::core::{ATTESTED, Flow, Node, NodeError, SIGNED, Signed, under};
use super::initiate::concerning;
use super::purse::PurseKey;
use super::records::{StoredFact, StoredTransaction, fact_key};
use super::respond::{created, created_at};
use crate::message::{Disclosed, Disclosure, Finality, Message, Observation, SealedView, Vouching};
use crate::store::{Store, Table};

impl<S: Store> Node<S> {
    /// Concludes a flow that this node drove, and tells the others.
    pub(crate) fn conclude_driven(
        &mut self,
        flow: Flow,
        certificate: Certificate,
    ) -> Result<(), NodeError> {
        let Flow {
            stored,
            audiences,
            checked,
            signatures,
            ..
        } = flow;
        let signatures: Vec<ScopedSignature> = signatures.into_values().collect();
        let transaction = stored.transaction;
        for (host, parties) in self.parts(&audiences) {
            // Whoever has signed has seen it; of several who could vouch, one may have been away.
            let signed = signatures.iter().any(|s| parties.contains(&s.party));
            let seen =
                (!signed).then(|| transaction.tear_off(&audiences, &parties, &stored.vouchers));
            let finality = Finality {
                id: checked.id,
                seen,
                signatures: concerning(&signatures, &checked, &audiences, &parties),
                certificate: certificate.clone(),
            };
            self.post(&host, &Message::Final(finality));
        }
        let seen = TearOff {
            header: transaction.header,
            views: transaction.views.into_iter().map(SeenView::Whole).collect(),
            vouchers: stored.vouchers,
        };
        self.conclude(seen, &checked, signatures, certificate, true)
    }

    /// The parties with a part in a transaction, beyond observing it, by the other nodes that keep their facts.
    pub(crate) fn parts(&self, audiences: &[Audience]) -> BTreeMap<Party, BTreeSet<Party>> {
        let mut hosts: BTreeMap<Party, BTreeSet<Party>> = BTreeMap::new();
        let parties = audiences.iter().flat_map(|audience| {
            let outputs = [&audience.owners, &audience.creditors];
            let outputs = outputs.into_iter().flat_map(|by_output| by_output.values());
            audience.whole.iter().chain(outputs.flatten())
        });
        for party in parties {
            let host = self.members.host(party);
            if let Some(host) = host.filter(|host| **host != self.setup.me) {
                hosts.entry(host.clone()).or_default().insert(party.clone());
            }
        }
        hosts
    }

    /// Word from the driver that a transaction is certified.
    pub(crate) fn finalised(&mut self, finality: Finality) -> Result<(), NodeError> {
        let Finality {
            id,
            seen,
            signatures,
            certificate,
        } = finality;
        let shown = seen.filter(|seen| seen.id() == id);
        if let Some(known) = self.transaction(&id)? {
            return match shown {
                Some(shown) => self.shown_more(known, shown, &signatures),
                None => Ok(()),
            };
        }
        let signed = self.signed.get(&id).map(|signed| &signed.stored.seen);
        let Some(terms) = signed
            .or(shown.as_ref())
            .map(|seen| seen.header.terms.clone())
        else {
            return Ok(());
        };
        if self.certified(&id, &terms, &certificate).is_err() {
            return Ok(());
        }
        let (signed, seen) = match self.signed.remove(&id) {
            Some(signed) => (Some(signed), None),
            None => (None, shown),
        };
        let Some((seen, checked, signatures)) =
            self.relied_on(id, signed, seen, &signatures, &certificate)
        else {
            return Ok(());
        };
        // Not asked to sign, it concerns this node only by what it brings.
        let asked = self
            .pending
            .bytes(&self.store, Table::Flows, &under(SIGNED, id.bytes()))?;
        if asked.is_none() && !self.concerns(&id, &seen, &checked) {
            return Ok(());
        }
        self.pending.delete(Table::Flows, under(SIGNED, id.bytes()));
        self.conclude(seen, &checked, signatures, certificate, false)
    }

    /// A certified transaction is shown again, with more facts for parties hosted here than before: whoever came first need not
    /// have been honest.
    fn shown_more(
        &mut self,
        known: StoredTransaction,
        shown: TearOff,
        signatures: &[ScopedSignature],
    ) -> Result<(), NodeError> {
        let (id, book, home) = (shown.id(), &self.setup.book, &self.setup.home);
        let directory = self.as_of(&known.certificate);
        let checked = |seen| check(seen, Standing::Party, book, home, &directory);
        let (Ok(before), Ok(now)) = (checked(&known.seen), checked(&shown)) else {
            return Ok(());
        };
        let Ok(signatures) = now.relied_on(&home.network, signatures, &[], &directory) else {
            return Ok(());
        };
        let before = self.brought(&id, &known.seen, &before);
        let brought = self.brought(&id, &shown, &now);
        let mut views = known.seen.views.iter().zip(&shown.views);
        let less = |(known, shown): (&SeenView, &SeenView)| {
            matches!(known, SeenView::Whole(_)) && !matches!(shown, SeenView::Whole(_))
        };
        if brought.len() <= before.len()
            || before.keys().any(|at| !brought.contains_key(at))
            || views.any(less)
        {
            return Ok(());
        }
        for (at, fact) in brought {
            if !before.contains_key(&at) {
                self.keep(fact, at)?;
            }
        }
        self.note_files(&shown, &now)?;
        let stored = StoredTransaction {
            seen: shown,
            signatures,
            certificate: known.certificate,
        };
        self.pending.put(Table::Transactions, *id.bytes(), &stored);
        Ok(())
    }

    /// Whether a transaction, as far as it is seen, has anything for parties hosted here: facts, something to vouch for, or
    /// something that the contract lets them see.
    fn concerns(&self, id: &TransactionId, seen: &TearOff, checked: &Checked) -> bool {
        let meanings = checked.meanings.iter().flatten();
        let roles = meanings.flat_map(|m| m.created.iter().chain(&m.consumed));
        let mut parties = roles.flat_map(|roles| {
            let seen_by = roles.seen_by.iter().chain(&roles.shown_by);
            roles.attestors.iter().chain(seen_by)
        });
        parties.any(|party| self.hosts(party))
            || self.shown_to_us(seen)
            || !self.brought(id, seen, checked).is_empty()
    }

    /// Whether a fact that is shown alone is one that a party hosted here may see.
    fn shown_to_us(&self, seen: &TearOff) -> bool {
        let outputs = seen.views.iter().filter_map(|view| match view {
            SeenView::Outputs(outputs) => Some(outputs.shown.values()),
            SeenView::Whole(_) | SeenView::Hidden(_) => None,
        });
        let facts = outputs.flatten().filter_map(ShownOutput::whole);
        let seen_by = |fact: &Fact| {
            let roles = self
                .setup
                .book
                .get(&fact.contract)?
                .roles_of(&fact_value(fact));
            let roles = roles.ok()?;
            let mut parties = roles.seen_by.iter().chain(&roles.shown_by);
            Some(parties.any(|party| self.hosts(party)))
        };
        facts.filter_map(seen_by).any(|ours| ours)
    }

    /// The facts that a transaction, as far as it is seen, gives to parties hosted here.
    fn brought(
        &self,
        id: &TransactionId,
        seen: &TearOff,
        checked: &Checked,
    ) -> BTreeMap<FactRef, Fact> {
        let views = (0u32..).zip(&seen.views).zip(&checked.meanings);
        let facts = views.flat_map(|((ordinal, view), meaning)| {
            let facts = created(view, meaning.as_ref(), &self.setup.book);
            created_at(id, ordinal, view).into_iter().zip(facts)
        });
        let ours =
            facts.filter(|(_, (_, roles))| roles.controllers.iter().any(|party| self.hosts(party)));
        ours.map(|(at, (fact, _))| (at, fact.clone())).collect()
    }

    /// What is seen of a certified transaction, with one signature of everybody needed. A proposal signed here
    /// that isn't what it claims to be is kept: its true outcome may still come.
    fn relied_on(
        &mut self,
        id: TransactionId,
        signed: Option<Signed>,
        seen: Option<TearOff>,
        signatures: &[ScopedSignature],
        certificate: &Certificate,
    ) -> Option<(TearOff, Checked, Vec<ScopedSignature>)> {
        let (book, home) = (&self.setup.book, &self.setup.home);
        let network = &home.network;
        let directory = self.as_of(certificate);
        let fresh = |seen: &TearOff| check(seen, Standing::Party, book, home, &directory).ok();
        let Some(mut signed) = signed else {
            let seen = seen?;
            let checked = fresh(&seen)?;
            let kept = checked
                .relied_on(network, signatures, &[], &directory)
                .ok()?;
            return Some((seen, checked, kept));
        };
        let checked = signed.checked.take().or_else(|| fresh(&signed.stored.seen));
        let known = signed.stored.known();
        let kept = checked
            .as_ref()
            .and_then(|c| c.relied_on(network, signatures, &known, &directory).ok());
        match (checked, kept) {
            (Some(checked), Some(kept)) => Some((signed.stored.seen, checked, kept)),
            (checked, _) => {
                signed.checked = checked;
                self.signed.insert(id, signed);
                None
            }
        }
    }

    /// Applies a certified transaction to what is kept here.
    fn conclude(
        &mut self,
        seen: TearOff,
        checked: &Checked,
        signatures: Vec<ScopedSignature>,
        certificate: Certificate,
        driver: bool,
    ) -> Result<(), NodeError> {
        let id = checked.id;
        for ((ordinal, view), meaning) in (0u32..).zip(&seen.views).zip(&checked.meanings) {
            if let (SeenView::Whole(whole), Some(meaning)) = (view, meaning) {
                for input in &whole.consumed {
                    self.forget(&input.at, &input.fact);
                }
                self.remember_attested(&id, whole, meaning);
                self.observe_from_inside(whole, meaning);
                if self.publishes(meaning, driver) {
                    self.publish(ordinal, whole, checked, &signatures, &certificate)?;
                }
            }
        }
        for (at, fact) in self.brought(&id, &seen, checked) {
            self.keep(fact, at)?;
        }
        self.note_files(&seen, checked)?;
        let stored = StoredTransaction {
            seen,
            signatures,
            certificate,
        };
        self.pending.put(Table::Transactions, *id.bytes(), &stored);
        self.unpark(&id)
    }

    pub(crate) fn forget(&mut self, at: &FactRef, fact: &Fact) {
        self.pending.delete(Table::Facts, fact_key(at));
        let contract = self.setup.book.get(&fact.contract);
        if let Some((key, minor)) = contract.and_then(|c| PurseKey::of(fact, c)) {
            self.purse.remove(&key, minor, at);
        }
    }

    fn keep(&mut self, fact: Fact, at: FactRef) -> Result<(), NodeError> {
        let mut nonces = Vec::with_capacity(fact.control.keys().len());
        for key in fact.control.keys() {
            // Keys given out to others are listed; those of facts made here follow from the fact's salt.
            let given = self.nonce_of(Purpose::Control, key)?;
            nonces.push(given.unwrap_or(fact.salt));
        }
        let stored = StoredFact { fact, nonces };
        self.index_money(&stored, at);
        self.pending.put(Table::Facts, fact_key(&at), &stored);
        Ok(())
    }

    /// An attestor knows which facts it vouched for and which of them are used up.
    fn remember_attested(&mut self, id: &TransactionId, view: &View, meaning: &Meaning) {
        for (input, roles) in view.consumed.iter().zip(&meaning.consumed) {
            if roles.attestors.iter().any(|party| self.hosts(party)) {
                self.pending
                    .delete(Table::Index, under(ATTESTED, &fact_key(&input.at)));
            }
        }
        let mut attests = false;
        for ((output, fact), roles) in (0u32..).zip(&view.created).zip(&meaning.created) {
            if roles.attestors.iter().any(|party| self.hosts(party)) {
                attests = true;
                if !roles.controllers.is_empty() {
                    let at = FactRef {
                        transaction: *id,
                        view: view.ordinal,
                        output,
                    };
                    let commitment = fact.commitment().0.to_vec();
                    self.pending.put_bytes(
                        Table::Index,
                        under(ATTESTED, &fact_key(&at)),
                        commitment,
                    );
                }
            }
        }
        if attests {
            self.attested.apply(view, &self.setup.book);
        }
    }

    /// An observer that has a part in a view is sent no envelope of it: it adds up what it sees anyway.
    fn observe_from_inside(&mut self, view: &View, meaning: &Meaning) {
        let here = |parties: &BTreeSet<Party>| parties.iter().any(|party| self.hosts(party));
        if here(&meaning.observers_inside()) && !here(&meaning.observers()) {
            self.totals.apply(view, &self.setup.book);
        }
    }

    /// Whether this node tells portals and observers of a view: the first attestor does, so that nobody who would rather
    /// keep it quiet has to be relied on; without attestors, the driver.
    fn publishes(&self, meaning: &Meaning, driver: bool) -> bool {
        meaning
            .created
            .iter()
            .find_map(|r| r.attestors.first())
            .map_or(driver, |first| self.hosts(first))
    }

    fn publish(
        &mut self,
        ordinal: u32,
        view: &View,
        checked: &Checked,
        signatures: &[ScopedSignature],
        certificate: &Certificate,
    ) -> Result<(), NodeError> {
        let opening = checked.opening.clone();
        let Some(root) = opening.roots.get(ordinal as usize).copied() else {
            return Ok(());
        };
        let contract = self.setup.book.get(&view.contract).cloned();
        let part = contract.and_then(|contract| PublicPart::of(view, &contract));
        let facts: Vec<Disclosed> = match part {
            None => Vec::new(),
            Some(part) => {
                let hashes = view.hashes();
                let disclosed = |fact: PublicFact| {
                    let place = Place::of(&opening, ordinal, &hashes, fact.output)?;
                    Some(Disclosed {
                        place,
                        fact: fact.opening,
                    })
                };
                part.facts.into_iter().filter_map(disclosed).collect()
            }
        };
        if !facts.is_empty() {
            // Whoever else signed, and what else, is not for everyone to know.
            let vouching = signatures.iter().filter_map(|signature| {
                Some(Vouching {
                    party: signature.party.clone(),
                    attestation: signature.attestation(&root)?,
                })
            });
            let disclosure = Disclosure {
                facts,
                vouching: vouching.collect(),
                certificate: certificate.clone(),
            };
            let portals: Vec<Party> = self
                .members
                .of_role(MemberRole::Portal)
                .map(|r| r.party.clone())
                .collect();
            for portal in portals {
                self.post(&portal, &Message::Disclose(disclosure.clone()));
            }
        }
        let mut by_host: BTreeMap<Party, Vec<SealedView>> = BTreeMap::new();
        for (observer, envelope) in checked
            .envelopes
            .get(ordinal as usize)
            .into_iter()
            .flatten()
        {
            if let Some(host) = self.members.host(observer) {
                let sealed = SealedView {
                    view: ordinal,
                    observer: observer.clone(),
                    envelope: envelope.clone(),
                };
                by_host.entry(host.clone()).or_default().push(sealed);
            }
        }
        let issued = self.setup.book.get(&view.contract);
        let issued = issued
            .map(|c| issue_requirements(view, c, &opening.roots))
            .unwrap_or_default();
        let of_view = |s: &&ScopedSignature| {
            let mut issued = issued.iter();
            s.scope.iter().any(|scope| scope.view == root) || issued.any(|r| r.is_met_by(s))
        };
        for (host, envelopes) in by_host {
            let observation = Observation {
                opening: opening.clone(),
                envelopes,
                signatures: signatures.iter().filter(of_view).cloned().collect(),
                certificate: certificate.clone(),
            };
            if host == self.setup.me {
                self.observed(observation)?;
            } else {
                self.post(&host, &Message::Observe(observation));
            }
        }
        Ok(())
    }
}
