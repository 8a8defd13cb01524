//! Driving a flow: instruction, draft, signatures, notary.

use std::collections::BTreeSet;

use deed::Party;
use ledger::fact::FactRef;
use ledger::signature::{Role, ScopedSignature};
use ledger::tearoff::{Audience, SeenView, TearOff};
use ledger::transaction::Transaction;
use ledger::validity::{Checked, Standing, audiences, check};
use ledger::{TransactionId, ViewRoot};

use super::business_keys::Claim;
use super::core::{DOUBTED, DRIVEN, Flow, Node, NodeError, Output, SENT, under};
use super::draft::Draft;
use super::instruct::refused;
use super::purse::PurseKey;
use super::records::{InstructionState, StoredFlow, StoredInstruction, fact_key};
use super::respond::{MAP_BEHIND, NOT_AUTHENTIC};
use super::signing::{Then, Unsigned};
use super::waiting::Cause;
use crate::limits::RETRY_MS;
use crate::message::{Message, Proposal};
use crate::notary::Request;
use crate::store::{Store, Table};

impl<S: Store> Node<S> {
    /// Begins a flow. Gives the instruction back if it must wait for the outcome of another.
    pub(super) fn begin(
        &mut self,
        mut instruction: StoredInstruction,
        draft: Draft,
    ) -> Result<Option<StoredInstruction>, NodeError> {
        let Draft {
            transaction,
            vouchers,
            divides,
            keys: secrets,
            money,
            audiences,
        } = draft;
        let seen = whole(&transaction, vouchers.clone());
        let key = instruction.instruction.key.clone();
        let checked = match check(
            &seen,
            Standing::Party,
            &self.setup.book,
            &self.setup.home,
            &self.members,
        ) {
            Ok(checked) => checked,
            Err(invalid) => {
                let state = refused(invalid.code(), invalid.to_string());
                return self.progress(&key, state).map(|()| None);
            }
        };
        let id = checked.id;
        let keys = self.business_keys(&seen, &checked);
        match self.claim(&keys, &id)? {
            Claim::Free => {}
            Claim::Open => return Ok(Some(instruction)),
            Claim::Used => {
                let state = refused(Claim::CODE, Claim::REASON);
                return self.progress(&key, state).map(|()| None);
            }
        }
        for key in keys {
            self.pending
                .put_bytes(Table::Index, key, id.bytes().to_vec());
        }
        self.key_secrets.forget(&secrets.given);
        for (pocket, minor, at) in money {
            self.purse.lock(&pocket, minor, at);
        }
        if let Some(pocket) = divides {
            self.dividing.insert(id, pocket);
        }
        instruction.state = InstructionState::InFlight(id);
        self.write_instruction(&instruction);
        self.outputs.push(Output::Progress {
            key: key.clone(),
            state: instruction.state,
        });
        let stored = StoredFlow {
            instruction: key,
            transaction,
            vouchers,
            own: Vec::new(),
            r: self.random(),
            keys: secrets.secrets,
        };
        let scopes = self.scopes_of_hosted(&checked, true);
        self.unsigned.push(Unsigned {
            checked,
            scopes,
            then: Then::Drive(stored, audiences),
        });
        Ok(None)
    }

    /// Takes up a flow again after a restart.
    pub(crate) fn take_up(&mut self, stored: StoredFlow) -> Result<(), NodeError> {
        let seen = whole(&stored.transaction, stored.vouchers.clone());
        let id = seen.id();
        let sent: Option<Vec<ScopedSignature>> =
            self.pending
                .get(&self.store, Table::Flows, &under(SENT, id.bytes()))?;
        let checked = |standing| {
            let (book, home) = (&self.setup.book, &self.setup.home);
            check(&seen, standing, book, home, &self.members)
        };
        let closed = self.now_ms > stored.transaction.header.terms.window.until_ms;
        let checked = match checked(Standing::Party) {
            Ok(checked) if sent.is_some() || !closed => checked,
            // Valid when it was begun: only time or another directory can have changed that. What has left this node may be
            // certified all the same; what has not is drafted again.
            Err(_) if sent.is_some() => match checked(Standing::Observer) {
                Ok(checked) => checked,
                Err(_) => return Ok(()),
            },
            _ => {
                if let Ok(checked) = checked(Standing::Observer) {
                    self.release(&seen, &checked);
                }
                self.pending.delete(Table::Flows, under(DRIVEN, id.bytes()));
                return self.progress(&stored.instruction, InstructionState::Queued);
            }
        };
        let Ok(audiences) = audiences(&stored.transaction, &self.setup.book) else {
            return Ok(());
        };
        for view in &stored.transaction.views {
            for input in &view.consumed {
                let contract = self.setup.book.get(&input.fact.contract);
                if let Some((key, minor)) = contract.and_then(|c| PurseKey::of(&input.fact, c)) {
                    self.purse.lock(&key, minor, input.at);
                }
            }
        }
        self.drive(stored, audiences, checked, sent)
    }

    pub(super) fn drive(
        &mut self,
        stored: StoredFlow,
        audiences: Vec<Audience>,
        checked: Checked,
        sent: Option<Vec<ScopedSignature>>,
    ) -> Result<(), NodeError> {
        let id = checked.id;
        let submitted = sent.is_some();
        let signatures = sent
            .unwrap_or_else(|| stored.own.clone())
            .into_iter()
            .map(|s| (s.party.clone(), s))
            .collect();
        let flow = Flow {
            stored,
            audiences,
            checked,
            signatures,
            asked: BTreeSet::new(),
            vouching: false,
            submitted,
            behind: false,
            refusal: None,
            asked_ms: self.now_ms,
        };
        self.flows.insert(id, flow);
        if submitted {
            return self.submit(&id);
        }
        self.propose(&id);
        self.submit_if_complete(&id)
    }

    /// Asks every node whose signatures are missing, and shows it what all its parties may see: it keeps that. Those who agree
    /// are asked before those who vouch.
    pub(super) fn propose(&mut self, id: &TransactionId) {
        let Some(flow) = self.flows.get(id) else {
            return;
        };
        let signatures: Vec<ScopedSignature> = flow.signatures.values().cloned().collect();
        let agreed = flow.checked.agreed(&signatures, |_| false);
        let missing: BTreeSet<Party> = flow
            .checked
            .uncovered(&signatures)
            .filter(|r| agreed || r.role != Role::Attestor)
            .flat_map(|r| r.parties.iter().map(move |party| (r, party)))
            .filter(|(r, party)| {
                let given = flow.signatures.get(party);
                !given.is_some_and(|s| r.is_met_by(s))
            })
            .filter_map(|(_, party)| self.members.host(party).cloned())
            .collect();
        let parts = self.parts(&flow.audiences);
        let asked = parts.into_iter().filter(|(host, _)| missing.contains(host));
        let proposals: Vec<(Party, Message)> = asked
            .map(|(host, parties)| {
                let stored = &flow.stored;
                let seen = stored
                    .transaction
                    .tear_off(&flow.audiences, &parties, &stored.vouchers);
                let given = if agreed { &signatures } else { &stored.own };
                let signatures = concerning(given, &flow.checked, &flow.audiences, &parties);
                let proposal = Proposal {
                    seen,
                    evidence: Vec::new(),
                    signatures,
                };
                (host, Message::Propose(proposal))
            })
            .collect();
        for (host, message) in proposals {
            self.send(&host, &message);
        }
        if let Some(flow) = self.flows.get_mut(id) {
            (flow.asked, flow.vouching) = (missing, agreed);
        }
    }

    /// Signatures for a flow that this node drives, or for a proposal that it has signed.
    pub(crate) fn countersigned(
        &mut self,
        from: &Party,
        id: &TransactionId,
        signatures: Vec<ScopedSignature>,
    ) -> Result<(), NodeError> {
        let Some(flow) = self.flows.get_mut(id) else {
            return self.learn_signatures(from, id, signatures);
        };
        let checked = &flow.checked;
        let mut learned = false;
        for signature in signatures {
            let expected = self.members.host(&signature.party) == Some(from);
            let before = flow.signatures.get(&signature.party);
            let more = checked.given(&signature) > before.map_or(0, |s| checked.given(s));
            let network = &self.setup.home.network;
            if expected && more && checked.verify(network, &signature, &self.members).is_ok() {
                flow.signatures.insert(signature.party.clone(), signature);
                learned = true;
            }
        }
        if learned && !flow.submitted {
            self.ask_those_who_vouch(id);
        }
        self.submit_if_complete(id)
    }

    /// As soon as everybody has agreed, those who vouch are asked; once, whatever answers come.
    fn ask_those_who_vouch(&mut self, id: &TransactionId) {
        let Some(flow) = self.flows.get(id) else {
            return;
        };
        let signatures: Vec<ScopedSignature> = flow.signatures.values().cloned().collect();
        if !flow.vouching && flow.checked.agreed(&signatures, |_| false) {
            self.propose(id);
        }
    }

    pub(super) fn submit_if_complete(&mut self, id: &TransactionId) -> Result<(), NodeError> {
        let Some(flow) = self.flows.get_mut(id) else {
            return Ok(());
        };
        let signatures: Vec<ScopedSignature> = flow.signatures.values().cloned().collect();
        if flow.submitted || flow.checked.covered(&signatures).is_err() {
            return Ok(());
        }
        flow.submitted = true;
        // Durable before the request leaves: after a restart the node must know that it may be certified, and be able to
        // show what made it valid.
        self.pending
            .put(Table::Flows, under(SENT, id.bytes()), &signatures);
        self.submit(id)
    }

    /// Hands a transaction to the notary, again if need be.
    pub(super) fn submit(&mut self, id: &TransactionId) -> Result<(), NodeError> {
        let request = self.submission(id)?.unwrap_or(Request::Status(*id));
        if let Some(flow) = self.flows.get_mut(id) {
            flow.asked_ms = self.now_ms;
        }
        self.outputs.push(Output::Notarise { id: *id, request });
        Ok(())
    }

    /// A signer refuses: the flow ends and its money is free again.
    pub(crate) fn declined(
        &mut self,
        from: &Party,
        id: &TransactionId,
        (code, reason): (&str, &str),
        input: Option<FactRef>,
    ) -> Result<(), NodeError> {
        let Some(flow) = self.flows.get_mut(id) else {
            return Ok(());
        };
        let asked = flow
            .checked
            .signatories()
            .iter()
            .any(|party| self.members.host(party) == Some(from));
        if !asked || flow.submitted {
            return Ok(());
        }
        if code == MAP_BEHIND {
            flow.behind = true;
            return self.draft_again_what_is_behind();
        }
        if code == NOT_AUTHENTIC
            && let Some(at) = input
            && self.doubt(from, id, &at)?
        {
            return Ok(());
        }
        let name = self
            .members
            .get(from)
            .map_or_else(|| from.to_string(), |record| record.name.clone());
        self.abandon(id, refused(code, format!("{name} declined: {reason}")))
    }

    /// Who vouches for a fact says that it is not current, as when one of the two nodes was restored from an old backup: until
    /// this node is opened again the fact is left alone, and the instruction is tried with others. False if it isn't for
    /// this peer to say.
    fn doubt(&mut self, from: &Party, id: &TransactionId, at: &FactRef) -> Result<bool, NodeError> {
        let Some(flow) = self.flows.get(id) else {
            return Ok(false);
        };
        let views = flow
            .stored
            .transaction
            .views
            .iter()
            .zip(&flow.checked.meanings);
        let inputs = views.flat_map(|(view, meaning)| {
            let roles = meaning.iter().flat_map(|meaning| &meaning.consumed);
            view.consumed.iter().zip(roles)
        });
        let mut theirs = inputs.filter(|(input, roles)| {
            let mut attestors = roles.attestors.iter();
            input.at == *at && attestors.any(|party| self.members.host(party) == Some(from))
        });
        let Some(fact) = theirs.next().map(|(input, _)| input.fact.clone()) else {
            return Ok(false);
        };
        self.abandon(id, InstructionState::Queued)?;
        let contract = self.setup.book.get(&fact.contract);
        if let Some((key, minor)) = contract.and_then(|c| PurseKey::of(&fact, c)) {
            self.purse.lock(&key, minor, *at);
        }
        let key = under(DOUBTED, &fact_key(at));
        self.pending
            .put_bytes(Table::Index, key, from.as_str().as_bytes().to_vec());
        Ok(true)
    }

    /// Takes a flow off the list of open ones.
    pub(super) fn end_flow(&mut self, id: &TransactionId) -> Option<Flow> {
        self.dividing.remove(id);
        self.flows.remove(id)
    }

    /// Ends a flow that can't be certified any more.
    pub(super) fn abandon(
        &mut self,
        id: &TransactionId,
        state: InstructionState,
    ) -> Result<(), NodeError> {
        let Some(flow) = self.end_flow(id) else {
            return Ok(());
        };
        self.pending.delete(Table::Flows, under(DRIVEN, id.bytes()));
        self.pending.delete(Table::Flows, under(SENT, id.bytes()));
        let seen = whole(&flow.stored.transaction, Vec::new());
        self.release(&seen, &flow.checked);
        for view in &flow.stored.transaction.views {
            for input in &view.consumed {
                if let Some(key) = self.purse.unlock(&input.at) {
                    self.waiting.wake(&Cause::Money(key));
                }
            }
        }
        self.progress(&flow.stored.instruction, state)
    }

    /// Drafts again, under the directory in force, what a signer declined because it knows of that one.
    pub(crate) fn draft_again_what_is_behind(&mut self) -> Result<(), NodeError> {
        let size = self.members.size();
        let terms = |flow: &Flow| flow.stored.transaction.header.terms.map_size;
        let behind = self
            .flows
            .iter()
            .filter(|(_, f)| f.behind && terms(f) < size);
        let behind: Vec<TransactionId> = behind.map(|(id, _)| *id).collect();
        for id in behind {
            self.abandon(&id, InstructionState::Queued)?;
        }
        Ok(())
    }

    /// Asks again where an answer is late, and gives up flows whose window has closed unsubmitted.
    pub(crate) fn chase_signatures(&mut self) -> Result<(), NodeError> {
        let now = self.now_ms;
        let late: Vec<(TransactionId, bool, bool)> = self
            .flows
            .iter()
            .filter(|(_, flow)| now >= flow.asked_ms + RETRY_MS)
            .map(|(id, flow)| {
                let closed = now > flow.stored.transaction.header.terms.window.until_ms;
                (*id, flow.submitted, closed)
            })
            .collect();
        for (id, submitted, closed) in late {
            if submitted {
                self.submit(&id)?;
            } else if closed {
                self.abandon(&id, InstructionState::Queued)?;
            } else {
                if let Some(flow) = self.flows.get_mut(&id) {
                    flow.asked_ms = now;
                }
                self.propose(&id);
            }
        }
        Ok(())
    }
}

/// The signatures over views of which the viewers see something: who else signed is not for them to know.
pub(super) fn concerning(
    signatures: &[ScopedSignature],
    checked: &Checked,
    audiences: &[Audience],
    viewers: &BTreeSet<Party>,
) -> Vec<ScopedSignature> {
    let roots = checked.opening.roots.iter().zip(audiences);
    let seen: BTreeSet<ViewRoot> = roots
        .filter(|(_, audience)| audience.shows(viewers))
        .map(|(root, _)| *root)
        .collect();
    over(signatures, &seen)
}

/// The signatures over any of these views.
pub(super) fn over(
    signatures: &[ScopedSignature],
    views: &BTreeSet<ViewRoot>,
) -> Vec<ScopedSignature> {
    let covers = |s: &&ScopedSignature| s.scope.iter().any(|scope| views.contains(&scope.view));
    signatures.iter().filter(covers).cloned().collect()
}

/// A transaction as its drafter sees it.
fn whole(transaction: &Transaction, vouchers: Vec<ledger::tearoff::Vouched>) -> TearOff {
    TearOff {
        header: transaction.header.clone(),
        views: transaction
            .views
            .iter()
            .cloned()
            .map(SeenView::Whole)
            .collect(),
        vouchers,
    }
}
