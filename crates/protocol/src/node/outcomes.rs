//! How a proposal ended that was signed here: its driver says so, and should it keep quiet, the notary and the other signers.

use std::collections::BTreeSet;

use deed::Party;
use ledger::certificate::Certificate;
use ledger::signature::ScopedSignature;
use ledger::validity::{Checked, Standing, check};
use ledger::{TransactionId, ViewRoot};

use super::core::{Node, NodeError, Output, SIGNED, Signed, under};
use super::initiate::over;
use super::records::StoredSigned;
use crate::limits::GRACE_MS;
use crate::message::{Finality, Message};
use crate::notary::{Request, Verdict};
use crate::store::{Store, Table};

/// The longer an outcome is overdue, the more rarely it is asked for: after a while, at each quarter more of its age.
const PATIENCE: u64 = 4;

impl<S: Store> Node<S> {
    /// Asks the notary about signed proposals whose outcome is overdue.
    pub(crate) fn chase_outcomes(&mut self) -> Result<(), NodeError> {
        let now = self.now_ms;
        let overdue: Vec<TransactionId> = self
            .signed
            .iter()
            .filter(|(_, signed)| {
                let until_ms = signed.stored.seen.header.terms.window.until_ms;
                let late_ms = now.saturating_sub(until_ms);
                late_ms > GRACE_MS && now >= signed.asked_ms + GRACE_MS.max(late_ms / PATIENCE)
            })
            .map(|(id, _)| *id)
            .collect();
        for id in overdue {
            self.ask_outcome(&id);
        }
        Ok(())
    }

    fn ask_outcome(&mut self, id: &TransactionId) {
        if let Some(signed) = self.signed.get_mut(id) {
            signed.asked_ms = self.now_ms;
        }
        self.outputs.push(Output::Notarise {
            id: *id,
            request: Request::Status(*id),
        });
    }

    /// The notary's answer about a proposal signed here.
    pub(crate) fn outcome(
        &mut self,
        id: &TransactionId,
        verdict: Verdict,
    ) -> Result<(), NodeError> {
        let Some(signed) = self.signed.get(id) else {
            return Ok(());
        };
        let until_ms = signed.stored.seen.header.terms.window.until_ms;
        match verdict {
            Verdict::Certified(certificate) => self.certified_quietly(id, certificate),
            // After the window, by the notary's own time: it can't happen any more.
            Verdict::Unknown(at_ms) if at_ms > until_ms => {
                self.forget_signed(id);
                self.unpark(id)
            }
            Verdict::Unknown(_) | Verdict::Cancelled | Verdict::Refused(_) => Ok(()),
        }
    }

    /// Certified, and its driver has not said so: with everybody's signatures it is concluded here. Whoever lacks some gives
    /// the others those that it has, so that each gets all.
    fn certified_quietly(
        &mut self,
        id: &TransactionId,
        certificate: Certificate,
    ) -> Result<(), NodeError> {
        let Some(signed) = self.signed.get(id) else {
            return Ok(());
        };
        let signatures = signed.stored.known();
        self.finalised(Finality {
            id: *id,
            seen: None,
            signatures: signatures.clone(),
            certificate,
        })?;
        let Some(Signed {
            checked: Some(checked),
            ..
        }) = self.signed.get(id)
        else {
            return Ok(());
        };
        let hosts: BTreeSet<Party> = checked
            .signatories()
            .iter()
            .filter_map(|party| self.members.host(party).cloned())
            .filter(|host| *host != self.setup.me)
            .collect();
        for host in hosts {
            let theirs = self.shared_with(&host, &signatures);
            self.send(&host, &Message::Signed(*id, theirs));
        }
        Ok(())
    }

    /// Signatures of others on a proposal that was signed here. A signer that still asks about what is concluded here is told
    /// how it ended.
    pub(crate) fn learn_signatures(
        &mut self,
        from: &Party,
        id: &TransactionId,
        signatures: Vec<ScopedSignature>,
    ) -> Result<(), NodeError> {
        let Some(mut signed) = self.signed.remove(id) else {
            return self.tell_end(from, id);
        };
        let checked = match signed.checked.take() {
            Some(checked) => Some(checked),
            None => self.check_signed(&signed.stored, Standing::Party),
        };
        let mut learned = false;
        if let Some(checked) = &checked {
            for signature in signatures {
                let same = |s: &ScopedSignature| s.party == signature.party;
                let known = signed.stored.known();
                let before = known.iter().filter(|s| same(s)).map(|s| checked.given(s));
                let more = checked.given(&signature) > before.max().unwrap_or(0);
                let network = &self.setup.home.network;
                if more
                    && !self.hosts(&signature.party)
                    && checked.verify(network, &signature, &self.members).is_ok()
                {
                    signed.stored.theirs.retain(|s| !same(s));
                    signed.stored.theirs.push(signature);
                    learned = true;
                }
            }
        }
        signed.checked = checked;
        if learned {
            self.pending
                .put(Table::Flows, under(SIGNED, id.bytes()), &signed.stored);
        }
        self.signed.insert(*id, signed);
        if learned {
            self.ask_outcome(id);
        }
        Ok(())
    }

    fn tell_end(&mut self, from: &Party, id: &TransactionId) -> Result<(), NodeError> {
        let Some(done) = self.transaction(id)? else {
            return Ok(());
        };
        let signed = |party: &Party| self.members.host(party) == Some(from);
        if done.signatures.iter().any(|s| signed(&s.party)) {
            let finality = Finality {
                id: *id,
                seen: None,
                signatures: self.shared_with(from, &done.signatures),
                certificate: done.certificate,
            };
            self.send(from, &Message::Final(finality));
        }
        Ok(())
    }

    /// The signatures over views of which a peer's own parties have signed something: who else signed is not for it to know.
    fn shared_with(&self, host: &Party, signatures: &[ScopedSignature]) -> Vec<ScopedSignature> {
        let theirs = |s: &&ScopedSignature| self.members.host(&s.party) == Some(host);
        let seen: BTreeSet<ViewRoot> = signatures
            .iter()
            .filter(theirs)
            .flat_map(|s| s.scope.iter().map(|scope| scope.view))
            .collect();
        over(signatures, &seen)
    }

    fn check_signed(&self, stored: &StoredSigned, standing: Standing) -> Option<Checked> {
        let (book, home) = (&self.setup.book, &self.setup.home);
        check(&stored.seen, standing, book, home, &self.members).ok()
    }

    /// Forgets a proposal that can't be certified any more.
    fn forget_signed(&mut self, id: &TransactionId) {
        let Some(Signed {
            stored, checked, ..
        }) = self.signed.remove(id)
        else {
            return;
        };
        self.pending.delete(Table::Flows, under(SIGNED, id.bytes()));
        let checked = checked.or_else(|| self.check_signed(&stored, Standing::Observer));
        if let Some(checked) = checked {
            self.release(&stored.seen, &checked);
        }
    }
}
