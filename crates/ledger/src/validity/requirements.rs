//! Which signatures a view needs before anybody who sees it relies on it.

use std::collections::{BTreeMap, BTreeSet};

use deed::{Contract, FactRoles, FactValue, Kind, Party};

use crate::control::{Control, Shape};
use crate::digest::{ContractId, ViewRoot};
use crate::fact::{Fact, Opening};
use crate::signature::Role;
use crate::tearoff::{SeenOutputs, ShownOutput, TearOff, Vouched};
use crate::trust::ContractBook;
use crate::view::{Command, View};

use super::Directory;
use super::checked::Requirement;
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
    let mut received: BTreeMap<Party, Vec<u32>> = BTreeMap::new();
    for ((output, fact), roles) in (0u32..).zip(&view.created).zip(&meaning.created) {
        for party in controllers(ordinal, fact, roles)? {
            let signs = meaning.signers.contains(party);
            if !signs && !vouched(seen, ordinal, output, fact, roles, party, home, directory)? {
                received.entry(party.clone()).or_default().push(output);
            }
        }
    }
    required.extend(receptions(ordinal, root, received));
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
    let mut received: BTreeMap<Party, Vec<u32>> = BTreeMap::new();
    for (output, shown) in &outputs.shown {
        let (contract, value) = shown_value(shown).ok_or(Invalid::ShownApart { ordinal })?;
        let contract = book
            .get(&contract)
            .ok_or(Invalid::UnknownContract(contract.0))?;
        let roles = contract.roles_of(&value)?;
        let kind = contract.kinds().get(usize::from(value.kind));
        if !kind.is_some_and(Kind::is_vouched_for) {
            return Err(Invalid::NobodyVouches {
                ordinal,
                output: *output,
            });
        }
        required.extend(attestation(ordinal, root, &roles));
        if let ShownOutput::Whole(fact) = shown {
            for party in controllers(ordinal, fact, &roles)? {
                if !vouched(seen, ordinal, *output, fact, &roles, party, home, directory)? {
                    received.entry(party.clone()).or_default().push(*output);
                }
            }
        }
    }
    required.extend(receptions(ordinal, root, received));
    Ok(required)
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

pub(super) fn receptions(
    ordinal: u32,
    view: ViewRoot,
    received: BTreeMap<Party, Vec<u32>>,
) -> impl Iterator<Item = Requirement> {
    received
        .into_iter()
        .map(move |(party, outputs)| Requirement {
            ordinal,
            view,
            role: Role::Receiver(outputs),
            parties: vec![party],
            needed: 1,
        })
}

/// The parties whose keys the fact's policy must hold, after checking that it has one key for each, and that nobody's key to
/// show the fact stands in it: no contract says yet whose it is to show.
pub(super) fn controllers<'a>(
    ordinal: u32,
    fact: &Fact,
    roles: &'a FactRoles,
) -> Result<&'a [Party], Invalid> {
    if fact.holder.is_some() {
        return Err(Invalid::NotComputed {
            ordinal,
            what: "a holder's key",
        });
    }
    let fits = match &fact.control {
        Control {
            shape: Shape::Nobody,
            recovery: None,
        } => roles.controllers.is_empty(),
        Control {
            shape: Shape::All(keys),
            ..
        } => keys.len() == roles.controllers.len() && !keys.is_empty(),
        Control {
            shape: Shape::Nobody,
            ..
        } => false,
    };
    if fits {
        Ok(&roles.controllers)
    } else {
        Err(Invalid::NotComputed {
            ordinal,
            what: "a control policy",
        })
    }
}

#[expect(
    clippy::too_many_arguments,
    reason = "one output of one view of one transaction, in one directory"
)]
pub(super) fn vouched(
    seen: &TearOff,
    view: u32,
    output: u32,
    fact: &Fact,
    roles: &FactRoles,
    party: &Party,
    home: &Home,
    directory: &dyn Directory,
) -> Result<bool, Invalid> {
    let Some(key) = roles
        .controllers
        .iter()
        .zip(fact.control.keys())
        .find(|(p, _)| *p == party)
        .map(|(_, k)| k)
    else {
        return Ok(false);
    };
    let mut vouchers = seen.vouchers.iter();
    let theirs = |v: &&Vouched| v.view == view && v.output == output && v.voucher.party == *party;
    let Some(Vouched { voucher, .. }) = vouchers.find(theirs) else {
        return Ok(false);
    };
    let owner = directory
        .key(party, voucher.suite)
        .ok_or_else(|| Invalid::NotAMember {
            party: party.clone(),
        })?;
    if voucher.verifies(key, &owner, &home.network) {
        Ok(true)
    } else {
        Err(Invalid::HijackedController {
            view,
            output,
            party: party.clone(),
        })
    }
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
