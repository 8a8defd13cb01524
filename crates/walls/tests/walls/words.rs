//! No public service is written in Rust: its words live in `services/`.

use std::collections::BTreeSet;

use crate::breach::Wall;
use crate::repository;
use crate::source::Source;

const WALL: Wall = Wall {
    reason: "A new public service is a folder of text. Rust that knows one service's words is Rust that the next service \
             has to work around.",
    remedy: "Say it in services/<name>/ (contract, mapping, headline text) and let the code read it from there; in \
             comments, speak of issuers, bodies and classifications.",
};

/// Words of the first service that would give it away.
const WORDS: [&str; 4] = ["budget", "treasury", "cofog", "leeds"];

fn breaches<'a>(path: &str, lines: impl Iterator<Item = (usize, &'a str)>) -> Vec<String> {
    let said = |line: &str| {
        let line = line.to_lowercase();
        WORDS.into_iter().find(|word| line.contains(word))
    };
    lines
        .filter_map(|(n, line)| said(line).map(|word| format!("{path}:{n}: {word}")))
        .collect()
}

#[test]
fn production_rust_knows_no_service_by_its_words() {
    let sources = repository::production();
    WALL.stands(
        &sources
            .flat_map(|source| breaches(&source.path, source.production_lines()))
            .collect::<Vec<_>>(),
    );
}

/// `pvn bench` measures with a contract of its own, which stands beside it.
const OWN_CONTRACT: &str = "crates/pvn/src/commands/bench/";

/// What a contract's text calls its actions and their parameters.
#[derive(Debug, Default, PartialEq, Eq)]
struct Called {
    actions: BTreeSet<String>,
    parameters: BTreeSet<String>,
}

impl Called {
    fn read(&mut self, contract: &str) {
        let mut in_action = false;
        for line in contract.lines().filter(|line| !line.trim().is_empty()) {
            if !line.starts_with(' ') {
                let action = line.strip_prefix("action ");
                in_action = action.is_some();
                self.actions
                    .extend(action.map(|name| name.trim().to_owned()));
            }
            let is_name = |name: &&str| name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
            let parameter = line
                .strip_prefix("  ")
                .and_then(|line| line.split_once(':'));
            let parameter = parameter.map(|(name, _)| name).filter(is_name);
            self.parameters
                .extend(parameter.filter(|_| in_action).map(str::to_owned));
        }
    }
}

/// Actions named in code, and parameters named where instructions are made.
fn called(source: &Source, words: &Called) -> Vec<String> {
    let makes_instructions = source.path.starts_with("crates/pvn/")
        && source
            .code()
            .identifiers
            .iter()
            .any(|(_, name)| name == "Instruction");
    let texts = source.code().texts.iter();
    let known = texts.filter(|(_, text)| {
        words.actions.contains(text) || (makes_instructions && words.parameters.contains(text))
    });
    known
        .map(|(line, text)| format!("{}:{line}: {text:?}", source.path))
        .collect()
}

#[test]
fn production_rust_knows_no_action_of_a_service_and_sends_no_parameter_by_name() {
    let mut words = Called::default();
    let contracts = repository::files()
        .iter()
        .filter(|file| file.starts_with("services/") && file.ends_with(".deed"));
    contracts.for_each(|file| words.read(&repository::text(file).unwrap()));
    assert!(words.actions.contains("Spend") && words.parameters.contains("payee"));
    let sources = repository::production().filter(|source| !source.path.starts_with(OWN_CONTRACT));
    WALL.stands(
        &sources
            .flat_map(|source| called(source, &words))
            .collect::<Vec<_>>(),
    );
}

#[test]
fn an_action_is_seen_anywhere_and_a_parameter_where_instructions_are_made() {
    let mut words = Called::default();
    words.read("fact Coin is money\n  owner: party\n\naction Give\n  to: party\n\n  rule \"so: it is\"\n    to != from\n");
    let [give, to] = ["Give", "to"].map(|word| BTreeSet::from([word.to_owned()]));
    assert_eq!(
        words,
        Called {
            actions: give,
            parameters: to
        }
    );
    let planted = "fn f() -> Instruction { g(\"Give\", [\"to\", \"for\"]) }\n#[test]\nfn t() { g(\"Give\") }\n";
    let seen = |path: &str| called(&Source::new(path, planted), &words);
    assert_eq!(
        seen("crates/pvn/src/a.rs"),
        [
            "crates/pvn/src/a.rs:1: \"Give\"",
            "crates/pvn/src/a.rs:1: \"to\""
        ]
    );
    assert_eq!(
        seen("crates/node/src/a.rs"),
        ["crates/node/src/a.rs:1: \"Give\""]
    );
}

#[test]
fn templates_know_no_service_by_its_words() {
    let templates = repository::files()
        .iter()
        .filter(|file| file.starts_with("crates/") && file.ends_with(".html"));
    let texts = templates.map(|file| (file, repository::text(file).unwrap()));
    WALL.stands(
        &texts
            .flat_map(|(file, text)| breaches(file, (1..).zip(text.lines())))
            .collect::<Vec<_>>(),
    );
}

#[test]
fn a_word_is_seen_in_code_and_comments_but_not_in_tests() {
    let planted = "// the Budget\nfn f() {}\n#[cfg(test)]\nmod tests {\n    fn leeds() {}\n}\nconst A: &str = \"LEEDS\";\n";
    assert_eq!(
        breaches("a.rs", Source::new("a.rs", planted).production_lines()),
        ["a.rs:1: budget", "a.rs:7: leeds"]
    );
}
