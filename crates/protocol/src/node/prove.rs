//! Proving a fact to strangers: everything that a bundle needs but the directory, and the signature of whose it is to show.

use deed::Party;
use ledger::address::Purpose;
use ledger::bundle::{Place, ProofBundle};
use ledger::certificate::Certificate;
use ledger::fact::{Fact, FactRef};
use ledger::presentation::{Occasion, Presentation, on_sheet};
use ledger::tearoff::{SeenView, ShownOutput};
use ledger::validity::fact_value;
use ledger::view::ViewHashes;

use super::core::{Node, NodeError};
use crate::message::Vouching;
use crate::store::Store;

/// A fact that is held here whole, with what proves it.
#[derive(Clone, Debug)]
pub struct Provable {
    /// Where it stands in its transaction.
    pub place: Place,
    /// The fact.
    pub fact: Fact,
    /// Those who vouch for it.
    pub vouching: Vec<Vouching>,
    /// The notary's certificate, which pins the directory of those who vouch.
    pub certificate: Certificate,
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
        let Some(key) = fact.holder.as_ref().and_then(on_sheet) else {
            return Ok(None);
        };
        let given = self.nonce_of(Purpose::Holder, &key)?;
        // Keys given out to others are listed; those of facts made here follow from the fact's salt.
        let secret = self.to_show(&given.unwrap_or(fact.salt))?;
        let ours = secret.public() == key;
        Ok(ours.then(|| Presentation::sign(bundle, occasion, &secret)))
    }
}
