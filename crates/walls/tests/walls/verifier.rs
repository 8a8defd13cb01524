//! Two walls inside rooms: `pvn verify` needs nothing of the network, and the portal never opens a vault.

use std::collections::BTreeSet;

use crate::breach::Wall;
use crate::repository;
use crate::source::Source;

const VERIFIER: Wall = Wall {
    reason: "Whoever checks a proof must not have to trust, or even to load, the code of those who made it: `pvn verify` \
             uses only tlog, deed and ledger.",
    remedy: "Move what the command needs into ledger or into the command's own module. The wall follows `crate::` paths \
             from every file called verify in crates/pvn.",
};

const PORTAL: Wall = Wall {
    reason: "The portal's process holds what was published and nothing else; code that can't open a vault can't leak one.",
    remedy: "Take what the portal needs from disclosures and the log; keep it in the portal's own store.",
};

/// What offline checking has no use for.
const WORLD: [&str; 8] = [
    "node",
    "protocol",
    "api",
    "tokio",
    "rustls",
    "hyper",
    "std::net::TcpStream",
    "std::net::TcpListener",
];

/// The files of `pvn` that checking a proof runs through: those called `verify`, and every module that they name.
fn verifying(sources: &[&'static Source]) -> Vec<&'static Source> {
    let mut modules: BTreeSet<String> = BTreeSet::new();
    loop {
        let runs = |source: &&&Source| {
            is_verify(source) || modules.iter().any(|module| is_in(source, module))
        };
        let files: Vec<_> = sources.iter().filter(runs).copied().collect();
        let named = files.iter().flat_map(|source| &source.code().paths);
        let own = named.filter(|path| path.segments[0] == "crate" || path.segments[0] == "pvn");
        let before = modules.len();
        modules.extend(
            own.filter_map(|path| path.segments.get(1).cloned())
                .collect::<Vec<_>>(),
        );
        if modules.len() == before {
            return files;
        }
    }
}

fn is_verify(source: &Source) -> bool {
    source
        .path
        .split('/')
        .any(|part| part == "verify" || part == "verify.rs")
}

fn is_in(source: &Source, module: &str) -> bool {
    let file = source
        .path
        .strip_prefix("crates/pvn/src/")
        .unwrap_or_default();
    file == format!("{module}.rs") || file.starts_with(&format!("{module}/"))
}

/// Paths of the file that start with one of these.
fn naming(source: &Source, forbidden: &[&str]) -> Vec<String> {
    let paths = source.code().paths.iter();
    let named = paths.filter(|path| forbidden.iter().any(|prefix| path.starts_with(prefix)));
    named
        .map(|path| format!("{}:{}: {}", source.path, path.line, path.text()))
        .collect()
}

#[test]
fn checking_a_proof_uses_only_tlog_deed_and_ledger() {
    let sources: Vec<_> = repository::production_of("pvn").collect();
    let files = verifying(&sources);
    let found: Vec<String> = if files.is_empty() {
        vec![
            "crates/pvn/src/verify.rs: not there, so nothing shows that the wall stands".to_owned(),
        ]
    } else {
        files
            .iter()
            .flat_map(|source| naming(source, &WORLD))
            .collect()
    };
    VERIFIER.stands(&found);
}

#[test]
fn the_portal_never_opens_a_vault() {
    const ROOMS: [&str; 3] = [
        "crates/node/src/portal",
        "crates/node/src/roles/portal",
        "crates/node/src/roles/publication",
    ];
    const VAULTS: [&str; 5] = [
        "crate::store",
        "protocol::node",
        "protocol::store",
        "protocol::notary",
        "rusqlite::backup",
    ];
    let portal = repository::production_of("node")
        .filter(|s| ROOMS.iter().any(|room| s.path.starts_with(room)));
    let named = portal.flat_map(|source| naming(source, &VAULTS));
    // The folder's lock, which holds one process to one folder, opens nothing.
    PORTAL.stands(
        &named
            .filter(|path| !path.ends_with(": crate::store::DataFolder"))
            .collect::<Vec<_>>(),
    );
}

#[test]
fn a_forbidden_path_is_seen_in_whatever_way_it_is_written() {
    let planted = Source::new(
        "crates/pvn/src/verify.rs",
        "use {ledger::Digest, protocol::{node::{self, Node}}};\nfn f() { ::api::v1::f(node::g()) }",
    );
    assert_eq!(
        naming(&planted, &["node", "protocol", "api"]),
        [
            "crates/pvn/src/verify.rs:1: protocol::node::self",
            "crates/pvn/src/verify.rs:1: protocol::node::Node",
            "crates/pvn/src/verify.rs:2: api::v1::f",
            "crates/pvn/src/verify.rs:2: node::g",
        ]
    );
}
