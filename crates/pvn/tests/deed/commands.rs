//! The commands and their exit codes.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

pub(crate) fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../docs/deed/examples")
        .join(name)
}

/// Exit code, standard output, standard error.
pub(crate) fn pvn(args: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_pvn"))
        .args(args)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

#[test]
fn a_file_is_formatted_checked_and_refused_when_it_has_errors() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cash.deed");
    let cash = std::fs::read_to_string(fixture("cash.deed")).unwrap();
    std::fs::write(&path, cash.replace("  rule", "  rule  ")).unwrap();
    let shown = path.display().to_string();
    let (code, said, _) = pvn(&["deed", "fmt", "--check", &shown]);
    assert_eq!(
        (code, said),
        (Some(1), format!("{shown}: not in the one true format\n"))
    );
    assert_eq!(pvn(&["deed", "fmt", &shown]).0, Some(0));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), cash);
    assert_eq!(pvn(&["deed", "fmt", "--check", &shown]).0, Some(0));

    let broken = cash.replace("is money", "is mony");
    std::fs::write(&path, &broken).unwrap();
    let (code, _, complaint) = pvn(&["deed", "fmt", &shown]);
    assert_eq!(code, Some(1));
    assert!(complaint.contains("did you mean `money`?"), "{complaint}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), broken);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_call_is_explained_as_json() {
    let cash = fixture("cash.deed").display().to_string();
    let call = |amount: &str| {
        let amount = format!("amount={amount}");
        let args = [
            "deed",
            "explain",
            &cash,
            "--action",
            "Move",
            "--on",
            "24 June 2026",
            "--arg",
            "payer=ann",
            "--arg",
            "payee=ben",
            "--arg",
            &amount,
            "--arg",
            "issuer=GB-BOE",
            "--json",
        ];
        let (code, said, _) = pvn(&args);
        assert_eq!(code, Some(0));
        let mut said: Value = serde_json::from_str(&said).unwrap();
        said["cases"][0].take()
    };
    insta::assert_snapshot!(serde_json::to_string_pretty(&call("3.00")).unwrap());
    let refused = call("0.00");
    assert_eq!(refused["refusal"]["rule"], "the_amount_is_above_zero");
    assert_eq!(refused["rules"].as_array().unwrap().len(), 1);
}

#[test]
fn scenarios_are_explained_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("moves.scenario");
    let text = r#"scenarios for cash

party ann = "GB-ann"
party ben = "GB-ben"

scenario "ann pays ben"
  Move on 24 June 2026 with
    payer = ann, payee = ben, amount = £3.00, issuer = central_bank
  holding Cash with amount = £5.00, issuer = central_bank, owner = ann
  is accepted
  but "she has spent it"
    holding nothing
    is refused because "payer holds enough money"
  but "she pays herself"
    payee = ann
    is refused because "nobody pays itself"
"#;
    std::fs::write(&path, text).unwrap();
    let cash = fixture("cash.deed").display().to_string();
    let (code, said, _) = pvn(&[
        "deed",
        "explain",
        &cash,
        "--scenario",
        &path.display().to_string(),
    ]);
    assert_eq!(code, Some(0));
    insta::assert_snapshot!(said);
}

/// What `explain` says of a worked example's scenarios whose names begin so.
fn explained(contract: &str, scenario: &str, more: &[&str]) -> String {
    let contract = fixture(contract).display().to_string();
    let args = ["deed", "explain", &contract, "--scenario", scenario];
    let (code, said, complaint) = pvn(&[&args[..], more].concat());
    assert_eq!((code, complaint.as_str()), (Some(0), ""));
    said
}

const ADA: &str = "ada earns a little, and owes rent and council tax: ";

#[test]
fn lets_exceptions_and_lifted_rules_are_explained() {
    let hardship = format!("{ADA}there is hardship");
    let late = format!("{ADA}a month passes because");
    let both = [hardship, late].map(|case| explained("universal_credit.deed", &case, &[]));
    insta::assert_snapshot!(both.join("\n"));
    let case = format!("{ADA}a month passes because");
    let said = explained("universal_credit.deed", &case, &["--json"]);
    let said: Value = serde_json::from_str(&said).unwrap();
    let exception = serde_json::json!([{ "name": "it was decided late", "law": null }]);
    let rule = &said["cases"][0]["rules"][1];
    assert_eq!(
        (&rule["lifted"], &rule["holds"]),
        (&true.into(), &true.into())
    );
    assert_eq!(rule["exceptions"], exception);
    assert_eq!(said["cases"][0]["lets"][1]["value"], "£400.14");
}

#[test]
fn scenarios_of_policies_are_explained() {
    insta::assert_snapshot!(explained("early_help.deed", "ben", &[]));
    let said = explained("early_help.deed", "ben comes", &["--json"]);
    let said: Value = serde_json::from_str(&said).unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(&said["cases"][0]).unwrap());
}

#[test]
fn a_call_that_needs_facts_is_explained_by_a_scenario() {
    let land = fixture("land_transfer.deed").display().to_string();
    let args = [
        "deed",
        "explain",
        &land,
        "--action",
        "Transfer",
        "--on",
        "2026-06-24",
    ];
    let said = "pvn: Transfer uses facts, which --arg can't say: write a scenario, and explain it with --scenario\n";
    assert_eq!(pvn(&args), (Some(1), String::new(), said.to_owned()));
}

#[test]
fn a_page_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("land.html").display().to_string();
    let land = fixture("land_transfer.deed").display().to_string();
    assert_eq!(pvn(&["deed", "render", &land, "--out", &out]).0, Some(0));
    let page = std::fs::read_to_string(&out).unwrap();
    let (_, printed, _) = pvn(&["deed", "render", &land]);
    assert_eq!(page, printed);
    // For whoever may read files here: it is no data of a node.
    let made = std::fs::metadata(&out).unwrap().permissions();
    let beside = folder.path().join("beside");
    std::fs::write(&beside, "").unwrap();
    let usual = std::fs::metadata(&beside).unwrap().permissions();
    assert_eq!(made, usual);
}

#[test]
fn the_contract_engine_is_measured_beside_native_rust() {
    let (code, said, complaint) = pvn(&[
        "bench",
        "deed",
        "--json",
        "--repeats",
        "1",
        "--rounds",
        "20",
    ]);
    assert_eq!(code, Some(0), "{complaint}");
    let said: Value = serde_json::from_str(&said).unwrap();
    for name in [
        "cash_us",
        "land_us",
        "cash_100_us",
        "load_us",
        "native_cash_us",
        "native_land_us",
        "native_cash_100_us",
    ] {
        assert!(said[name].as_f64().unwrap() > 0.0, "{name}");
    }
}
