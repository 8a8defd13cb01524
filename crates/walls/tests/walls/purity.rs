//! `tlog`, `deed`, `ledger` and `protocol` have no world: the same inputs give the same results everywhere, so that one
//! seed replays any failure and two parties reach one verdict.

use crate::breach::Wall;
use crate::repository::{self, PURE};
use crate::source::{Named, Source};

const WORLD: Wall = Wall {
    reason: "Time and randomness come in as arguments, files and sockets belong to the node. A clock, a thread or a random \
             number in a pure room makes verdicts differ between parties, and failures that no seed replays.",
    remedy: "Take the value as an argument, return what is to be written or sent, and let the node do it. A provider that \
             can't be asked otherwise is listed in EXCEPTIONS with the reason.",
};

const UNIFORM: Wall = Wall {
    reason: "Every crate inherits the workspace's lints, so that unsafe code is forbidden and public items are documented \
             everywhere, and says at its door what the room is for.",
    remedy: "Put `[lints] workspace = true` into the manifest, `#![forbid(unsafe_code)]` and a module comment of a \
             sentence or more at the top of lib.rs or main.rs, and `//!` at the top of each file.",
};

/// Packages that bring the world with them.
const WORLDLY: [&str; 16] = [
    "tokio",
    "async-std",
    "smol",
    "futures",
    "futures-util",
    "rand",
    "rand_core",
    "getrandom",
    "fastrand",
    "chrono",
    "time",
    "rusqlite",
    "fjall",
    "hyper",
    "reqwest",
    "tempfile",
];

/// Parts of the world in the standard library, and in libraries that pure rooms use for something else.
const FORBIDDEN: [&str; 9] = [
    "std::fs",
    "std::net",
    "std::thread",
    "std::process",
    "std::env",
    "std::os",
    "std::time::Instant",
    "std::time::SystemTime",
    "aws_lc_rs::rand",
];

/// Names whose order, value or timing differs from run to run.
const UNSTEADY: [&str; 6] = [
    "HashMap",
    "HashSet",
    "RandomState",
    "SystemRandom",
    "async",
    "await",
];

/// Files that may name something forbidden, and why.
const EXCEPTIONS: [(&str, &str, &str); 2] = [
    (
        "crates/ledger/src/signing_key.rs",
        "aws_lc_rs::rand::SystemRandom",
        "aws-lc-rs asks for a generator when it makes an ECDSA signature; only the signature's nonce depends on it",
    ),
    (
        "crates/ledger/src/signing_key.rs",
        "SystemRandom",
        "the same generator, where it is used",
    ),
];

/// Dependencies of pure rooms that only look worldly, and why.
const ADMITTED: [(&str, &str, &str); 1] = [(
    "tlog",
    "rand_core",
    "its traits only, without any generator: a batch of signatures asks for coefficients, which come from a hash of the batch",
)];

fn admitted(room: &str, name: &str) -> bool {
    ADMITTED
        .iter()
        .any(|(to, what, _)| *to == room && *what == name)
}

fn excepted(path: &str, name: &str) -> bool {
    EXCEPTIONS
        .iter()
        .any(|(file, what, _)| *file == path && *what == name)
}

/// Everything in a pure room's file that reaches for the world.
fn reaches(source: &Source) -> Vec<String> {
    let forbidden = |path: &Named| {
        let now = path.segments.last().is_some_and(|last| last == "now");
        now || FORBIDDEN.iter().any(|prefix| path.starts_with(prefix))
    };
    let paths = source
        .code()
        .paths
        .iter()
        .filter(|path| forbidden(path))
        .map(|path| (path.line, path.text()));
    let names = source
        .code()
        .identifiers
        .iter()
        .filter(|(_, name)| UNSTEADY.contains(&name.as_str()))
        .cloned();
    paths
        .chain(names)
        .filter(|(_, name)| !excepted(&source.path, name))
        .map(|(line, name)| format!("{}:{line}: {name}", source.path))
        .collect()
}

#[test]
fn pure_rooms_depend_on_nothing_worldly() {
    let manifests = repository::manifests();
    let depends = |room: &&str| {
        let table = manifests[*room]
            .get("dependencies")
            .and_then(toml::Value::as_table);
        let names = table.into_iter().flat_map(toml::Table::keys);
        let worldly =
            names.filter(|name| WORLDLY.contains(&name.as_str()) && !admitted(room, name));
        worldly
            .map(|name| format!("crates/{room}/Cargo.toml: {name}"))
            .collect::<Vec<_>>()
    };
    WORLD.stands(&PURE.iter().flat_map(depends).collect::<Vec<_>>());
}

#[test]
fn pure_rooms_reach_for_no_clock_file_socket_thread_or_randomness() {
    WORLD.stands(
        &PURE
            .into_iter()
            .flat_map(repository::production_of)
            .flat_map(reaches)
            .collect::<Vec<_>>(),
    );
}

#[test]
fn every_exception_is_still_needed() {
    let unneeded: Vec<String> = EXCEPTIONS
        .iter()
        .filter(|(file, what, _)| {
            let source = repository::rust()
                .iter()
                .find(|source| source.path == *file);
            !source.is_some_and(|s| {
                s.code().paths.iter().any(|p| p.text() == *what)
                    || s.code().identifiers.iter().any(|(_, name)| name == what)
            })
        })
        .map(|(file, what, reason)| format!("{file} no longer names {what} ({reason})"))
        .collect();
    let manifests = repository::manifests();
    let unused = ADMITTED.iter().filter(|(room, name, _)| {
        let manifest = manifests[*room].get("dependencies");
        manifest.and_then(|table| table.get(name)).is_none()
    });
    let unused = unused.map(|(room, name, _)| format!("crates/{room} no longer needs {name}"));
    WORLD.stands(&unneeded.into_iter().chain(unused).collect::<Vec<_>>());
}

#[test]
fn every_crate_forbids_unsafe_code_and_says_what_it_is_for() {
    const SENTENCE: usize = 60;
    let mut found = Vec::new();
    for (room, manifest) in repository::manifests() {
        let lints = manifest
            .get("lints")
            .and_then(|lints| lints.get("workspace"))
            .and_then(toml::Value::as_bool);
        if lints != Some(true) {
            found.push(format!(
                "crates/{room}/Cargo.toml: [lints] workspace = true"
            ));
        }
        for door in ["lib.rs", "main.rs"].map(|file| format!("crates/{room}/src/{file}")) {
            let Some(source) = repository::rust().iter().find(|source| source.path == door) else {
                continue;
            };
            if !source.text.contains("#![forbid(unsafe_code)]") {
                found.push(format!("{door}: #![forbid(unsafe_code)]"));
            }
            let said: usize = source
                .text
                .lines()
                .map_while(|line| line.strip_prefix("//!"))
                .map(str::len)
                .sum();
            if said < SENTENCE {
                found.push(format!("{door}: what the room is for"));
            }
        }
    }
    UNIFORM.stands(&found);
}

#[test]
fn every_production_file_says_what_it_is_for() {
    let silent = repository::production().filter(|source| !source.text.starts_with("//!"));
    UNIFORM.stands(
        &silent
            .map(|source| format!("{}: `//!` on its first line", source.path))
            .collect::<Vec<_>>(),
    );
}

#[test]
fn the_world_is_seen_in_whatever_way_it_is_named() {
    let planted = "\
use std::{collections::HashMap, fs, time::{Duration, SystemTime}};
fn f() -> Duration { jiff::Timestamp::now(); std::thread::sleep(x) }
async fn g() {}
#[cfg(test)]
mod tests { use std::fs; }
";
    assert_eq!(
        reaches(&Source::new("a.rs", planted)),
        [
            "a.rs:1: std::fs",
            "a.rs:1: std::time::SystemTime",
            "a.rs:2: jiff::Timestamp::now",
            "a.rs:2: std::thread::sleep",
            "a.rs:1: HashMap",
            "a.rs:3: async",
        ]
    );
}
