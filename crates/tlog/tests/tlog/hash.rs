//! Hashes and their text.

use tlog::{EMPTY_ROOT, Hash, HexError, leaf_hash, node_hash};

#[test]
fn hashes_are_those_of_rfc_6962() {
    let hex = |hash: Hash| hash.to_string();
    let empty_leaf = leaf_hash(b"");
    assert_eq!(
        [
            hex(Hash::of(b"")),
            hex(empty_leaf),
            hex(leaf_hash(&[0x00])),
            hex(node_hash(&empty_leaf, &leaf_hash(&[0x00])))
        ],
        [
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        ]
    );
    assert_eq!(EMPTY_ROOT, Hash::of(b""));
}

#[test]
fn a_leaf_of_any_length_is_hashed_after_its_prefix() {
    for length in [0, 1, 63, 64, 254, 255, 256, 257, 65_535] {
        let entry = vec![7; length];
        let prefixed = [&[0][..], &entry].concat();
        assert_eq!(leaf_hash(&entry), Hash::of(&prefixed), "{length} bytes");
    }
}

#[test]
fn a_hash_has_one_text() {
    let hash = Hash(std::array::from_fn(|i| i as u8 * 8));
    let text = "0008101820283038404850586068707880889098a0a8b0b8c0c8d0d8e0e8f0f8";
    assert_eq!(
        (hash.to_string().as_str(), format!("{hash:?}").as_str()),
        (text, text)
    );
    assert_eq!(Hash::from_hex(text), Ok(hash));
    assert_eq!(text.parse(), Ok(hash));
    assert_eq!(
        Hash::from_hex(&text.to_uppercase()),
        Err(HexError::Digit { at: 40 })
    );
    assert_eq!(
        Hash::from_hex(&text[1..]),
        Err(HexError::Length { got: 63 })
    );
    assert_eq!(
        Hash::from_hex(&text.replace('f', "g")),
        Err(HexError::Digit { at: 60 })
    );
}
