//! The words that editors know are those that the parser reads.

use std::collections::BTreeSet;
use std::path::Path;

use deed::editor::{Texts, WORDS, complete};

/// The words that the parser asks for, found in its own text.
fn asked_for() -> BTreeSet<String> {
    const ASKS: [&str; 5] = [
        "eat_word(\"",
        "expect_word(\"",
        "at_word(\"",
        "two_words(cursor, \"",
        "word_ahead(0, \"",
    ];
    let mut words = BTreeSet::new();
    for folder in ["syntax", "scenario", "policy"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("src")
            .join(folder);
        for entry in std::fs::read_dir(folder).unwrap() {
            let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
            for ask in ASKS {
                let found = text
                    .split(ask)
                    .skip(1)
                    .filter_map(|rest| rest.split('"').next());
                words.extend(found.map(str::to_owned));
            }
            // Words that choose a branch.
            let quoted = |line: &str| {
                line.trim()
                    .strip_prefix('"')
                    .and_then(|l| l.split('"').next().map(str::to_owned))
            };
            let chooses = |line: &&str| line.contains("\" =>") || line.trim_end().ends_with("\",");
            let lower = |word: &String| {
                !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c == '_')
            };
            words.extend(
                text.lines()
                    .filter(chooses)
                    .filter_map(quoted)
                    .filter(lower),
            );
        }
    }
    words
}

#[test]
fn editors_know_every_word_that_the_parser_reads() {
    let known: BTreeSet<&str> = WORDS.iter().map(|word| word.word).collect();
    let asked = asked_for();
    assert!(asked.len() > 60, "{asked:?}");
    let missing: Vec<&String> = asked
        .iter()
        .filter(|w| !known.contains(w.as_str()))
        .collect();
    assert_eq!(missing, Vec::<&String>::new());
}

#[test]
fn words_stand_in_order_and_none_twice() {
    let pairs = WORDS.windows(2);
    let astray: Vec<&str> = pairs
        .filter(|pair| pair[0].word >= pair[1].word)
        .map(|pair| pair[1].word)
        .collect();
    assert_eq!(astray, Vec::<&str>::new());
}

const CASH: &str = r#"contract cash version 1
  "Money."

fact Cash is money
  amount: money GBP
  issuer: party
  owner:  party
  controlled by owner
"#;

const CHARGE: &str = r#"contract charge version 1
  "A penalty, and when it is due."

uses cash sha256 "0000000000000000000000000000000000000000000000000000000000000000"

calendar england
  "Days on which banks work."

record Ground
  code: int
  text: text

fact Notice
  number: text
  ground: Ground
  about:  party
  keep 2 years after created

action Serve
  number: text
  driver: party

  consumes one Notice as old
  rule "the number is given"
    number is not empty
  let due = effective + 14 working days in england
  driver pays driver £1 in cash.Cash with issuer = driver, owner = driver
  creates old with
    number = "1"
  creates Notice with number, ground = Ground(code = 1)
"#;

const SERVED: &str = r#"scenarios for charge

scenario "it is served"
  Serve on 1 May 2026 with
    number = "1"
  is refused because "the number is given"
"#;

#[test]
fn only_what_can_stand_at_a_place_is_offered() {
    // Up to where one writes, and what is offered there.
    let table = [
        ("14 working days in ", vec!["england"]),
        ("  keep 2 ", vec!["months", "years"]),
        (
            "  code: ",
            vec![
                "bool", "date", "decimal", "int", "list", "money", "party", "percent", "text",
                "Ground",
            ],
        ),
        ("in cash.Cash with ", vec!["amount", "issuer", "owner"]),
        ("issuer = driver, o", vec!["owner"]),
        ("creates old with\n    n", vec!["number"]),
        ("creates Notice with ", vec!["about", "ground", "number"]),
        ("ground = Ground(", vec!["code", "text"]),
    ];
    let mut wrong = Vec::new();
    let used = [("cash", CASH)];
    for (before, expected) in table {
        let at = CHARGE.find(before).unwrap() + before.len();
        let texts = Texts {
            text: CHARGE,
            about: &[],
            used: &used,
        };
        let found: Vec<String> = complete(&texts, at).into_iter().map(|c| c.name).collect();
        let mut expected: Vec<String> = expected.into_iter().map(str::to_owned).collect();
        let mut sorted = found.clone();
        sorted.sort();
        expected.sort();
        if sorted != expected {
            wrong.push(format!("{before:?}: {found:?}"));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    let about = [CHARGE];
    let texts = Texts {
        text: SERVED,
        about: &about,
        used: &used,
    };
    let offered = |before: &str| -> Vec<String> {
        let at = SERVED.find(before).unwrap() + before.len();
        complete(&texts, at).into_iter().map(|c| c.name).collect()
    };
    assert_eq!(offered("May 2026 with\n    "), ["driver", "number"]);
    let rules = offered("because \"the n");
    assert_eq!(rules, ["the number is given"]);
    assert!(offered("because \"").contains(&"payer holds enough money".to_owned()));
}
