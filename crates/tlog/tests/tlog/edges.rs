//! The edges of Ed25519, on which implementations differ. The cases are made by `web/verify/tests/support/edges.mjs`, and the verifier in
//! TypeScript is held to the same verdicts: one rule everywhere, or two readers of one checkpoint disagree.

use tlog::{Note, PublicKeyError, VerifierKey, VerifierKeyError};

const ED25519: &str = include_str!("../../../../docs/protocol/vectors/ed25519.txt");
/// A note that this implementation signed with P-256 and ML-DSA-65, for the other to read.
const HYBRID: &str = include_str!("../../../../docs/protocol/vectors/hybrid.txt");

fn bytes(hex: &str) -> Vec<u8> {
    let pairs = hex.as_bytes().chunks(2);
    let byte = |pair: &[u8]| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap();
    pairs.map(byte).collect()
}

fn verdict(key: &str, note: &[u8]) -> &'static str {
    let key = match VerifierKey::parse(key) {
        Ok(key) => key,
        Err(VerifierKeyError::Key(PublicKeyError::Weak)) => return "weak",
        Err(error) => panic!("{error}"),
    };
    let note = Note::parse(note).unwrap();
    match note.verify_exact(&[key]) {
        Ok(_) => "valid",
        Err(_) => "refused",
    }
}

#[test]
fn signatures_at_the_edges_have_the_verdicts_of_the_one_rule() {
    let counts = [ED25519, HYBRID].map(|cases| cases.lines().count());
    for line in [ED25519, HYBRID].into_iter().flat_map(str::lines) {
        let [name, expected, key, note] = line.split(" | ").collect::<Vec<_>>()[..] else {
            panic!("not a case: {line}");
        };
        assert_eq!(verdict(key, &bytes(note)), expected, "{name}");
    }
    assert_eq!(counts, [30, 2]);
}
