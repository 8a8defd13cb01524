//! The built-in rules of money, each broken once, and against a plain reading.

use std::collections::BTreeMap;

use deed::{Allocated, Due, FactValue, Money, MoneyMove, Party, Refusal, Settled, Value};
use proptest::prelude::*;

use crate::fixtures::{CASH, cash, issued, load, party};

fn due(payer: &str, payee: &str, pence: i64) -> Due {
    Due {
        money: 0,
        payer: Party::new(payer).unwrap(),
        payee: Party::new(payee).unwrap(),
        amount: Money::gbp(pence),
        from: Some(vec![party("GB-BOE")]),
        to: vec![party("GB-BOE")],
        law: None,
    }
}

fn lawful(payer: &str, payee: &str, pence: i64) -> Due {
    Due {
        law: Some("FA 2003 s.55 Table A".to_owned()),
        ..due(payer, payee, pence)
    }
}

fn settle(
    dues: &[Due],
    consumed: &[FactValue],
    created: &[(FactValue, Option<usize>)],
) -> Result<Settled, Refusal> {
    let created: Vec<Allocated<'_>> = created
        .iter()
        .map(|(fact, due)| Allocated { fact, due: *due })
        .collect();
    load(CASH).settle(&MoneyMove {
        money: 0,
        dues,
        consumed,
        created: &created,
    })
}

#[test]
fn money_views_that_hold() {
    let alice = vec![Party::new("alice").unwrap()];
    let cases = [
        (
            "pay and take change",
            vec![due("alice", "bob", 300)],
            vec![cash("alice", "£5")],
            vec![(cash("bob", "£3"), Some(0)), (cash("alice", "£2"), None)],
            alice.clone(),
        ),
        (
            "two dues of the same amount",
            vec![due("alice", "bob", 250), due("alice", "bob", 250)],
            vec![cash("alice", "£5")],
            vec![
                (cash("bob", "£2.50"), Some(1)),
                (cash("bob", "£2.50"), Some(0)),
            ],
            alice.clone(),
        ),
        (
            "split without a due",
            vec![],
            vec![cash("alice", "£5")],
            vec![(cash("alice", "£3"), None), (cash("alice", "£2"), None)],
            alice.clone(),
        ),
        (
            "issue",
            vec![Due {
                from: None,
                ..due("GB-BOE", "alice", 500)
            }],
            vec![],
            vec![(cash("alice", "£5"), Some(0))],
            vec![],
        ),
        ("nothing at all", vec![], vec![], vec![], vec![]),
    ];
    for (what, dues, consumed, created, signers) in cases {
        assert_eq!(
            settle(&dues, &consumed, &created),
            Ok(Settled { signers }),
            "{what}"
        );
    }
}

#[test]
fn one_change_of_a_money_view_is_refused_by_the_rule_it_breaks() {
    let five = || vec![cash("alice", "£5")];
    let pay = || vec![lawful("alice", "hmrc", 300)];
    let paid = || (cash("hmrc", "£3"), Some(0));
    let change = || (cash("alice", "£2"), None);
    let both = || vec![lawful("alice", "hmrc", 300), due("alice", "boatyard", 300)];
    let cases = [
        (
            "one amount, two dues",
            settle(&both(), &five(), &[paid(), change()]),
        ),
        (
            "two amounts, one due",
            settle(&pay(), &[cash("alice", "£6")], &[paid(), paid()]),
        ),
        (
            "a due that there is not",
            settle(&pay(), &five(), &[(cash("hmrc", "£3"), Some(1)), change()]),
        ),
        (
            "nobody is paid",
            settle(&pay(), &five(), &[(cash("alice", "£5"), None)]),
        ),
        (
            "too little is paid",
            settle(
                &pay(),
                &five(),
                &[
                    (cash("hmrc", "£2.99"), Some(0)),
                    (cash("alice", "£2.01"), None),
                ],
            ),
        ),
        (
            "too much is paid",
            settle(&pay(), &five(), &[(cash("hmrc", "£5"), Some(0))]),
        ),
        (
            "another is paid",
            settle(
                &pay(),
                &five(),
                &[(cash("mallory", "£3"), Some(0)), change()],
            ),
        ),
        (
            "paid in another bank's money",
            settle(
                &pay(),
                &five(),
                &[(issued("monopoly", "hmrc", "£3"), Some(0)), change()],
            ),
        ),
        (
            "change goes elsewhere",
            settle(&pay(), &five(), &[paid(), (cash("mallory", "£2"), None)]),
        ),
        (
            "change in another bank's money",
            settle(
                &pay(),
                &five(),
                &[paid(), (issued("monopoly", "alice", "£2"), None)],
            ),
        ),
        ("change is forgotten", settle(&pay(), &five(), &[paid()])),
        (
            "change is padded",
            settle(&pay(), &five(), &[paid(), (cash("alice", "£2.01"), None)]),
        ),
        ("paid from nothing", settle(&pay(), &[], &[paid()])),
        (
            "money from nothing",
            settle(&[], &[], &[(cash("alice", "£5"), None)]),
        ),
        (
            "paid from another bank's money",
            settle(&pay(), &[issued("monopoly", "alice", "£3")], &[paid()]),
        ),
        (
            "two payers",
            settle(
                &[due("alice", "bob", 300), due("carol", "bob", 300)],
                &five(),
                &[],
            ),
        ),
        (
            "another's money",
            settle(&pay(), &[cash("carol", "£5")], &[paid(), change()]),
        ),
        (
            "another's money beside",
            settle(
                &pay(),
                &[cash("alice", "£3"), cash("carol", "£2")],
                &[paid()],
            ),
        ),
        (
            "money of nothing",
            settle(
                &pay(),
                &five(),
                &[paid(), change(), (cash("alice", "£0"), None)],
            ),
        ),
        (
            "a debt as change",
            settle(
                &pay(),
                &[cash("alice", "£2")],
                &[paid(), (cash("alice", "-£1"), None)],
            ),
        ),
        ("sums beyond 64 bits", settle(&[], &[huge(), huge()], &[])),
        (
            "too many pieces",
            settle(&[], &vec![cash("alice", "£1"); 65], &[]),
        ),
        (
            "another kind",
            settle(
                &[],
                &[FactValue {
                    kind: 1,
                    fields: vec![],
                }],
                &[],
            ),
        ),
        (
            "a malformed fact",
            settle(
                &[],
                &[FactValue {
                    kind: 0,
                    fields: vec![],
                }],
                &[],
            ),
        ),
        (
            "a due in another kind",
            settle(
                &[Due {
                    money: 1,
                    ..due("a", "b", 1)
                }],
                &[],
                &[],
            ),
        ),
    ];
    let refusals: Vec<String> = cases
        .into_iter()
        .map(|(change, result)| {
            let refusal = result.expect_err(change);
            format!("{change}: [{}] {refusal}", refusal.rule)
        })
        .collect();
    insta::assert_snapshot!(refusals.join("\n"));
}

fn huge() -> FactValue {
    let mut fact = cash("alice", "£1");
    fact.fields[0] = Value::Money(Money::gbp(i64::MAX));
    fact
}

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
        let contract = load(CASH);
        let Ok(draft) = contract.draft_move(0, &dues, &held) else { return Ok(()) };
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
