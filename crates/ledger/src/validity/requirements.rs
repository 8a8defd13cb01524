//! Which signatures a view needs before anybody who sees it relies on it.

use std::collections::BTreeSet;

use deed::{Contract, FactRoles, FactValue, Kind};

use crate::digest::{ContractId, ViewRoot};
use crate::fact::Opening;
use crate::signature::Role;
use crate::tearoff::{SeenOutputs, ShownOutput, TearOff};
use crate::trust::ContractBook;
use crate::view::{Command, View};

use super::Directory;
use super::checked::Requirement;
use super::keys::Received;
use super::meaning::{Meaning, fact_value};
use super::refusal::Invalid;
use super::standing::Home;
/// The signatures of those who agree to a view and of those who vouch for what it creates.
pub(super) fn agreed(ordinal: u32, meaning: &Meaning, root: ViewRoot) -> Vec<Requirement> {
    let signers = meaning.signers.iter().map(|party| Requirement {
        ordinal,
        view: root,
        role: Role::Signer,
        parties: vec![party.clone()],
        needed: 1,
    });
    let created = meaning.created.iter();
    let attested = created.filter_map(|roles| attestation(ordinal, root, roles));
    signers.chain(attested).collect()
}

/// Who must have agreed to the making of money, wherever what it is made for is stated: an observer that isn't shown that can
/// still see who signed it.
#[must_use]
pub fn issue_requirements(
    view: &View,
    contract: &Contract,
    roots: &[ViewRoot],
) -> Vec<Requirement> {
    let Command::Move(money) = view.command else {
        return Vec::new();
    };
    if !view.consumed.is_empty() {
        return Vec::new();
    }
    let stated: BTreeSet<u32> = view
        .created
        .iter()
        .filter_map(|fact| Some(fact.due?.view))
        .collect();
    let issuers = contract.issuers(money);
    let agrees = |ordinal: u32| {
        let root = roots.get(ordinal as usize).copied();
        let issuers = issuers.iter().cloned();
        issuers.filter_map(move |party| {
            Some(Requirement {
                ordinal,
                view: root?,
                role: Role::Signer,
                parties: vec![party],
                needed: 1,
            })
        })
    };
    stated.into_iter().flat_map(agrees).collect()
}

pub(super) fn whole_requirements(
    seen: &TearOff,
    view: &View,
    meaning: &Meaning,
    root: ViewRoot,
    home: &Home,
    directory: &dyn Directory,
) -> Result<Vec<Requirement>, Invalid> {
    let ordinal = view.ordinal;
    let mut required = agreed(ordinal, meaning, root);
    let mut received = Received::new(seen, home, directory, ordinal);
    for ((output, fact), roles) in (0u32..).zip(&view.created).zip(&meaning.created) {
        received.look(output, fact, roles, |party| meaning.signers.contains(party))?;
    }
    required.extend(received.requirements(root));
    Ok(required)
}

pub(super) fn output_requirements(
    seen: &TearOff,
    ordinal: u32,
    outputs: &SeenOutputs,
    root: ViewRoot,
    book: &ContractBook,
    home: &Home,
    directory: &dyn Directory,
) -> Result<Vec<Requirement>, Invalid> {
    if !outputs.hangs_together() {
        return Err(Invalid::ShownApart { ordinal });
    }
    let mut required = Vec::new();
    let mut received = Received::new(seen, home, directory, ordinal);
    for (output, shown) in &outputs.shown {
        let (contract, value) = shown_value(shown).ok_or(Invalid::ShownApart { ordinal })?;
        let contract = book
            .get(&contract)
            .ok_or(Invalid::UnknownContract(contract.0))?;
        let roles = contract.roles_of(&value)?;
        let kind = contract.kinds().get(usize::from(value.kind));
        if !kind.is_some_and(|kind| is_vouched_for(kind, &roles)) {
            return Err(Invalid::NobodyVouches {
                ordinal,
                output: *output,
            });
        }
        required.extend(attestation(ordinal, root, &roles));
        if let ShownOutput::Whole(fact) = shown {
            received.look(*output, fact, &roles, |_| false)?;
        }
    }
    required.extend(received.requirements(root));
    Ok(required)
}

/// Whether those who are shown the fact alone have somebody's word for it who doesn't hold it. Where all who hold it vouch for it,
/// and so see all of it, only whoever is to show it is shown it alone: to a stranger it is as good as their word, and so to it.
fn is_vouched_for(kind: &Kind, roles: &FactRoles) -> bool {
    let vouches = |party| roles.attestors.contains(party);
    let shown_alone = !roles.attestors.is_empty() && roles.controllers.iter().all(vouches);
    kind.is_vouched_for() || (roles.shown_by.is_some() && shown_alone)
}

pub(super) fn attestation(ordinal: u32, view: ViewRoot, roles: &FactRoles) -> Option<Requirement> {
    (!roles.attestors.is_empty()).then(|| Requirement {
        ordinal,
        view,
        role: Role::Attestor,
        parties: roles.attestors.clone(),
        needed: roles.attestors_needed,
    })
}

/// The contract and the values of a shown output, all fields of which must be shown.
pub(super) fn shown_value(shown: &ShownOutput) -> Option<(ContractId, FactValue)> {
    match shown {
        ShownOutput::Whole(fact) => Some((fact.contract, fact_value(fact))),
        ShownOutput::Part(opening) => opened_value(opening),
    }
}

/// Contract and values of an opening that shows every field.
#[must_use]
pub fn opened_value(opening: &Opening) -> Option<(ContractId, FactValue)> {
    let (contract, kind, fields) = opening.head()?;
    let fields = (0..fields as usize)
        .map(|i| opening.field(i).cloned())
        .collect::<Option<Vec<_>>>()?;
    Some((contract, FactValue { kind, fields }))
}
