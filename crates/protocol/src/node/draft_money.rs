//! Drafting the money of a transaction: which facts pay its dues, and what change they leave.

use deed::{Contract, Due, FactValue};
use ledger::fact::{DueRef, FactRef};
use ledger::tearoff::{SeenView, ShownOutput};
use ledger::validity::fact_value;
use ledger::view::Input;

use super::core::{Node, Signed};
use super::draft::{Accepted, Stop, refusal};
use super::purse::PurseKey;
use super::waiting::Cause;
use crate::limits::{FAN_OUT, FAN_OUT_MIN, WINDOW_MS};
use crate::store::Store;

impl<S: Store> Node<S> {
    /// Picks money for the dues of one kind and computes what the money view creates.
    #[expect(
        clippy::type_complexity,
        reason = "inputs, outputs and what is to be locked belong together"
    )]
    pub(crate) fn draft_money(
        &self,
        of: &Accepted,
        kind: u16,
        dues: &[(DueRef, Due)],
    ) -> Result<
        (
            Vec<Input>,
            Vec<(FactValue, Option<DueRef>)>,
            Vec<(PurseKey, i64, FactRef)>,
        ),
        Stop,
    > {
        let plain: Vec<Due> = dues.iter().map(|(_, due)| due.clone()).collect();
        let mut inputs = Vec::new();
        let mut used = Vec::new();
        let mut key = None;
        if let Some((Some(from), payer)) = plain.first().map(|due| (due.from.as_ref(), &due.payer))
        {
            if !self.hosts(payer) {
                let message = format!(
                    "{payer} pays, and its money is not kept at this node: the node that keeps it must be asked"
                );
                return Err(refusal("payer_not_hosted_here", message).into());
            }
            let pocket = PurseKey::new(of.id, kind, payer.clone(), from);
            let needed: i64 = plain
                .iter()
                .try_fold(0i64, |sum, due| sum.checked_add(due.amount.minor))
                .ok_or_else(|| refusal("amount_overflow", "the amounts together are too large"))?;
            let chosen = self.purse.candidates(&pocket, needed);
            if chosen.is_empty() {
                self.short_of_money(&pocket, needed)?;
                let held = self.in_one_piece(&of.contract, &pocket)?;
                of.contract.draft_move(kind, &plain, &held)?;
            }
            inputs = self.inputs(&chosen)?;
            key = Some(pocket);
        }
        let values: Vec<FactValue> = inputs.iter().map(|input| fact_value(&input.fact)).collect();
        let drafted = of.contract.draft_move(kind, &plain, &values)?;
        let inputs: Vec<Input> = drafted
            .consume
            .iter()
            .filter_map(|i| inputs.get(*i).cloned())
            .collect();
        if let Some(key) = key {
            for input in &inputs {
                let minor = PurseKey::of(&input.fact, &of.contract).map_or(0, |(_, minor)| minor);
                used.push((key.clone(), minor, input.at));
            }
        }
        let pieces = used.first().map_or(1, |(key, ..)| self.pieces(key));
        let mut outputs = Vec::new();
        for (value, due) in drafted.create {
            match due.and_then(|index| dues.get(index)) {
                Some((at, _)) => outputs.push((value, Some(*at))),
                None => outputs.extend(
                    split(&of.contract, value, pieces)
                        .into_iter()
                        .map(|v| (v, None)),
                ),
            }
        }
        Ok((inputs, outputs, used))
    }

    /// Waits if enough money is on its way, back from open flows or from others; refuses with the figures if not.
    fn short_of_money(&self, key: &PurseKey, needed: i64) -> Result<(), Stop> {
        let (free, locked, _) = self.purse.held(key);
        let coming = locked + self.expected(key);
        if coming > 0 && free + coming >= i128::from(needed) {
            return Err(Stop::Wait(Cause::Money(key.clone())));
        }
        if free >= i128::from(needed) {
            return Err(refusal(
                "money_too_scattered",
                "the money is in more pieces than one payment can use",
            )
            .into());
        }
        // The contract's own drafter words the refusal, with the figures.
        Ok(())
    }

    /// What a holder has of a sort, locked or not, as if it were one fact: what a refusal's figures are made from.
    fn in_one_piece(&self, contract: &Contract, key: &PurseKey) -> Result<Vec<FactValue>, Stop> {
        let (free, locked, _) = self.purse.held(key);
        let some = self.inputs(&self.purse.candidates(key, 1))?;
        let mut values: Vec<FactValue> = some.iter().map(|input| fact_value(&input.fact)).collect();
        for value in &mut values {
            let shape = contract
                .kinds()
                .get(usize::from(value.kind))
                .and_then(|kind| kind.money);
            let amount = shape.and_then(|shape| value.fields.get_mut(usize::from(shape.amount)));
            if let Some(deed::Value::Money(money)) = amount {
                money.minor = i64::try_from(free + locked).unwrap_or(i64::MAX);
            }
        }
        Ok(values)
    }

    /// Minor units of a sort that transactions signed here, whose outcome is open, would bring.
    fn expected(&self, key: &PurseKey) -> i128 {
        // What is long overdue may never come: its driver may be gone, or false.
        let soon = |signed: &&Signed| {
            let until_ms = signed.stored.seen.header.terms.window.until_ms;
            self.now_ms <= until_ms.saturating_add(WINDOW_MS)
        };
        let signed = self.signed.values().filter(soon);
        let seen = signed.flat_map(|signed| &signed.stored.seen.views);
        let brought = seen.flat_map(|view| match view {
            SeenView::Whole(view) => view.created.iter().collect::<Vec<_>>(),
            SeenView::Outputs(outputs) => outputs
                .shown
                .values()
                .filter_map(ShownOutput::whole)
                .collect(),
            SeenView::Hidden(_) => Vec::new(),
        });
        brought
            .filter_map(|fact| PurseKey::of(fact, self.setup.book.get(&fact.contract)?))
            .filter(|(sort, _)| sort == key)
            .map(|(_, minor)| i128::from(minor))
            .sum()
    }

    /// Into how many facts change is divided, so that the next payments needn't wait for each other.
    fn pieces(&self, key: &PurseKey) -> usize {
        let count = self.purse.count(key);
        if count < FAN_OUT_MIN && !self.dividing.values().any(|divided| divided == key) {
            FAN_OUT - count
        } else {
            1
        }
    }
}

/// Divides a money fact's value into equal pieces, the remainder in the first.
fn split(contract: &Contract, value: FactValue, pieces: usize) -> Vec<FactValue> {
    let shape = contract
        .kinds()
        .get(usize::from(value.kind))
        .and_then(|kind| kind.money);
    let Some(amount) = shape.map(|s| usize::from(s.amount)) else {
        return vec![value];
    };
    let Some(deed::Value::Money(money)) = value.fields.get(amount).cloned() else {
        return vec![value];
    };
    let pieces = i64::try_from(pieces).unwrap_or(1).min(money.minor).max(1);
    let (each, rest) = (money.minor / pieces, money.minor % pieces);
    (0..pieces)
        .map(|piece| {
            let mut part = value.clone();
            let minor = if piece == 0 { each + rest } else { each };
            part.fields[amount] = deed::Value::Money(deed::Money { minor, ..money });
            part
        })
        .collect()
}
