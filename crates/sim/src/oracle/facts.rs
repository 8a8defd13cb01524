//! Facts and value: consumed once, never made or lost, and the same in everybody's books.

use std::collections::{BTreeMap, BTreeSet};

use ledger::fact::FactRef;
use ledger::tearoff::SeenView;
use ledger::validity::{fact_value, input_token};
use ledger::view::Input;
use protocol::node::records::{StoredFact, fact_key, fact_of_key};
use protocol::node::{PurseKey, Totals};
use protocol::notary::store::NotaryStore as _;
use protocol::store::Table;

use super::Oracles;
use crate::news::News;
use crate::world::World;

fn certified(
    news: &[News],
) -> impl Iterator<Item = (&ledger::TransactionId, &protocol::notary::Submission)> {
    news.iter().filter_map(|one| match one {
        News::Certified { id, submission, .. } => Some((id, &**submission)),
        _ => None,
    })
}

/// No fact is used up by two transactions that the notary certified: what goes by another token than its own isn't used up,
/// and nobody relies on it.
pub(super) fn fact_consumed_once(
    oracles: &mut Oracles,
    world: &World,
    news: &[News],
) -> Result<(), String> {
    for (id, _) in certified(news) {
        if !oracles.certified.insert(*id) {
            continue;
        }
        let Some(transaction) = oracles.drafts.get(id).cloned() else {
            continue;
        };
        let views = transaction.views.iter().zip(&transaction.header.views);
        let inputs = views.flat_map(|(view, header)| view.consumed.iter().zip(&header.consumed));
        let own = |input| input_token(input, &world.town.home.notary);
        for (input, _) in inputs.filter(|(input, token)| own(input) == **token) {
            let earlier = oracles.consumed_by.insert(input.at, *id);
            if let Some(earlier) = earlier.filter(|earlier| earlier != id) {
                return Err(format!("{} by {earlier} and by {id}", input.at));
            }
        }
    }
    Ok(())
}

/// A token stands for one fact, and is spent by one transaction, in one role.
pub(super) fn one_token_one_input(
    oracles: &mut Oracles,
    world: &World,
    news: &[News],
) -> Result<(), String> {
    for (id, submission) in certified(news) {
        for (sort, token) in submission.opening.header.spent() {
            let earlier = oracles.token_spent.insert(sort.mark(token, id), *id);
            if let Some(earlier) = earlier.filter(|earlier| earlier != id) {
                return Err(format!("the token {token} by {earlier} and by {id}"));
            }
        }
        let Some(transaction) = oracles.drafts.get(id) else {
            continue;
        };
        let inputs = transaction.views.iter().flat_map(|view| &view.consumed);
        let mut seen = BTreeSet::new();
        for input in inputs {
            let token = input_token(input, &world.town.home.notary);
            if !seen.insert(token) {
                return Err(format!("the token {token} serves two inputs of {id}"));
            }
            match oracles.token_of.get(&token) {
                Some(at) if *at != input.at => {
                    return Err(format!("the token {token} is of {at} and of {}", input.at));
                }
                _ => {}
            }
        }
    }
    Ok(())
}

fn balanced(who: &str, totals: &Totals) -> Result<(), String> {
    for (kind, issued, held) in totals.balances() {
        if issued != held {
            return Err(format!(
                "by {who}'s books {issued} of money {kind} were issued and {held} are held or spent"
            ));
        }
    }
    Ok(())
}

/// In the books of the institution and of its auditor, issued = held + spent + lapsed at every moment.
pub(super) fn totals_balance(_: &mut Oracles, world: &World, _: &[News]) -> Result<(), String> {
    for (at, machine) in world.machines.iter().enumerate() {
        if let Some(node) = machine.node.as_ref().filter(|_| at != world.town.mallory()) {
            balanced(machine.me.as_str(), node.attested_totals())?;
            balanced(machine.me.as_str(), node.observed_totals())?;
        }
    }
    Ok(())
}

/// A vault holds what its certified transactions say: replayed here fact by fact.
pub(super) fn vault_equals_replay(
    oracles: &mut Oracles,
    world: &World,
    _: &[News],
) -> Result<(), String> {
    for at in &oracles.touched {
        let machine = &world.machines[*at];
        let pairs = machine.disk.pairs(Table::Facts);
        let vault: BTreeSet<FactRef> = pairs
            .iter()
            .filter_map(|(key, _)| fact_of_key(key))
            .collect();
        let replayed = oracles.replays.entry(*at).or_default();
        if vault != replayed.current {
            let differs: Vec<String> = vault
                .symmetric_difference(&replayed.current)
                .map(|at| {
                    format!(
                        "{at} {}",
                        if vault.contains(at) {
                            "too much"
                        } else {
                            "missing"
                        }
                    )
                })
                .collect();
            return Err(format!("at {}: {}", machine.me, differs.join(", ")));
        }
    }
    Ok(())
}

/// No two certified facts that the institution vouches for have the same business key.
pub(super) fn one_fact_per_business_key(
    oracles: &mut Oracles,
    world: &World,
    _: &[News],
) -> Result<(), String> {
    let bank = world.town.machine_of(&world.town.bank);
    for kept in oracles
        .fresh
        .iter()
        .filter(|kept| Some(kept.at) == bank && !kept.as_observer)
    {
        for view in &kept.stored.seen.views {
            let SeenView::Whole(view) = view else {
                continue;
            };
            let replaces = |kind: u16| view.consumed.iter().any(|input| input.fact.kind == kind);
            for fact in view.created.iter().filter(|fact| !replaces(fact.kind)) {
                let kind = &world.town.contract.kinds()[usize::from(fact.kind)];
                if kind.one_per.is_empty() {
                    continue;
                }
                let values = kind
                    .one_per
                    .iter()
                    .map(|i| fact.fields[usize::from(*i)].to_string());
                let key: Vec<String> = std::iter::once(kind.name.clone()).chain(values).collect();
                let earlier = oracles
                    .business_keys
                    .insert(key.join("|").into_bytes(), kept.id);
                if let Some(earlier) = earlier.filter(|earlier| *earlier != kept.id) {
                    return Err(format!(
                        "{} by {earlier} and by {}",
                        key.join(", "),
                        kept.id
                    ));
                }
            }
        }
    }
    Ok(())
}

/// Money by holder and attributes.
type Book = BTreeMap<(String, Vec<u8>), i128>;

fn book(totals: &Totals) -> Book {
    let rows = totals.rows().filter(|row| row.minor != 0);
    rows.filter_map(|row| Some(((row.holder?, row.attributes), i128::from(row.minor))))
        .collect()
}

/// At rest, what all vaults hold is what the institution and its auditor have in their books, holder by holder.
pub(super) fn value_conserved(_: &Oracles, world: &mut World) -> Result<(), String> {
    let town = &world.town;
    let node = |party| {
        let at = town.machine_of(party)?;
        world.machines[at].node.as_ref()
    };
    let (Some(bank), Some(auditor)) = (node(&town.bank), node(&town.auditor)) else {
        return Err("the institution or its auditor is down".to_owned());
    };
    let (attested, observed) = (
        book(bank.attested_totals()),
        book(auditor.observed_totals()),
    );
    if attested != observed {
        return Err(format!(
            "the institution has {attested:?}, its auditor {observed:?}"
        ));
    }
    let mut held = Book::new();
    for (at, machine) in world.machines.iter().enumerate() {
        if at == town.mallory() {
            continue;
        }
        for (_, bytes) in machine.disk.pairs(Table::Facts) {
            let stored: StoredFact = minicbor::decode(&bytes).map_err(|e| e.to_string())?;
            if let Some((key, minor)) = PurseKey::of(&stored.fact, &town.contract) {
                let holder = key.holder.to_string();
                *held.entry((holder, key.attributes)).or_default() += i128::from(minor);
            }
        }
    }
    let mut expected = attested;
    expected.retain(|(holder, _), _| holder != crate::town::MALLORY);
    if held != expected {
        return Err(format!(
            "the vaults hold {held:?}, the institution has {expected:?}"
        ));
    }
    Ok(())
}

/// Every node finds its own store in order.
pub(super) fn every_audit_is_clean(_: &Oracles, world: &mut World) -> Result<(), String> {
    for machine in &mut world.machines {
        let Some(node) = machine.node.as_mut() else {
            return Err(format!("{} is down", machine.me));
        };
        let findings = node.audit().map_err(|error| error.to_string())?;
        if let Some(first) = findings.first() {
            return Err(format!(
                "{} finds {}: {}",
                machine.me, first.invariant, first.found
            ));
        }
    }
    Ok(())
}

/// Holder, institution and notary agree which facts are current.
pub(super) fn honest_verdicts_agree(oracles: &Oracles, world: &mut World) -> Result<(), String> {
    let town = &world.town;
    let Some(bank) = town.machine_of(&town.bank) else {
        return Err("the institution is down".to_owned());
    };
    let books = &world.machines[bank].disk;
    for ((_, id), kept) in oracles.kept.iter().filter(|((at, _), _)| *at == bank) {
        for (ordinal, view) in (0u32..).zip(&kept.seen.views) {
            for (output, fact) in super::learn::shown_facts(view) {
                let rights = town.economy.rights(&town.contract, &fact_value(fact));
                let Some(holder) = rights.controller else {
                    continue;
                };
                let Some(machine) = town.machine_of(&holder) else {
                    continue;
                };
                if machine == town.mallory() {
                    continue;
                }
                let at = FactRef {
                    transaction: *id,
                    view: ordinal,
                    output,
                };
                let input = Input {
                    at,
                    fact: fact.clone(),
                };
                let token = input_token(&input, &town.home.notary);
                let spent = world
                    .notary
                    .disk
                    .token(token.bytes())
                    .map_err(|e| e.to_string())?;
                let key = fact_key(&at);
                let says = [
                    world.machines[machine].disk.has(Table::Facts, &key),
                    books.has(Table::Index, &[b"attested/".as_slice(), &key].concat()),
                    spent.is_none(),
                ];
                if says != [true; 3] && says != [false; 3] {
                    return Err(format!(
                        "whether {at} is current: its holder {holder} says {}, the institution {}, the notary {}",
                        says[0], says[1], says[2]
                    ));
                }
            }
        }
    }
    Ok(())
}
