//! Driving a flow: instruction, draft, signatures, notary.

use std::collections::BTreeSet;

use deed::Party;
use ledger::certificate::{cancelled_on, spent_on};
use ledger::public::PublicPart;
use ledger::signature::ScopedSignature;
use ledger::tearoff::{SeenView, TearOff};
use ledger::transaction::Transaction;
use ledger::validity::{Checked, Standing, audiences, check, input_token};
use ledger::{Digest, TransactionId, codec, token};
use minicbor::bytes::ByteVec;

use super::core::{DRIVEN, Flow, Node, NodeError, OPEN, Output, SENT, under};
use super::draft::{Draft, Stop, cancel_secret};
use super::purse::PurseKey;
use super::records::{
    Instruction, InstructionState, StoredFact, StoredFlow, StoredInstruction, fact_key,
};
use super::respond::Claim;
use crate::limits::{FLOWS_MAX, KEY_BYTES_MAX, RETRY_MS};
use crate::message::{Message, Proposal};
use crate::notary::{Authority, NotaryRefusal, Request, Submission, Verdict};
use crate::store::{Store, Table};

/// Instructions looked at in one go before the rest must wait: a blocked one doesn't block all.
const LOOK_AHEAD: usize = 64;

impl<S: Store> Node<S> {
    /// Accepts an instruction once, however often it is sent.
    pub(crate) fn instruct(&mut self, instruction: Instruction) -> Result<(), NodeError> {
        let key = instruction.key.clone();
        let known: Option<StoredInstruction> =
            self.pending
                .get(&self.store, Table::Instructions, key.as_bytes())?;
        let state = match known {
            Some(known) if known.instruction == instruction => known.state,
            Some(_) => refused(
                "idempotency_key_reused",
                "this key was used for another instruction before",
            ),
            None if key.is_empty() || key.len() > KEY_BYTES_MAX => refused(
                "idempotency_key_not_allowed",
                format!("a key has 1 to {KEY_BYTES_MAX} bytes"),
            ),
            None if !self.hosts(&instruction.party) => refused(
                "party_not_hosted_here",
                format!("{} does not have its facts at this node", instruction.party),
            ),
            // What is written here must be readable again, or the node would not open any more.
            None if codec::decode::<Instruction>(&codec::encode(&instruction)).is_err() => refused(
                "instruction_not_readable",
                "an argument is too long, nested too deep, or not in Unicode normalisation form C",
            ),
            None => {
                let number = self.arrivals;
                self.arrivals += 1;
                let stored = StoredInstruction {
                    instruction,
                    state: InstructionState::Queued,
                    number,
                };
                self.write_instruction(&stored);
                self.queue.push_back(stored);
                InstructionState::Queued
            }
        };
        self.outputs.push(Output::Progress { key, state });
        Ok(())
    }

    /// Writes an instruction, and keeps a list of the unfinished ones beside the table of all.
    fn write_instruction(&mut self, stored: &StoredInstruction) {
        let key = stored.instruction.key.as_bytes();
        self.pending.put(Table::Instructions, key, stored);
        match stored.state {
            InstructionState::Queued | InstructionState::InFlight(_) => {
                self.pending.put(Table::Index, under(OPEN, key), stored);
            }
            InstructionState::Done(_) | InstructionState::Refused(..) => {
                self.pending.delete(Table::Index, under(OPEN, key));
            }
        }
    }

    fn progress(&mut self, key: &str, state: InstructionState) -> Result<(), NodeError> {
        let stored: Option<StoredInstruction> =
            self.pending
                .get(&self.store, Table::Instructions, key.as_bytes())?;
        if let Some(mut stored) = stored {
            stored.state = state.clone();
            self.write_instruction(&stored);
            if state == InstructionState::Queued {
                self.queue.push_front(stored);
            }
        }
        self.outputs.push(Output::Progress {
            key: key.to_owned(),
            state,
        });
        Ok(())
    }

    /// Starts as many queued instructions as money, keys and limits allow.
    pub(crate) fn pump(&mut self) -> Result<(), NodeError> {
        let mut waiting = Vec::new();
        while self.flows.len() < FLOWS_MAX && waiting.len() < LOOK_AHEAD {
            let Some(stored) = self.queue.pop_front() else {
                break;
            };
            match self.draft(&stored.instruction) {
                Ok(draft) => waiting.extend(self.begin(stored, draft)?),
                Err(Stop::Wait) => waiting.push(stored),
                Err(Stop::Refuse(refusal)) => {
                    let law = refusal
                        .law
                        .map(|law| format!(" ({law})"))
                        .unwrap_or_default();
                    let state = InstructionState::Refused(refusal.rule, refusal.message + &law);
                    self.progress(&stored.instruction.key, state)?;
                }
                Err(Stop::Fail(error)) => return Err(error),
            }
        }
        for stored in waiting.into_iter().rev() {
            self.queue.push_front(stored);
        }
        Ok(())
    }

    /// Begins a flow. Gives the instruction back if it must wait for the outcome of another.
    fn begin(
        &mut self,
        mut instruction: StoredInstruction,
        draft: Draft,
    ) -> Result<Option<StoredInstruction>, NodeError> {
        let Draft {
            transaction,
            vouchers,
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

    fn drive(
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
    fn propose(&mut self, id: &TransactionId) {
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
                    }),
                )
            })
            .collect();
        for (host, message) in proposals {
            self.send(&host, &message);
        }
    }

    /// Signatures for a flow that this node drives.
    pub(crate) fn countersigned(
        &mut self,
        from: &Party,
        id: &TransactionId,
        signatures: Vec<ScopedSignature>,
    ) -> Result<(), NodeError> {
        let Some(flow) = self.flows.get_mut(id) else {
            return Ok(());
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

    fn submit_if_complete(&mut self, id: &TransactionId) -> Result<(), NodeError> {
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
    fn submit(&mut self, id: &TransactionId) -> Result<(), NodeError> {
        let request = self.submission(id)?.unwrap_or(Request::Status(*id));
        if let Some(flow) = self.flows.get_mut(id) {
            flow.asked_ms = self.now_ms;
        }
        self.outputs.push(Output::Notarise { id: *id, request });
        Ok(())
    }

    /// The secret of one of a flow's cancel tokens.
    fn cancellation(&self, id: &TransactionId) -> Option<Digest> {
        let flow = self.flows.get(id)?;
        let transaction = &flow.stored.transaction;
        let first = transaction.views.first()?;
        let signers = &flow.checked.meanings.first()?.as_ref()?.signers;
        signers
            .iter()
            .map(|party| cancel_secret(first, party))
            .find(|secret| {
                transaction
                    .header
                    .cancel
                    .contains(&token::cancel(&secret.0))
            })
    }

    /// What the notary gets: the id's opening, the controllers' authority, and the public bytes.
    fn submission(&self, id: &TransactionId) -> Result<Option<Request>, NodeError> {
        let Some(flow) = self.flows.get(id) else {
            return Ok(None);
        };
        let transaction = &flow.stored.transaction;
        let mut authorities = Vec::with_capacity(transaction.views.len());
        for view in &transaction.views {
            let mut of_view = Vec::with_capacity(view.consumed.len());
            for input in &view.consumed {
                let token = input_token(input, &self.setup.home.notary);
                let stored: Option<StoredFact> =
                    self.pending
                        .get(&self.store, Table::Facts, &fact_key(&input.at))?;
                let Some(stored) = stored else {
                    return Ok(None);
                };
                let mut signatures = Vec::with_capacity(stored.nonces.len());
                for nonce in &stored.nonces {
                    signatures.push(ByteVec::from(self.one_time(nonce)?.authorise(&token, id)));
                }
                let rho = input
                    .fact
                    .token_key()
                    .rho(&self.setup.home.notary, &input.at);
                of_view.push(Authority {
                    control: input.fact.control.clone(),
                    rho,
                    signatures,
                });
            }
            authorities.push(of_view);
        }
        let public = transaction
            .views
            .iter()
            .map(|view| {
                let contract = self.setup.book.get(&view.contract)?;
                PublicPart::of(view, contract).map(|part| ByteVec::from(codec::encode(&part)))
            })
            .collect();
        let opening = flow.checked.opening.clone();
        Ok(Some(Request::Certify(Submission {
            opening,
            authorities,
            public,
            r: flow.stored.r,
        })))
    }

    /// A signer refuses: the flow ends and its money is free again.
    pub(crate) fn declined(
        &mut self,
        from: &Party,
        id: &TransactionId,
        code: &str,
        reason: &str,
    ) -> Result<(), NodeError> {
        let Some(flow) = self.flows.get(id) else {
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
        let name = self
            .members
            .get(from)
            .map_or_else(|| from.to_string(), |record| record.name.clone());
        self.abandon(id, refused(code, format!("{name} declined: {reason}")))
    }

    /// Ends a flow that can't be certified any more.
    fn abandon(&mut self, id: &TransactionId, state: InstructionState) -> Result<(), NodeError> {
        let Some(flow) = self.flows.remove(id) else {
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

    /// The notary's answer.
    pub(crate) fn verdict(
        &mut self,
        id: &TransactionId,
        verdict: Verdict,
    ) -> Result<(), NodeError> {
        let Some(flow) = self.flows.get_mut(id) else {
            return self.outcome(id, verdict);
        };
        let cancelled = || refused("cancelled", "it was cancelled at the notary");
        match verdict {
            Verdict::Certified(certificate) => {
                if self.certified(id, &certificate).is_err() {
                    return Ok(());
                }
                let Some(flow) = self.flows.remove(id) else {
                    return Ok(());
                };
                self.pending.delete(Table::Flows, under(DRIVEN, id.bytes()));
                self.pending.delete(Table::Flows, under(SENT, id.bytes()));
                let key = flow.stored.instruction.clone();
                self.conclude_driven(flow, certificate)?;
                self.progress(&key, InstructionState::Done(*id))
            }
            Verdict::Refused(NotaryRefusal::TooLate { until_ms, .. }) if self.now_ms > until_ms => {
                // It waited too long for somebody; the same instruction gets a new window.
                self.abandon(id, InstructionState::Queued)
            }
            Verdict::Refused(refusal @ NotaryRefusal::TooEarly { .. }) => {
                // A copy on its way could still be certified when the window opens, so it is cancelled before its money is
                // free again.
                flow.refusal = Some(refused(refusal.code(), refusal.to_string()));
                if let Some(secret) = self.cancellation(id) {
                    let request = Request::Cancel(*id, secret);
                    self.outputs.push(Output::Notarise { id: *id, request });
                }
                Ok(())
            }
            Verdict::Refused(NotaryRefusal::TokenUsed {
                spent_on: other, ..
            }) if other == spent_on(id, &flow.stored.r) => self.submit(id),
            Verdict::Refused(NotaryRefusal::TokenUsed { token, spent_on })
                if spent_on == cancelled_on(&token) =>
            {
                let state = flow.refusal.take().unwrap_or_else(cancelled);
                self.abandon(id, state)
            }
            Verdict::Refused(refusal) => {
                self.abandon(id, refused(refusal.code(), refusal.to_string()))
            }
            Verdict::Cancelled => {
                let state = flow.refusal.take().unwrap_or_else(cancelled);
                self.abandon(id, state)
            }
            Verdict::Unknown(at_ms)
                if at_ms > flow.stored.transaction.header.terms.window.until_ms =>
            {
                self.abandon(id, InstructionState::Queued)
            }
            Verdict::Unknown(_) => Ok(()),
        }
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

/// The state of an instruction that is refused.
pub(crate) fn refused(code: &str, reason: impl Into<String>) -> InstructionState {
    InstructionState::Refused(code.to_owned(), reason.into())
}
