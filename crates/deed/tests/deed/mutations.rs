//! Random and damaged texts: an answer or an error, never a panic, never a wait.
//! `PROPTEST_CASES=100000 cargo test --release -p deed mutations` looks longer.

use std::sync::LazyLock;

use deed::{Contract, scenario};
use proptest::prelude::*;

use crate::fixtures::{BUDGET, EARLY_HELP, HELP_POLICIES, LAND, load};

/// One random edit of a text, on character boundaries.
#[derive(Clone, Debug)]
enum Edit {
    Delete(usize, usize),
    Insert(usize, String),
    Copy(usize, usize, usize),
}

fn edit() -> impl Strategy<Value = Edit> {
    let snippets = prop::sample::select(vec![
        "(",
        ")",
        "[",
        "]",
        "\"",
        ":",
        ",",
        ".",
        "=",
        "\n",
        "\n  ",
        "    ",
        " and ",
        " not ",
        " every x in ",
        "£",
        "£9,999",
        "%",
        "none",
        " of ",
        " at most ",
        "9",
        "-",
        "#",
        "\u{202E}",
        "é",
        "with",
        " in ",
        " law ",
        "if ",
        " then ",
        " else ",
    ]);
    prop_oneof![
        (any::<usize>(), 1..40_usize).prop_map(|(at, n)| Edit::Delete(at, n)),
        (any::<usize>(), snippets.prop_map(str::to_owned)).prop_map(|(at, s)| Edit::Insert(at, s)),
        (any::<usize>(), ".{0,3}").prop_map(|(at, s)| Edit::Insert(at, s)),
        (any::<usize>(), any::<usize>(), 1..80_usize)
            .prop_map(|(from, to, n)| Edit::Copy(from, to, n)),
    ]
}

fn mutate(text: &str, edits: &[Edit]) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for edit in edits {
        let len = chars.len().max(1);
        match edit {
            Edit::Delete(at, n) => {
                let at = at % len;
                let end = (at + n).min(chars.len());
                chars.drain(at.min(end)..end);
            }
            Edit::Insert(at, text) => {
                let at = (at % len).min(chars.len());
                chars.splice(at..at, text.chars());
            }
            Edit::Copy(from, to, n) => {
                let (from, to) = ((from % len).min(chars.len()), (to % len).min(chars.len()));
                let piece: Vec<char> = chars[from..].iter().take(*n).copied().collect();
                chars.splice(to..to, piece);
            }
        }
    }
    chars.into_iter().collect()
}

/// Loads the text; a report, when there is one, must render and be bounded.
fn answer(source: &str) -> Result<(), TestCaseError> {
    if let Err(error) = Contract::load(source) {
        prop_assert!(!error.diagnostics().is_empty());
        prop_assert!(error.diagnostics().len() <= deed::limits::DIAGNOSTICS_MAX);
        prop_assert!(!error.to_string().is_empty());
    }
    Ok(())
}

/// The texts of the corpus that are short.
static CASES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let texts = crate::corpus::cases().into_iter();
    let texts = texts.map(|file| std::fs::read_to_string(file).unwrap());
    texts.filter(|text| text.len() < 3000).collect()
});

proptest! {
    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        answer(&String::from_utf8_lossy(&bytes))?;
    }

    #[test]
    fn random_words_never_panic(words in prop::collection::vec(prop::sample::select(vec![
        "contract", "version", "1", "\"t\"", "fact", "A", "is", "money", "a", ":", "int", "or", "none", "\n", "\n  ", "\n    ",
        "action", "rule", "signed", "by", "pays", "in", "with", "=", ",", "(", ")", "let", "every", "x", "£1", "scale", "for",
        "GBP", "rounded", "down", "to", "from", "April", "2025", "up", "above", "5%", "parameter", "party", "creates",
    ]), 0..120)) {
        answer(&words.join(" "))?;
    }

    #[test]
    fn damaged_contracts_never_panic(edits in prop::collection::vec(edit(), 1..6)) {
        answer(&mutate(LAND, &edits))?;
        answer(&mutate(BUDGET, &edits))?;
    }

    #[test]
    fn damaged_scenarios_never_panic(edits in prop::collection::vec(edit(), 1..6)) {
        let contract = load(BUDGET);
        let text = mutate(include_str!("../../../../services/public-money/scenarios/funding.scenario"), &edits);
        if let Err(error) = scenario::run(&contract, &text) {
            prop_assert!(!error.to_string().is_empty());
        }
    }

    #[test]
    fn damaged_cases_of_the_corpus_never_panic(edits in prop::collection::vec(edit(), 1..4), case in any::<prop::sample::Index>()) {
        let text = case.get(&CASES[..]);
        let source = text.split("=== ").find_map(|part| part.strip_prefix("contract\n")).unwrap_or_default();
        answer(&mutate(source, &edits))?;
    }

    #[test]
    fn damaged_policies_never_panic(edits in prop::collection::vec(edit(), 1..6)) {
        let contract = load(EARLY_HELP);
        let text = mutate(HELP_POLICIES, &edits);
        if let Err(error) = deed::policy::Policies::load(&contract, &text) {
            prop_assert!(!error.to_string().is_empty());
        }
    }
}
