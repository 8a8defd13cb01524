//! Formats that are signed or hashed stay as they are, until somebody approves a change.

use aws_lc_rs::digest::{SHA256, digest};

use crate::breach::Wall;
use crate::repository;

const APPROVED: Wall = Wall {
    reason: "What is signed today must verify for ever, and other people's verifiers are held to these files. A vector that \
             is made again hides that the format has changed.",
    remedy: "If the change is meant: raise the format's number or say why it needn't, write a decision and a line in \
             CHANGELOG.md, and put the new hashes into docs/protocol/vectors/PINNED (`sha256sum FILE`, from the root). \
             Otherwise put the file back as it was.",
};

const PINNED: &str = "docs/protocol/vectors/PINNED";
/// Where the vectors are.
const FOLDERS: [&str; 2] = ["docs/protocol/vectors/", "crates/ledger/tests/vectors/"];

/// A line for each vector, as `sha256sum` writes it.
fn found() -> Vec<String> {
    let files = repository::files().iter();
    let vectors = files.filter(|file| {
        let in_folder = FOLDERS.iter().any(|folder| file.starts_with(folder));
        in_folder && *file != PINNED
    });
    vectors
        .map(|file| {
            let bytes = std::fs::read(repository::root().join(file)).unwrap();
            line(file, &bytes)
        })
        .collect()
}

fn line(file: &str, bytes: &[u8]) -> String {
    let hash = digest(&SHA256, bytes);
    let hex: String = hash.as_ref().iter().map(|b| format!("{b:02x}")).collect();
    format!("{hex}  {file}")
}

/// What stands in one list and not in the other.
fn differences(pinned: &[String], found: &[String]) -> Vec<String> {
    let missing = pinned.iter().filter(|line| !found.contains(line));
    let new = found.iter().filter(|line| !pinned.contains(line));
    let missing = missing.map(|line| format!("pinned, and not so: {line}"));
    missing
        .chain(new.map(|line| format!("not pinned: {line}")))
        .collect()
}

#[test]
fn formats_change_only_by_approval() {
    let pinned = repository::text(PINNED).unwrap();
    let pinned: Vec<String> = pinned.lines().map(str::to_owned).collect();
    APPROVED.stands(&differences(&pinned, &found()));
}

#[test]
fn a_changed_a_new_and_a_missing_vector_are_noticed() {
    let pinned = [line("a.hex", b"a"), line("b.hex", b"b")];
    assert_eq!(differences(&pinned, &pinned), Vec::<String>::new());
    let now = [line("a.hex", b"other"), line("c.hex", b"c")];
    let places: Vec<(bool, String)> = differences(&pinned, &now)
        .iter()
        .map(|said| {
            let file = said.rsplit(' ').next().unwrap_or_default();
            (said.starts_with("pinned"), file.to_owned())
        })
        .collect();
    let expected = [
        (true, "a.hex"),
        (true, "b.hex"),
        (false, "a.hex"),
        (false, "c.hex"),
    ];
    assert_eq!(places, expected.map(|(was, file)| (was, file.to_owned())));
}
