//! What a check found: what may be signed, and what must be signed before it can be relied on.

use std::collections::BTreeSet;

use deed::Party;

use crate::digest::{NetworkId, TransactionId, ViewRoot};
use crate::envelope::Envelope;
use crate::limits::SIGNATURES_MAX;
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

impl Requirement {
    /// Whether the signature is one of those that it asks for. Who agrees to a view, or vouches for it, has seen it whole, with
    /// the keys in it that are to be its own.
    #[must_use]
    pub fn is_met_by(&self, signature: &ScopedSignature) -> bool {
        let covers = |role| signature.covers(&self.view, role);
        let whole = || covers(&Role::Signer) || covers(&Role::Attestor);
        let received = matches!(self.role, Role::Receiver(_)) && whole();
        self.parties.contains(&signature.party) && (received || covers(&self.role))
    }
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
    /// The scopes that `party` can sign after this check. To agree to a view, or to vouch for it, one must have seen it whole:
    /// shown in part, it only says whose signatures to wait for.
    #[must_use]
    pub fn scopes(&self, party: &Party) -> Vec<Scope> {
        let mine = self.required.iter().filter(|r| r.parties.contains(party));
        mine.filter(|r| self.saw(r))
            .map(|r| Scope {
                view: r.view,
                role: r.role.clone(),
            })
            .collect()
    }

    fn saw(&self, requirement: &Requirement) -> bool {
        let whole = self.meanings.get(requirement.ordinal as usize);
        matches!(requirement.role, Role::Receiver(_)) || whole.is_some_and(Option::is_some)
    }

    /// The requirements on a party that it can't fulfil, because it was not shown the view.
    pub fn unseen<'a>(&'a self, party: &'a Party) -> impl Iterator<Item = &'a Requirement> {
        let mine = self.required.iter().filter(|r| r.parties.contains(party));
        mine.filter(|r| !self.saw(r))
    }

    /// Everyone whose signature may be needed.
    #[must_use]
    pub fn signatories(&self) -> BTreeSet<Party> {
        self.required
            .iter()
            .flat_map(|r| r.parties.iter().cloned())
            .collect()
    }

    /// One signature of each party that gives what is asked of it, after checking that they are all that is required. Others
    /// are not looked at. Those in `known` were verified before and count too.
    ///
    /// # Errors
    /// [`Invalid::Limit`], [`Invalid::NotSigned`], [`Invalid::BadSignature`], [`Invalid::NotAMember`].
    pub fn relied_on(
        &self,
        network: &NetworkId,
        signatures: &[ScopedSignature],
        known: &[ScopedSignature],
        directory: &dyn Directory,
    ) -> Result<Vec<ScopedSignature>, Invalid> {
        if signatures.len() > SIGNATURES_MAX {
            return Err(Invalid::Limit {
                what: "signatures",
                count: signatures.len(),
                limit: SIGNATURES_MAX,
            });
        }
        let mut kept: Vec<ScopedSignature> = Vec::new();
        let mut wrong = None;
        for party in self.signatories() {
            let gives = |s: &&ScopedSignature| {
                s.party == party && self.required.iter().any(|r| r.is_met_by(s))
            };
            let all = known.iter().chain(signatures);
            let mut theirs: Vec<&ScopedSignature> = all.filter(gives).collect();
            theirs.sort_by_key(|s| std::cmp::Reverse(self.given(s)));
            for signature in theirs {
                let verified = known.contains(signature)
                    || self
                        .verify(network, signature, directory)
                        .map_err(|error| wrong.get_or_insert(error).clone())
                        .is_ok();
                if verified {
                    kept.push(signature.clone());
                    break;
                }
            }
        }
        match (self.covered(&kept), wrong) {
            (Ok(()), _) => Ok(kept),
            (Err(_), Some(wrong)) => Err(wrong),
            (Err(missing), None) => Err(missing),
        }
    }

    /// How many requirements a signature fulfils.
    #[must_use]
    pub fn given(&self, signature: &ScopedSignature) -> usize {
        let required = self.required.iter();
        required.filter(|r| r.is_met_by(signature)).count()
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
            .key(&signature.party, signature.suite)
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
        match self.uncovered(signatures).next() {
            None => Ok(()),
            Some(requirement) => Err(Invalid::NotSigned {
                parties: requirement.parties.clone(),
                view: requirement.ordinal,
            }),
        }
    }

    /// Whether everybody who must agree has, those aside who are `about_to`: who vouches for a transaction signs after them.
    #[must_use]
    pub fn agreed(
        &self,
        signatures: &[ScopedSignature],
        about_to: impl Fn(&Party) -> bool,
    ) -> bool {
        self.uncovered(signatures)
            .all(|r| r.role == Role::Attestor || r.parties.iter().all(&about_to))
    }

    /// The requirements that the signatures don't fulfil.
    pub fn uncovered<'a>(
        &'a self,
        signatures: &'a [ScopedSignature],
    ) -> impl Iterator<Item = &'a Requirement> {
        self.required.iter().filter(|requirement| {
            let signers: BTreeSet<&Party> = signatures
                .iter()
                .filter(|s| requirement.is_met_by(s))
                .map(|s| &s.party)
                .collect();
            signers.len() < usize::from(requirement.needed)
        })
    }
}
