//! What an author is asked to look at again.

use deed::policy::Policies;

use crate::fixtures::{
    BUDGET, CASH, EARLY_HELP, HELP_POLICIES, LAND, SAFEGUARDING, UNIVERSAL_CREDIT, load,
};

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
    for source in [
        BUDGET,
        CASH,
        LAND,
        SAFEGUARDING,
        EARLY_HELP,
        UNIVERSAL_CREDIT,
    ] {
        assert_eq!(load(source).warnings().render("a.deed"), "");
    }
}

/// One slip each: (what, contract, from, to).
const SLIPS: [(&str, &str, &str, &str); 25] = [
    (
        "money that its holder alone vouches for",
        CASH,
        "attested by issuer",
        "attested by owner",
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
        "what its holder alone vouches for and shows",
        LAND,
        "  attested by registrar\n",
        "  attested by proprietor\n  shown by proprietor\n",
    ),
    (
        "what everybody reads and its holder alone shows",
        LAND,
        "  attested by registrar\n",
        "  attested by registrar\n  shown by proprietor\n",
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
        "money that nothing moves",
        SAFEGUARDING,
        "action Refer",
        "fact Purse is money\n  amount: money GBP\n  owner: party\n  controlled by owner\n\naction Count\n  owner: party\n  signed by owner\n  references one Purse as purse\n  rule \"it is full\" purse.amount is positive\n\naction Refer",
    ),
    (
        "a scale that nothing applies",
        CASH,
        "action Issue",
        "scale fee for GBP, rounded down to £1\n  from 1 April 2025\n    above  1%\n\naction Issue",
    ),
    (
        "a count below nothing",
        SAFEGUARDING,
        "visits > visits_too_many and missed * 10 > held\n    or urgency = urgent",
        "length of record.visits < 0",
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

/// Changes of a text, from and to.
type Changes = &'static [(&'static str, &'static str)];

/// What looks like a slip and is none: (what, contract, changes).
const NO_SLIPS: [(&str, &str, Changes); 10] = [
    (
        "a party that signs",
        CASH,
        &[
            (
                "party central_bank",
                "party mint = \"M\"\nparty central_bank",
            ),
            ("signed by central_bank", "signed by central_bank, mint"),
        ],
    ),
    (
        "a title that is shown by its proprietor, and not public",
        LAND,
        &[
            (
                "  attested by registrar\n",
                "  attested by registrar\n  shown by proprietor\n",
            ),
            ("  public title_no, property, tenure\n", ""),
        ],
    ),
    (
        "a let that another reads",
        LAND,
        &[(
            "let duty = stamp_duty(price)",
            "let most = price\n  let duty = stamp_duty(most)",
        )],
    ),
    (
        "a condition that depends",
        CASH,
        &[("payer != payee", "payer != payee or amount is zero")],
    ),
    (
        "a narrower bound than before",
        LAND,
        &[("price is positive", "price >= £1")],
    ),
    (
        "a length that matters",
        LAND,
        &[("length of title_no <= 12", "length of title_no >= 1")],
    ),
    (
        "a controlled fact that an action uses up",
        CASH,
        &[(
            "action Issue",
            "fact Note\n  owner: party\n  controlled by owner\n\naction Write\n  owner: party\n  signed by owner\n  creates Note with owner\n\naction Drop\n  consumes one Note as note\n  signed by note.owner\n\naction Issue",
        )],
    ),
    (
        "a fact that nobody can use up and that says so",
        CASH,
        &[(
            "action Issue",
            "fact Note\n  owner: party\n  controlled by nobody\n\naction Write\n  owner: party\n  signed by owner\n  creates Note with owner\n\naction Issue",
        )],
    ),
    (
        "a person in public on a law of the kind",
        SAFEGUARDING,
        &[(
            "  seen by school, guardian\n  about child\n",
            "  seen by school, guardian\n  about child\n  public visits\n  law \"an Act\"\n",
        )],
    ),
    (
        "a person in public on a ground about them",
        SAFEGUARDING,
        &[(
            "  seen by school, guardian\n  about child\n",
            "  seen by school, guardian\n  about child law \"an Act\"\n  public visits\n",
        )],
    ),
];

#[test]
fn what_is_meant_is_not_warned_about() {
    for (what, base, changes) in NO_SLIPS {
        assert_eq!(warned(base, changes), "", "{what}");
    }
}

fn warned_about_policies(from: &str, to: &str) -> String {
    let source = HELP_POLICIES.replacen(from, to, 1);
    let contract = load(EARLY_HELP);
    let policies = Policies::load(&contract, &source).unwrap_or_else(|e| panic!("{e}"));
    policies.warnings(&contract).render("a.policies")
}

const WHEN: &str = "when visits > 1 and missed > 10%";

#[test]
fn each_slip_of_a_policy_is_warned_about_where_it_stands() {
    let slips = [
        (
            "a let that nothing uses",
            "  when visits > 1",
            "  let year = today - 1 year\n  when visits > 1",
        ),
        (
            "a count that nothing uses",
            WHEN,
            "let many = count v in known Visit where v.child = child.child\n  when visits > 1",
        ),
        (
            "a share above all",
            WHEN,
            "when visits > 1 and missed > 100%",
        ),
        ("a count below nothing", WHEN, "when visits < 0"),
        (
            "a count that is never so high",
            WHEN,
            "when visits > 1000 and missed > 10%",
        ),
        (
            "a count that is never below nothing",
            WHEN,
            "when visits >= 0 or missed > 10%",
        ),
        (
            "a part that always holds",
            WHEN,
            "when visits > 1 and missed >= 0%",
        ),
        (
            "a part that another says already",
            WHEN,
            "when visits > 5 and missed > 10% and visits > 1",
        ),
        (
            "a part said twice",
            WHEN,
            "when visits > 1 and missed > 10% and visits > 1",
        ),
        (
            "the same on both sides",
            WHEN,
            "when visits = visits and missed = missed",
        ),
    ];
    let reports = slips.iter().map(|(what, from, to)| {
        let report = warned_about_policies(from, to);
        assert_ne!(report, "", "{what}");
        format!("## {what}\n{report}\n")
    });
    insta::assert_snapshot!(reports.collect::<Vec<_>>().join("\n"));
}

#[test]
fn what_a_policy_means_is_not_warned_about() {
    let meant = [
        WHEN,
        "when true",
        "when visits > 0 and missed < 100%",
        "when visits <= 999 or missed > 10%",
        "when visits > 1 and (visits > 5 or missed > 10%)",
    ];
    for condition in meant {
        assert_eq!(warned_about_policies(WHEN, condition), "", "{condition}");
    }
}
