//! Driving a flow: instruction, draft, signatures, notary.

use std::collections::BTreeSet;

use deed::Party;
use ledger::TransactionId;
use ledger::signature::ScopedSignature;
use ledger::tearoff::{SeenView, TearOff};
use ledger::transaction::Transaction;
use ledger::validity::{Checked, Standing, audiences, check};

use super::business_keys::Claim;
use super::core::{DRIVEN, Flow, Node, NodeError, Output, SENT, under};
use super::draft::Draft;
use super::instruct::refused;
use super::purse::PurseKey;
use super::records::{InstructionState, StoredFlow, StoredInstruction};
use super::respond::MAP_BEHIND;
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
            money,
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
        let own = self.sign_for_hosted(&checked)?;
        for (pocket, minor, at) in money {
            self.purse.lock(&pocket, minor, at, id);
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
            own,
            r: self.random(),
        };
        self.pending
            .put(Table::Flows, under(DRIVEN, id.bytes()), &stored);
        self.drive(stored, checked, None)?;
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
        let checked = match checked(Standing::Party) {
            Ok(checked) => checked,
            // Valid when it was begun: only another directory can have changed that. What has left this node may be
            // certified all the same; what has not is drafted again.
            Err(_) if sent.is_some() => match checked(Standing::Observer) {
                Ok(checked) => checked,
                Err(_) => return Ok(()),
            },
            Err(_) => {
                if let Ok(checked) = checked(Standing::Observer) {
                    self.release(&seen, &checked);
                }
                self.pending.delete(Table::Flows, under(DRIVEN, id.bytes()));
                return self.progress(&stored.instruction, InstructionState::Queued);
            }
        };
        for view in &stored.transaction.views {
            for input in &view.consumed {
                let contract = self.setup.book.get(&input.fact.contract);
                if let Some((key, minor)) = contract.and_then(|c| PurseKey::of(&input.fact, c)) {
                    self.purse.lock(&key, minor, input.at, checked.id);
                }
            }
        }
        self.drive(stored, checked, sent)
    }

    pub(super) fn drive(
        &mut self,
        stored: StoredFlow,
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
            checked,
            signatures,
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

    /// Signs, in the name of each party hosted here, what was checked.
    pub(crate) fn sign_for_hosted(
        &self,
        checked: &Checked,
    ) -> Result<Vec<ScopedSignature>, NodeError> {
        let mut own = Vec::new();
        for hosted in &self.setup.hosted {
            let scopes = checked.scopes(&hosted.party);
            if !scopes.is_empty() {
                own.push(hosted.key.sign(
                    &hosted.party,
                    &self.setup.home.network,
                    &checked.id,
                    scopes,
                )?);
            }
        }
        Ok(own)
    }

    /// Asks every node whose signatures are missing, and shows it what all its parties may see: it keeps that.
    pub(super) fn propose(&mut self, id: &TransactionId) {
        let Some(flow) = self.flows.get(id) else {
            return;
        };
        let signatories = flow.checked.signatories();
        let missing: BTreeSet<&Party> = signatories
            .iter()
            .filter(|party| !flow.signatures.contains_key(party))
            .filter_map(|party| self.members.host(party))
            .collect();
        let Ok(audiences) = audiences(&flow.stored.transaction, &self.setup.book) else {
            return;
        };
        let proposals: Vec<(Party, Message)> = self
            .parts(&audiences)
            .into_iter()
            .filter(|(host, _)| missing.contains(host))
            .map(|(host, parties)| {
                let seen =
                    flow.stored
                        .transaction
                        .tear_off(&audiences, &parties, &flow.stored.vouchers);
                (
                    host,
                    Message::Propose(Proposal {
                        seen,
                        evidence: Vec::new(),
                        signatures: flow.stored.own.clone(),
                    }),
                )
            })
            .collect();
        for (host, message) in proposals {
            self.send(&host, &message);
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
        for signature in signatures {
            let expected = self.members.host(&signature.party) == Some(from);
            let fresh = !flow.signatures.contains_key(&signature.party);
            if expected
                && fresh
                && flow
                    .checked
                    .verify(&self.setup.home.network, &signature, &self.members)
                    .is_ok()
            {
                flow.signatures.insert(signature.party.clone(), signature);
            }
        }
        self.submit_if_complete(id)
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
        code: &str,
        reason: &str,
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
        let name = self
            .members
            .get(from)
            .map_or_else(|| from.to_string(), |record| record.name.clone());
        self.abandon(id, refused(code, format!("{name} declined: {reason}")))
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
                self.purse.unlock(&input.at);
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
