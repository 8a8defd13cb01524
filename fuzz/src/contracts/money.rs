//! Money views: what is drafted settles; what settles makes and loses nothing.

use deed::{Allocated, Contract, Due, FactValue, Money, MoneyMove, Party, Value};

use super::choices::Bytes;
use super::seeds::SEEDS;

/// Any view of any money of the contracts in use: dues, money used up, money created.
pub fn money(bytes: &[u8]) {
    let mut bytes = Bytes(bytes);
    let (contract, _) = bytes.one_of(&SEEDS.in_use);
    let kinds = (0_u16..).zip(contract.kinds());
    let moneys: Vec<u16> = kinds
        .filter(|(_, k)| k.money.is_some())
        .map(|(i, _)| i)
        .collect();
    if moneys.is_empty() {
        return;
    }
    let money = *bytes.one_of(&moneys);
    let dues: Vec<Due> = (0..bytes.below(4))
        .map(|_| due(contract, money, &mut bytes))
        .collect();
    let held = |bytes: &mut Bytes<'_>| -> Vec<FactValue> {
        (0..bytes.below(5))
            .map(|_| bytes.fact(money, contract))
            .collect()
    };
    let consumed = held(&mut bytes);
    let created: Vec<(FactValue, Option<usize>)> = held(&mut bytes)
        .into_iter()
        .map(|fact| (fact, Some(bytes.below(5)).filter(|due| *due < 4)))
        .collect();
    conserved(contract, money, &dues, &consumed, &created);
    drafted(contract, money, &dues, &consumed);
}

/// Pays what an action makes due from any money.
pub(super) fn pay(contract: &Contract, dues: &[Due], bytes: &mut Bytes<'_>) {
    for due in dues {
        let held: Vec<FactValue> = (0..bytes.below(4))
            .map(|_| bytes.fact(due.money, contract))
            .collect();
        drafted(contract, due.money, std::slice::from_ref(due), &held);
    }
}

fn due(contract: &Contract, money: u16, bytes: &mut Bytes<'_>) -> Due {
    let kind = &contract.kinds()[usize::from(money)];
    let shape = kind.money.unwrap();
    let fact = bytes.fact(money, contract);
    let amount = fact.fields[usize::from(shape.amount)].as_money().unwrap();
    let attributes = |fact: &FactValue| -> Vec<Value> {
        let fields = kind
            .attributes()
            .map(|i| fact.fields[usize::from(i)].clone());
        fields.collect()
    };
    let payer = bytes.fact(money, contract);
    let holder = |fact: &FactValue| -> Party {
        let holder = fact.fields[usize::from(shape.holder)].as_party();
        holder.unwrap().clone()
    };
    Due {
        money,
        payer: holder(&payer),
        payee: holder(&fact),
        amount: Money::new(amount.currency, amount.minor.saturating_abs().max(1)),
        from: Some(attributes(&payer)).filter(|_| bytes.below(4) != 0),
        to: attributes(&fact),
        law: None,
    }
}

/// A draft settles.
fn drafted(contract: &Contract, money: u16, dues: &[Due], held: &[FactValue]) {
    let Ok(draft) = contract.draft_move(money, dues, held) else {
        return;
    };
    let consumed: Vec<FactValue> = draft.consume.iter().map(|i| held[*i].clone()).collect();
    assert!(conserved(contract, money, dues, &consumed, &draft.create));
}

/// Whether a view settles; then what goes in is what comes out, but for what is issued, to the penny.
fn conserved(
    contract: &Contract,
    money: u16,
    dues: &[Due],
    consumed: &[FactValue],
    created: &[(FactValue, Option<usize>)],
) -> bool {
    let allocated: Vec<Allocated<'_>> = created
        .iter()
        .map(|(fact, due)| Allocated { fact, due: *due })
        .collect();
    let settled = contract.settle(&MoneyMove {
        money,
        dues,
        consumed,
        created: &allocated,
    });
    if settled.is_err() {
        return false;
    }
    let shape = contract.kinds()[usize::from(money)].money.unwrap();
    let amount = |fact: &FactValue| {
        let amount = fact.fields[usize::from(shape.amount)].as_money();
        i128::from(amount.unwrap().minor)
    };
    let issued = dues.iter().filter(|due| due.from.is_none());
    let issued: i128 = issued.map(|due| i128::from(due.amount.minor)).sum();
    let into: i128 = consumed.iter().map(amount).sum();
    let out: i128 = created.iter().map(|(fact, _)| amount(fact)).sum();
    assert_eq!(into + issued, out);
    true
}
