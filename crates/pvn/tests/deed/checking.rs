//! `pvn deed check` and `test`: which files are looked at, and what is said of them, each with its path.

use std::path::Path;

use crate::commands::{fixture, pvn};

const CASH: &str = include_str!("../../../../docs/deed/examples/cash.deed");

/// A folder with these files, and what a command says about them, the folder's own name left out.
struct Folder(tempfile::TempDir);

impl Folder {
    fn with(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        Self(folder)
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).display().to_string()
    }

    fn said(&self, args: &[&str]) -> String {
        let args: Vec<String> = args
            .iter()
            .map(|arg| match Path::new(arg).extension() {
                Some(_) => self.path(arg),
                None => (*arg).to_owned(),
            })
            .collect();
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let (code, said, complaint) = pvn(&args);
        let all = format!("{said}{complaint}exit code {}\n", code.unwrap());
        all.replace(&format!("{}/", self.0.path().display()), "")
    }
}

fn examples() -> Folder {
    let texts: Vec<(String, String)> = ["", "scenarios"]
        .iter()
        .flat_map(|folder| {
            let files = fixture(folder).read_dir().unwrap();
            files.filter_map(|entry| {
                let path = entry.unwrap().path();
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                let text = std::fs::read_to_string(&path).ok()?;
                Some((Path::new(folder).join(name).display().to_string(), text))
            })
        })
        .collect();
    let texts: Vec<(&str, &str)> = texts
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    Folder::with(&texts)
}

fn replace(folder: &Folder, file: &str, from: &str, to: &str) {
    let path = folder.path(file);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{from}");
    std::fs::write(path, text.replacen(from, to, 1)).unwrap();
}

#[test]
fn what_is_well_is_said_to_be_well_with_all_that_stands_beside_it() {
    let folder = examples();
    let said = [
        "cash.deed",
        "early_help.deed",
        "land_transfer.deed",
        "penalty.deed",
        "safeguarding.deed",
    ]
    .map(|file| folder.said(&["deed", "check", file]));
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn every_example_is_tested_with_nothing_missing() {
    let folder = examples();
    for file in [
        "cash.deed",
        "early_help.deed",
        "land_transfer.deed",
        "penalty.deed",
        "safeguarding.deed",
    ] {
        let said = folder.said(&["deed", "test", file]);
        let end: Vec<&str> = said.lines().rev().take(2).collect();
        assert_eq!(end[0], "exit code 0", "{said}");
        assert!(end[1].ends_with(" cases passed, 0 missing"), "{said}");
    }
}

#[test]
fn each_mistake_is_shown_in_the_file_where_it_stands() {
    let policies = "early_help.policies";
    let scenarios = "scenarios/early_help_policies.scenario";
    let slips = [
        (
            "cash.deed",
            "cash.deed",
            "attested by issuer",
            "atested by issuer",
        ),
        (
            "cash.deed",
            "scenarios/cash.scenario",
            "payee  = ben",
            "paye   = ben",
        ),
        (
            "cash.deed",
            "scenarios/cash.scenario",
            "scenarios for cash",
            "scenarios for cahs",
        ),
        ("early_help.deed", policies, "visits > 1", "visit > 1"),
        (
            "early_help.deed",
            scenarios,
            "policy costly on",
            "policy costy on",
        ),
        (
            "early_help.deed",
            scenarios,
            "visits = 2, missed = 25%",
            "visits = 3, missed = 25%",
        ),
    ];
    let mut all = String::new();
    for (contract, file, from, to) in slips {
        let folder = examples();
        replace(&folder, file, from, to);
        for what in ["check", "test", "explain", "render"] {
            let mut args = vec!["deed", what, contract];
            if what == "explain" {
                args.extend(["--scenario", "a"]);
            }
            let said = folder.said(&args);
            // What is well is shown elsewhere.
            if said.ends_with("exit code 0\n") {
                continue;
            }
            let lines = said.lines().filter(|line| !line.starts_with("ok "));
            let lines: Vec<&str> = lines.collect();
            all.push_str(&format!("## {what}, {to}\n{}\n\n", lines.join("\n")));
        }
    }
    insta::assert_snapshot!(all);
}

#[test]
fn diagnostics_are_read_by_programs() {
    let folder = examples();
    replace(
        &folder,
        "early_help.policies",
        "missed > 10%",
        "missed > 100%",
    );
    replace(&folder, "cash.deed", "payer != payee", "payer != paye");
    let said = folder.said(&["deed", "check", "early_help.deed", "cash.deed", "--json"]);
    let (json, code) = said.split_once("\n").unwrap();
    let json: serde_json::Value = serde_json::from_str(json).unwrap();
    insta::assert_snapshot!(format!(
        "{}\n{code}",
        serde_json::to_string_pretty(&json).unwrap()
    ));
}

#[test]
fn warnings_are_denied_when_that_is_asked_for() {
    let folder = examples();
    replace(
        &folder,
        "land_transfer.deed",
        "  law \"Land Registration Act 2002 s.66\"\n",
        "\n",
    );
    let ends = |args: &[&str]| folder.said(args).lines().last().unwrap().to_owned();
    assert_eq!(
        ends(&["deed", "check", "land_transfer.deed"]),
        "exit code 0"
    );
    let denied = ["deed", "check", "--deny-warnings", "land_transfer.deed"];
    assert_eq!(ends(&denied), "exit code 1");
    let denied = ["deed", "check", "--deny-warnings", "cash.deed"];
    assert_eq!(ends(&denied), "exit code 0");
}

pub(crate) const PURCHASE: &str = r#"contract purchase version 1
  "Something is bought."

uses cash sha256 "HASH"

fact Bill
  buyer: party
  price: money GBP
  controlled by nobody

action Buy
  buyer:  party
  seller: party
  bank:   party
  price:  money GBP

  rule "the price is above zero"
    price is positive

  signed by buyer
  buyer pays seller price in cash.Cash with issuer = bank
  creates Bill with buyer, price
"#;

/// The hash that a check of the cash contract prints.
fn hash(folder: &Folder) -> String {
    let said = folder.said(&["deed", "check", "cash.deed"]);
    let line = said.lines().find_map(|l| l.trim().strip_prefix("sha256 "));
    line.unwrap().to_owned()
}

#[test]
fn contracts_that_one_uses_are_found_or_it_is_said_what_to_do() {
    let folder = Folder::with(&[("cash.deed", CASH), ("elsewhere/other.deed", CASH)]);
    let used = PURCHASE.replace("HASH", &hash(&folder));
    let other = PURCHASE.replace("HASH", &"0".repeat(64));
    std::fs::write(folder.path("purchase.deed"), &used).unwrap();
    std::fs::write(folder.path("wrong.deed"), &other).unwrap();
    std::fs::create_dir(folder.path("alone")).unwrap();
    std::fs::write(folder.path("alone/purchase.deed"), &used).unwrap();
    let said = [
        folder.said(&["deed", "check", "purchase.deed"]),
        folder.said(&["deed", "check", "wrong.deed"]),
        folder.said(&["deed", "check", "alone/purchase.deed"]),
        folder.said(&[
            "deed",
            "check",
            "alone/purchase.deed",
            "--with",
            "elsewhere/other.deed",
        ]),
    ];
    insta::assert_snapshot!(said.join("\n"));
    let broken = CASH.replace("is money", "is mony");
    std::fs::write(folder.path("cash.deed"), broken).unwrap();
    let said = folder.said(&["deed", "check", "purchase.deed"]);
    assert!(said.ends_with("exit code 1\n"), "{said}");
}

#[test]
fn a_file_that_is_no_text_is_named_and_the_others_are_looked_at() {
    let folder = Folder::with(&[("cash.deed", CASH)]);
    std::fs::write(folder.path("x.deed"), b"contract x\n \xff").unwrap();
    let mut said = folder.said(&["deed", "check", "cash.deed"]);
    std::fs::remove_file(folder.path("x.deed")).unwrap();
    std::fs::write(folder.path("x.scenario"), b"\xff").unwrap();
    said.push_str(&folder.said(&["deed", "test", "cash.deed"]));
    said.push_str(&folder.said(&["deed", "check", "x.scenario"]));
    insta::assert_snapshot!(said);
}

#[test]
fn lines_that_end_as_elsewhere_are_refused_once_and_mended() {
    let folder = Folder::with(&[("cash.deed", &CASH.replace('\n', "\r\n"))]);
    let mut said = folder.said(&["deed", "check", "cash.deed"]);
    said.push_str(&folder.said(&["deed", "fmt", "--check", "cash.deed"]));
    said.push_str(&folder.said(&["deed", "fmt", "cash.deed"]));
    insta::assert_snapshot!(said);
    assert_eq!(
        std::fs::read_to_string(folder.path("cash.deed")).unwrap(),
        CASH
    );
}

#[test]
fn what_is_about_a_text_with_errors_waits_for_it() {
    let folder = examples();
    replace(&folder, "early_help.policies", "visits > 1", "visit > 1");
    let mut said = folder.said(&["deed", "check", "early_help.deed"]);
    replace(&folder, "early_help.deed", "fact Child", "fakt Child");
    said.push_str(&folder.said(&["deed", "check", "early_help.deed"]));
    for command in ["test", "render"] {
        said.push_str(&folder.said(&["deed", command, "scenarios/early_help.scenario"]));
    }
    insta::assert_snapshot!(said);
}
