//! Imports go one way: `tlog`, `deed` <- `ledger` <- `protocol`, `api` <- `node`, `cluster` <- `pvn`.

use std::collections::BTreeMap;

use crate::breach::Wall;
use crate::repository;

const WALL: Wall = Wall {
    reason: "The simulator runs the protocol without the world, and a verifier checks proofs without the protocol. Both \
             end the day a lower room knows an upper one.",
    remedy: "Move what is needed down into the lower room, or hand it in as an argument. If the direction itself is \
             wrong, change `allowed` here, ARCHITECTURE.md and a page in docs/decisions together.",
};

/// The rooms that each room may know.
fn allowed(room: &str) -> Option<&'static [&'static str]> {
    Some(match room {
        "tlog" | "deed" | "walls" => &[],
        "ledger" => &["tlog", "deed"],
        "protocol" | "api" => &["tlog", "deed", "ledger"],
        "sim" => &["tlog", "deed", "ledger", "protocol"],
        "cluster" => &["tlog", "deed", "ledger", "protocol"],
        "node" => &["tlog", "deed", "ledger", "protocol", "api"],
        "pvn" => &[
            "tlog", "deed", "ledger", "protocol", "api", "cluster", "node",
        ],
        _ => return None,
    })
}

/// Every import of one room by another that the house doesn't allow.
fn breaches(manifests: &BTreeMap<String, toml::Table>) -> Vec<String> {
    let mut found = Vec::new();
    for (room, manifest) in manifests {
        let Some(allowed) = allowed(room) else {
            found.push(format!(
                "{room} is a room that this wall doesn't know: say in `allowed` what it may know"
            ));
            continue;
        };
        for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let names = manifest.get(section).and_then(toml::Value::as_table);
            for name in names.into_iter().flat_map(toml::Table::keys) {
                if manifests.contains_key(name) && !allowed.contains(&name.as_str()) {
                    found.push(format!(
                        "crates/{room}/Cargo.toml: {section}: {room} may not know {name}"
                    ));
                }
            }
        }
    }
    found
}

#[test]
fn each_room_knows_only_the_rooms_below_it() {
    WALL.stands(&breaches(&repository::manifests()));
}

#[test]
fn every_room_of_the_house_is_there() {
    let rooms: Vec<String> = repository::manifests().into_keys().collect();
    assert_eq!(
        rooms,
        [
            "api", "cluster", "deed", "ledger", "node", "protocol", "pvn", "sim", "tlog", "walls"
        ]
    );
}

#[test]
fn an_upward_import_is_seen() {
    let planted = BTreeMap::from([
        (
            "ledger".to_owned(),
            "[dev-dependencies]\nnode.workspace = true".parse().unwrap(),
        ),
        (
            "node".to_owned(),
            "[dependencies]\nledger.workspace = true".parse().unwrap(),
        ),
    ]);
    assert_eq!(
        breaches(&planted),
        ["crates/ledger/Cargo.toml: dev-dependencies: ledger may not know node"]
    );
}
