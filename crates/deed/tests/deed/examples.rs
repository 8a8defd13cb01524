//! The worked examples: in the one true format, without warnings, and with no rule left that no scenario refuses.

use std::path::{Path, PathBuf};

use deed::policy::Policies;
use deed::scenario::{self, Report};
use deed::{Contract, Form, Given, heading};

use crate::fixtures::load;

fn texts(folder: &str) -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut files: Vec<PathBuf> = [root.join(folder), root.join(folder).join("scenarios")]
        .iter()
        .flat_map(|folder| folder.read_dir().unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file() && path.extension().is_some_and(|e| e != "md"))
        .collect();
    files.sort();
    let texts = files.into_iter();
    texts
        .map(|path| {
            let text = std::fs::read_to_string(&path).unwrap();
            (path, text)
        })
        .collect()
}

fn about<'t>(texts: &'t [(PathBuf, String)], form: Form, contract: &str) -> Vec<&'t str> {
    let texts = texts.iter().map(|(_, text)| text.as_str());
    texts
        .filter(|text| heading(text).is_some_and(|h| h.form == form && h.contract == contract))
        .collect()
}

/// A contract of the examples, with those of them that it uses.
fn loaded(texts: &[(PathBuf, String)], text: &str) -> Contract {
    let used: Vec<(String, Contract)> = deed::needs(text)
        .into_iter()
        .map(|need| {
            let used = about(texts, Form::Contract, &need.name);
            (need.sha256, load(used[0]))
        })
        .collect();
    let given: Vec<Given<'_>> = used
        .iter()
        .map(|(sha256, contract)| Given { sha256, contract })
        .collect();
    Contract::load_with(text, &given).unwrap_or_else(|e| panic!("{e}"))
}

#[test]
fn no_rule_and_no_policy_of_an_example_is_left_unshown() {
    let texts = texts("docs/deed/examples");
    let mut names = Vec::new();
    for (path, text) in &texts {
        if heading(text).map(|h| h.form) != Some(Form::Contract) {
            continue;
        }
        let contract = loaded(&texts, text);
        names.push(contract.name().to_owned());
        assert_eq!(contract.warnings().render(&path.display().to_string()), "");
        let policies = about(&texts, Form::Policies, contract.name());
        let policies: Vec<Policies> = policies
            .into_iter()
            .map(|text| Policies::load(&contract, text).unwrap_or_else(|e| panic!("{e}")))
            .collect();
        for policies in &policies {
            assert_eq!(policies.warnings(&contract).render("policies"), "");
        }
        let scenarios = about(&texts, Form::Scenarios, contract.name());
        let reports = scenarios.into_iter().map(|text| {
            scenario::run_with(&contract, &policies, text).unwrap_or_else(|e| panic!("{e}"))
        });
        let report = reports.reduce(Report::join).unwrap();
        assert!(report.passed(), "{report}");
    }
    assert_eq!(
        names,
        [
            "cash",
            "early_help",
            "land_transfer",
            "licence",
            "penalty",
            "safeguarding",
            "universal_credit"
        ]
    );
}

#[test]
fn every_example_stands_in_the_one_true_format() {
    for (path, text) in texts("docs/deed/examples") {
        let formatted = deed::format(&text).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(formatted, text, "{}", path.display());
    }
}
