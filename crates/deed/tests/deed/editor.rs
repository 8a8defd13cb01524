//! The words that editors know are those that the parser reads.

use std::collections::BTreeSet;
use std::path::Path;

use deed::editor::WORDS;

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
