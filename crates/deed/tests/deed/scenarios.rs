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
            "both lenders speak\"\n    releasing = [lender, bank]",
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
        (
            "because \"payer holds enough money\"",
            "because \"payer holds money\"",
        ),
        ("Transfer on 24 June 2026", "Transfer on 2026-06-24"),
        ("buyer = ben\n", "buyer = ben, buyer = ann\n"),
        (
            "issuer = bank, owner = ben\n  is",
            "issuer = bank, issuer = bank\n  is",
        ),
        (
            "proprietor = ben, charges",
            "proprietor = ben, proprietor = ben, charges",
        ),
        ("  consuming Title", "  buyer = ann\n  consuming Title"),
        ("  is accepted\n", "  on 25 June 2026\n  is accepted\n"),
        (
            "    releasing = none\n",
            "    releasing = none\n    releasing = none\n",
        ),
        (
            "    on 31 March 2025\n    is",
            "    on 31 March 2025\n    is accepted\n    is",
        ),
        (
            "but \"ben has too little\"",
            "but \"the lender says nothing\"",
        ),
        ("    releasing = none\n", "    releasing = [lender]\n"),
        (
            "scenario \"ann",
            "scenario \"ann sells to ben\"\n  Transfer on 24 June 2026\n\nscenario \"ann",
        ),
    ];
    let mut out = Vec::new();
    for (from, to) in changes {
        let text = LAND_SCENARIOS.replacen(from, to, 1);
        assert_ne!(text, LAND_SCENARIOS);
        out.push(scenario::run(&load(LAND), &text).unwrap_err().to_string());
    }
    insta::assert_snapshot!(out.join("\n\n"));
}

const BENEFIT: &str = r#"contract benefit version 1
  "What is paid, and when."

party office = "GB-GOV-office"

fact Paid
  to: party
  controlled by nobody

action Pay
  to:       party
  income:   int
  savings:  int
  appealed: bool
  urgent:   bool

  let days = 14
    exception "it is urgent" when urgent then 2
    exception "it was appealed" over "it is urgent" when appealed then 28
  rule "the means are small"  law "the Act s.1"
    income < 100
    and savings < 1000
    exception "it was appealed" when appealed  law "the Act s.2"
  rule "it is soon"
    days < 30

  signed by office
  creates Paid with to
"#;

#[test]
fn exceptions_and_parts_of_rules_that_no_scenario_shows_are_named() {
    let scenarios = r#"scenarios for benefit

scenario "ann is paid"
  Pay on 24 June 2026 with
    to = office, income = 10, savings = 10, appealed = false, urgent = false
  but "she earns much and has saved much: neither alone is seen to refuse"
    income = 1000
    savings = 5000
    is refused because "the means are small"
  but "she has saved much"
    savings = 5000
    is refused because "the means are small"
  but "it is urgent, and she appealed: that goes first"
    urgent = true
    appealed = true
    is accepted
"#;
    let contract = load(BENEFIT);
    let report = scenario::run(&contract, scenarios).unwrap();
    insta::assert_snapshot!(report.to_string());
    let more = r#"scenarios for benefit

scenario "it is urgent"
  Pay on 24 June 2026 with
    to = office, income = 1000, savings = 10, appealed = false, urgent = true
  is refused because "the means are small"
"#;
    let joined = report.join(scenario::run(&contract, more).unwrap());
    let left: Vec<String> = joined.missing.iter().map(ToString::to_string).collect();
    assert_eq!(left, ["no scenario is refused by it_is_soon of Pay"]);
}
