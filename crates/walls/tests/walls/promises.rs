//! What docs/protocol promises is there: the tests of the table of attacks, and every code of a refusal.

use std::collections::BTreeSet;

use crate::breach::Wall;
use crate::repository;

const ATTACKS: Wall = Wall {
    reason: "A table of attacks is believed. A row whose test was renamed or removed promises what nothing checks.",
    remedy: "Name the test that plays the attack now; without one, move the row to what nothing stands against yet.",
};

const REFUSALS: Wall = Wall {
    reason: "Whoever writes a second implementation, or a program that calls a node, finds out what a refusal means here.",
    remedy: "Say in docs/protocol/refusals.md who refuses what under this code; strike codes that are gone.",
};

const LIMITS: Wall = Wall {
    reason: "Whoever writes a second implementation must refuse what this one refuses.",
    remedy: "Say in docs/protocol/limits.md what the limit is, with its number and reason; strike limits that are gone.",
};

const TABLE: &str = "docs/protocol/attacks.md";
const CODES: &str = "docs/protocol/refusals.md";

/// Labels of HPKE (RFC 9180) that look like codes.
const LABELS: [&str; 5] = [
    "base_nonce",
    "eae_prk",
    "info_hash",
    "psk_id_hash",
    "shared_secret",
];

/// What stands between backticks in a text.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// Cells of the tables' rows, headings and rules apart.
fn rows(text: &str) -> impl Iterator<Item = Vec<&str>> {
    let lines = text.lines().filter(|line| line.starts_with("| "));
    let cells = lines.map(|line| line.trim_matches('|').split(" | ").map(str::trim).collect());
    cells.filter(|cells: &Vec<&str>| !["attack", "code"].contains(&cells[0]))
}

/// Names of the tests in a file.
fn tests(text: &str) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    let mut is_test = false;
    for line in text.lines().map(str::trim) {
        let name = line.strip_prefix("async ").unwrap_or(line);
        let name = name
            .strip_prefix("fn ")
            .and_then(|rest| rest.split('(').next());
        if let Some(name) = name.filter(|_| is_test) {
            names.insert(name);
        }
        let begins = line == "#[test]" || line.starts_with("#[tokio::test");
        is_test = begins || is_test && line.starts_with("#[");
    }
    names
}

/// What a row names that there is not: `room::file::test`, with folders between where there are some, or a trick of the simulator's.
fn missing<'t>(
    row: &[&'t str],
    text_of: impl Fn(&str) -> Option<String>,
    tricks: &str,
) -> Vec<&'t str> {
    let [_, _, _, named, _] = row else {
        return vec!["a row of five cells"];
    };
    let named: Vec<&str> = quoted(named).collect();
    let is_there = |name: &&str| {
        if let Some(trick) = name.strip_prefix("Trick::") {
            return tricks.contains(&format!("Self::{trick},"));
        }
        let parts: Vec<&str> = name.split("::").collect();
        let [room, path @ .., test] = &parts[..] else {
            return false;
        };
        let path = path.join("/");
        // A room's tests are one binary of its name; others are named before their files, or have their tests in main.rs.
        let places = [
            format!("crates/{room}/tests/{room}/{path}.rs"),
            format!("crates/{room}/tests/{path}.rs"),
            format!("crates/{room}/tests/{path}/main.rs"),
        ];
        let mut texts = places.iter().filter_map(|place| text_of(place));
        texts.any(|text| tests(&text).contains(test))
    };
    if named.is_empty() {
        return vec!["no test"];
    }
    named.into_iter().filter(|name| !is_there(name)).collect()
}

fn text_of(file: &str) -> Option<String> {
    let is_there = repository::files().iter().any(|known| known == file);
    is_there.then(|| repository::text(file)).flatten()
}

#[test]
fn every_test_that_the_table_of_attacks_names_is_there() {
    let table = repository::text(TABLE).unwrap();
    let tricks = repository::text("crates/sim/src/mallory/tricks.rs").unwrap();
    let breaches: Vec<String> = rows(&table)
        .flat_map(|row| {
            let missing = missing(&row, text_of, &tricks).into_iter();
            let breaches = missing.map(|name| format!("{TABLE}: {}: {name}", row[0]));
            breaches.collect::<Vec<_>>()
        })
        .collect();
    assert!(rows(&table).count() > 30, "the table is found");
    ATTACKS.stands(&breaches);
}

/// Every attack that was thought of has its row, and every trick of the simulator's stands in one.
#[test]
fn the_table_of_attacks_is_whole() {
    let table = repository::text(TABLE).unwrap();
    let attacks: Vec<String> = rows(&table).map(|row| row[0].to_lowercase()).collect();
    let named = [
        "a registrar's signature lent to a hidden view",
        "one token serves two views",
        "a fact with two tokens",
        "two facts sharing a token",
        "an observer burns what it sees",
        "a false token burns somebody else's fact",
        "a stale reference",
        "a hijacked controller",
        "a hijacked holder",
        "a replayed bundle",
        "one payment for two dues",
        "an ambiguous tree",
        "an omitted disclosure",
        "a forgotten observer",
        "a business key used twice",
        "a free option",
    ];
    let without_row = named
        .iter()
        .filter(|name| !attacks.iter().any(|a| a == *name));
    let mut breaches: Vec<String> = without_row.map(|name| format!("{TABLE}: {name}")).collect();
    let tricks = repository::text("crates/sim/src/mallory/tricks.rs").unwrap();
    let (_, all) = tricks.split_once("pub const ALL").unwrap();
    let (all, _) = all.split_once("];").unwrap();
    let all = all
        .lines()
        .filter_map(|line| line.trim().strip_prefix("Self::"));
    let played: BTreeSet<&str> = quoted(&table).collect();
    let unnamed = all
        .map(|name| format!("Trick::{}", name.trim_end_matches(',')))
        .filter(|name| !played.contains(name.as_str()));
    breaches.extend(unnamed.map(|name| format!("{TABLE}: {name} stands in no row")));
    ATTACKS.stands(&breaches);
}

fn is_code(text: &str) -> bool {
    let is_word = |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase());
    text.contains('_') && text.split('_').all(is_word)
}

/// Codes in the code of the ledger and the protocol, with where they stand.
fn codes() -> Vec<(String, String)> {
    let sources = ["ledger", "protocol"]
        .into_iter()
        .flat_map(repository::production_of);
    let texts = sources.flat_map(|source| {
        let texts = source.code().texts.iter();
        texts.map(|(line, text)| (text.clone(), format!("{}:{line}", source.path)))
    });
    let codes = texts.filter(|(text, _)| is_code(text) && !LABELS.contains(&text.as_str()));
    codes.chain(api_codes()).chain(admission_codes()).collect()
}

/// Codes of the HTTP API: the names of its list, in small letters.
fn api_codes() -> Vec<(String, String)> {
    const PLACE: &str = "crates/api/src/problem.rs";
    let text = repository::text(PLACE).unwrap();
    let (_, list) = text.split_once("pub enum ErrorCode {").unwrap();
    let (list, _) = list.split_once("\n}").unwrap();
    let names = list
        .lines()
        .filter_map(|line| line.trim().strip_suffix(','));
    let small = |name: &str| {
        let small = |c: char| match c.is_ascii_uppercase() {
            true => format!("_{}", c.to_ascii_lowercase()),
            false => c.to_string(),
        };
        let words: String = name.chars().map(small).collect();
        words.trim_start_matches('_').to_owned()
    };
    names.map(|name| (small(name), PLACE.to_owned())).collect()
}

/// Codes that the registrar's process adds to those of its decisions.
fn admission_codes() -> Vec<(String, String)> {
    const PLACE: &str = "crates/node/src/roles/registrar.rs";
    let text = repository::text(PLACE).unwrap();
    let arms = text.lines().filter_map(|line| line.split_once("=> \""));
    let codes = arms.filter_map(|(_, rest)| rest.strip_suffix("\","));
    codes
        .filter(|code| is_code(code))
        .map(|code| (code.to_owned(), PLACE.to_owned()))
        .collect()
}

#[test]
fn every_code_of_a_refusal_stands_in_the_protocol_and_no_other() {
    let known: Vec<String> = [CODES, "docs/protocol/README.md", "ARCHITECTURE.md"]
        .map(|file| repository::text(file).unwrap())
        .into();
    let said: BTreeSet<&str> = known.iter().flat_map(|text| quoted(text)).collect();
    let codes = codes();
    let unsaid = codes
        .iter()
        .filter(|(code, _)| !said.contains(code.as_str()));
    let mut breaches: Vec<String> = unsaid.map(|(code, at)| format!("{at}: {code}")).collect();
    let first_cells = rows(&known[0]).flat_map(|row| quoted(row[0]).collect::<Vec<_>>());
    let gone = first_cells.filter(|code| !codes.iter().any(|(known, _)| known == code));
    breaches.extend(gone.map(|code| format!("{CODES}: {code} is nobody's")));
    REFUSALS.stands(&breaches);
}

/// Names and values of a file's public constants.
fn constants(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let declared = text.split("\npub const ").skip(1);
    declared.filter_map(|rest| {
        let (name, rest) = rest.split_once(": ")?;
        let (_, value) = rest.split_once(" = ")?;
        Some((name, value.split_once(';')?.0.trim()))
    })
}

#[test]
fn every_limit_stands_in_the_protocol_with_its_number() {
    const PAGE: &str = "docs/protocol/limits.md";
    let page = repository::text(PAGE).unwrap();
    let plain = |text: &str| text.replace(['_', '`'], "");
    let said: BTreeSet<(String, String)> = rows(&page)
        .filter(|cells| cells[0].starts_with('`'))
        .map(|cells| (cells[0].to_owned(), plain(cells[1])))
        .collect();
    let rooms = ["ledger", "protocol", "tlog"];
    let known: BTreeSet<(String, String)> = rooms
        .iter()
        .flat_map(|room| {
            let text = repository::text(&format!("crates/{room}/src/limits.rs")).unwrap();
            let constants = constants(&text);
            let row = |(name, value): (&str, &str)| (format!("`{name}`"), plain(value));
            constants.map(row).collect::<Vec<_>>()
        })
        .collect();
    assert!(known.len() > 50, "the limits are found");
    let breaches: Vec<String> = known
        .symmetric_difference(&said)
        .map(|(name, value)| format!("{PAGE}: {name} = {value}"))
        .collect();
    LIMITS.stands(&breaches);
}

#[test]
fn a_row_without_its_test_is_seen() {
    let file = |path: &str| {
        let text = "#[test]\n#[ignore = \"slow\"]\nfn played() {\n}\nfn a_helper() {\n}\n";
        (path == "crates/a/tests/a/b.rs").then(|| text.to_owned())
    };
    let table = "| attack | why |\n|---|---|\n\
                 | x | w | s | `a::b::played`, `Trick::Burn` | refused |\n\
                 | y | w | s | `a::b::a_helper`, `a::c::played`, `Trick::None`, `played` | refused |\n\
                 | z | w | s | it is clear | refused |\n";
    let found: Vec<_> = rows(table)
        .map(|row| missing(&row, file, "Self::Burn,"))
        .collect();
    assert_eq!(
        found,
        [
            vec![],
            vec!["a::b::a_helper", "a::c::played", "Trick::None", "played"],
            vec!["no test"]
        ]
    );
    assert!(is_code("token_used") && !is_code("token") && !is_code("_x") && !is_code("a_B"));
}
