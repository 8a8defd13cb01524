//! No public service is written in Rust: its words live in `services/`.

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
