//! What an author reads when a contract is wrong: the whole report, place by place.

use deed::Contract;

use crate::fixtures::{CASH, LAND};

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
