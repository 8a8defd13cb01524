//! What nobody names is not there. The compiler sees dead private items; in libraries it takes public ones for somebody's.

use std::collections::BTreeMap;

use crate::breach::Wall;
use crate::repository;
use crate::source::Source;

const WALL: Wall = Wall {
    reason: "An item that nothing uses is read, kept up to date and believed in for nothing.",
    remedy: "Remove it, or use it: from code, from a template, from a test of what it is for.",
};

/// How often each word stands in a text, comments apart.
fn count<'a>(text: &'a str, counts: &mut BTreeMap<&'a str, usize>) {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let code = text
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default());
    for word in code.flat_map(|line| line.split(|c| !is_word(c))) {
        *counts.entry(word).or_default() += 1;
    }
}

/// The name that a line of production code makes public, to the world or within its crate.
fn defined(line: &str) -> Option<&str> {
    const MODIFIERS: [&str; 3] = ["async", "const", "unsafe"];
    const ITEMS: [&str; 7] = ["fn", "struct", "enum", "trait", "type", "static", "const"];
    let mut words = line
        .trim_start()
        .split(|c: char| c.is_whitespace() || "(<:;={".contains(c));
    let is_public = words.next() == Some("pub");
    let mut words = words.filter(|word| !word.is_empty() && !word.ends_with(')'));
    let item = words.next()?;
    let mut name = words.next()?;
    let mut is_item = ITEMS.contains(&item);
    while MODIFIERS.contains(&item) && ITEMS.contains(&name) {
        is_item = true;
        name = words.next()?;
    }
    (is_public && is_item).then_some(name)
}

/// Public items of `production` that are named nowhere but where they are defined.
fn unnamed<'a>(
    production: impl Iterator<Item = &'a Source>,
    counts: &BTreeMap<&str, usize>,
) -> Vec<String> {
    let lines = production.flat_map(|source| {
        source
            .production_lines()
            .map(|(n, line)| (&source.path, n, line))
    });
    let named_once = |name: &&str| counts.get(name) == Some(&1);
    lines
        .filter_map(|(path, n, line)| Some((path, n, defined(line).filter(named_once)?)))
        .map(|(path, n, name)| format!("{path}:{n}: {name}"))
        .collect()
}

#[test]
fn every_public_item_is_named_somewhere() {
    let templates: Vec<String> = repository::files()
        .iter()
        .filter(|file| file.starts_with("crates/") && file.ends_with(".html"))
        .filter_map(|file| repository::text(file))
        .collect();
    let mut counts = BTreeMap::new();
    repository::rust()
        .iter()
        .for_each(|source| count(&source.text, &mut counts));
    templates.iter().for_each(|text| count(text, &mut counts));
    WALL.stands(&unnamed(repository::production(), &counts));
}

#[test]
fn a_dead_item_is_seen() {
    let planted = "\
pub fn used() {} // dead
pub(crate) const fn dead<T>() {}
pub const LIMIT: usize = 1;
fn private() { used() }
pub(super) struct Forgotten;
";
    let mut counts = BTreeMap::new();
    count(planted, &mut counts);
    let source = Source::new("a.rs", planted);
    assert_eq!(
        unnamed([&source].into_iter(), &counts),
        ["a.rs:2: dead", "a.rs:3: LIMIT", "a.rs:5: Forgotten"]
    );
}
