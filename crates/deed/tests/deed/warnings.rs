//! What an author is asked to look at again.

use crate::fixtures::{BUDGET, CASH, LAND, SAFEGUARDING, UNIVERSAL_CREDIT, load};

fn warned(base: &str, changes: &[(&str, &str)]) -> String {
    let mut source = base.to_owned();
    for (from, to) in changes {
        let changed = source.replacen(from, to, 1);
        assert_ne!(changed, source, "{from}");
        source = changed;
    }
    load(&source).warnings().render("a.deed")
}

#[test]
fn contracts_in_use_give_no_cause() {
    for source in [BUDGET, CASH, UNIVERSAL_CREDIT] {
        assert_eq!(load(source).warnings().render("a.deed"), "");
    }
}

#[test]
fn fixtures_are_warned_about_where_they_fall_short() {
    insta::assert_snapshot!(format!(
        "{}\n\n{}",
        warned(LAND, &[]),
        warned(SAFEGUARDING, &[])
    ));
}

/// One slip each: (what, contract, from, to).
const SLIPS: [(&str, &str, &str, &str); 20] = [
    (
        "a key that every issuer holds for itself",
        CASH,
        "  controlled by owner",
        "  one per owner\n  controlled by owner",
    ),
    (
        "a key that nobody vouches for",
        LAND,
        "  attested by registrar\n",
        "",
    ),
    (
        "a key of which each of two can vouch",
        LAND,
        "  attested by registrar\n",
        "  attested by any 1 of registrar, bank\n",
    ),
    (
        "a party without a part",
        CASH,
        "party central_bank",
        "party nobody_else = \"X\"\nparty central_bank",
    ),
    (
        "a record of no field",
        CASH,
        "fact Cash",
        "record Old\n  a: int\n\nfact Cash",
    ),
    (
        "a parameter that nothing reads",
        CASH,
        "fact Cash",
        "parameter most: int\n  from 1 April 2025  5\n\nfact Cash",
    ),
    (
        "a fact without actions",
        CASH,
        "action Issue",
        "fact Lonely\n  a: int\n  controlled by nobody\n\naction Issue",
    ),
    (
        "a let that nothing uses",
        LAND,
        "  let seller",
        "  let unused = price\n  let seller",
    ),
    (
        "a parameter that does not matter",
        CASH,
        "  issuer: party      \"the bank that owes it\"",
        "  issuer: party\n  why: text",
    ),
    (
        "a referenced fact that is not read",
        SAFEGUARDING,
        "  references one Child as record\n",
        "  references one Child as record\n  references one Child as twin\n",
    ),
    (
        "the same on both sides",
        CASH,
        "payer != payee",
        "payer = payer",
    ),
    (
        "never the same as itself",
        CASH,
        "payer != payee",
        "payer != payer",
    ),
    (
        "a length below zero",
        LAND,
        "title_no is not empty and length of title_no <= 12",
        "length of title_no >= 0",
    ),
    (
        "all names of an enumeration",
        SAFEGUARDING,
        "urgency in [routine, soon] or reason is not empty",
        "urgency in [routine, soon, urgent]",
    ),
    (
        "either or not",
        CASH,
        "payer != payee",
        "amount is zero or amount is not zero",
    ),
    ("constants", CASH, "payer != payee", "£1 < £2"),
    (
        "said by an earlier rule",
        CASH,
        "payer != payee",
        "amount is not zero",
    ),
    (
        "a wider bound than before",
        LAND,
        "price is positive\n  rule \"the buyer is not the seller\"\n    buyer != seller",
        "price > £5\n  rule \"more than a pound\"\n    price >= £1 or buyer != seller",
    ),
    (
        "a controlled fact that nobody can use up",
        CASH,
        "action Issue",
        "fact Note\n  owner: party\n  controlled by owner\n\naction Write\n  owner: party\n  signed by owner\n  creates Note with owner\n\naction Issue",
    ),
    (
        "a person in public",
        SAFEGUARDING,
        "  seen by school, guardian\n  about child\n",
        "  seen by school, guardian\n  about child\n  public visits\n",
    ),
];

#[test]
fn each_slip_is_warned_about_where_it_stands() {
    let reports: Vec<String> = SLIPS
        .iter()
        .map(|(what, base, from, to)| format!("## {what}\n{}\n", warned(base, &[(from, to)])))
        .collect();
    insta::assert_snapshot!(reports.join("\n"));
}
