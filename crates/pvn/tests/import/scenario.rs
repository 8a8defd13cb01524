//! The demonstration's scenario can be played: nobody pays what it does not hold.

use std::collections::{BTreeMap, BTreeSet};

use pvn::import::{Folder, Report, Skipped, Treatment};

use crate::fixture::{CSV_IMPORTER, Fixture, public_money};

#[test]
fn every_payer_holds_enough_before_the_first_payment() {
    let folder = Folder::open(&public_money()).unwrap_or_else(|error| panic!("{error}"));
    let scenario = folder.scenario().unwrap_or_else(|error| panic!("{error}"));
    let shipped = folder
        .read_shipped()
        .unwrap_or_else(|error| panic!("{error}"));
    let mut held: BTreeMap<&str, i64> = BTreeMap::new();
    let (_, funding) = (shipped.funding.iter())
        .find(|(table, _)| table.source == scenario.funding)
        .expect("the table that is issued");
    for line in &funding.lines {
        *held.entry(line.receiver.as_str()).or_default() += line.amount.minor;
    }
    for grant in &scenario.grants {
        *held.entry(grant.giver.as_str()).or_default() -= grant.amount.minor;
        *held.entry(grant.receiver.as_str()).or_default() += grant.amount.minor;
    }
    for file in &shipped.files {
        assert!(
            scenario.pay.contains(&file.table.source),
            "{}",
            file.table.file
        );
        let report = Report::of(&file.rows, Skipped::default()).expect("rows");
        let internal = report.treated(Treatment::Internal).minor;
        *held
            .entry(folder.spending[&*report.source].payer.as_str())
            .or_default() -= report.total.minor - internal;
    }
    assert!(held.values().all(|minor| *minor >= 0), "{held:?}");
    // Headroom of the illustrative grant: some, but less than a twentieth.
    let [grant] = &scenario.grants[..] else {
        panic!("one grant")
    };
    let left = held[grant.receiver.as_str()];
    assert!((1..grant.amount.minor / 20).contains(&left), "{left}");
}

#[test]
fn the_demonstration_has_the_members_that_it_needs() {
    let folder = Folder::open(&public_money()).unwrap_or_else(|error| panic!("{error}"));
    let own_node = |member: &&pvn::import::Member| member.host.is_none();
    let nodes: Vec<&str> = folder
        .members
        .iter()
        .filter(own_node)
        .map(|m| &*m.name)
        .collect();
    assert_eq!(
        nodes,
        [
            "Department of Health and Social Care",
            "HM Treasury",
            "Home Office",
            "Cabinet Office",
            "Ministry of Housing, Communities and Local Government",
            "Leeds City Council",
            "National Audit Office",
        ]
    );
    let holding = |office: &str| {
        folder
            .members
            .holding(office)
            .map(|m| m.name.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(holding("issuer"), ["HM Treasury"]);
    assert_eq!(holding("attestor"), ["HM Treasury"]);
    assert_eq!(holding("auditor"), ["National Audit Office"]);
}

/// What the node would refuse at play is seen here: every action is the contract's, and its parameters are filled.
#[test]
fn the_scenario_fills_every_parameter_of_the_contract_and_no_other() {
    let service = public_money();
    let text = std::fs::read_to_string(service.join("budget.deed")).expect("a contract");
    let contract = deed::Contract::load(&text).expect("a contract");
    let folder = Folder::open(&service).unwrap_or_else(|error| panic!("{error}"));
    let scenario = folder.scenario().unwrap_or_else(|error| panic!("{error}"));
    let parameters = |action: &str| -> BTreeSet<String> {
        let action = contract.action(action).expect("an action");
        let parameters = &contract.actions()[usize::from(action)].params;
        parameters.iter().map(|p| p.name.clone()).collect()
    };
    for step in &scenario.steps {
        let filled: BTreeSet<String> = step.parameters.keys().cloned().collect();
        assert_eq!(filled, parameters(&step.action), "{}", step.name);
    }
    for treatment in Treatment::ALL {
        let (action, filled) = scenario.rows.of(treatment);
        let filled: BTreeSet<String> = filled.map(|(name, _)| name.to_owned()).collect();
        assert_eq!(filled, parameters(action), "{treatment:?}");
    }
}

#[test]
fn a_year_is_named_by_the_year_in_which_it_begins() {
    let folder = Folder::open(&public_money()).unwrap_or_else(|error| panic!("{error}"));
    let year = folder.scenario().expect("a scenario").year;
    let open = [(2026, 3, 31), (2026, 4, 1), (2026, 12, 31), (2027, 1, 1)];
    let open = open.map(|(y, m, d)| year.open_on(jiff::civil::date(y, m, d)));
    assert_eq!(open, [2025, 2026, 2026, 2026]);
}

const SCENARIO: &str = r#"
[year]
month = 4
day = 1
[funding]
source = "plans"
[[step]]
name = "give"
title = "Money is given"
of = "lines"
action = "Give"
parameters = { to = "receiver", much = "amount" }
[[grant]]
giver = "T-COUNTY"
receiver = "T-COUNCIL"
line = "Roads"
amount = "£5.00"
purpose = "salt"
[[pay]]
source = "spend"
[rows]
parameters = { who = "payee", much = "amount" }
spent = { action = "Pay" }
transfer = { action = "Pay" }
internal = { action = "Note" }
refund = { action = "Return", parameters = { much = "amount_back" } }
listed = { action = "Note" }
"#;

#[test]
fn a_scenario_that_can_not_be_played_is_refused() {
    let change = |from: &str, to: &str| SCENARIO.replace(from, to);
    let table = [
        (
            "no such table",
            change("\"plans\"", "\"other\""),
            "source_unknown",
        ),
        (
            "no such file",
            change("\"spend\"", "\"spent\""),
            "source_unknown",
        ),
        (
            "a stranger",
            change("\"T-COUNCIL\"", "\"T-NOBODY\""),
            "party_unknown",
        ),
        (
            "a line of another",
            change("\"T-COUNTY\"", "\"T-COUNCIL\""),
            "figure_wrong",
        ),
        ("no amount", change("£5.00", "five"), "figure_wrong"),
        ("nought", change("£5.00", "£0.00"), "figure_wrong"),
        ("a typo", change("giver", "gvier"), "settings_not_toml"),
        ("no such day", change("day = 1", "day = 31"), "figure_wrong"),
        (
            "a row's column of a line",
            change("\"receiver\"", "\"payee\""),
            "settings_not_toml",
        ),
        (
            "no such column",
            change("\"payee\"", "\"payees\""),
            "settings_not_toml",
        ),
        (
            "a treatment without an action",
            change("listed = { action = \"Note\" }\n", ""),
            "settings_not_toml",
        ),
    ];
    let fixture = Fixture::new(CSV_IMPORTER);
    fixture.put("importers/plans.toml", crate::workbook::PLANS.as_bytes());
    fixture.put("scenario.toml", SCENARIO.as_bytes());
    let folder = fixture.folder().expect("a folder");
    assert_eq!(
        folder.scenario().expect("a scenario").grants[0].amount,
        deed::Money::gbp(500)
    );
    for (name, text, code) in table {
        fixture.put("scenario.toml", text.as_bytes());
        assert_eq!(
            folder.scenario().expect_err(name).problem.code(),
            code,
            "{name}"
        );
    }
}
