//! Instructions that the ledger refuses.

use serde_json::{Value as Json, json};

use super::spend;
use crate::support::books::open_year;
use crate::support::published::LEEDS;
use crate::support::town::Place;

/// Instructions that the ledger refuses: the rule, and the reason with its figures.
pub(super) fn instructions_that_are_refused(leeds: &Place) {
    let client = leeds.client();
    let used = spend("used", 1, 4);
    client.settle(std::slice::from_ref(&used));
    let holding = client
        .status()
        .holdings
        .into_iter()
        .find(|h| h.attributes["state"] == "held")
        .expect("money");
    let (held, due) = (holding.free_minor + holding.locked_minor, 1_234_567_890_012);
    let pounds = |minor: i64| {
        deed::Money {
            currency: deed::Currency::new("GBP").expect("a currency"),
            minor,
        }
        .to_string()
    };
    let year = open_year();
    let too_much = format!(
        "{LEEDS} holds {} of Pound (year {year}, state held) but {} is due",
        pounds(held),
        pounds(due)
    );
    let with = |key: &str, name: &str, value: Json| {
        let mut given = spend(key, 1, 2);
        given.args.insert(name.to_owned(), value);
        given
    };
    let nowhere = [format!("{}-0-0", "0".repeat(64))];
    let with_facts = |key: &str, consumes: &[String], references: &[String]| {
        let mut given = spend(key, 1, 5);
        (given.consumes, given.references) = (consumes.to_vec(), references.to_vec());
        given
    };
    let mut foreign = spend("of another", 1, 3);
    foreign.party = Some("GB-GOR-D16".to_owned());
    let mut reused = used.clone();
    reused
        .args
        .insert("purpose".to_owned(), json!("Something else"));
    let mut doubled = used.clone();
    doubled.key = "the same row under another key".to_owned();
    let table = [
        (
            spend("too much", u64::try_from(due).expect("pence"), 1),
            "payer_holds_enough_money",
            Some(too_much),
        ),
        (
            with("nothing", "amount", json!("0.00")),
            "the_amount_is_above_zero",
            None,
        ),
        (
            with("another year", "year", json!(year - 1)),
            "money_is_spent_in_its_year",
            None,
        ),
        (
            with("to nobody", "payee", json!(" ")),
            "the_payee_is_named",
            None,
        ),
        (
            with("for another", "payer", json!("GB-GOR-D16")),
            "party_does_not_sign",
            None,
        ),
        (foreign, "party_not_hosted_here", None),
        (
            with_facts("a fact too many", &nowhere, &[]),
            "fact_not_held",
            None,
        ),
        (
            with_facts("a fact to read", &[], &nowhere),
            "fact_not_held",
            None,
        ),
        (reused, "idempotency_key_reused", None),
        (doubled, "one_per_business_key", None),
    ];
    for (given, rule, reason) in table {
        let (code, said) = client.refused(&given);
        assert_eq!(code, rule, "{}: {said}", given.key);
        assert!(
            reason.is_none_or(|reason| said.starts_with(&reason)),
            "{said}"
        );
    }
}
