//! Proving a fact to strangers: everything that a bundle needs but the directory, and the signature of whose it is to show.

use deed::Party;
use ledger::TransactionId;
use ledger::address::Purpose;
use ledger::bundle::{Place, ProofBundle};
use ledger::certificate::Certificate;
use ledger::fact::{Fact, FactRef};
use ledger::presentation::{HolderSecret, Occasion, Presentation, on_sheet};
use ledger::signature::SigningKey;
use ledger::tearoff::{SeenView, ShownOutput};
use ledger::validity::fact_value;
use ledger::view::ViewHashes;

use super::core::{ATTESTED, Node, NodeError, under};
use super::records::fact_key;
use crate::message::Vouching;
use crate::store::{Store, Table};

/// A fact that is held here whole, with what proves it.
#[derive(Clone, Debug)]
pub struct Provable {
    /// The transaction that made it.
    pub transaction: TransactionId,
    /// Where it stands in its transaction.
    pub place: Place,
    /// The fact.
    pub fact: Fact,
    /// Those who vouch for it.
    pub vouching: Vec<Vouching>,
    /// The notary's certificate, which pins the directory of those who vouch.
    pub certificate: Certificate,
}

/// Who issued a fact.
pub struct Issuer<'a> {
    /// The party.
    pub party: Party,
    /// Its P-256 key.
    pub key: &'a SigningKey,
    /// Whether the fact was used up since.
    pub used_up: bool,
}

/// A fact that stands at a place, as far as it was shown here.
fn held(view: &SeenView, output: u32) -> Option<(ViewHashes, &Fact)> {
    match view {
        SeenView::Whole(view) => Some((view.hashes(), view.created.get(output as usize)?)),
        SeenView::Outputs(outputs) => {
            let hashes = ViewHashes {
                skeleton: outputs.skeleton,
                commitments: outputs.commitments.clone(),
            };
            let shown = outputs.shown.get(&output);
            Some((hashes, shown.and_then(ShownOutput::whole)?))
        }
        SeenView::Hidden(_) => None,
    }
}

impl<S: Store> Node<S> {
    /// What proves a fact; nothing for one that isn't held here whole.
    ///
    /// # Errors
    /// [`NodeError`].
    pub fn provable(&self, at: &FactRef) -> Result<Option<Provable>, NodeError> {
        let Some(stored) = self.transaction(&at.transaction)? else {
            return Ok(None);
        };
        let view = stored.seen.views.get(at.view as usize);
        let Some((hashes, fact)) = view.and_then(|view| held(view, at.output)) else {
            return Ok(None);
        };
        let opening = stored.seen.opening();
        let attests = |party: &Party| {
            let contract = self.setup.book.get(&fact.contract);
            let roles = contract.and_then(|c| c.roles_of(&fact_value(fact)).ok());
            roles.is_some_and(|roles| roles.attestors.contains(party))
        };
        let root = hashes.skeleton.root();
        let signatures = stored.signatures.iter().filter(|s| attests(&s.party));
        let vouching = signatures.filter_map(|signature| {
            Some(Vouching {
                party: signature.party.clone(),
                attestation: signature.attestation(&root)?,
            })
        });
        let place = Place::of(&opening, at.view, &hashes, at.output);
        Ok(place.map(|place| Provable {
            transaction: at.transaction,
            place,
            fact: fact.clone(),
            vouching: vouching.collect(),
            certificate: stored.certificate,
        }))
    }

    /// Shows a proof of a fact as its holder; nothing if the key to show it is not one of this node's.
    ///
    /// # Errors
    /// [`NodeError`].
    pub fn present(
        &self,
        fact: &Fact,
        bundle: ProofBundle,
        occasion: Occasion,
    ) -> Result<Option<Presentation>, NodeError> {
        let secret = self.holder_secret(fact)?;
        Ok(secret.map(|secret| Presentation::sign(bundle, occasion, &secret)))
    }

    /// The key with which a fact is shown; nothing if it is not one of this node's.
    ///
    /// # Errors
    /// [`NodeError`].
    pub fn holder_secret(&self, fact: &Fact) -> Result<Option<HolderSecret>, NodeError> {
        let Some(key) = fact.holder.as_ref().and_then(on_sheet) else {
            return Ok(None);
        };
        let given = self.nonce_of(Purpose::Holder, &key)?;
        // Keys given out to others are listed; those of facts made here follow from the fact's salt.
        let secret = self.to_show(&given.unwrap_or(fact.salt))?;
        Ok((secret.public() == key).then_some(secret))
    }

    /// Who issued a fact, if that is a party of this node: the first that its contract names as attesting it. And whether it is
    /// known here to be used up.
    ///
    /// # Errors
    /// [`NodeError`].
    pub fn issuer_of(&self, at: &FactRef, fact: &Fact) -> Result<Option<Issuer<'_>>, NodeError> {
        let contract = self.setup.book.get(&fact.contract);
        let Some(roles) = contract.and_then(|c| c.roles_of(&fact_value(fact)).ok()) else {
            return Ok(None);
        };
        let Some((party, key)) = roles
            .attestors
            .first()
            .and_then(|party| Some((party.clone(), self.p256_key_of(party)?)))
        else {
            return Ok(None);
        };
        let current = under(ATTESTED, &fact_key(at));
        let current = self.pending.bytes(&self.store, Table::Index, &current)?;
        // What nobody controls is never used up.
        let used_up = !roles.controllers.is_empty() && current.is_none();
        Ok(Some(Issuer {
            party,
            key,
            used_up,
        }))
    }
}
