//! The specification says what the code does: limits, words, currencies, built-in rules, cases, cost.

use std::collections::{BTreeMap, BTreeSet};

use deed::editor::WORDS;
use deed::{BuiltInRule, Contract, Currency};

use crate::corpus::cases;
use crate::fixtures::load;

const PAGE: &str = include_str!("../../../../docs/deed/specification.md");
const LOAD: &str = include_str!("../../../../docs/deed/specification-load.md");
const COST: &str = include_str!("../../../../docs/deed/specification-cost.md");
const CORPUS: &str = include_str!("../../../../docs/deed/specification-corpus.md");

/// What stands under a heading, up to the next of any depth.
fn section<'p>(page: &'p str, heading: &str) -> &'p str {
    let (_, under) = page
        .split_once(&format!("{heading}\n"))
        .unwrap_or_else(|| panic!("no {heading}"));
    under.split("\n#").next().unwrap_or(under)
}

/// The cells of the rows of a section's table, without its head.
fn rows(section: &str) -> impl Iterator<Item = Vec<&str>> {
    let lines = section.lines().filter(|line| line.starts_with('|')).skip(2);
    lines.map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
}

/// What stands between the odd marks and the even ones.
fn between<'p>(text: &'p str, mark: &str) -> impl Iterator<Item = &'p str> {
    text.split(mark).skip(1).step_by(2)
}

#[test]
fn every_limit_has_its_number() {
    let number = |text: &str| -> u64 {
        let factors = text.split('*').map(|n| n.trim().replace('_', ""));
        factors.map(|n| n.parse::<u64>().unwrap()).product()
    };
    let source = include_str!("../../src/limits.rs");
    let constants = source
        .lines()
        .filter_map(|line| line.strip_prefix("pub const "))
        .map(|line| {
            let (name, rest) = line.split_once(':').unwrap();
            let (_, value) = rest.trim_end_matches(';').split_once('=').unwrap();
            (name.to_owned(), number(value))
        });
    let constants: BTreeMap<String, u64> = constants.collect();
    let written = rows(section(LOAD, "## Limits"))
        .map(|row| (row[0].trim_matches('`').to_owned(), number(row[1])));
    assert_eq!(written.collect::<BTreeMap<_, _>>(), constants);
    let named = [PAGE, LOAD, COST, CORPUS]
        .into_iter()
        .flat_map(|page| between(page, "`"));
    for name in named.filter(|n| n.ends_with("_MAX")) {
        assert!(constants.contains_key(name), "{name}");
    }
}

#[test]
fn the_reserved_words_name_nothing_and_all_others_do() {
    let reserved: BTreeSet<&str> = between(section(PAGE, "### Reserved words"), "`")
        .take_while(|word| *word != "text")
        .collect();
    let known = WORDS.iter().map(|word| word.word);
    let language_function = |word: &&str| *word == "financial_year";
    let words: BTreeSet<&str> = known
        .chain(reserved.iter().copied())
        .filter(|w| !language_function(w))
        .collect();
    let refused = words.into_iter().filter(|word| {
        let text = format!("contract t version 1\n  \"t\"\nparty {word} = \"P\"\n");
        Contract::load(&text).is_err()
    });
    assert_eq!(refused.collect::<BTreeSet<_>>(), reserved);
}

#[test]
fn the_grammar_holds_the_words_of_the_language() {
    let grammars = [section(PAGE, "## Grammar"), section(CORPUS, "## Scenarios")];
    let is_word = |text: &&str| {
        let mut letters = text.chars();
        letters.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    };
    let in_grammar: BTreeSet<&str> = grammars
        .into_iter()
        .flat_map(|g| between(g.split("```").nth(1).unwrap_or_default(), "\""))
        .filter(is_word)
        .collect();
    // Types, and names that mean something, are names to the grammar.
    let names = [
        "bool",
        "date",
        "file",
        "financial_year",
        "int",
        "percent",
        "text",
        "today",
    ];
    let words: BTreeSet<&str> = WORDS.iter().map(|word| word.word).collect();
    let expected: BTreeSet<&str> = words.difference(&BTreeSet::from(names)).copied().collect();
    assert_eq!(in_grammar, expected);
}

#[test]
fn every_built_in_rule_is_in_the_table() {
    let written: Vec<(String, String)> = rows(section(PAGE, "## Built-in rules"))
        .map(|row| (row[0].trim_matches('`').to_owned(), row[1].to_owned()))
        .collect();
    // What each asks for stands above it, in its own text.
    let source = include_str!("../../src/builtin.rs");
    let (_, rules) = source.split_once("\nbuilt_in_rules! {").unwrap();
    let asks = rules.lines().filter_map(|l| l.trim().strip_prefix("/// "));
    let asks = asks.map(|asks| {
        let (first, rest) = asks.trim_end_matches('.').split_at(1);
        first.to_lowercase() + rest
    });
    let codes = BuiltInRule::ALL.iter().map(|rule| rule.code().to_owned());
    let rules: Vec<(String, String)> = codes.zip(asks).collect();
    assert_eq!(written, rules);
}

#[test]
fn every_currency_has_its_decimals() {
    let table: BTreeMap<&str, u32> = rows(section(PAGE, "### Currencies"))
        .filter(|row| row[1] != "all others")
        .flat_map(|row| {
            let decimals = row[0].parse().unwrap();
            row[1].split(' ').map(move |code| (code, decimals))
        })
        .collect();
    let letters = || b'A'..=b'Z';
    for (a, b, c) in
        letters().flat_map(|a| letters().flat_map(move |b| letters().map(move |c| (a, b, c))))
    {
        let code = String::from_utf8(vec![a, b, c]).unwrap();
        let expected = table.get(code.as_str()).copied().unwrap_or(2);
        assert_eq!(Currency::new(&code).unwrap().decimals(), expected, "{code}");
    }
}

#[test]
fn the_versions_of_unicode_are_those_that_are_built_in() {
    let (a, b, c) = unicode_normalization::UNICODE_VERSION;
    assert!(PAGE.contains(&format!("normal form NFC (Unicode {a}.{b}.{c})")));
    let (a, b, c) = char::UNICODE_VERSION;
    assert!(PAGE.contains(&format!("all of Unicode {a}.{b}.{c}.")));
}

#[test]
fn every_rule_of_loading_names_cases_that_are_refused_at_load() {
    let refused: BTreeSet<String> = cases()
        .into_iter()
        .filter(|file| {
            let text = std::fs::read_to_string(file).unwrap();
            text.contains("\n=== refused at load\n")
        })
        .map(|file| file.file_stem().unwrap().display().to_string())
        .collect();
    let (rules, _) = LOAD.split_once("## Limits").unwrap();
    let tables = rules.split("\n## ").skip(1);
    for row in tables.flat_map(rows) {
        let named: Vec<&str> = between(row.last().unwrap(), "`").collect();
        assert!(!named.is_empty(), "{row:?}");
        for case in named {
            assert!(refused.contains(case), "{case}");
        }
    }
}

#[test]
fn the_worked_example_costs_what_the_page_says() {
    let example = COST.split("```deed\n").nth(1).unwrap();
    let example = example.split("```").next().unwrap();
    let cost = load(example).cost_bound().to_string();
    let written: Vec<&str> = between(COST, "<!-- cost -->").collect();
    assert_eq!(written, [cost.as_str()]);
    let total = rows(section(COST, "## A worked example")).last().unwrap();
    assert_eq!(total, ["together", cost.as_str()]);
}
