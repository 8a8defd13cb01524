//! Public money: the nine actions of the contract in use, from its prose and the laws that it cites.

use std::collections::BTreeMap;

use deed::{Due, FactValue, Money, Outcome, Party, Value};
use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::{Verdict, agree, apply, pick};
use crate::fixtures::{BUDGET, load, party};

const ACTIONS: &[&str] = &[
    "Issue", "Allocate", "Grant", "Spend", "Transfer", "Internal", "Refund", "List", "Lapse",
];
const BODIES: &[&str] = &["GB-GOR-D15", "DEPT", "BRISTOL", "LEEDS"];
const TREASURY: &str = "GB-GOR-D15";
const AUDITOR: &str = "PVN-NAO";

/// Any action's arguments by the names of its parameters; each takes those that it has.
#[derive(Debug)]
struct Case {
    action: &'static str,
    on: Date,
    giver: &'static str,
    receiver: &'static str,
    pence: i64,
    year: i64,
    words: [&'static str; 4],
    numbers: [i64; 2],
    published: Date,
}

/// The days between which a financial year changes.
const EDGES: &[Date] = &[date(2026, 3, 31), date(2026, 4, 1)];

fn day() -> impl Strategy<Value = Date> {
    prop_oneof![
        4 => (2024..2028_i16, 1..13_i8, 1..29_i8).prop_map(|(y, m, d)| date(y, m, d)),
        1 => pick(EDGES),
    ]
}

/// The year in which the financial year starts that the day falls in: 1 April to 31 March.
fn financial_year(day: Date) -> i64 {
    i64::from(day.year()) - i64::from(day.month() < 4)
}

fn case() -> impl Strategy<Value = Case> {
    let pence =
        prop_oneof![6 => 1..900_000_i64, 1 => Just(0), 1 => pick(&[-1, i64::MIN, i64::MAX])];
    let off = prop_oneof![7 => Just(0_i64), 2 => -1..2_i64];
    let word = || prop_oneof![9 => Just("words"), 1 => Just(""), 1 => Just("  ")];
    let words = [word(), word(), word(), word()];
    let number = || prop_oneof![9 => 1..99_i64, 1 => -1..1_i64];
    let ahead = prop_oneof![5 => Just(-10_i64), 1 => Just(0), 1 => Just(1)];
    (
        pick(ACTIONS),
        day(),
        (pick(BODIES), pick(BODIES)),
        (pence, off),
        words,
        [number(), number()],
        ahead,
    )
        .prop_map(
            |(action, on, (giver, receiver), (pence, off), words, numbers, ahead)| {
                // What lapses does so after its year.
                let off = if action == "Lapse" { off - 1 } else { off };
                // And what is listed is nothing, every other time.
                let pence = if action == "List" && numbers[0] % 2 == 0 {
                    0
                } else {
                    pence
                };
                Case {
                    action,
                    on,
                    giver,
                    receiver,
                    pence,
                    year: financial_year(on) + off,
                    words,
                    numbers,
                    published: on.saturating_add(jiff::Span::new().days(ahead)),
                }
            },
        )
}

fn argument(case: &Case, name: &str) -> Value {
    let [purpose, source, payee, period] = case.words;
    match name {
        "giver" | "payer" | "holder" => party(case.giver),
        "receiver" | "member" => party(case.receiver),
        "amount" => Value::Money(Money::gbp(case.pence)),
        "year" => Value::Int(case.year),
        "purpose" => Value::text(purpose),
        "source" => Value::text(source),
        "payee" => Value::text(payee),
        "period" => Value::text(period),
        "reference" => Value::text("R"),
        "function" => Value::text("F"),
        "service_line" => Value::choice("front_line"),
        "line" => Value::Int(case.numbers[0]),
        "ordinal" => Value::Int(case.numbers[1]),
        "published" => Value::Date(case.published),
        other => panic!("a parameter {other}"),
    }
}

fn said(text: &str) -> bool {
    !text.trim().is_empty()
}

/// The first of these that does not hold.
fn rules(rules: &[(bool, &'static str)]) -> Verdict<()> {
    match rules.iter().find(|(holds, _)| !holds) {
        Some((_, code)) => Err(code),
        None => Ok(()),
    }
}

fn refused(case: &Case) -> Verdict<()> {
    let [purpose, source, payee, period] = case.words.map(said);
    let this_year = case.year == financial_year(case.on);
    let above = (case.pence > 0, "the_amount_is_above_zero");
    let source_named = (source, "the_source_is_named");
    let row = (
        source && period && case.numbers[1] > 0,
        "the_row_is_identified",
    );
    let payee = (payee, "the_payee_is_named");
    let ahead = (
        case.published <= case.on,
        "nothing_is_published_ahead_of_its_date",
    );
    let apart = case.giver != case.receiver;
    match case.action {
        "Issue" => rules(&[
            above,
            (
                this_year,
                "money_is_issued_in_the_year_for_which_it_was_voted",
            ),
            source_named,
        ]),
        "Allocate" => rules(&[
            above,
            (this_year, "money_is_allocated_in_its_year"),
            source_named,
        ]),
        "Grant" => rules(&[
            above,
            (this_year, "money_is_granted_in_its_year"),
            (apart, "nobody_grants_to_itself"),
            (purpose, "the_purpose_is_named"),
            source_named,
        ]),
        "Spend" => rules(&[
            above,
            (this_year, "money_is_spent_in_its_year"),
            payee,
            row,
            ahead,
        ]),
        "Transfer" => rules(&[
            above,
            (this_year, "money_is_paid_in_its_year"),
            (apart, "a_transfer_goes_to_another_body"),
            payee,
            row,
            ahead,
        ]),
        "Internal" => rules(&[
            (case.pence != 0, "the_amount_is_not_zero"),
            (this_year, "a_payment_is_recorded_in_its_year"),
            payee,
            row,
            ahead,
        ]),
        "Refund" => rules(&[
            above,
            (this_year, "money_comes_back_in_its_year"),
            payee,
            row,
            ahead,
        ]),
        "List" => rules(&[
            (case.pence == 0, "only_a_row_of_nothing_is_merely_listed"),
            (this_year, "a_row_is_listed_in_its_year"),
            row,
            ahead,
        ]),
        "Lapse" => rules(&[
            above,
            (
                case.year < financial_year(case.on),
                "money_lapses_only_when_its_year_has_ended",
            ),
            source_named,
        ]),
        other => panic!("an action {other}"),
    }
}

/// Pounds of the case's amount and year, from one state in one pair of hands to another.
fn pounds(case: &Case, payer: &str, from: Option<&str>, payee: &str, to: &str) -> Due {
    let attributes = |state: &str| vec![Value::Int(case.year), Value::choice(state)];
    Due {
        money: 0,
        payer: Party::new(payer).unwrap(),
        payee: Party::new(payee).unwrap(),
        amount: Money::gbp(case.pence),
        from: from.map(attributes),
        to: attributes(to),
        law: None,
    }
}

fn funding(case: &Case, kind: &str, giver: &str, receiver: &str, purpose: &str) -> FactValue {
    let fields = vec![
        Value::choice(kind),
        party(giver),
        party(receiver),
        argument(case, "amount"),
        argument(case, "year"),
        Value::text(purpose),
        argument(case, "source"),
        argument(case, "line"),
    ];
    FactValue { kind: 1, fields }
}

fn payment(case: &Case, member: Option<&str>, treatment: &str, pence: i64) -> FactValue {
    let of = |name| argument(case, name);
    let fields = vec![
        of("payer"),
        of("payee"),
        member.map_or(Value::Absent, party),
        Value::Money(Money::gbp(pence)),
        of("published"),
        of("purpose"),
        of("function"),
        of("service_line"),
        Value::choice(treatment),
        of("source"),
        of("period"),
        of("ordinal"),
        of("reference"),
        of("year"),
    ];
    FactValue { kind: 2, fields }
}

fn read(case: &Case) -> Verdict<Outcome> {
    refused(case)?;
    let (giver, receiver, purpose) = (case.giver, case.receiver, case.words[0]);
    let paid = |from, state, payee| Some(pounds(case, giver, Some(from), payee, state));
    let (signers, due, fact) = match case.action {
        "Issue" => (
            vec![TREASURY, AUDITOR],
            Some(pounds(case, TREASURY, None, TREASURY, "held")),
            funding(case, "issued", TREASURY, TREASURY, purpose),
        ),
        "Allocate" => (
            vec![TREASURY, receiver],
            Some(pounds(case, TREASURY, Some("held"), receiver, "held")),
            funding(case, "allocated", TREASURY, receiver, purpose),
        ),
        "Grant" => (
            vec![giver, receiver],
            paid("held", "held", receiver),
            funding(case, "granted", giver, receiver, purpose),
        ),
        "Spend" => (
            vec![giver],
            paid("held", "spent", giver),
            payment(case, None, "spent", case.pence),
        ),
        "Transfer" => (
            vec![giver, receiver],
            paid("held", "held", receiver),
            payment(case, Some(receiver), "transfer", case.pence),
        ),
        "Internal" => (
            vec![giver],
            None,
            payment(case, Some(giver), "internal", case.pence),
        ),
        "Refund" => (
            vec![giver],
            paid("spent", "held", giver),
            payment(case, None, "refund", -case.pence),
        ),
        "List" => (vec![giver], None, payment(case, None, "listed", 0)),
        _ => (
            vec![giver, TREASURY],
            paid("held", "lapsed", giver),
            funding(
                case,
                "lapsed",
                giver,
                TREASURY,
                "unspent at the end of the year",
            ),
        ),
    };
    let mut once: Vec<Party> = Vec::new();
    for signer in signers.into_iter().map(|s| Party::new(s).unwrap()) {
        if !once.contains(&signer) {
            once.push(signer);
        }
    }
    Ok(Outcome {
        created: vec![fact],
        signers: once,
        dues: due.into_iter().collect(),
    })
}

#[test]
fn public_money_moves_as_its_prose_says() {
    let contract = load(BUDGET);
    // Every rule of every action, by the contract's own list.
    let mut verdicts: BTreeMap<String, ()> = BTreeMap::new();
    for action in contract.actions() {
        let codes = action.rules.iter().map(|rule| rule.code.as_str());
        for code in codes.chain(["accepted"]) {
            verdicts.insert(format!("{} {code}", action.name), ());
        }
    }
    let verdicts: Vec<&str> = verdicts.keys().map(String::as_str).collect();
    agree(
        30_000,
        &case(),
        |case| format!("{} ", case.action),
        |case| {
            let action = contract.action(case.action).unwrap();
            let params = &contract.actions()[usize::from(action)].params;
            let args: Vec<Value> = params.iter().map(|p| argument(case, &p.name)).collect();
            apply(&contract, case.action, &args, case.on, &[])
        },
        read,
        (50, &verdicts),
    );
}
