//! What follows from an action, and which rule refuses it.

use deed::{Call, FactValue, Outcome, Refusal, Value};
use jiff::civil::{Date, date};

use crate::fixtures::{CASH, LAND, SAFEGUARDING, gbp, load, party, show};

fn charge(lender: &str) -> Value {
    Value::Record(vec![party(lender), Value::Date(date(2019, 5, 1))])
}

fn title(proprietor: &str, charges: Vec<Value>) -> FactValue {
    let fields = vec![
        Value::text("AGL1234"),
        Value::text("1 High Street"),
        Value::choice("freehold"),
        Value::Int(100_023_336_956),
        party(proprietor),
        Value::List(charges),
    ];
    FactValue { kind: 1, fields }
}

fn transfer(price: &str, releasing: &[&str], on: Date, old: FactValue) -> Result<Outcome, Refusal> {
    let contract = load(LAND);
    let lenders = releasing.iter().map(|l| party(l)).collect();
    contract.apply(&Call {
        action: contract.action("Transfer").unwrap(),
        args: &[party("buyer"), gbp(price), Value::List(lenders)],
        effective: on,
        consumed: &[old],
        referenced: &[],
    })
}

const TODAY: Date = date(2026, 6, 24);

#[test]
fn a_transfer_says_who_signs_who_pays_and_who_owns() {
    let outcome = transfer(
        "£1,800,000",
        &["lender"],
        TODAY,
        title("seller", vec![charge("lender")]),
    );
    insta::assert_debug_snapshot!(outcome);
}

#[test]
fn each_rate_applies_to_its_own_slice_as_of_its_date() {
    let cases = [
        (TODAY, "£1.00", None),
        (TODAY, "£125,000", None),
        (TODAY, "£125,049.99", None),
        (TODAY, "£125,050", Some("£1.00")),
        (TODAY, "£250,000", Some("£2,500.00")),
        (TODAY, "£295,000", Some("£4,750.00")),
        (TODAY, "£925,001", Some("£36,250.00")),
        (TODAY, "£1,800,000", Some("£129,750.00")),
        (date(2025, 3, 31), "£295,000", Some("£2,250.00")),
        (date(2025, 4, 1), "£295,000", Some("£4,750.00")),
        (date(2022, 9, 23), "£250,000", None),
    ];
    for (on, price, tax) in cases {
        let outcome = transfer(price, &[], on, title("seller", vec![])).unwrap();
        let due = outcome
            .dues
            .iter()
            .find(|d| d.law.is_some())
            .map(|d| d.amount.to_string());
        assert_eq!(due.as_deref(), tax, "{price} on {on}");
    }
}

#[test]
fn one_change_of_a_valid_transfer_is_refused_by_the_rule_it_breaks() {
    let free = || title("seller", vec![]);
    let mortgaged = || title("seller", vec![charge("first"), charge("second")]);
    let cases = [
        ("no price", transfer("£0", &[], TODAY, free())),
        ("a price below zero", transfer("-£1", &[], TODAY, free())),
        (
            "to oneself",
            transfer("£1", &[], TODAY, title("buyer", vec![])),
        ),
        (
            "a charge is not released",
            transfer("£1", &["first"], TODAY, mortgaged()),
        ),
        (
            "no rate in force",
            transfer("£1", &[], date(2022, 9, 22), free()),
        ),
        ("another currency", transfer_in_euro()),
        (
            "another kind of fact",
            transfer("£1", &[], TODAY, crate::fixtures::cash("a", "£1")),
        ),
        (
            "too many charges",
            transfer("£1", &[], TODAY, title("seller", vec![charge("l"); 21])),
        ),
        (
            "a hidden character",
            transfer("£1", &[], TODAY, hidden_character()),
        ),
    ];
    let refusals: Vec<String> = cases
        .into_iter()
        .map(|(change, result)| {
            let refusal = result.unwrap_err();
            format!("{change}: [{}] {refusal}", refusal.rule)
        })
        .collect();
    insta::assert_snapshot!(refusals.join("\n"));
}

fn hidden_character() -> FactValue {
    let mut fact = title("seller", vec![]);
    fact.fields[1] = Value::text("1 High\u{200B} Street");
    fact
}

fn transfer_in_euro() -> Result<Outcome, Refusal> {
    let contract = load(LAND);
    let euro = deed::Money::new(deed::Currency::EUR, 100);
    contract.apply(&Call {
        action: 1,
        args: &[party("buyer"), Value::Money(euro), Value::List(vec![])],
        effective: TODAY,
        consumed: &[title("seller", vec![])],
        referenced: &[],
    })
}

#[test]
fn a_call_that_does_not_fit_is_refused() {
    let contract = load(CASH);
    let call = |action, args: &[Value]| {
        contract
            .apply(&Call {
                action,
                args,
                effective: TODAY,
                consumed: &[],
                referenced: &[],
            })
            .unwrap_err()
            .to_string()
    };
    assert_eq!(call(7, &[]), "the contract has no action number 7");
    assert_eq!(call(0, &[]), "Issue has 2 fields, but 0 values are given");
    assert_eq!(
        call(0, &[gbp("£1"), party("a")]),
        "owner of Issue is £1.00, not party"
    );
    let fact = crate::fixtures::cash("a", "£1");
    let refusal = contract.apply(&Call {
        action: 0,
        args: &[party("a"), gbp("£1")],
        effective: TODAY,
        consumed: &[fact],
        referenced: &[],
    });
    assert_eq!(
        refusal.unwrap_err().message,
        "Issue consumes 0 facts, not 1"
    );
}

fn child(visits: usize, missed: usize, guardian: Value) -> FactValue {
    let day =
        |n: usize| Value::Date(date(2026, 1, 1).saturating_add(jiff::Span::new().days(n as i64)));
    let session = |n: usize| Value::Record(vec![day(n), Value::Bool(n >= missed)]);
    let fields = vec![
        party("child"),
        party("school"),
        guardian,
        Value::List((0..visits).map(day).collect()),
        Value::List((0..100).map(session).collect()),
    ];
    FactValue { kind: 0, fields }
}

fn refer(fact: FactValue, urgency: &str, reason: &str, since: Date) -> Result<Outcome, Refusal> {
    load(SAFEGUARDING).apply(&Call {
        action: 0,
        args: &[
            Value::choice(urgency),
            Value::text(reason),
            Value::Date(since),
        ],
        effective: TODAY,
        consumed: &[],
        referenced: &[fact],
    })
}

#[test]
fn quantifiers_options_and_parameters_decide_a_referral() {
    let start = date(2026, 1, 1);
    let outcome = refer(child(2, 11, party("mother")), "soon", "", start).unwrap();
    assert_eq!(
        outcome
            .signers
            .iter()
            .map(|p| p.as_str())
            .collect::<Vec<_>>(),
        ["school", "mother"]
    );
    assert_eq!(show(&outcome.created[0]), "(child, 2, 11, soon, \"\")");
    let alone = refer(child(2, 11, Value::Absent), "soon", "", start).unwrap();
    assert_eq!(
        alone.signers.iter().map(|p| p.as_str()).collect::<Vec<_>>(),
        ["school"]
    );
    let urgent = refer(child(0, 0, Value::Absent), "urgent", "seen hurt", start);
    assert!(urgent.is_ok());
    for (fact, urgency, since, expected) in [
        (
            child(1, 11, Value::Absent),
            "soon",
            start,
            "visits_or_absence_give_cause",
        ),
        (
            child(2, 10, Value::Absent),
            "soon",
            start,
            "visits_or_absence_give_cause",
        ),
        (
            child(2, 11, Value::Absent),
            "soon",
            date(2026, 1, 2),
            "visits_or_absence_give_cause",
        ),
        (
            child(0, 0, Value::Absent),
            "urgent",
            start,
            "an_urgent_referral_gives_its_reason",
        ),
    ] {
        assert_eq!(refer(fact, urgency, " ", since).unwrap_err().rule, expected);
    }
}
