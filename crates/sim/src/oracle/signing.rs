//! Signatures: given for what was shown and checked, relied on only where they cover what is relied on.

use deed::{Call, Party};
use ledger::ViewRoot;
use ledger::signature::{Role, ScopedSignature};
use ledger::tearoff::SeenView;
use ledger::validity::{Directory as _, fact_value};
use ledger::view::{Command, View};
use protocol::message::Message;

use super::{Kept, Oracles};
use crate::news::News;
use crate::town::Town;
use crate::world::World;

/// Nobody signs a view that it was not shown, nor a transaction whose visible part is false.
pub(super) fn signed_only_what_was_verified(
    oracles: &mut Oracles,
    world: &World,
    news: &[News],
) -> Result<(), String> {
    for one in news {
        let News::Sent { from, message, .. } = one else {
            continue;
        };
        let Message::Signed(id, signatures) = &**message else {
            continue;
        };
        let shown = oracles.shown.get(&(*from, *id));
        // What others signed may be passed on by whoever has seen less.
        let own = signatures
            .iter()
            .filter(|s| world.town.machine_of(&s.party) == Some(*from));
        for signature in own {
            let who = &signature.party;
            if oracles
                .poisoned
                .get(id)
                .is_some_and(|parties| parties.contains(who))
            {
                return Err(format!(
                    "{who} signed {id}, which is false as {who} can see"
                ));
            }
            for scope in &signature.scope {
                let whole = shown.and_then(|shown| shown.get(&scope.view)).copied();
                let enough = match scope.role {
                    Role::Receiver(_) => whole.is_some(),
                    Role::Signer | Role::Attestor => whole == Some(true),
                };
                if !enough {
                    let name = world.name_of(*from);
                    return Err(format!(
                        "{who} signed a view of {id} that {name} was not shown"
                    ));
                }
            }
        }
    }
    Ok(())
}

/// Whoever keeps a transaction as certified has all signatures that make what it sees of it worth relying on.
pub(super) fn signature_relied_on_was_shown(
    oracles: &mut Oracles,
    world: &World,
    _: &[News],
) -> Result<(), String> {
    for kept in &oracles.fresh {
        for view in &kept.stored.seen.views {
            let root = view.root();
            let needed = match view {
                SeenView::Hidden(_) => Vec::new(),
                SeenView::Whole(view) => needed(&world.town, kept, view),
                SeenView::Outputs(_) => attestors(&world.town, view),
            };
            for (party, role) in needed {
                let holds = |s: &ScopedSignature| covers(world, kept, s, &party, &root, &role);
                if !kept.stored.signatures.iter().any(holds) {
                    return Err(format!(
                        "{} relies on {} without the signature of {party} as {role:?}",
                        world.name_of(kept.at),
                        kept.id
                    ));
                }
            }
        }
    }
    Ok(())
}

fn covers(
    world: &World,
    kept: &Kept,
    signature: &ScopedSignature,
    party: &Party,
    root: &ViewRoot,
    role: &Role,
) -> bool {
    let town = &world.town;
    let directory = &town.directories[town.directories.len() - 1];
    signature.party == *party
        && signature.covers(root, role)
        && directory
            .key(party, signature.suite)
            .is_some_and(|key| signature.verifies(&key, &town.home.network, &kept.id))
}

/// Who must have signed a view that is seen whole: signers by the contract, the payer of money, those who vouch.
fn needed(town: &Town, kept: &Kept, view: &View) -> Vec<(Party, Role)> {
    let mut needed = attestors(town, &SeenView::Whole(view.clone()));
    match &view.command {
        Command::Action(action, args) => {
            let values = |inputs: &[ledger::view::Input]| -> Vec<deed::FactValue> {
                inputs.iter().map(|input| fact_value(&input.fact)).collect()
            };
            let outcome = town.contract.apply(&Call {
                action: *action,
                args,
                effective: kept.stored.seen.header.terms.effective,
                consumed: &values(&view.consumed),
                referenced: &values(&view.referenced),
            });
            let signers = outcome.map(|outcome| outcome.signers).unwrap_or_default();
            needed.extend(signers.into_iter().map(|party| (party, Role::Signer)));
        }
        Command::Move(_) if !kept.as_observer => {
            let payer = super::learn::payer(town, view);
            needed.extend(payer.map(|party| (party, Role::Signer)));
        }
        Command::Move(_) => {}
    }
    needed
}

fn attestors(town: &Town, view: &SeenView) -> Vec<(Party, Role)> {
    let facts = super::learn::shown_facts(view);
    facts
        .into_iter()
        .flat_map(|(_, fact)| {
            town.economy
                .rights(&town.contract, &fact_value(fact))
                .attestors
        })
        .map(|party| (party, Role::Attestor))
        .collect()
}
