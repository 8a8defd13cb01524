//! One crypto provider: aws-lc-rs.

use std::process::Command;

use crate::breach::Wall;
use crate::repository;

const WALL: Wall = Wall {
    reason: "Two providers are two things to certify, to update at night and to configure for post-quantum keys; and TLS \
             picks one of them at run time.",
    remedy: "Turn the dependency's default features off and its aws-lc-rs feature on; `cargo tree -i <package>` says who \
             brings the other one in. (Cargo.lock may name packages that are never built: this looks at what is built.)",
};

/// Packages that bring another provider.
const OTHERS: [&str; 5] = ["ring", "openssl", "openssl-sys", "native-tls", "boring"];

/// Package names in the output of `cargo tree --prefix none`.
fn others(tree: &str) -> Vec<String> {
    let mut found: Vec<String> = tree
        .lines()
        .filter(|line| {
            line.split_once(' ')
                .is_some_and(|(name, _)| OTHERS.contains(&name))
        })
        .map(str::to_owned)
        .collect();
    found.sort();
    found.dedup();
    found
}

#[test]
fn everything_is_built_with_one_crypto_provider() {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let tree = Command::new(cargo)
        .args([
            "tree",
            "--workspace",
            "--offline",
            "--locked",
            "--prefix",
            "none",
            "--edges",
            "normal,build,dev",
        ])
        .current_dir(repository::root())
        .output()
        .unwrap();
    assert!(
        tree.status.success(),
        "cargo tree: {}",
        String::from_utf8_lossy(&tree.stderr)
    );
    let tree = String::from_utf8(tree.stdout).unwrap();
    assert!(
        tree.lines().any(|line| line.starts_with("aws-lc-rs ")),
        "cargo tree shows no provider at all:\n{tree}"
    );
    WALL.stands(&others(&tree));
}

/// The one library beside the provider: for batches of Ed25519 signatures, which the provider can't verify (decision 0022).
const BATCHES: (&str, &str) = ("tlog", "ed25519-zebra");

#[test]
fn what_verifies_batches_is_asked_in_one_place() {
    let (room, library) = BATCHES;
    let breaches: Vec<String> = repository::manifests()
        .iter()
        .filter(|(other, manifest)| {
            let table = manifest.get("dependencies");
            other.as_str() != room && table.and_then(|table| table.get(library)).is_some()
        })
        .map(|(other, _)| format!("crates/{other}/Cargo.toml: {library}"))
        .collect();
    WALL.stands(&breaches);
}

#[test]
fn another_provider_is_seen() {
    assert_eq!(
        others("rustls v0.23.46\nring v0.17.14\nspring v1.0.0\nring v0.17.14 (*)\n"),
        ["ring v0.17.14", "ring v0.17.14 (*)"]
    );
}
