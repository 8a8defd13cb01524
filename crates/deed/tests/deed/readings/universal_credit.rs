//! Universal Credit: SI 2013/376 (awards) and SI 2013/380 (payments and deductions), as far as the fixture goes.

use deed::{Due, FactValue, Money, Outcome, Party, Value};
use jiff::Span;
use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::{Verdict, agree, apply, pick};
use crate::fixtures::{UNIVERSAL_CREDIT, load, party};

/// Households, with their standard allowances of 2024/25 and 2025/26 as published, in pence.
const HOUSEHOLDS: &[(&str, i64, i64)] = &[
    ("single_under_25", 31_168, 31_698),
    ("single", 39_345, 40_014),
    ("couple_under_25", 48_923, 49_755),
    ("couple", 61_760, 62_810),
];

#[derive(Debug)]
struct Case {
    on: Date,
    starts: Date,
    household: (&'static str, i64, i64),
    late: bool,
    earnings: i64,
    works: bool,
    housing: bool,
    /// In ten-thousandths of a per cent.
    rent: i64,
    /// Arrears of fuel, council tax, fine, water.
    owes: [bool; 4],
    fuel_current: i64,
    water_current: i64,
    last_resort: bool,
    hardship: bool,
    consents: bool,
}

/// Seldom.
fn rarely() -> impl Strategy<Value = bool> {
    prop::bool::weighted(0.15)
}

fn case() -> impl Strategy<Value = Case> {
    let when = prop_oneof![
        3 => (2024..2027_i16, 1..13_i8, 1..32_i8),
        1 => (Just(2025_i16), 2..5_i8, 1..32_i8),
    ];
    // A month, and a few days around it.
    let when = (when, prop_oneof![6 => 0..8_i64, 1 => -3..12_i64]);
    let when = when.prop_map(|((y, m, d), days)| {
        let starts = Date::new(y, m, d).unwrap_or(date(y, m, 28));
        (
            starts,
            month_after(starts).saturating_add(Span::new().days(days)),
        )
    });
    let earnings = prop_oneof![
        8 => 0..150_000_i64,
        4 => 0..40_000_i64,
        2 => 60_000..200_000_i64,
        1 => Just(-1),
    ];
    let rent = prop_oneof![
        4 => Just(0),
        6 => 100_000..=200_000_i64,
        1 => pick(&[99_999, 200_001, -100_000, 50_000]),
    ];
    let current = || prop_oneof![5 => Just(0), 4 => 0..12_000_i64, 1 => Just(-1_i64)];
    let money = (earnings, rent, current(), current());
    let owes = prop::array::uniform4(prop::bool::weighted(0.45));
    let said = (
        rarely(),
        any::<bool>(),
        any::<bool>(),
        prop::bool::weighted(0.3),
        rarely(),
        rarely(),
    );
    (when, pick(HOUSEHOLDS), money, owes, said).prop_map(
        |((starts, on), household, (earnings, rent, fuel_current, water_current), owes, said)| {
            let (late, works, housing, last_resort, hardship, consents) = said;
            let case = Case {
                on,
                starts,
                household,
                late,
                earnings,
                works,
                housing,
                rent,
                owes,
                fuel_current,
                water_current,
                last_resort,
                hardship,
                consents,
            };
            match earnings % 16 {
                0 => to_the_penny(case),
                _ => case,
            }
        },
    )
}

/// Earnings that leave just what the arrears take, or a penny more.
fn to_the_penny(mut case: Case) -> Case {
    let allowance = allowance(&case);
    let arrears = case.owes.iter().filter(|there| **there).count() as i64;
    let left = arrears * five(allowance) + case.earnings / 16 % 2;
    case.earnings = work_allowance(&case) + (allowance - left) * 100 / 55;
    (case.rent, case.fuel_current, case.water_current) = (0, 0, 0);
    case
}

fn this_year(case: &Case) -> bool {
    case.on >= date(2025, 4, 7)
}

/// The standard allowance.
fn allowance(case: &Case) -> i64 {
    let (_, before, now) = case.household;
    if this_year(case) { now } else { before }
}

fn work_allowance(case: &Case) -> i64 {
    match (case.works, case.housing, this_year(case)) {
        (false, ..) => 0,
        (true, true, false) => 40_400,
        (true, true, true) => 41_100,
        (true, false, false) => 67_300,
        (true, false, true) => 68_400,
    }
}

/// Five per cent of the standard allowance, to the next five pence.
fn five(allowance: i64) -> i64 {
    (allowance * 5 + 499) / 500 * 5
}

/// The same day of the next month, or its last.
fn month_after(day: Date) -> Date {
    let (year, month) = match day.month() {
        12 => (day.year() + 1, 1),
        month => (day.year(), month + 1),
    };
    let last = date(year, month, 1).days_in_month();
    date(year, month, day.day().min(last))
}

/// A part of an amount that is not below zero, in millionths, to the nearest penny.
fn nearest(pence: i64, millionths: i64) -> i64 {
    (pence * millionths + 500_000) / 1_000_000
}

fn read(case: &Case) -> Verdict<Outcome> {
    let over = month_after(case.starts);
    if case.on < over {
        return Err("the_assessment_period_is_over");
    }
    if (case.on - over).get_days() > 7 && !case.late {
        return Err("it_is_paid_within_seven_days");
    }
    if case.earnings < 0 || case.fuel_current < 0 || case.water_current < 0 {
        return Err("no_amount_is_below_zero");
    }
    if case.rent != 0 && !(100_000..=200_000).contains(&case.rent) {
        return Err("rent_takes_nothing_or_ten_to_twenty_per_cent");
    }
    if case.on < date(2024, 4, 8) {
        return Err("rate_in_force");
    }
    let allowance = allowance(case);
    let reduction = nearest((case.earnings - work_allowance(case)).max(0), 550_000);
    let award = (allowance - reduction).max(0);
    if award == 0 {
        return Err("something_is_awarded");
    }
    let five = five(allowance);
    let most = if case.hardship {
        five
    } else if case.last_resort {
        allowance * 40 / 100
    } else if case.on >= date(2025, 4, 30) {
        allowance * 15 / 100
    } else {
        allowance * 25 / 100
    };
    let arrears = |there: bool| if there { five } else { 0 };
    let [fuel, council_tax, fine, water] = case.owes;
    let wanted = [
        (
            "landlord",
            nearest(allowance, case.rent),
            "SI 2013/380 Sch. 6 para. 7",
        ),
        (
            "supplier",
            arrears(fuel) + case.fuel_current,
            "SI 2013/380 Sch. 6 para. 8",
        ),
        ("council", arrears(council_tax), "SI 1993/494 reg. 5"),
        ("court", arrears(fine), "SI 1992/2182 reg. 4"),
        (
            "undertaker",
            arrears(water) + case.water_current,
            "SI 2013/380 Sch. 6 para. 9",
        ),
    ];
    // In their order, each whole or not at all.
    let mut taken = Vec::new();
    let mut deducted = 0;
    for (creditor, amount, law) in wanted {
        if amount > 0 && deducted + amount <= most {
            deducted += amount;
            taken.push((creditor, amount, law));
        }
    }
    if taken.len() > 3 {
        return Err("at_most_three_deductions_are_made");
    }
    let utilities = taken
        .iter()
        .filter(|(c, ..)| ["supplier", "undertaker"].contains(c));
    if utilities.map(|(_, amount, _)| amount).sum::<i64>() > 5 * five && !case.consents {
        return Err("fuel_and_water_take_no_more_than_five_times_five_per_cent");
    }
    if award - deducted < 1 {
        return Err("at_least_a_penny_is_left");
    }
    let person = |id: &str| Party::new(id).unwrap();
    let due = |payee: &str, pence, law: Option<&str>| Due {
        money: 0,
        payer: person("GB-GOV-D10"),
        payee: person(payee),
        amount: Money::gbp(pence),
        from: Some(Vec::new()),
        to: Vec::new(),
        law: law.map(str::to_owned),
    };
    let mut dues = vec![due("claimant", award - deducted, None)];
    dues.extend(
        taken
            .iter()
            .map(|(c, amount, law)| due(c, *amount, Some(law))),
    );
    // Hundredths of a per cent, halves up.
    let share = (2 * deducted * 10_000 + allowance) / (2 * allowance);
    let pounds = |pence| Value::Money(Money::gbp(pence));
    let award = FactValue {
        kind: 1,
        fields: vec![
            party("claimant"),
            Value::Date(case.starts),
            Value::Date(over.yesterday().unwrap()),
            pounds(allowance),
            pounds(reduction),
            pounds(deducted),
            Value::Int(share * 100),
            pounds(award - deducted),
        ],
    };
    Ok(Outcome {
        created: vec![award],
        signers: vec![person("GB-GOV-D10")],
        dues,
    })
}

fn args(case: &Case) -> Vec<Value> {
    let pounds = |pence| Value::Money(Money::gbp(pence));
    let [fuel, council_tax, fine, water] = case.owes.map(Value::Bool);
    vec![
        party("claimant"),
        Value::choice(case.household.0),
        Value::Date(case.starts),
        Value::Bool(case.late),
        pounds(case.earnings),
        Value::Bool(case.works),
        Value::Bool(case.housing),
        Value::Int(case.rent),
        party("landlord"),
        fuel,
        pounds(case.fuel_current),
        party("supplier"),
        council_tax,
        party("council"),
        fine,
        party("court"),
        water,
        pounds(case.water_current),
        party("undertaker"),
        Value::Bool(case.last_resort),
        Value::Bool(case.hardship),
        Value::Bool(case.consents),
    ]
}

#[test]
fn an_award_and_its_deductions_are_what_the_regulations_say() {
    let contract = load(UNIVERSAL_CREDIT);
    agree(
        20_000,
        &case(),
        |_| String::new(),
        |case| apply(&contract, "Pay", &args(case), case.on, &[]),
        read,
        (
            50,
            &[
                "accepted",
                "at_least_a_penny_is_left",
                "at_most_three_deductions_are_made",
                "fuel_and_water_take_no_more_than_five_times_five_per_cent",
                "it_is_paid_within_seven_days",
                "no_amount_is_below_zero",
                "rate_in_force",
                "rent_takes_nothing_or_ten_to_twenty_per_cent",
                "something_is_awarded",
                "the_assessment_period_is_over",
            ],
        ),
    );
}
