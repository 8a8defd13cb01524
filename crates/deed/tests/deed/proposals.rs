//! Scenarios of policies: what an author shows, and is told when it is not so.

use deed::policy::Policies;
use deed::scenario::{Report, run, run_with};

use crate::fixtures::{EARLY_HELP, HELP_POLICIES, load};

const SCENARIOS: &str =
    include_str!("../../../../docs/deed/examples/scenarios/early_help_policies.scenario");

fn ran(policies: &str, scenarios: &str) -> Result<Report, String> {
    let contract = load(EARLY_HELP);
    let policies = Policies::load(&contract, policies).unwrap_or_else(|e| panic!("{e}"));
    run_with(&contract, &[policies], scenarios).map_err(|e| e.render("help.scenario"))
}

/// The worked example with one change.
fn changed(from: &str, to: &str) -> String {
    assert!(SCENARIOS.contains(from), "{from}");
    SCENARIOS.replacen(from, to, 1)
}

/// What is said of failures and of policies, without the actions that other scenarios show.
fn told(report: &Report) -> String {
    let text = report.to_string();
    let of_action = |line: &&str| line.contains("is refused by") || line.contains("accepted");
    let lines = text.lines().filter(|line| !line.starts_with("ok "));
    let lines = lines.filter(|line| !(line.starts_with("MISSING") && of_action(line)));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_policy_that_does_something_else_fails_with_what_it_does() {
    let slips = [
        (
            "another figure",
            "share visits = 2, missed = 25% with",
            "share visits = 2, missed = 50% with",
        ),
        (
            "another party",
            "missed = 25% with social_services",
            "missed = 25% with school",
        ),
        (
            "one proposal too few",
            "    flag child.child = ann to mother\n",
            "",
        ),
        (
            "one proposal too many",
            "    flag child.child = ann to mother\n",
            "    flag child.child = ann to mother\n    flag child.child = ann to school\n",
        ),
        (
            "something instead of nothing",
            "  but \"she was hurt once\"\n    forgetting Visit with arrived = 2 June 2026\n    proposes nothing",
            "  but \"she was hurt once\"\n    forgetting Visit with arrived = 2 June 2026\n    proposes",
        ),
        (
            "nothing instead of something",
            "    asked on 31 August 2026\n    proposes\n      flag child.born to school\n",
            "    asked on 31 August 2026\n    proposes nothing\n",
        ),
        (
            "a refusal that does not come",
            "    on 31 August 2026\n    proposes nothing",
            "    on 31 August 2026\n    is refused because \"date within calendar\"",
        ),
    ];
    let reports = slips.iter().map(|(what, from, to)| {
        let report = ran(HELP_POLICIES, &changed(from, to)).unwrap_or_else(|e| panic!("{e}"));
        assert!(!report.passed(), "{what}");
        format!("## {what}\n{}\n", told(&report.of("help.scenario")))
    });
    insta::assert_snapshot!(reports.collect::<Vec<_>>().join("\n"));
}

#[test]
fn what_no_scenario_shows_of_a_policy_is_named() {
    let several = HELP_POLICIES.replacen(
        "when visits > 1 and missed > 10%",
        "when visits > 1 and (missed > 10% or visits > 2)",
        1,
    );
    assert_ne!(several, HELP_POLICIES);
    let told_of = |policies: &str, scenarios: &str| {
        told(&ran(policies, scenarios).unwrap_or_else(|e| panic!("{e}")))
    };
    let none = "scenarios for early_help\n";
    let one = SCENARIOS.split("scenario \"ben comes").next().unwrap();
    let only_acceptance = one.split("  but ").next().unwrap();
    insta::assert_snapshot!(
        [
            ("nothing", told_of(HELP_POLICIES, none)),
            ("one case", told_of(HELP_POLICIES, only_acceptance)),
            ("one policy", told_of(HELP_POLICIES, one)),
            ("alternatives", told_of(&several, SCENARIOS)),
        ]
        .map(|(what, told)| format!("## {what}\n{told}\n"))
        .join("\n")
    );
}

#[test]
fn a_refusal_of_a_policy_is_shown_by_its_rule() {
    let policies = "policies for early_help\n\npolicy old for each Child as child\n  let dear = sum v in known Visit where v.child = child.child: v.cost * 9000000000000\n  when dear > £1\n  flag child.child to child.school because \"an Act\"\n";
    let scenarios = "scenarios for early_help\n\nparty ann = \"A\"\n\nscenario \"too dear\"\n  policy old on 24 June 2026\n  knowing Child with child = ann, school = ann, born = 1 May 2020\n  knowing Visit with child = ann, arrived = 1 June 2026, cost = £90,000,000.00\n  is refused because \"amount overflow\"\n  but \"it is cheap\"\n    forgetting Visit with child = ann\n    also knowing Visit with child = ann, arrived = 1 June 2026, cost = £0.01\n    proposes\n  but \"nobody came\"\n    knowing Child with child = ann, school = ann, born = 1 May 2020\n    proposes nothing\n  but \"nobody is known\"\n    knowing nothing\n    proposes nothing\n";
    let report = ran(policies, scenarios).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(
        told(&report).lines().next(),
        Some("4 of 4 cases passed, 9 missing")
    );
}

#[test]
fn a_scenario_of_a_policy_is_checked_like_a_contract() {
    let slips = [
        ("policy school_age on", "policy school_ages on"),
        ("policy school_age on", "policy on"),
        (
            "knowing Child with child = ben",
            "knowing Chlid with child = ben",
        ),
        (
            "knowing Child with child = ben",
            "knowing Child with kid = ben",
        ),
        (
            "  forgetting Visit with arrived = 2 June 2026",
            "  forgetting Visit with arrived = 3 June 2026",
        ),
        ("  forgetting Visit", "  forgeting Visit"),
        ("share visits = 2, missed", "share visits = £2, missed"),
        (
            "share visits = 2, missed = 25% with",
            "share visits = 2 with",
        ),
        (
            "flag child.born = 1 September 2021 to school",
            "share child.born with school",
        ),
        (
            "flag child.born = 1 September 2021 to school",
            "fly child.born to school",
        ),
        (
            "flag child.born = 1 September 2021 to school",
            "flag child.born to schoool",
        ),
        (
            "    on 31 August 2026\n    proposes nothing",
            "    on 31 August 2026\n    is refused because \"nobody knows\"",
        ),
        (
            "    on 31 August 2026\n    proposes nothing",
            "    on 31 August 2026\n    proposes nothing at all",
        ),
        (
            "\nscenario \"ben comes of school age\"",
            "  proposes nothing\n\nscenario \"ben comes of school age\"",
        ),
    ];
    let reports: Vec<String> = slips
        .iter()
        .map(|(from, to)| ran(HELP_POLICIES, &changed(from, to)).unwrap_err())
        .collect();
    insta::assert_snapshot!(reports.join("\n\n"));
}

#[test]
fn a_scenario_of_a_policy_needs_the_policies() {
    let error = run(&load(EARLY_HELP), SCENARIOS).unwrap_err();
    let first = &error.diagnostics()[0];
    assert_eq!(
        (first.message.as_str(), first.help.as_deref()),
        (
            "there is no policy `repeat_injury_and_absence`",
            Some("no policies are given with this contract")
        )
    );
}
