//! The built-in rules of money, each broken once.

use deed::{Allocated, Due, FactValue, Money, MoneyMove, Party, Refusal, Settled, Value};

use crate::fixtures::{cash, cash_contract, issued, party};

pub(crate) fn due(payer: &str, payee: &str, pence: i64) -> Due {
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

pub(crate) fn settle(
    dues: &[Due],
    consumed: &[FactValue],
    created: &[(FactValue, Option<usize>)],
) -> Result<Settled, Refusal> {
    let created: Vec<Allocated<'_>> = created
        .iter()
        .map(|(fact, due)| Allocated { fact, due: *due })
        .collect();
    cash_contract().settle(&MoneyMove {
        money: 0,
        dues,
        consumed,
        created: &created,
    })
}

#[test]
fn money_views_that_hold() {
    let alice = Some(Party::new("alice").unwrap());
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
            None,
        ),
        ("nothing at all", vec![], vec![], vec![], None),
    ];
    for (what, dues, consumed, created, payer) in cases {
        assert_eq!(
            settle(&dues, &consumed, &created),
            Ok(Settled { payer }),
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
            settle(&[], &vec![cash("alice", "£1"); 241], &[]),
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
