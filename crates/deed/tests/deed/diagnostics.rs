//! What an author reads when a contract is wrong: the whole report, place by place.

use deed::{Contract, Given};

use crate::fixtures::{CASH, LAND, load};

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

const PENALTY: &str = include_str!("../../../../docs/deed/examples/penalty.deed");

/// What is said of the penalty example with one change: place, message, what to do.
fn said(from: &str, to: &str) -> String {
    let source = PENALTY.replacen(from, to, 1);
    assert_ne!(source, PENALTY, "{from}");
    let cash = load(CASH);
    let need = deed::needs(PENALTY).remove(0);
    let given = Given {
        sha256: &need.sha256,
        contract: &cash,
    };
    let error = Contract::load_with(&source, &[given]).expect_err(to);
    let found = error.diagnostics().iter().map(|d| {
        let at = source.get(d.span.clone()).unwrap();
        let help = d.help.as_deref().unwrap_or("nothing to do");
        format!(
            "  {}:{} `{at}`: {} -> {help}\n",
            d.line, d.column, d.message
        )
    });
    format!("{}\n{}", to.trim(), found.collect::<String>())
}

#[test]
fn what_is_written_as_elsewhere_is_answered_with_how_it_is_written_here() {
    let table = [
        ("    number is not empty\n", "    number > 0\n"),
        ("    number is not empty\n", "    number > \"A\"\n"),
        ("    number is not empty\n", "  number is not empty\n"),
        ("2022  £70", "2022  70"),
        ("2022  £70", "2022  70.50"),
        ("then 50% of notice.charge", "then notice.charge - 35"),
        ("rounded down to £0.01", "rounded"),
        ("version 1\n", "\n"),
        (
            "    effective >= notice.served",
            "    effective >= 2008-03-31",
        ),
        ("from 31 May 2022", "from 2022-05-31"),
        ("effective >= notice.served", "today >= notice.served"),
        ("effective >= notice.served", "effective => notice.served"),
        ("effective >= notice.served", "effective =< notice.served"),
        ("effective >= notice.served", "effective >= police.served"),
        ("of g = 1", "of g == 1"),
        ("days in england", "days in scotland"),
        ("days in england", "days in englnd"),
        ("within days days", "within 8 weeks"),
        ("when not traced", "when traced = no"),
        ("in cash.Cash", "in Cash"),
        ("sha256 \"b1", "sha256 \"b2"),
        ("\"GB-LAE-LDS\"", "\"GB LAE LDS\""),
    ];
    let all = table.map(|(from, to)| said(from, to));
    insta::assert_snapshot!(all.join("\n"));
}
