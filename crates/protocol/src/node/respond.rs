//! Answering a proposal: check everything that is seen, then sign exactly that, or decline with the rule's name.

use std::collections::BTreeSet;

use deed::{FactRoles, Party};
use ledger::TransactionId;
use ledger::address::Purpose;
use ledger::codec::composed;
use ledger::fact::{Fact, FactRef};
use ledger::limits::SIGNATURES_MAX;
use ledger::presentation::on_sheet;
use ledger::signature::ScopedSignature;
use ledger::tearoff::{SeenOutputs, SeenView, ShownOutput};
use ledger::transaction::IdOpening;
use ledger::trust::Trust;
use ledger::validity::{
    Checked, Invalid, Meaning, Requirement, Standing, check_opened, opened_value,
};
use ledger::view::{Input, View};

use super::business_keys::Claim;
use super::core::{ATTESTED, Node, NodeError, Signed, under};
use super::records::{StoredFact, StoredSigned, StoredTransaction, fact_key};
use super::signing::{Hosted, Then, Unsigned};
use crate::limits::{CLOCK_SKEW_MS, FLOWS_MAX, LATE_MS, SIGNED_MAX};
use crate::message::{Message, Proposal};
use crate::store::{Store, Table};

/// The code with which a signer declines what was drafted under an older directory than it has: a stranger who looks up the
/// signers in that one might not find them.
pub(crate) const MAP_BEHIND: &str = "map_behind";

/// The code with which an attestor declines what its signers have not signed yet.
pub(crate) const SIGNERS_SIGN_FIRST: &str = "signers_sign_first";

/// The code with which a signer declines an input that is unknown, or used up already.
pub(crate) const NOT_AUTHENTIC: &str = "input_not_authentic";

/// Why a proposal isn't signed.
enum No {
    /// It never will be: the rule's code, and the reason with its figures.
    Decline(String, String),
    /// An input is not known as current to those who vouch for it.
    NotAuthentic(FactRef),
    /// Not now. Nothing is said: the driver asks again.
    Later,
    /// Not before this transaction, signed here, has its outcome: it is looked at again then.
    After(TransactionId),
}

impl From<Invalid> for No {
    fn from(invalid: Invalid) -> Self {
        Self::Decline(invalid.code().to_owned(), invalid.to_string())
    }
}

fn decline(code: &str, reason: impl Into<String>) -> No {
    No::Decline(code.to_owned(), reason.into())
}

impl<S: Store> Node<S> {
    /// A proposal from a peer.
    pub(crate) fn proposed(
        &mut self,
        from: &Party,
        mut proposal: Proposal,
    ) -> Result<(), NodeError> {
        let opening = proposal.seen.opening();
        let id = opening.id();
        if let Some(Signed { stored, .. }) = self.signed.get(&id) {
            // More signatures may be what a party hosted here waits for before it vouches. What is shown must be the same.
            let known = |s: &ScopedSignature| {
                self.hosts(&s.party) || stored.theirs.iter().any(|t| t.party == s.party)
            };
            let same = stored.from == *from && stored.seen == proposal.seen;
            if !same || proposal.signatures.iter().all(known) {
                let own = stored.own.clone();
                self.send(from, &Message::Signed(id, own));
                return Ok(());
            }
            let given =
                |s: &ScopedSignature| proposal.signatures.iter().any(|g| g.party == s.party);
            let before: Vec<_> = stored
                .theirs
                .iter()
                .filter(|s| !given(s))
                .cloned()
                .collect();
            proposal.signatures.extend(before);
        }
        if self.is_to_be_signed(&id) {
            return Ok(());
        }
        if let Some(done) = self.transaction(&id)? {
            let own = done
                .signatures
                .into_iter()
                .filter(|s| self.hosts(&s.party))
                .collect();
            self.send(from, &Message::Signed(id, own));
            return Ok(());
        }
        let ahead = opening.header.terms.map_size > self.members.size();
        match self.examine(from, &proposal, opening)? {
            Err(No::Later) => {}
            // Whoever is unknown here may be in the directory that the driver has seen already.
            Err(No::Decline(..)) if ahead => {}
            Err(No::After(awaited)) => self.park(awaited, from, proposal),
            Err(No::NotAuthentic(at)) if !ahead => {
                let reason =
                    format!("the fact {at} is not one that was attested, or it is used up already");
                let code = NOT_AUTHENTIC.to_owned();
                self.send(from, &Message::Declined(id, code, reason, Some(at)));
            }
            Err(No::NotAuthentic(_)) => {}
            Err(No::Decline(code, reason)) => {
                let reason = composed(&reason);
                self.send(from, &Message::Declined(id, code, reason, None));
            }
            Ok(checked) => {
                // Nobody vouches for what is not agreed yet.
                let vouch = checked.agreed(&proposal.signatures, |party| self.hosts(party));
                let scopes = self.scopes_of_hosted(&checked, vouch);
                if scopes.is_empty() {
                    let reason = "those who agree to it sign before those who vouch for it";
                    let code = SIGNERS_SIGN_FIRST.to_owned();
                    self.send(from, &Message::Declined(id, code, reason.to_owned(), None));
                    return Ok(());
                }
                for key in self.business_keys(&proposal.seen, &checked) {
                    self.pending
                        .put_bytes(Table::Index, key, id.bytes().to_vec());
                }
                // One of each: nobody makes this node keep, or pass on, more.
                let mut parties = BTreeSet::new();
                proposal
                    .signatures
                    .retain(|s| !self.hosts(&s.party) && parties.insert(s.party.clone()));
                let stored = StoredSigned {
                    from: from.clone(),
                    seen: proposal.seen,
                    own: Vec::new(),
                    theirs: proposal.signatures,
                };
                self.unsigned.push(Unsigned {
                    checked,
                    scopes,
                    then: Then::Answer(stored),
                });
            }
        }
        Ok(())
    }

    /// Keeps a proposal until another transaction has its outcome, in memory only: its driver asks again after a restart.
    fn park(&mut self, awaited: TransactionId, from: &Party, proposal: Proposal) {
        let parked = self.parked.values().flatten();
        if parked.filter(|(by, _)| by == from).count() < FLOWS_MAX {
            let id = proposal.seen.id();
            let waiting = self.parked.entry(awaited).or_default();
            waiting.retain(|(by, other)| by != from || other.seen.id() != id);
            waiting.push((from.clone(), proposal));
        }
    }

    /// Looks again at the proposals that waited for this transaction.
    pub(crate) fn unpark(&mut self, id: &TransactionId) -> Result<(), NodeError> {
        for (from, proposal) in self.parked.remove(id).unwrap_or_default() {
            self.proposed(&from, proposal)?;
        }
        Ok(())
    }

    /// Everything that a signer here checks before it signs.
    fn examine(
        &mut self,
        from: &Party,
        proposal: &Proposal,
        opening: IdOpening,
    ) -> Result<Result<Checked, No>, NodeError> {
        let seen = &proposal.seen;
        let window = seen.header.terms.window;
        if window.until_ms < self.now_ms && self.now_ms <= window.until_ms + LATE_MS {
            // Only late: its driver gives it up and drafts it again.
            return Ok(Err(No::Later));
        }
        if window.until_ms < self.now_ms || window.from_ms > self.now_ms + CLOCK_SKEW_MS {
            return Ok(Err(decline(
                "window_not_open",
                format!(
                    "its time window is {}–{} and it is {} here",
                    window.from_ms, window.until_ms, self.now_ms
                ),
            )));
        }
        let (map_size, known) = (seen.header.terms.map_size, self.members.size());
        if map_size < known {
            let reason = format!(
                "it was drafted under entry {map_size} of the network map, and {known} is known here"
            );
            return Ok(Err(decline(MAP_BEHIND, reason)));
        }
        let checked = match check_opened(
            seen,
            opening,
            Standing::Party,
            &self.setup.book,
            &self.setup.home,
            &self.members,
        ) {
            Ok(checked) => checked,
            Err(invalid) => return Ok(Err(invalid.into())),
        };
        if let Some(no) = self
            .examine_part(from, &checked)
            .or_else(|| self.examine_driver(from, &checked, proposal))
        {
            return Ok(Err(no));
        }
        let views = seen.views.iter().zip(&checked.meanings);
        for ((view, meaning), header) in views.zip(&seen.header.views) {
            if let (SeenView::Whole(view), Some(meaning)) = (view, meaning) {
                if !self.commits_our_keys(&view.contract, meaning, header) {
                    let (ordinal, what) = (view.ordinal, "key tokens");
                    return Ok(Err(Invalid::Uncommitted { ordinal, what }.into()));
                }
                if let Some(no) = self.examine_signers(from, meaning) {
                    return Ok(Err(no));
                }
                if let Some(no) = self.examine_inputs(view, meaning, proposal)? {
                    return Ok(Err(no));
                }
            }
            if let SeenView::Outputs(outputs) = view
                && let Some(no) = self.examine_shown(outputs)
            {
                return Ok(Err(no));
            }
            for (fact, roles) in created(view, meaning.as_ref(), &self.setup.book) {
                if let Some(no) = self.examine_keys(fact, &roles)? {
                    return Ok(Err(no));
                }
            }
        }
        let keys = self.business_keys(seen, &checked);
        Ok(match self.claim(&keys, &checked.id)? {
            Claim::Free => Ok(checked),
            Claim::Open => Err(No::Later),
            Claim::Used => Err(decline(Claim::CODE, Claim::REASON)),
        })
    }

    /// Whoever is asked has something to sign here, has been shown it whole, and isn't asked for too much at a time.
    fn examine_part(&self, from: &Party, checked: &Checked) -> Option<No> {
        let mut asked = false;
        for Hosted { party, .. } in &self.setup.hosted {
            if let Some(unseen) = checked.unseen(party).next() {
                let reason = format!(
                    "{party} is to sign view {} without having seen it",
                    unseen.ordinal
                );
                return Some(decline("view_not_shown", reason));
            }
            asked |= !checked.scopes(party).is_empty();
        }
        if !asked {
            return Some(decline(
                "nothing_to_sign",
                "nobody here has a part in what is shown",
            ));
        }
        let open = |signed: &&Signed| signed.stored.from == *from;
        let many = self.signed.len() >= SIGNED_MAX
            && self.signed.values().filter(open).count() >= SIGNED_MAX;
        many.then_some(No::Later)
    }

    /// The keys of parties hosted here are keys that were given out here, for what they are to be used for.
    fn examine_keys(&self, fact: &Fact, roles: &FactRoles) -> Result<Option<No>, NodeError> {
        for (party, key) in roles.controllers.iter().zip(fact.control.keys()) {
            if self.hosts(party) && self.nonce_of(Purpose::Control, key)?.is_none() {
                let reason =
                    format!("a key that was never given out here is to control a fact of {party}");
                return Ok(Some(decline("controller_not_ours", reason)));
            }
        }
        let Some(party) = roles.shown_by.as_ref().filter(|party| self.hosts(party)) else {
            return Ok(None);
        };
        let key = fact.holder.as_ref().and_then(on_sheet);
        let ours = match key {
            Some(key) => self.nonce_of(Purpose::Holder, &key)?.is_some(),
            None => false,
        };
        Ok((!ours).then(|| {
            let reason =
                format!("a key that was never given out here is to show a fact of {party}");
            decline("holder_not_ours", reason)
        }))
    }

    /// Facts that are to belong to a party hosted here, or that it is to show, are shown whole: their keys must be its own.
    fn examine_shown(&self, outputs: &SeenOutputs) -> Option<No> {
        let part = |shown: &ShownOutput| match shown {
            ShownOutput::Whole(_) => None,
            ShownOutput::Part(opening) => opened_value(opening),
        };
        for (contract, value) in outputs.shown.values().filter_map(part) {
            let roles = self.setup.book.get(&contract)?.roles_of(&value).ok()?;
            let mut keyed = roles.controllers.iter().chain(&roles.shown_by);
            if let Some(party) = keyed.find(|party| self.hosts(party)) {
                let reason =
                    format!("a fact for {party} is shown in part, and its key is not to be seen");
                return Some(decline("fact_not_shown", reason));
            }
        }
        None
    }

    /// Whoever asks for signatures has given its own. Otherwise a driver could have a transaction certified and keep quiet
    /// about it, and those who vouch for it could neither count nor publish it.
    fn examine_driver(&self, from: &Party, checked: &Checked, proposal: &Proposal) -> Option<No> {
        let theirs = &proposal.signatures;
        let covers = |party: &Party, requirement: &Requirement| {
            let mut theirs = theirs.iter();
            theirs.any(|s| s.party == *party && requirement.is_met_by(s))
        };
        for requirement in &checked.required {
            let hosted = requirement.parties.iter();
            for party in hosted.filter(|party| self.members.host(party) == Some(from)) {
                if !covers(party, requirement) {
                    let message = format!("{party} asks for signatures and has not signed itself");
                    return Some(decline("driver_signs_first", message));
                }
            }
        }
        if theirs.len() > SIGNATURES_MAX {
            return Some(decline(
                "limit_exceeded",
                "more signatures than are allowed",
            ));
        }
        let network = &self.setup.home.network;
        let mut wrong = theirs
            .iter()
            .filter_map(|s| checked.verify(network, s, &self.members).err());
        wrong.next().map(No::from)
    }

    /// The first whom the contract names as signer decides that something is done; the others agree to it, and vouch for it,
    /// by rule. A party hosted here signs first only on a client's instruction, never because a peer proposes it.
    fn examine_signers(&self, from: &Party, meaning: &Meaning) -> Option<No> {
        let first = meaning.signers.first()?;
        let attestors = meaning.created.iter().flat_map(|roles| &roles.attestors);
        let asked = meaning
            .signers
            .iter()
            .chain(attestors)
            .any(|party| self.hosts(party));
        let proposes = self.members.host(first) == Some(from);
        (asked && !proposes).then(|| {
            decline(
                "first_signer_proposes",
                format!("{first} signs first, and {from} does not keep its facts"),
            )
        })
    }

    /// Consumed and referenced facts must be authentic: attested or held here, or proven by evidence.
    fn examine_inputs(
        &self,
        view: &View,
        meaning: &Meaning,
        proposal: &Proposal,
    ) -> Result<Option<No>, NodeError> {
        for input in view.consumed.iter().chain(&view.referenced) {
            let key = fact_key(&input.at);
            let attests = meaning
                .consumed
                .iter()
                .any(|r| r.attestors.iter().any(|p| self.hosts(p)));
            let known =
                match self
                    .pending
                    .bytes(&self.store, Table::Index, &under(ATTESTED, &key))?
                {
                    Some(commitment) => commitment == input.fact.commitment().0,
                    None => {
                        let held: Option<StoredFact> =
                            self.pending.get(&self.store, Table::Facts, &key)?;
                        held.is_some_and(|held| held.fact == input.fact)
                    }
                };
            if known || (!attests && self.proven(input, proposal)) {
                continue;
            }
            if self.is_open(&input.at.transaction) {
                // Its outcome is on its way, and was overtaken.
                return Ok(Some(No::After(input.at.transaction)));
            }
            return Ok(Some(No::NotAuthentic(input.at)));
        }
        Ok(None)
    }

    fn proven(&self, input: &Input, proposal: &Proposal) -> bool {
        let Some(registrar) = self.setup.registrar.clone() else {
            return false;
        };
        let trust = Trust {
            network: self.setup.home.network,
            registrar,
            notary: self.setup.notary.clone(),
            contracts: (*self.setup.book).clone(),
        };
        // One proof for each input: whoever sends many does not make this node check them all.
        let commitment = Some(input.fact.commitment());
        let mut proofs = proposal.evidence.iter();
        proofs
            .find(|proof| proof.fact.commitment() == commitment)
            .and_then(|proof| proof.verify(&trust).ok())
            .is_some_and(|proven| proven.at == input.at)
    }

    /// A transaction certified earlier, as far as it is seen here.
    pub fn transaction(&self, id: &TransactionId) -> Result<Option<StoredTransaction>, NodeError> {
        Ok(self
            .pending
            .get(&self.store, Table::Transactions, id.bytes())?)
    }
}

/// Created facts that are shown whole, with the parts that parties have in them.
pub(crate) fn created<'a>(
    view: &'a SeenView,
    meaning: Option<&Meaning>,
    book: &ledger::trust::ContractBook,
) -> Vec<(&'a Fact, FactRoles)> {
    match (view, meaning) {
        (SeenView::Whole(view), Some(meaning)) => view
            .created
            .iter()
            .zip(&meaning.created)
            .map(|(fact, roles)| (fact, roles.clone()))
            .collect(),
        (SeenView::Outputs(outputs), _) => outputs
            .shown
            .values()
            .filter_map(|shown| match shown {
                ShownOutput::Whole(fact) => {
                    let roles = book
                        .get(&fact.contract)?
                        .roles_of(&ledger::validity::fact_value(fact))
                        .ok()?;
                    Some((fact, roles))
                }
                ShownOutput::Part(_) => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// Where shown facts were created, beside [`created`].
pub(crate) fn created_at(id: &TransactionId, ordinal: u32, view: &SeenView) -> Vec<FactRef> {
    let outputs: BTreeSet<u32> = match view {
        SeenView::Whole(view) => (0..view.created.len() as u32).collect(),
        SeenView::Outputs(outputs) => outputs
            .shown
            .iter()
            .filter(|(_, shown)| matches!(shown, ShownOutput::Whole(_)))
            .map(|(output, _)| *output)
            .collect(),
        SeenView::Hidden(_) => BTreeSet::new(),
    };
    outputs
        .into_iter()
        .map(|output| FactRef {
            transaction: *id,
            view: ordinal,
            output,
        })
        .collect()
}
