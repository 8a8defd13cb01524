//! Need-to-know: nobody learns more, and those who must know are told.

use ledger::Digest;
use ledger::fact::FactRef;
use ledger::validity::fact_value;

use super::Oracles;
use crate::news::News;
use crate::world::World;

/// Canaries and salts are looked for in everything that is written and sent.
pub(super) fn nothing_seen_without_right(
    oracles: &mut Oracles,
    world: &World,
    news: &[News],
) -> Result<(), String> {
    for one in news {
        match one {
            News::Written { at, write } => {
                let (table, key, value) = write;
                let place = || format!("{} of {}", table.name(), world.name_of(*at));
                scan(oracles, key, *at).map_err(|found| format!("{found} in {}", place()))?;
                let value = value.as_deref().unwrap_or_default();
                scan(oracles, value, *at).map_err(|found| format!("{found} in {}", place()))?;
            }
            News::Sent {
                from, to, bytes, ..
            } => {
                scan(oracles, bytes, *to).map_err(|found| {
                    format!(
                        "{found} in a message of {} to {}",
                        world.name_of(*from),
                        world.name_of(*to)
                    )
                })?;
            }
            News::Logged { batch } => {
                let entries = batch.entries.iter().map(|(_, bytes)| bytes);
                let place = world.notary_place();
                for bytes in entries.chain(batch.meta.iter().map(|(_, bytes)| bytes)) {
                    scan(oracles, bytes, place)
                        .map_err(|found| format!("{found} in the notary's store"))?;
                }
            }
            News::Received { .. } | News::Certified { .. } => {}
        }
    }
    Ok(())
}

/// A number that a person reads: `CANARY-000012-`.
fn canary_at(bytes: &[u8]) -> Option<i64> {
    let digits = bytes.strip_prefix(b"CANARY-")?.get(..6)?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// A byte string of 32 bytes in CBOR.
fn salt_at(bytes: &[u8]) -> Option<Digest> {
    let salt = bytes.strip_prefix(&[0x58, 0x20])?.get(..32)?;
    Some(Digest(salt.try_into().ok()?))
}

/// Looks for what this machine has no right to. Salts stand in CBOR as byte strings of 32 bytes.
fn scan(oracles: &Oracles, bytes: &[u8], machine: usize) -> Result<(), String> {
    for (i, byte) in bytes.iter().enumerate() {
        let rest = &bytes[i..];
        let canary = (*byte == b'C').then(|| canary_at(rest)).flatten();
        let stranger = |number: &i64| {
            let known = oracles.may_know(*number);
            !known.is_some_and(|known| known.contains(&machine))
        };
        if let Some(number) = canary.filter(stranger) {
            return Err(format!("the canary of order {number}"));
        }
        let salt = (*byte == 0x58).then(|| salt_at(rest)).flatten();
        let closed = |salt: &Digest| {
            let known = oracles.may_open(salt);
            known.is_some_and(|known| !known.contains(&machine))
        };
        if let Some(salt) = salt.filter(closed) {
            return Err(format!("the salt {salt}"));
        }
    }
    Ok(())
}

/// At rest, the auditor has been shown every view that it observes, the portal every published fact, and everybody with a
/// part in a transaction that an honest node drove keeps it.
pub(super) fn observer_sees_all_it_must(
    oracles: &Oracles,
    world: &mut World,
) -> Result<(), String> {
    let town = &world.town;
    let (Some(bank), Some(auditor)) = (town.machine_of(&town.bank), town.machine_of(&town.auditor))
    else {
        return Err("the institution or its auditor is down".to_owned());
    };
    let agreed = oracles
        .certified
        .iter()
        .filter(|id| !oracles.poisoned.contains_key(*id));
    for id in agreed {
        let Some(transaction) = oracles.drafts.get(id) else {
            continue;
        };
        if !oracles.kept.contains_key(&(bank, *id)) {
            return Err(format!(
                "the institution never learned that {id} was certified"
            ));
        }
        for view in &transaction.views {
            let inside = oracles
                .kept
                .get(&(auditor, *id))
                .is_some_and(|kept| kept.seen.whole(view.ordinal).is_some());
            if !inside && !oracles.observed.contains(&(auditor, *id, view.ordinal)) {
                return Err(format!(
                    "the auditor was not shown view {} of {id}",
                    view.ordinal
                ));
            }
            for (output, fact) in (0u32..).zip(&view.created) {
                let rights = town.economy.rights(&town.contract, &fact_value(fact));
                let at = FactRef {
                    transaction: *id,
                    view: view.ordinal,
                    output,
                };
                if rights.public && !world.portal.knows(&at) {
                    return Err(format!("{at} was not published"));
                }
                let told = town
                    .machines_of(&rights.know)
                    .into_iter()
                    .filter(|m| *m != auditor);
                for machine in told.filter(|machine| *machine != town.mallory()) {
                    if !oracles.kept.contains_key(&(machine, *id)) {
                        let name = world.name_of(machine);
                        return Err(format!("{name} has a part in {at} and was never told"));
                    }
                }
            }
        }
    }
    Ok(())
}
