//! What an author reads when a contract is wrong: the whole report, place by place.

use deed::Contract;

use crate::fixtures::{CASH, LAND, SAFEGUARDING};

fn report(base: &str, changes: &[(&str, &str)]) -> String {
    let mut source = base.to_owned();
    for (from, to) in changes {
        let changed = source.replacen(from, to, 1);
        assert_ne!(changed, source, "{from}");
        source = changed;
    }
    Contract::load(&source)
        .expect_err("it should not load")
        .to_string()
}

#[test]
fn several_errors_of_form_in_one_run() {
    let changes = [
        ("party central_bank =", "party central_bank"),
        ("is money", "is mony"),
        ("  attested by issuer", "  atested by issuer"),
        ("    amount is positive", "    amount is postive"),
        (
            "  payer pays payee amount in Cash",
            "  payer pays payee amount on Cash",
        ),
    ];
    insta::assert_snapshot!(report(CASH, &changes));
}

#[test]
fn several_errors_of_meaning_in_one_run() {
    let changes = [
        ("uprn:       int", "uprn:       intt"),
        ("lender of each charges", "lander of each charges"),
        ("about proprietor", "about propietor"),
        ("let seller = old.proprietor", "let seller = old.propritor"),
        ("stamp_duty(price)", "stamp_dooty(price)"),
        ("c.lender in releasing", "c.lendr in releasing"),
        ("buyer pays seller price", "buyer pays tax_authority prize"),
        (
            "with proprietor = buyer, charges = none",
            "with propietor = buyer, charges = none",
        ),
    ];
    insta::assert_snapshot!(report(LAND, &changes));
}

/// One small slip each: (what, contract, from, to).
const SLIPS: [(&str, &str, &str, &str); 42] = [
    ("wrong currency", LAND, "price is positive", "price > €1"),
    ("money and number", LAND, "price is positive", "price > 1"),
    (
        "adding apples to pears",
        LAND,
        "price is positive",
        "price + 1 > £5",
    ),
    ("text as a condition", LAND, "price is positive", "\"yes\""),
    (
        "a whole fact as a value",
        LAND,
        "buyer != seller",
        "buyer != old",
    ),
    (
        "an unknown enumeration name",
        LAND,
        "price is positive",
        "old.tenure = freehole",
    ),
    (
        "a name of no enumeration",
        LAND,
        "price is positive",
        "price = freehold",
    ),
    (
        "comparing with none",
        LAND,
        "price is positive",
        "price = none",
    ),
    (
        "two comparisons",
        LAND,
        "price is positive",
        "£1 < price < £5",
    ),
    ("a decimal number", LAND, "price is positive", "price > 1.5"),
    (
        "a percentage times money",
        LAND,
        "price is positive",
        "price * 10% > £1",
    ),
    (
        "an impossible date",
        LAND,
        "price is positive",
        "effective > 31 February 2026",
    ),
    (
        "a misspelt month",
        LAND,
        "from 1 April 2025",
        "from 1 Arpil 2025",
    ),
    (
        "dates out of order",
        LAND,
        "from 1 April 2025",
        "from 1 April 2021",
    ),
    (
        "a scale that ends",
        LAND,
        "    above              12%\n  from",
        "  from",
    ),
    (
        "a list without size",
        LAND,
        "releasing: list of party at most 20",
        "releasing: list of party",
    ),
    (
        "too large a list",
        LAND,
        "charges:    list of Charge at most 20",
        "charges:    list of Charge at most 1001",
    ),
    (
        "a longer list than fits",
        LAND,
        "  charges:  list of Charge at most 20\n",
        "  charges:  list of Charge at most 21\n",
    ),
    (
        "money consumed by name",
        LAND,
        "consumes one Title as old",
        "consumes one Cash as old",
    ),
    (
        "money created by name",
        LAND,
        "creates old with proprietor = buyer, charges = none",
        "creates Cash with amount = price, issuer = bank, owner = buyer",
    ),
    (
        "a due in what is not money",
        LAND,
        "price in Cash",
        "price in Title",
    ),
    (
        "an attribute forgotten",
        LAND,
        "price in Cash with issuer = bank",
        "price in Cash",
    ),
    (
        "an unknown attribute",
        LAND,
        "price in Cash with issuer = bank",
        "price in Cash with isuer = bank",
    ),
    (
        "kept money that stays as it is",
        LAND,
        "buyer pays seller price",
        "buyer keeps price",
    ),
    (
        "a payer who does not sign",
        LAND,
        "signed by registrar, seller, buyer, releasing",
        "signed by registrar, seller, releasing",
    ),
    ("nobody signs", CASH, "  signed by payer\n", ""),
    ("nobody controls", CASH, "  controlled by owner\n", ""),
    (
        "consuming what nobody controls",
        LAND,
        "  controlled by registrar",
        "  controlled by nobody",
    ),
    (
        "money without a holder",
        CASH,
        "controlled by owner",
        "controlled by central_bank",
    ),
    (
        "money with two amounts",
        CASH,
        "  owner:  party\n",
        "  owner:  party\n  fee:    money GBP\n",
    ),
    (
        "a field declared twice",
        CASH,
        "  owner:  party\n",
        "  owner:  party\n  owner:  party\n",
    ),
    (
        "a rule said twice",
        CASH,
        "\"nobody pays itself\"",
        "\"The amount is above zero!\"",
    ),
    (
        "a rule without words",
        CASH,
        "\"nobody pays itself\"",
        "\"...\"",
    ),
    (
        "a name that is taken",
        CASH,
        "  payee:  party ",
        "  central_bank:  party ",
    ),
    (
        "a word of the language as a name",
        CASH,
        "  payee:  party ",
        "  every:  party ",
    ),
    ("a small action", CASH, "action Move", "action move"),
    ("too many attestors asked", LAND, "any 1 of", "any 3 of"),
    (
        "an attestor that may be nobody",
        SAFEGUARDING,
        "  about child\n\nfact Referral",
        "  attested by guardian\n\nfact Referral",
    ),
    (
        "a controller that may be nobody",
        SAFEGUARDING,
        "  controlled by nobody\n  seen by school",
        "  controlled by guardian\n  seen by school",
    ),
    (
        "a clause twice",
        CASH,
        "  seen by owner\n",
        "  seen by owner\n  seen by issuer\n",
    ),
    (
        "a line out of step",
        CASH,
        "  issuer: party\n  owner",
        "   issuer: party\n  owner",
    ),
    (
        "an unknown declaration",
        CASH,
        "party central_bank",
        "partie central_bank",
    ),
];

#[test]
fn each_slip_is_explained_where_it_stands() {
    let reports: Vec<String> = SLIPS
        .iter()
        .map(|(what, base, from, to)| format!("## {what}\n{}\n", report(base, &[(from, to)])))
        .collect();
    insta::assert_snapshot!(reports.join("\n"));
}

#[test]
fn places_count_lines_and_characters() {
    let source = "contract x version 1\n  \"Ünïcödé\" lawx\n";
    let error = Contract::load(source).unwrap_err();
    let places: Vec<_> = error
        .diagnostics()
        .iter()
        .map(|d| (d.line, d.column, &source[d.span.clone()]))
        .collect();
    assert_eq!(places, [(2, 13, "lawx")]);
    let first = error
        .render("services/x.deed")
        .lines()
        .nth(1)
        .map(str::to_owned);
    assert_eq!(first.as_deref(), Some(" --> services/x.deed:2:13"));
}
