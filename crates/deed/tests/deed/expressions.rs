//! Expressions, tried in a contract of one rule.

use deed::{Call, Contract, Value};
use jiff::civil::date;

use crate::fixtures::party;

/// A contract of one rule about two numbers, to try expressions.
fn holds(condition: &str, a: i64, b: i64) -> Result<bool, String> {
    let source = format!(
        "contract trial version 1\n  \"One rule.\"\naction Try\n  a: int\n  b: int\n  p: party\n  \
         rule \"it holds\"\n    {condition}\n  signed by p\n"
    );
    let contract = Contract::load(&source).map_err(|e| e.to_string())?;
    let args = [Value::Int(a), Value::Int(b), party("p")];
    let call = Call {
        action: 0,
        args: &args,
        effective: date(2026, 6, 24),
        consumed: &[],
        referenced: &[],
    };
    match contract.apply(&call) {
        Ok(_) => Ok(true),
        Err(refusal) if refusal.rule == "it_holds" => Ok(false),
        Err(refusal) => Err(refusal.rule),
    }
}

#[test]
fn expressions_compute_what_they_say() {
    let overflow = Err("amount_overflow".to_owned());
    let cases = [
        ("a + b * 2 = 7", 1, 3, Ok(true)),
        ("(a + b) * 2 = 8", 1, 3, Ok(true)),
        ("a - b - 1 = 1", 5, 3, Ok(true)),
        ("-a = b", 4, -4, Ok(true)),
        ("a < b and not (a = b)", 1, 2, Ok(true)),
        ("a = 1 or a = 2 and b = 3", 1, 0, Ok(true)),
        ("not a = b", 1, 1, Ok(false)),
        ("a in [1, 2, b]", 9, 9, Ok(true)),
        ("a in [1, 2]", 3, 0, Ok(false)),
        ("a is positive and b is negative", 1, -1, Ok(true)),
        ("a is not zero", 0, 0, Ok(false)),
        ("(if a > b then a else b) = 9", 4, 9, Ok(true)),
        ("(sum x in [a, b, 3]: x * x) = 14", 1, 2, Ok(true)),
        ("(count x in [a, b, 3]: x > 1) = 2", 1, 2, Ok(true)),
        ("every x in [a, b]: some y in [a, b]: x = y", 1, 2, Ok(true)),
        ("some x in [a, b]: x > 5", 1, 2, Ok(false)),
        (
            "every x in [a, b]:\n      x > 0\n      and x < 9",
            1,
            2,
            Ok(true),
        ),
        (
            "financial_year(effective) = a and financial_year(31 March 2026) = b",
            2026,
            2025,
            Ok(true),
        ),
        ("effective >= 24 June 2026", 0, 0, Ok(true)),
        ("length of \"£5\" = a", 2, 0, Ok(true)),
        ("a + b > 0", i64::MAX, 1, overflow.clone()),
        ("a * b > 0", i64::MIN, -1, overflow.clone()),
        ("-a > 0", i64::MIN, 0, overflow.clone()),
        ("(sum x in [a, b]: x) > 0", i64::MAX, i64::MAX, overflow),
    ];
    for (condition, a, b, expected) in cases {
        assert_eq!(
            holds(condition, a, b),
            expected,
            "{condition} with a = {a}, b = {b}"
        );
    }
}
