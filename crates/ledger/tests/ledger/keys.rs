//! Keys by suite: one form each, and a signature counts under its own suite only.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, ML_DSA_65_SIGNING,
    PqdsaKeyPair,
};
use ledger::codec::{self, DecodeError};
use ledger::map::MemberKeys;
use ledger::signature::{KeyForm, PublicKey, Suite};

use crate::support::{noise, signing_key};

const UNKNOWN: Suite = Suite(9);

fn point() -> Vec<u8> {
    signing_key("ALICE").public().bytes().to_vec()
}

#[test]
fn a_key_has_one_form() {
    let compressed = [&[2], &point()[1..33]].concat();
    let mut hybrid = point();
    hybrid[0] = 6;
    let der = [vec![0x30; 26], point()].concat();
    let one: [u8; 32] = std::array::from_fn(|i| u8::from(i == 0));
    let cases = [
        ("a point", Suite::P256, point(), true),
        ("a compressed point", Suite::P256, compressed, false),
        ("a point in hybrid form", Suite::P256, hybrid, false),
        ("a point in DER", Suite::P256, der, false),
        (
            "a point without its first byte",
            Suite::P256,
            point()[1..].to_vec(),
            false,
        ),
        ("the point at infinity", Suite::P256, vec![0], false),
        ("nothing", Suite::P256, Vec::new(), false),
        ("Ed25519", Suite::ED25519, vec![7; 32], true),
        ("Ed25519 in DER", Suite::ED25519, vec![7; 44], false),
        ("a point as Ed25519", Suite::ED25519, point(), false),
        (
            "Ed25519 for which anybody can sign",
            Suite::ED25519,
            one.to_vec(),
            false,
        ),
        (
            "the same with another sign",
            Suite::ED25519,
            [one[..31].to_vec(), vec![0x80]].concat(),
            false,
        ),
        (
            "both",
            Suite::P256_MLDSA65,
            [point(), vec![7; 1952]].concat(),
            true,
        ),
        (
            "both, one compressed",
            Suite::P256_MLDSA65,
            vec![2; 33 + 1952],
            false,
        ),
        (
            "both, one first",
            Suite::P256_MLDSA65,
            [vec![7; 1952], point()].concat(),
            false,
        ),
        ("half of both", Suite::P256_MLDSA65, point(), false),
        ("of a suite to come", UNKNOWN, vec![1], true),
        (
            "of a suite to come, too long",
            UNKNOWN,
            vec![1; 8 * 1024 + 1],
            false,
        ),
        ("of a suite to come, empty", UNKNOWN, Vec::new(), false),
    ];
    for (what, suite, bytes, formed) in cases {
        let key = PublicKey::new(suite, bytes.clone());
        assert_eq!(key.is_ok(), formed, "{what}");
        if !formed {
            assert_eq!(key, Err(KeyForm { suite: suite.0 }), "{what}");
        }
        let written = codec::encode(&(suite, minicbor::bytes::ByteVec::from(bytes)));
        let read = codec::decode::<PublicKey>(&written);
        assert_eq!(read.is_ok(), formed, "{what}, read");
        if formed {
            assert_eq!(read, key.map_err(|_| DecodeError::NotCanonical), "{what}");
        }
    }
}

#[test]
fn a_member_has_one_key_of_each_suite_in_order() {
    let key = |suite, bytes: Vec<u8>| PublicKey::new(suite, bytes).expect("formed");
    let (p256, ed25519) = (key(Suite::P256, point()), key(Suite::ED25519, vec![7; 32]));
    let unknown = key(UNKNOWN, vec![1]);
    let cases = [
        (vec![&p256], true),
        (vec![&p256, &ed25519, &unknown], true),
        (vec![&ed25519, &p256], false),
        (vec![&p256, &p256], false),
        (vec![], false),
    ];
    for (keys, allowed) in cases {
        let read = codec::decode::<MemberKeys>(&codec::encode(&keys));
        assert_eq!(read.is_ok(), allowed, "{keys:?}");
        let found = read.ok().and_then(|read| read.of(Suite::P256).cloned());
        assert_eq!(found, allowed.then(|| p256.clone()));
    }
    let too_many: Vec<PublicKey> = (10..15).map(|n| key(Suite(n), vec![1])).collect();
    assert!(codec::decode::<MemberKeys>(&codec::encode(&too_many)).is_err());
}

/// What verifies under each suite, and what doesn't.
#[test]
fn each_suite_verifies_its_own() {
    let message = b"pvn test/1\0a message".as_slice();
    let p256 = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key");
    let mldsa = PqdsaKeyPair::generate(&ML_DSA_65_SIGNING).expect("a key");
    let ed25519 = Ed25519KeyPair::from_seed_unchecked(&noise("seed").0).expect("a key");
    let ecdsa = |message: &[u8]| {
        let signature = p256.sign(&SystemRandom::new(), message).expect("signed");
        signature.as_ref().to_vec()
    };
    let pq = |message: &[u8]| {
        let mut signature = vec![0; 3309];
        assert_eq!(mldsa.sign(message, &mut signature).expect("signed"), 3309);
        signature
    };
    let point = p256.public_key().as_ref().to_vec();
    let both = [&point, mldsa.public_key().as_ref()].concat();
    let both = PublicKey::new(Suite::P256_MLDSA65, both).expect("formed");
    let p256_key = PublicKey::new(Suite::P256, point).expect("formed");
    let ed_key = PublicKey::new(Suite::ED25519, ed25519.public_key().as_ref().to_vec());
    let ed_key = ed_key.expect("formed");

    let tagged = [b"pvn hybrid/1\0", message].concat();
    let (first, second) = (ecdsa(&tagged), pq(&tagged));
    let good = [first.clone(), second.clone()].concat();
    assert!(both.verifies(message, &good));
    let halves = [
        ("the first alone", first.clone()),
        ("the second alone", second.clone()),
        (
            "in the wrong order",
            [second.clone(), first.clone()].concat(),
        ),
        (
            "the first untagged",
            [ecdsa(message), second.clone()].concat(),
        ),
        ("the second untagged", [first.clone(), pq(message)].concat()),
        ("a byte more", [good.clone(), vec![0]].concat()),
        ("nothing", Vec::new()),
    ];
    for (what, signature) in halves {
        assert!(!both.verifies(message, &signature), "{what}");
    }
    for (what, at) in [("the first", 5), ("the second", 64 + 5)] {
        let mut changed = good.clone();
        changed[at] ^= 1;
        assert!(!both.verifies(message, &changed), "{what} changed");
    }
    // A half of a hybrid signature counts nowhere by itself.
    assert!(p256_key.verifies(message, &ecdsa(message)));
    assert!(!p256_key.verifies(message, &first));

    let signature = ed25519.sign(message).as_ref().to_vec();
    assert!(ed_key.verifies(message, &signature));
    assert!(!ed_key.verifies(message, &ecdsa(message)));
    assert!(!p256_key.verifies(message, &signature));
    let unknown = PublicKey::new(UNKNOWN, vec![1]).expect("formed");
    assert!(!unknown.verifies(message, &signature));
}
