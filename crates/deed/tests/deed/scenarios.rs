//! Scenario texts, and those of the public-money service.

use deed::scenario::{self, Report};

use crate::fixtures::{BUDGET, LAND, load};

#[test]
fn every_rule_of_public_money_refuses_somewhere() {
    let contract = load(BUDGET);
    let texts = [
        include_str!("../../../../services/public-money/scenarios/funding.scenario"),
        include_str!("../../../../services/public-money/scenarios/payments.scenario"),
    ];
    let reports =
        texts.map(|text| scenario::run(&contract, text).unwrap_or_else(|e| panic!("{e}")));
    let joined = reports.into_iter().reduce(Report::join).unwrap();
    assert!(joined.passed(), "{joined}");
}

const LAND_SCENARIOS: &str = r#"scenarios for land_transfer

party ann = "GB-ann"
party ben = "GB-ben"
party lender = "GB-lender"

scenario "ann sells to ben"
  Transfer on 24 June 2026 with
    buyer = ben
    price = £295,000.00
    releasing = [lender]
  consuming Title with
    title_no = "AGL1", property = "1 High Street", tenure = freehold, uprn = 1, proprietor = ann
    charges = [Charge(lender = lender, registered = 1 May 2019)]
  holding Cash with amount = £300,000.00, issuer = bank, owner = ben
  is accepted
    signed by registrar, ann, ben, lender
    creating Title with proprietor = ben, charges = none
    leaving Cash with amount = £295,000.00, issuer = bank, owner = ann
    leaving Cash with amount = £4,750.00, issuer = bank, owner = tax_authority
    leaving Cash with amount = £250.00, issuer = bank, owner = ben
  but "the lender says nothing"
    releasing = none
    is refused because "every registered charge is released by its lender"
  but "ben has too little"
    holding Cash with amount = £299,749.99, issuer = bank, owner = ben
    is refused because "payer holds enough money"
  but "it was before the change of rates"
    on 31 March 2025
    is accepted
      leaving Cash with amount = £295,000.00, issuer = bank, owner = ann
      leaving Cash with amount = £2,250.00, issuer = bank, owner = tax_authority
      leaving Cash with amount = £2,750.00, issuer = bank, owner = ben
"#;

#[test]
fn a_report_names_what_no_scenario_shows() {
    let report = scenario::run(&load(LAND), LAND_SCENARIOS).unwrap();
    insta::assert_snapshot!(report.to_string());
    assert!(!report.passed());
    assert_eq!(report.clone().join(report.clone()).missing, report.missing);
}

#[test]
fn a_scenario_that_expects_something_else_fails_with_what_happened() {
    let wrong = LAND_SCENARIOS
        .replace(
            "signed by registrar, ann, ben, lender",
            "signed by registrar, ann, ben",
        )
        .replace(
            "the lender says nothing\"\n    releasing = none",
            "the lender speaks\"\n    releasing = [lender]",
        )
        .replace(
            "because \"payer holds enough money\"",
            "because \"the price is above zero\"",
        )
        .replace("£2,750.00", "£2,750.01");
    insta::assert_snapshot!(scenario::run(&load(LAND), &wrong).unwrap().to_string());
}

#[test]
fn a_scenario_text_is_checked_like_a_contract() {
    let changes = [
        ("scenarios for land_transfer", "scenarios for land"),
        ("buyer = ben", "byuer = ben"),
        (
            "is refused because \"every registered charge is released by its lender\"",
            "is refused because \"every charge is paid\"",
        ),
        (
            "but \"ben has too little\"\n    holding Cash",
            "but \"ben has too little\"\n    holdin Cash",
        ),
        ("on 31 March 2025", "on 31 Marsh 2025"),
    ];
    let mut out = Vec::new();
    for (from, to) in changes {
        let text = LAND_SCENARIOS.replacen(from, to, 1);
        assert_ne!(text, LAND_SCENARIOS);
        out.push(scenario::run(&load(LAND), &text).unwrap_err().to_string());
    }
    insta::assert_snapshot!(out.join("\n\n"));
}
