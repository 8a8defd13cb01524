//! The rules of money against a plain reading of them, on random and tampered views.

use std::collections::BTreeMap;

use deed::{Due, FactValue, Money, Party, Value};
use proptest::prelude::*;

use crate::fixtures::{cash_contract, issued, party};
use crate::settling::{due, settle};

/// The rules again, read slowly: multisets of (issuer, owner) and pence, no shortcuts.
fn plainly_holds(
    dues: &[Due],
    consumed: &[FactValue],
    created: &[(FactValue, Option<usize>)],
) -> bool {
    let read = |fact: &FactValue| {
        let (Value::Money(m), Value::Party(issuer), Value::Party(owner)) =
            (&fact.fields[0], &fact.fields[1], &fact.fields[2])
        else {
            panic!("not cash")
        };
        (m.minor, issuer.clone(), owner.clone())
    };
    let all: Vec<_> = consumed
        .iter()
        .chain(created.iter().map(|(f, _)| f))
        .map(read)
        .collect();
    let mut payers: Vec<Party> = consumed.iter().map(|f| read(f).2).collect();
    payers.extend(dues.iter().map(|d| d.payer.clone()));
    payers.sort();
    payers.dedup();
    let each_due_once =
        (0..dues.len()).all(|i| created.iter().filter(|(_, d)| *d == Some(i)).count() == 1);
    let exactly_paid = created.iter().all(|(fact, due)| match due {
        Some(i) => dues.get(*i).is_some_and(|due| {
            read(fact)
                == (
                    due.amount.minor,
                    due.to[0].as_party().unwrap().clone(),
                    due.payee.clone(),
                )
        }),
        None => payers.first() == Some(&read(fact).2),
    });
    let mut totals: BTreeMap<Party, i64> = BTreeMap::new();
    for fact in consumed {
        *totals.entry(read(fact).1).or_default() += read(fact).0;
    }
    for (fact, _) in created {
        *totals.entry(read(fact).1).or_default() -= read(fact).0;
    }
    all.iter().all(|(minor, _, _)| *minor > 0)
        && payers.len() <= 1
        && each_due_once
        && exactly_paid
        && totals.values().all(|t| *t == 0)
}

const OWNERS: [&str; 3] = ["alice", "bob", "carol"];
const ISSUERS: [&str; 2] = ["GB-BOE", "monopoly"];

fn some_cash() -> impl Strategy<Value = FactValue> {
    (0..4_i64, 0..2_usize, 0..3_usize).prop_map(|(pence, issuer, owner)| {
        let mut fact = issued(ISSUERS[issuer], OWNERS[owner], "£1");
        fact.fields[0] = Value::Money(Money::gbp(pence));
        fact
    })
}

fn some_due() -> impl Strategy<Value = Due> {
    (0..3_usize, 1..4_i64, 0..2_usize).prop_map(|(payee, pence, issuer)| {
        let of = vec![party(ISSUERS[issuer])];
        Due {
            from: Some(of.clone()),
            to: of,
            ..due("alice", OWNERS[payee], pence)
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    /// Small random views, mostly refused: both readings agree on every one.
    #[test]
    fn settling_agrees_with_a_plain_reading(
        dues in prop::collection::vec(some_due(), 0..3),
        consumed in prop::collection::vec(some_cash(), 0..4),
        created in prop::collection::vec((some_cash(), prop::option::of(0..3_usize)), 0..4),
    ) {
        prop_assert_eq!(settle(&dues, &consumed, &created).is_ok(), plainly_holds(&dues, &consumed, &created));
    }

    /// Drafted views, then one change: the draft holds, and both readings agree on the change.
    #[test]
    fn a_draft_settles_and_a_tampered_one_only_if_it_plainly_holds(
        dues in prop::collection::vec(some_due(), 1..4),
        mut held in prop::collection::vec(some_cash(), 0..12),
        tamper in (0..8_usize, -2..3_i64, 0..3_usize, prop::option::of(0..4_usize)),
    ) {
        held.retain(|f| f.fields[0].as_money().is_some_and(|m| m.minor > 0));
        let Ok(draft) = cash_contract().draft_move(0, &dues, &held) else { return Ok(()) };
        let mut consumed: Vec<FactValue> = draft.consume.iter().map(|i| held[*i].clone()).collect();
        let mut created = draft.create;
        prop_assert_eq!(settle(&dues, &consumed, &created).map(|s| s.signers.len()), Ok(1));
        prop_assert!(plainly_holds(&dues, &consumed, &created));
        let (at, pence, owner, allocation) = tamper;
        if let Some((fact, due)) = created.get_mut(at) {
            let minor = fact.fields[0].as_money().unwrap().minor + pence;
            fact.fields[0] = Value::Money(Money::gbp(minor));
            fact.fields[2] = party(OWNERS[owner]);
            *due = allocation;
        } else {
            consumed.pop();
        }
        prop_assert_eq!(settle(&dues, &consumed, &created).is_ok(), plainly_holds(&dues, &consumed, &created));
    }
}
