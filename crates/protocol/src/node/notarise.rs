//! Asking the notary, and what its answers mean for a flow.

use ledger::certificate::{cancelled_on, spent_on};
use ledger::public::PublicPart;
use ledger::token::Sort;
use ledger::transaction::Header;
use ledger::validity::input_token;
use ledger::view::Input;
use ledger::{Digest, Lineage, Token, TransactionId, codec, token};
use minicbor::bytes::ByteVec;

use super::core::{DRIVEN, LOST, Node, NodeError, Output, SENT, under};
use super::draft::cancel_secret;
use super::instruct::refused;
use super::records::{InstructionState, StoredFact, fact_key};
use crate::limits::CLOCK_SKEW_MS;
use crate::notary::{Authority, NotaryRefusal, Request, Submission, Verdict};
use crate::store::{Store, Table};

impl<S: Store> Node<S> {
    /// The secret of one of a flow's cancel tokens.
    pub(super) fn cancellation(&self, id: &TransactionId) -> Option<Digest> {
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

    /// Cancels a flow before its money is free again: a copy of the request that is still on its way could otherwise be
    /// certified when the window opens, or under a clock that was set back.
    fn cancel(&mut self, id: &TransactionId, state: InstructionState) {
        if let Some(flow) = self.flows.get_mut(id) {
            flow.refusal = Some(state);
        }
        if let Some(secret) = self.cancellation(id) {
            let request = Request::Cancel(*id, secret);
            self.outputs.push(Output::Notarise { id: *id, request });
        }
    }

    /// What the notary gets: the id's opening, the controllers' authority, and the public bytes.
    pub(super) fn submission(&self, id: &TransactionId) -> Result<Option<Request>, NodeError> {
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
            keys: flow.stored.keys.clone(),
        })))
    }

    /// Sets a consumed fact aside that others know to be used up and this node doesn't, as after a restore from an old backup:
    /// it would be tried again for every instruction. False if the flow consumes no such fact.
    pub(super) fn set_aside(
        &mut self,
        id: &TransactionId,
        used: impl Fn(&Input, &Lineage) -> bool,
    ) -> bool {
        let views = self
            .flows
            .get(id)
            .map(|flow| &flow.stored.transaction.views);
        let mut inputs = views.into_iter().flatten().flat_map(|view| &view.consumed);
        let used = inputs.find(|input| used(input, &self.setup.home.notary));
        let Some(Input { at, fact }) = used.cloned() else {
            return false;
        };
        self.pending
            .put(Table::Index, under(LOST, &fact_key(&at)), &fact);
        self.forget(&at, &fact);
        true
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
        // A notary that says so and doesn't show it has not answered, and is asked again.
        if let Verdict::Refused(NotaryRefusal::TokenUsed {
            token,
            spent_on,
            proof,
        }) = &verdict
            && !is_used(&flow.stored.transaction.header, id, token, |mark| {
                proof.verify(mark, spent_on, &self.setup.notary).is_ok()
            })
        {
            return Ok(());
        }
        match verdict {
            Verdict::Certified(certificate) => {
                let terms = flow.stored.transaction.header.terms.clone();
                if self.certified(id, &terms, &certificate).is_err() {
                    return Ok(());
                }
                let Some(flow) = self.end_flow(id) else {
                    return Ok(());
                };
                self.pending.delete(Table::Flows, under(DRIVEN, id.bytes()));
                self.pending.delete(Table::Flows, under(SENT, id.bytes()));
                let key = flow.stored.instruction.clone();
                self.conclude_driven(flow, certificate)?;
                self.progress(&key, InstructionState::Done(*id))
            }
            // It waited too long for somebody; the same instruction gets a new window. (Late while still young by the clock
            // here, it is the clock that is wrong.)
            Verdict::Refused(NotaryRefusal::TooLate { until_ms, .. })
                if self.now_ms + CLOCK_SKEW_MS > until_ms =>
            {
                self.cancel(id, InstructionState::Queued);
                Ok(())
            }
            Verdict::Refused(
                refusal @ (NotaryRefusal::TooEarly { .. } | NotaryRefusal::TooLate { .. }),
            ) => {
                self.cancel(id, refused(refusal.code(), refusal.to_string()));
                Ok(())
            }
            // It asks the registrar, or mends its store, and is asked again.
            Verdict::Refused(NotaryRefusal::MapBehind { .. } | NotaryRefusal::NotNow { .. }) => {
                Ok(())
            }
            Verdict::Refused(NotaryRefusal::TokenUsed {
                spent_on: other, ..
            }) if other == spent_on(id, &flow.stored.r) => self.submit(id),
            Verdict::Refused(NotaryRefusal::TokenUsed {
                token, spent_on, ..
            }) if spent_on == cancelled_on(&token) => {
                let state = flow.refusal.take().unwrap_or_else(cancelled);
                self.abandon(id, state)
            }
            Verdict::Refused(refusal) => {
                let state = match &refusal {
                    NotaryRefusal::TokenUsed { token, .. }
                        if self.set_aside(id, |input, notary| {
                            input_token(input, notary) == *token
                        }) =>
                    {
                        InstructionState::Queued
                    }
                    refusal => refused(refusal.code(), refusal.to_string()),
                };
                self.abandon(id, state)
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
}

/// Whether a token of a transaction is shown to be used up: by the mark that it leaves as what it is in the header.
fn is_used(
    header: &Header,
    id: &TransactionId,
    token: &Token,
    shown: impl Fn(&Token) -> bool,
) -> bool {
    let referenced = header.referenced().map(|token| (Sort::Fact, token));
    let mut named = header.spent().chain(referenced);
    named.any(|(sort, named)| named == token && shown(&sort.mark(named, id)))
}
