//! The one rule of Ed25519, one by one and in batches.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use proptest::prelude::*;
use tlog::limits::{BATCH_SIGNATURES_MAX, BATCH_SIGNATURES_MIN};
use tlog::{Signed, has_small_order, verify_each};

/// Little-endian bytes: what begins, what lies between, what ends.
fn encoded(first: u8, middle: u8, last: u8) -> [u8; 32] {
    let mut bytes = [middle; 32];
    (bytes[0], bytes[31]) = (first, last);
    bytes
}

fn hex(text: &str) -> [u8; 32] {
    std::array::from_fn(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap())
}

/// The encodings of points of small order that ZIP-215 reads: eight in their one form, six in longer ones.
fn small_order() -> Vec<[u8; 32]> {
    let y = [
        encoded(0x00, 0x00, 0x00),
        encoded(0x01, 0x00, 0x00),
        encoded(0xec, 0xff, 0x7f),
        encoded(0xed, 0xff, 0x7f),
        encoded(0xee, 0xff, 0x7f),
        hex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
        hex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
    ];
    let signs = |mut bytes: [u8; 32]| {
        let plain = bytes;
        bytes[31] |= 0x80;
        [plain, bytes]
    };
    y.into_iter().flat_map(signs).collect()
}

/// Key, message, signature.
type Case = ([u8; 32], Vec<u8>, Vec<u8>);

fn signed(case: &Case) -> Signed<'_> {
    Signed {
        key: &case.0,
        message: &case.1,
        signature: &case.2,
    }
}

fn one_by_one(cases: &[Case]) -> Vec<bool> {
    cases.iter().map(|case| signed(case).holds()).collect()
}

fn together(cases: &[Case]) -> Vec<bool> {
    verify_each(&cases.iter().map(signed).collect::<Vec<_>>())
}

/// The vectors of ZIP-215: each of these keys with each of these R, and S nought.
#[test]
fn the_196_vectors_of_zip_215_hold_one_by_one_and_together() {
    let points = small_order();
    let cases: Vec<Case> = points
        .iter()
        .flat_map(|key| {
            let of = |r: &[u8; 32]| (*key, b"Zcash".to_vec(), [*r, [0; 32]].concat());
            points.iter().map(of)
        })
        .collect();
    assert!(points.iter().all(has_small_order));
    assert_eq!(one_by_one(&cases), vec![true; 196]);
    assert_eq!(together(&cases), vec![true; 196]);
}

/// A signature, or something like one.
fn case(seed: u8, number: u32, kind: u8) -> Case {
    let pair = Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap();
    let mut key: [u8; 32] = pair.public_key().as_ref().try_into().unwrap();
    let mut message = number.to_be_bytes().to_vec();
    let mut signature = pair.sign(&message).as_ref().to_vec();
    let point = small_order()[number as usize % 14];
    match kind {
        0 => message.push(0),
        1 => signature[number as usize % 64] ^= 1,
        2 => signature.truncate(number as usize % 64),
        3 => signature.push(0),
        4 => signature[..32].copy_from_slice(&point),
        5 => key = point,
        6 => (key, signature) = (point, [point, [0; 32]].concat()),
        7 => key = encoded(2, 0, 0),
        8 => signature[63] |= 0x80,
        _ => {}
    }
    (key, message, signature)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Mostly good ones, so that whole batches hold; now and then one that doesn't.
    #[test]
    fn a_batch_says_what_each_of_its_signatures_says(
        cases in prop::collection::vec((0u8..9, any::<u32>(), 0u8..255), 0..3 * BATCH_SIGNATURES_MIN)
    ) {
        let cases: Vec<Case> = cases.into_iter().map(|(seed, number, kind)| case(seed, number, kind)).collect();
        prop_assert_eq!(together(&cases), one_by_one(&cases));
    }

    #[test]
    fn a_batch_of_oddities_says_what_each_says(
        cases in prop::collection::vec((0u8..9, any::<u32>(), 0u8..10), 0..20)
    ) {
        let cases: Vec<Case> = cases.into_iter().map(|(seed, number, kind)| case(seed, number, kind)).collect();
        prop_assert_eq!(together(&cases), one_by_one(&cases));
    }
}

#[test]
fn one_wrong_signature_among_many_batches_is_found() {
    let mut cases: Vec<Case> = (0..BATCH_SIGNATURES_MAX as u32 + 70)
        .map(|n| case((n % 5) as u8, n, 255))
        .collect();
    for at in [
        0,
        63,
        64,
        BATCH_SIGNATURES_MAX - 1,
        BATCH_SIGNATURES_MAX + 69,
    ] {
        let sound = cases[at].clone();
        cases[at].1.push(0);
        let expected: Vec<bool> = (0..cases.len()).map(|n| n != at).collect();
        assert_eq!(together(&cases), expected, "{at}");
        cases[at] = sound;
    }
    assert_eq!(together(&cases), vec![true; cases.len()]);
}
