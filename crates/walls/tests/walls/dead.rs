//! What production doesn't use is not there. The compiler sees dead private items; in libraries it takes public ones for
//! somebody's, and those that only tests use for used.

use std::collections::BTreeMap;

use crate::breach::Wall;
use crate::repository;
use crate::source::Source;

const WALL: Wall = Wall {
    reason: "An item that production doesn't use is read, tested, kept up to date and believed in for nothing.",
    remedy: "Remove it with its tests, or use it. If it has to stay for a reason, the reason goes among the exceptions here.",
};

const STALE: Wall = Wall {
    reason: "An exception that nothing needs hides the next dead item of that name.",
    remedy: "Strike it off the list.",
};

/// Kept without a use in production: where, what, why.
const KEPT: [(&str, &[&str], &str); 6] = [
    (
        "crates/tlog/",
        &["build_tiles", "completed_by", "tile_slot"],
        "witnesses, and the cluster of notaries that is to come, prove consistency, cosign, and keep logs as tiles",
    ),
    (
        "crates/ledger/src/opening.rs",
        &["narrow_list"],
        "proofs of single items are read already; the command with which holders make them is to come",
    ),
    (
        "crates/deed/src/contract.rs",
        &["read_old"],
        "what `replaces` means is the language's to say; the node that moves to a new version is to come",
    ),
    (
        "crates/protocol/src/store/faulty.rs",
        &["fail_next", "inner_mut"],
        "how the simulator and the tests of every store make a disk fail, or change what is on it",
    ),
    (
        "crates/node/src/portal/pages.rs",
        &["route_paths"],
        "the inventory by which a test meets every address of the portal",
    ),
    (
        "crates/node/src/store/notary.rs",
        &["with_disk_reserve"],
        "how tests meet a full disk without filling one",
    ),
];

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

/// A public item: where it is defined, on which line, and its name.
type Item<'a> = (&'a str, usize, &'a str);

/// Public items of `production` that are named nowhere but where they are defined.
fn unnamed<'a>(
    production: impl Iterator<Item = &'a Source>,
    counts: &BTreeMap<String, usize>,
) -> Vec<Item<'a>> {
    let lines = production.flat_map(|source| {
        source
            .production_lines()
            .map(|(n, line)| (source.path.as_str(), n, line))
    });
    let items = lines.filter_map(|(path, n, line)| Some((path, n, defined(line)?)));
    let mut items: Vec<Item<'a>> = items.collect();
    let mut definitions: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, _, name) in &items {
        *definitions.entry(name).or_default() += 1;
    }
    items.retain(|(_, _, name)| counts.get(*name) == definitions.get(name));
    items
}

fn is_kept(item: &Item<'_>, place: &str, name: &str) -> bool {
    item.0.starts_with(place) && item.2 == name
}

/// How often production code and templates use each word.
fn count<'a>(
    production: impl Iterator<Item = &'a Source>,
    templates: &[String],
) -> BTreeMap<String, usize> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let shown = templates
        .iter()
        .flat_map(|text| text.split(|c| !is_word(c)));
    let shown = shown.map(str::to_owned);
    let mut counts = BTreeMap::new();
    for word in production
        .flat_map(|source| source.code().words.clone())
        .chain(shown)
    {
        *counts.entry(word).or_default() += 1;
    }
    counts
}

#[test]
fn every_public_item_is_used_by_production() {
    let templates: Vec<String> = repository::files()
        .iter()
        .filter(|file| file.starts_with("crates/") && file.ends_with(".html"))
        .filter_map(|file| repository::text(file))
        .collect();
    let counts = count(repository::production(), &templates);
    let dead = unnamed(repository::production(), &counts);
    let kept = || {
        KEPT.iter()
            .flat_map(|(place, names, _)| names.iter().map(move |name| (*place, *name)))
    };
    let found = dead
        .iter()
        .filter(|item| !kept().any(|(place, name)| is_kept(item, place, name)))
        .map(|(path, n, name)| format!("{path}:{n}: {name}"));
    WALL.stands(&found.collect::<Vec<_>>());
    let stale = kept()
        .filter(|(place, name)| !dead.iter().any(|item| is_kept(item, place, name)))
        .map(|(place, name)| format!("{place}: {name}"));
    STALE.stands(&stale.collect::<Vec<_>>());
}

#[test]
fn a_dead_item_is_seen() {
    let planted = "\
pub use forgotten::Forgotten;
/// Not dead().
pub fn used() {} // dead
pub(crate) const fn dead<T>() {}
pub const LIMIT: usize = 1;
pub const SHOWN: usize = 2;
fn private() { used(); println!(\"{SHOWN}\") }
pub(super) struct Forgotten;
#[test]
fn it_works() { dead::<u8>() }
mod other {
pub fn dead() {}
}
";
    let source = Source::new("a.rs", planted);
    let counts = count([&source].into_iter(), &[]);
    assert_eq!(
        unnamed([&source].into_iter(), &counts),
        [
            ("a.rs", 4, "dead"),
            ("a.rs", 5, "LIMIT"),
            ("a.rs", 8, "Forgotten"),
            ("a.rs", 12, "dead")
        ]
    );
}
