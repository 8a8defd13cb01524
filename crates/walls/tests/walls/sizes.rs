//! A file that nobody can hold in their head is several files.

use crate::breach::Wall;
use crate::repository;
use crate::source::Source;

const WALL: Wall = Wall {
    reason: "A reader should see a file's one purpose at a glance; past 500 lines there is more than one.",
    remedy: "Split it along a seam that has a name. If tests make it long, move them to a file of their own.",
};

/// Lines at which a file fails.
const LINES_MAX: usize = 500;
/// Lines from which a file is listed, as the next to be split.
const LINES_LISTED: usize = 300;

/// Files over `limit` lines, the longest first.
fn longer_than<'a>(limit: usize, sources: impl Iterator<Item = &'a Source>) -> Vec<String> {
    let mut long: Vec<(usize, &str)> = sources
        .map(|source| (source.text.lines().count(), source.path.as_str()))
        .filter(|(lines, _)| *lines > limit)
        .collect();
    long.sort_by(|a, b| b.cmp(a));
    long.into_iter()
        .map(|(lines, path)| format!("{path}: {lines} lines"))
        .collect()
}

#[test]
fn no_production_file_is_longer_than_500_lines() {
    let listed = longer_than(LINES_LISTED, repository::production());
    if !listed.is_empty() {
        println!(
            "production files over {LINES_LISTED} lines:\n  {}",
            listed.join("\n  ")
        );
    }
    WALL.stands(&longer_than(LINES_MAX, repository::production()));
}

#[test]
fn a_long_file_is_seen() {
    let files = [("short.rs", 300), ("long.rs", 301), ("longer.rs", 302)];
    let sources = files.map(|(path, lines)| Source::new(path, &"//\n".repeat(lines)));
    assert_eq!(
        longer_than(LINES_LISTED, sources.iter()),
        ["longer.rs: 302 lines", "long.rs: 301 lines"]
    );
}
