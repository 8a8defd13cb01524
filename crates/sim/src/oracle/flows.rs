//! Flows end: what clients wanted is done or refused for a reason, and nothing stays locked.

use ledger::{Digest, TransactionId};
use protocol::node::records::InstructionState;
use protocol::store::Table;

use super::Oracles;
use crate::economy::Order;
use crate::world::{Machine, World};

/// Refusals that an honest network may give to the orders of these worlds.
const REASONS: [&str; 9] = [
    "payer_holds_enough_money",
    "money_too_scattered",
    "one_per_business_key",
    "nobody_pays_itself",
    "nobody_grants_to_itself",
    "a_transfer_goes_to_another_body",
    "a_renewed_licence_runs_longer",
    "fact_not_held",
    "idempotency_key_reused",
];

/// At rest, every order has ended, no flow is open, nothing is locked and nothing waits to be sent.
pub(super) fn flow_ends_or_resumes(oracles: &Oracles, world: &mut World) -> Result<(), String> {
    for (key, state) in world.ended() {
        match state {
            Some(InstructionState::Done(id)) => {
                if !oracles.certified.contains(&id) {
                    return Err(format!("{key} is done by {id}, which nobody certified"));
                }
                world.report.done += 1;
            }
            Some(InstructionState::Refused(code, reason)) => {
                // Two renewals of one licence at once, or two claims of a key that was forgotten: the notary lets one through.
                let renewal = matches!(world.orders.get(&key), Some(Order::Renew { .. }));
                let raced = code == "token_used" && (renewal || world.options.old_lists);
                if !REASONS.contains(&code.as_str()) && !raced {
                    return Err(format!("{key} was refused without need, {code}: {reason}"));
                }
                *world.report.refused.entry(code).or_default() += 1;
            }
            other => return Err(format!("{key} ends as {other:?}")),
        }
    }
    for machine in &world.machines {
        let Some(node) = machine.node.as_ref() else {
            return Err(format!("{} is down", machine.me));
        };
        let (driven, _, queued) = node.open_counts();
        let signed = waiting(oracles, machine);
        if driven + queued + signed > 0 {
            return Err(format!(
                "{} still drives {driven} flows, waits for {signed} and has {queued} instructions in its queue",
                machine.me
            ));
        }
        if let Some(locked) = node
            .holdings()
            .iter()
            .find(|holding| holding.locked_minor != 0)
        {
            return Err(format!(
                "{} of {} stay locked",
                locked.locked_minor, locked.key.holder
            ));
        }
        let unsent = machine.disk.pairs(Table::Outbox).len();
        if unsent > 0 {
            return Err(format!("{unsent} messages never left {}", machine.me));
        }
        let flows = machine.disk.pairs(Table::Flows);
        let forgotten = flows
            .iter()
            .filter(|(key, _)| !key.starts_with(b"signed/"))
            .count();
        if forgotten > 0 {
            return Err(format!(
                "{forgotten} records of flows stay behind at {}",
                machine.me
            ));
        }
    }
    Ok(())
}

/// Proposals signed by a machine whose outcome it waits for, those of a false drafter apart: it may leave them open for
/// ever.
pub(crate) fn waiting(oracles: &Oracles, machine: &Machine) -> usize {
    let flows = machine.disk.pairs(Table::Flows);
    flows
        .iter()
        .filter_map(|(key, _)| key.strip_prefix(b"signed/"))
        .filter_map(|id| Some(TransactionId(Digest(<[u8; 32]>::try_from(id).ok()?))))
        .filter(|id| !oracles.poisoned.contains_key(id))
        .count()
}
