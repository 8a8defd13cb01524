//! What a check found: what may be signed, and what must be signed before it can be relied on.

use std::collections::BTreeSet;

use deed::Party;

use crate::digest::{NetworkId, TransactionId, ViewRoot};
use crate::envelope::Envelope;
use crate::signature::{Role, Scope, ScopedSignature};
use crate::transaction::IdOpening;

use super::Directory;
use super::meaning::Meaning;
use super::refusal::Invalid;
/// Signatures of which `needed` must be there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Requirement {
    /// The view, by ordinal.
    pub ordinal: u32,
    /// Its root.
    pub view: ViewRoot,
    /// In what capacity.
    pub role: Role,
    /// Who can.
    pub parties: Vec<Party>,
    /// How many of them must.
    pub needed: u16,
}

/// What a check found: what may be signed, and what must be signed before it can be relied on.
#[derive(Debug, Clone)]
pub struct Checked {
    /// The transaction.
    pub id: TransactionId,
    /// Header and view roots.
    pub opening: IdOpening,
    /// The signatures that must be there before anybody who sees this much relies on it.
    pub required: Vec<Requirement>,
    /// The meaning of the views seen whole.
    pub meanings: Vec<Option<Meaning>>,
    /// The sealed envelopes of the views seen whole (empty when they were not checked).
    pub envelopes: Vec<Vec<(Party, Envelope)>>,
}

impl Checked {
    /// The scopes that `party` can sign after this check.
    #[must_use]
    pub fn scopes(&self, party: &Party) -> Vec<Scope> {
        let mine = self.required.iter().filter(|r| r.parties.contains(party));
        mine.map(|r| Scope {
            view: r.view,
            role: r.role.clone(),
        })
        .collect()
    }

    /// Everyone whose signature may be needed.
    #[must_use]
    pub fn signatories(&self) -> BTreeSet<Party> {
        self.required
            .iter()
            .flat_map(|r| r.parties.iter().cloned())
            .collect()
    }

    /// Checks that every required signature is there, verifies and covers the view; others are not looked at.
    /// Those in `known` were verified before.
    ///
    /// # Errors
    /// [`Invalid::NotSigned`], [`Invalid::BadSignature`], [`Invalid::NotAMember`].
    pub fn signed(
        &self,
        network: &NetworkId,
        signatures: &[ScopedSignature],
        known: &[ScopedSignature],
        directory: &dyn Directory,
    ) -> Result<(), Invalid> {
        self.covered(signatures)?;
        let signatories = self.signatories();
        let relied_on = signatures
            .iter()
            .filter(|s| signatories.contains(&s.party) && !known.contains(s));
        for signature in relied_on {
            self.verify(network, signature, directory)?;
        }
        Ok(())
    }

    /// Checks one signature.
    ///
    /// # Errors
    /// [`Invalid::BadSignature`], [`Invalid::NotAMember`].
    pub fn verify(
        &self,
        network: &NetworkId,
        signature: &ScopedSignature,
        directory: &dyn Directory,
    ) -> Result<(), Invalid> {
        let party = || signature.party.clone();
        let key = directory
            .signing_key(&signature.party)
            .ok_or_else(|| Invalid::NotAMember { party: party() })?;
        let verifies = signature.verifies(&key, network, &self.id);
        if verifies {
            Ok(())
        } else {
            Err(Invalid::BadSignature { party: party() })
        }
    }

    /// Checks that the signatures, should they verify, are all that is required.
    ///
    /// # Errors
    /// [`Invalid::NotSigned`].
    pub fn covered(&self, signatures: &[ScopedSignature]) -> Result<(), Invalid> {
        for requirement in &self.required {
            let signers: BTreeSet<&Party> = signatures
                .iter()
                .filter(|s| {
                    requirement.parties.contains(&s.party)
                        && s.covers(&requirement.view, &requirement.role)
                })
                .map(|s| &s.party)
                .collect();
            if signers.len() < usize::from(requirement.needed) {
                return Err(Invalid::NotSigned {
                    parties: requirement.parties.clone(),
                    view: requirement.ordinal,
                });
            }
        }
        Ok(())
    }
}
