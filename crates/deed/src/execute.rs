//! A whole transaction: an action, then a view of each money that it makes due.

use std::collections::BTreeMap;

use crate::contract::Contract;
use crate::outcome::{Allocated, Call, Due, MoneyMove, Outcome, Refusal};
use crate::value::FactValue;

/// The outcome, and the money facts that the drafted views create; every fact has its parts, as a node asks.
pub(crate) fn execute(
    contract: &Contract,
    call: &Call<'_>,
    held: &[FactValue],
) -> Result<(Outcome, Vec<FactValue>), Refusal> {
    let outcome = contract.apply(call)?;
    let mut created = Vec::new();
    for (money, dues) in views(&outcome.dues) {
        let draft = contract.draft_move(money, &dues, held)?;
        let consumed: Vec<FactValue> = draft.consume.iter().map(|i| held[*i].clone()).collect();
        let allocated: Vec<Allocated<'_>> = draft
            .create
            .iter()
            .map(|(fact, due)| Allocated { fact, due: *due })
            .collect();
        contract.settle(&MoneyMove {
            money,
            dues: &dues,
            consumed: &consumed,
            created: &allocated,
        })?;
        created.extend(draft.create.into_iter().map(|(fact, _)| fact));
    }
    for fact in call.consumed.iter().chain(&outcome.created).chain(&created) {
        contract.roles_of(fact)?;
    }
    Ok((outcome, created))
}

/// The dues of each money view: all that are owed in one kind of money, as in a transaction.
fn views(dues: &[Due]) -> BTreeMap<u16, Vec<Due>> {
    let mut views: BTreeMap<u16, Vec<Due>> = BTreeMap::new();
    for due in dues {
        views.entry(due.money).or_default().push(due.clone());
    }
    views
}
