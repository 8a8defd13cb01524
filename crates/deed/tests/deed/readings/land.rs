//! The transfer of a title: Finance Act 2003 s.55 Table A, Land Registration Act 2002.

use deed::{Due, FactValue, Money, Outcome, Party, Value};
use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::{Verdict, agree, apply, pick};
use crate::fixtures::{LAND, load, party};

#[derive(Debug)]
struct Transfer {
    on: Date,
    buyer: &'static str,
    pence: i64,
    releasing: Vec<&'static str>,
    seller: &'static str,
    charges: Vec<(&'static str, Date)>,
}

const PEOPLE: &[&str] = &["ann", "ben", "cat"];
const LENDERS: &[&str] = &["north", "south", "ann"];

/// The days between which rates change.
const EDGES: &[Date] = &[
    date(2022, 9, 22),
    date(2022, 9, 23),
    date(2025, 3, 31),
    date(2025, 4, 1),
];

fn person(id: &str) -> Party {
    Party::new(id).unwrap()
}

/// Bounds of the bands and what stands beside them, and anything.
fn price() -> impl Strategy<Value = i64> {
    let bounds = pick(&[0, 12_500_000, 25_000_000, 92_500_000, 150_000_000]);
    prop_oneof![
        4 => (bounds, -10_100..10_100_i64).prop_map(|(bound, beside)| bound + beside),
        4 => 1..400_000_000_i64,
        1 => Just(0),
        1 => pick(&[i64::MAX, i64::MIN, -1]),
    ]
}

fn transfer() -> impl Strategy<Value = Transfer> {
    let on = prop_oneof![
        8 => (2022..2028_i16, 1..13_i8, 1..29_i8).prop_map(|(y, m, d)| date(y, m, d)),
        1 => pick(EDGES),
    ];
    let some = prop_oneof![9 => 0..4_usize, 1 => 19..22_usize];
    let charges = some.prop_flat_map(|n| {
        let charge = (pick(LENDERS), (2010..2030_i16).prop_map(|y| date(y, 5, 1)));
        prop::collection::vec(charge, n)
    });
    let most = prop_oneof![15 => 0..4_usize, 1 => 20..22_usize];
    let releasing = most.prop_flat_map(|n| prop::collection::vec(pick(LENDERS), n));
    let people = (pick(PEOPLE), pick(PEOPLE));
    (on, people, price(), releasing, charges).prop_map(
        |(on, (buyer, seller), pence, releasing, charges)| Transfer {
            on,
            buyer,
            pence,
            releasing,
            seller,
            charges,
        },
    )
}

fn title(owner: &str, charges: &[(&str, Date)]) -> FactValue {
    let charge = |(lender, on): &(&str, Date)| Value::Record(vec![party(lender), Value::Date(*on)]);
    let fields = vec![
        Value::text("AGL1"),
        Value::text("1 High Street"),
        Value::choice("freehold"),
        Value::Int(7),
        party(owner),
        Value::List(charges.iter().map(charge).collect()),
    ];
    FactValue { kind: 1, fields }
}

/// Each slice at its rate; whole pounds, the rest dropped.
fn stamp_duty(pence: i64, on: Date) -> i64 {
    let bands: &[(i64, i64)] = match on < date(2025, 4, 1) {
        true => &[
            (250_000, 0),
            (925_000, 5),
            (1_500_000, 10),
            (i64::MAX / 100, 12),
        ],
        false => &[
            (125_000, 0),
            (250_000, 2),
            (925_000, 5),
            (1_500_000, 10),
            (i64::MAX / 100, 12),
        ],
    };
    let (mut below, mut duty) = (0_i128, 0_i128);
    for (pounds, percent) in bands {
        let bound = i128::from(*pounds) * 100 + 99 * i128::from(*pounds == i64::MAX / 100);
        let slice = i128::from(pence).min(bound) - below;
        if slice > 0 {
            duty += slice * i128::from(*percent);
            below += slice;
        }
    }
    (duty / 10_000 * 100) as i64
}

fn read(case: &Transfer) -> Verdict<Outcome> {
    if case.releasing.len() > 20 {
        return Err("arguments_fit_the_action");
    }
    if case.charges.len() > 20 {
        return Err("fact_fits_its_kind");
    }
    if case.on < date(2022, 9, 23) {
        return Err("rate_in_force");
    }
    if case.pence < 0 {
        return Err("amount_below_zero");
    }
    let duty = stamp_duty(case.pence, case.on);
    if case.pence == 0 {
        return Err("the_price_is_above_zero");
    }
    if case.buyer == case.seller {
        return Err("the_buyer_is_not_the_seller");
    }
    let released = |(lender, _): &(&str, Date)| case.releasing.contains(lender);
    let standing = case.charges.iter().filter(|(_, on)| *on <= case.on).count();
    if !case.charges.iter().all(released) || standing > 10 {
        return Err("every_registered_charge_is_released_by_its_lender");
    }
    let mut signers = vec![person("GB-GOV-hmlr")];
    for who in [&[case.seller, case.buyer][..], &case.releasing].concat() {
        if !signers.contains(&person(who)) {
            signers.push(person(who));
        }
    }
    let due = |payee: &str, pence, law: Option<&str>| Due {
        money: 0,
        payer: person(case.buyer),
        payee: person(payee),
        amount: Money::gbp(pence),
        from: Some(vec![party("GB-BOE")]),
        to: vec![party("GB-BOE")],
        law: law.map(str::to_owned),
    };
    let mut dues = vec![due(case.seller, case.pence, None)];
    if duty > 0 {
        dues.push(due("GB-GOV-hmrc", duty, Some("FA 2003 s.55 Table A")));
    }
    Ok(Outcome {
        created: vec![title(case.buyer, &[])],
        signers,
        dues,
    })
}

#[test]
fn a_transfer_is_what_the_acts_say() {
    let contract = load(LAND);
    agree(
        6_000,
        &transfer(),
        |_| String::new(),
        |case| {
            let releasing = case.releasing.iter().map(|l| party(l)).collect();
            let args = [
                party(case.buyer),
                Value::Money(Money::gbp(case.pence)),
                Value::List(releasing),
            ];
            let old = title(case.seller, &case.charges);
            apply(&contract, "Transfer", &args, case.on, &[old])
        },
        read,
        (
            100,
            &[
                "accepted",
                "amount_below_zero",
                "arguments_fit_the_action",
                "every_registered_charge_is_released_by_its_lender",
                "fact_fits_its_kind",
                "rate_in_force",
                "the_buyer_is_not_the_seller",
                "the_price_is_above_zero",
            ],
        ),
    );
}

#[test]
fn a_registration_is_what_the_contract_says() {
    let contract = load(LAND);
    let number = "[ A-Zé0-9]{0,14}";
    agree(
        2_000,
        &(number, pick(PEOPLE), any::<i64>()),
        |_| String::new(),
        |(number, owner, uprn)| {
            let args = [
                Value::text(number),
                Value::text("1 High Street"),
                Value::choice("freehold"),
                Value::Int(*uprn),
                party(owner),
                Value::List(Vec::new()),
            ];
            apply(&contract, "Register", &args, date(2026, 6, 24), &[])
        },
        |(number, owner, uprn)| {
            if number.chars().all(|c| c == ' ') || number.chars().count() > 12 {
                return Err("the_title_has_a_number");
            }
            let mut fact = title(owner, &[]);
            fact.fields[0] = Value::text(number);
            fact.fields[3] = Value::Int(*uprn);
            Ok(Outcome {
                created: vec![fact],
                signers: vec![person("GB-GOV-hmlr"), person(owner)],
                dues: Vec::new(),
            })
        },
        (100, &["accepted", "the_title_has_a_number"]),
    );
}
