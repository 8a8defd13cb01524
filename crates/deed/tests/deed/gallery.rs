//! `docs/deed/diagnostics.md`: what an author reads, made from the examples and held by this test.

use std::fmt::Write as _;
use std::path::Path;

use deed::policy::Policies;
use deed::{Contract, scenario};

use crate::fixtures::{CASH, EARLY_HELP, HELP_POLICIES, LAND, SAFEGUARDING, load};

const OPENING: &str = "# Deed: what an author reads when something is wrong

Each report says what is wrong, where it stands, and what to do about it. These are made from the
[worked examples](examples/README.md) with one slip each; a test of `crates/deed` compares this page with what is printed.
";

/// The file that a slip is made in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum File {
    Cash,
    Land,
    Safeguarding,
    HelpPolicies,
    CashScenario,
}

use File::{Cash, CashScenario, HelpPolicies, Land, Safeguarding};

/// (what, why it is refused or warned about, file, from, to).
const ERRORS: [(&str, &str, File, &str, &str); 12] = [
    (
        "A misspelt clause",
        "What can stand there is known, so the near miss is offered.",
        Cash,
        "  attested by issuer",
        "  atested by issuer",
    ),
    (
        "A field that there is not",
        "Names are looked up when a contract is loaded: a slip can't become a rule that is silently never true.",
        Land,
        "let seller = old.proprietor",
        "let seller = old.propritor",
    ),
    (
        "A percentage of an amount without rounding",
        "Pence are whole. Who gains by the fraction is for the author to say.",
        Land,
        "price is positive",
        "price * 10% > £1",
    ),
    (
        "A sentence that can be read in two ways",
        "It is refused rather than guessed.",
        Land,
        "price is positive",
        "£1 < price < £5",
    ),
    (
        "A fact where a value is meant",
        "Two facts are compared by something that they say.",
        Land,
        "buyer != seller",
        "buyer != old",
    ),
    (
        "A name that is not of the enumeration",
        "",
        Land,
        "price is positive",
        "old.tenure = freehole",
    ),
    (
        "A month that there is not",
        "",
        Land,
        "from 1 April 2025",
        "from 1 Arpil 2025",
    ),
    (
        "A person made public without a ground",
        "Whom a fact is about may be published only on a ground.",
        Safeguarding,
        "  seen by school, guardian\n  about child\n",
        "  seen by school, guardian\n  about child\n  public child, school\n",
    ),
    (
        "A character that reorders the text around it",
        "What is read must be what runs (Trojan Source, CVE-2021-42574).",
        Cash,
        "who pays\"",
        "who \u{202E}syap\"",
    ),
    (
        "A policy that would look at every known fact",
        "What joins a known fact with the subject is indexed, so that a new fact touches few subjects.",
        HelpPolicies,
        "where v.child = child.child and v.arrived within 90 days before today\n",
        "where v.arrived within 90 days before today\n",
    ),
    (
        "A proposal without a ground",
        "",
        HelpPolicies,
        " because \"Children Act 2004 s.10\"",
        "",
    ),
    (
        "A scenario that names no rule of the action",
        "A test of a rule that does not exist would pass for ever.",
        CashScenario,
        "is refused because \"nobody pays itself\"",
        "is refused because \"nobody pays herself\"",
    ),
];

const WARNINGS: [(&str, &str, File, &str, &str); 6] = [
    (
        "A value that nothing uses",
        "",
        Land,
        "  let seller",
        "  let half = price\n  let seller",
    ),
    (
        "A rule that can never refuse",
        "",
        Cash,
        "payer != payee",
        "amount is zero or amount is not zero",
    ),
    (
        "A rule that another one makes idle",
        "",
        Cash,
        "payer != payee",
        "amount is not zero",
    ),
    (
        "A fact that nobody can ever use up",
        "",
        Safeguarding,
        "  controlled by nobody\n  attested by social_services",
        "  controlled by social_services\n  attested by social_services",
    ),
    (
        "Personal data that are public without a law",
        "",
        Land,
        "  about proprietor  law \"Land Registration Act 2002 s.66\"",
        "  about proprietor",
    ),
    (
        "A part of a policy's condition that adds nothing",
        "A share is never more than 100%, a count never less than nothing.",
        HelpPolicies,
        "missed > 10%",
        "missed >= 0%",
    ),
];

fn changed(file: File, from: &str, to: &str) -> (&'static str, String) {
    let (path, text) = match file {
        Cash => ("examples/cash.deed", CASH),
        Land => ("examples/land_transfer.deed", LAND),
        Safeguarding => ("examples/safeguarding.deed", SAFEGUARDING),
        HelpPolicies => ("examples/early_help.policies", HELP_POLICIES),
        CashScenario => (
            "examples/scenarios/cash.scenario",
            include_str!("../../../../docs/deed/examples/scenarios/cash.scenario"),
        ),
    };
    assert!(text.contains(from), "{from}");
    (path, text.replacen(from, to, 1))
}

fn error(file: File, from: &str, to: &str) -> String {
    let (path, text) = changed(file, from, to);
    let found = match file {
        HelpPolicies => Policies::load(&load(EARLY_HELP), &text).map(|_| ()),
        CashScenario => scenario::run(&load(CASH), &text).map(|_| ()),
        _ => Contract::load(&text).map(|_| ()),
    };
    found.expect_err(path).render(path)
}

fn warning(file: File, from: &str, to: &str) -> String {
    let (path, text) = changed(file, from, to);
    if file == HelpPolicies {
        let contract = load(EARLY_HELP);
        let policies = Policies::load(&contract, &text).unwrap_or_else(|e| panic!("{e}"));
        return policies.warnings(&contract).render(path);
    }
    load(&text).warnings().render(path)
}

fn page() -> String {
    let mut out = OPENING.to_owned();
    let mut section = |title: &str,
                       slips: &[(&str, &str, File, &str, &str)],
                       report: &dyn Fn(File, &str, &str) -> String| {
        let _ = write!(out, "\n## {title}\n");
        for (what, why, file, from, to) in slips {
            let report = report(*file, from, to);
            for part in ["-->", "^", "= help: "] {
                assert!(report.contains(part), "{what} has no {part}:\n{report}");
            }
            let why = if why.is_empty() {
                String::new()
            } else {
                format!("\n{why}\n")
            };
            let _ = write!(out, "\n### {what}\n{why}\n```text\n{report}\n```\n");
        }
    };
    section("Refused", &ERRORS, &error);
    section("Warned about", &WARNINGS, &warning);
    out
}

#[test]
fn the_page_of_diagnostics_shows_what_is_printed() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/deed/diagnostics.md");
    let page = page();
    if std::env::var_os("DEED_WRITE_PAGES").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap();
    assert_eq!(
        written, page,
        "run the test with DEED_WRITE_PAGES=1 when the change is meant"
    );
}
