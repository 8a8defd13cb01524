//! The grammar for editors knows every word of the language.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

fn grammar() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../editors/deed.tmLanguage.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn every_word_of_the_language_is_coloured() {
    let grammar = grammar();
    let mut known = BTreeSet::new();
    for (_, rule) in grammar["repository"].as_object().unwrap() {
        let pattern = rule["match"].as_str().unwrap();
        // `\b` would stick to the word that follows it.
        let pattern = pattern.replace("\\b", " ").replace("\\s", " ");
        let words =
            pattern.split(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'));
        known.extend(words.map(str::to_owned));
    }
    let missing: Vec<&str> = deed::editor::WORDS
        .iter()
        .map(|word| word.word)
        .filter(|word| !known.contains(*word))
        .collect();
    assert_eq!(missing, Vec::<&str>::new());
}

#[test]
fn every_rule_of_the_grammar_is_used_and_there() {
    let grammar = grammar();
    let rules: BTreeSet<String> = grammar["repository"]
        .as_object()
        .unwrap()
        .keys()
        .map(|name| format!("#{name}"))
        .collect();
    let used: BTreeSet<String> = grammar["patterns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| p["include"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(rules, used);
}
