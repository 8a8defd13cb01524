//! Key names, public keys and private keys, and their texts.

use tlog::{
    Cosigner, KeyId, KeyName, KeyNameError, NoteSigner, PublicKeyError, SignatureType, SignerError,
    VerifierKey, VerifierKeyError,
};

use crate::support::{cosigner, log_key, name};

/// From the documentation of Go's golang.org/x/mod/sumdb/note.
const GO_VKEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const GO_SKEY: &str =
    "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";

#[test]
fn key_names_keep_notes_and_key_texts_readable() {
    let longest = "n".repeat(255);
    for good in ["example.com/log", "é", "a/b-c_d.e:f", &longest] {
        assert_eq!(
            KeyName::new(good).map(|n| n.to_string()),
            Ok(good.to_owned())
        );
    }
    for (bad, refusal) in [
        ("", KeyNameError::Empty),
        ("a b", KeyNameError::Character { found: ' ' }),
        ("a\u{2003}b", KeyNameError::Character { found: '\u{2003}' }),
        ("a+b", KeyNameError::Character { found: '+' }),
        ("a\nb", KeyNameError::Character { found: '\n' }),
        ("a\u{7f}", KeyNameError::Character { found: '\u{7f}' }),
        (&"n".repeat(256), KeyNameError::TooLong { got: 256 }),
    ] {
        assert_eq!(bad.parse::<KeyName>(), Err(refusal));
    }
}

#[test]
fn other_implementations_verifier_keys_are_read_and_written_back() {
    for (vkey, key_name, id, signature_type) in [
        (
            GO_VKEY,
            "PeterNeumann",
            KeyId([0xc7, 0x4f, 0x20, 0xa3]),
            SignatureType::Ed25519,
        ),
        (
            "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
            "example.com/foo",
            KeyId([0x53, 0x0d, 0x90, 0x3a]),
            SignatureType::Ed25519,
        ),
        (
            // The base64 has a plus sign of its own.
            "TEST+7997405c+AQcC+FTVKf0jlTdHDY3rbevmnKxxPjigCXlVtGe6RIr6",
            "TEST",
            KeyId([0x79, 0x97, 0x40, 0x5c]),
            SignatureType::Ed25519,
        ),
        (
            "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2",
            "remora.n621.de",
            KeyId([0xda, 0x77, 0xad, 0xe7]),
            SignatureType::CosignatureV1,
        ),
    ] {
        let key: VerifierKey = vkey.parse().unwrap();
        assert_eq!(
            (key.name().as_str(), key.id(), key.signature_type()),
            (key_name, id, signature_type)
        );
        assert_eq!(key.to_string(), vkey);
        assert_eq!(
            VerifierKey::new(key.name().clone(), signature_type, key.public_key().bytes()),
            Ok(key)
        );
    }
}

#[test]
fn altered_verifier_keys_are_refused() {
    let key = VerifierKey::parse(GO_VKEY).unwrap();
    let other_id = VerifierKeyError::OtherId {
        expected: key.id(),
        got: KeyId([0xc7, 0x4f, 0x20, 0xa4]),
    };
    let with_key = |key: &str| GO_VKEY.replace("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", key);
    for (vkey, refusal) in [
        ("PeterNeumann".to_owned(), VerifierKeyError::Form),
        ("PeterNeumann+c74f20a3".to_owned(), VerifierKeyError::Form),
        (
            GO_VKEY.replace("Peter", "Peter "),
            VerifierKeyError::Name(KeyNameError::Character { found: ' ' }),
        ),
        (
            GO_VKEY.replace("c74f20a3", "C74F20A3"),
            VerifierKeyError::Id,
        ),
        (GO_VKEY.replace("c74f20a3", "c74f20a"), VerifierKeyError::Id),
        (GO_VKEY.replace("c74f20a3", "c74f20a4"), other_id),
        (with_key("ARpc2QcUPDhM="), VerifierKeyError::Base64),
        (with_key(""), VerifierKeyError::Empty),
        (
            with_key("ARpc2QcUPDhM"),
            VerifierKeyError::Key(PublicKeyError::Length {
                expected: 32,
                got: 8,
            }),
        ),
        (
            with_key("AhpcABcUPDhM"),
            VerifierKeyError::UnsupportedType { found: 2 },
        ),
        (
            with_key("AQEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
            VerifierKeyError::Key(PublicKeyError::Weak),
        ),
    ] {
        assert_eq!(VerifierKey::parse(&vkey), Err(refusal), "{vkey}");
    }
}

#[test]
fn keys_for_which_anybody_can_sign_are_refused() {
    let around_the_prime = |low| {
        std::array::from_fn(|i| {
            if i == 0 {
                low
            } else if i == 31 {
                0x7f
            } else {
                0xff
            }
        })
    };
    let small = |low| std::array::from_fn(|i| if i == 0 { low } else { 0 });
    let order_8 = [
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    ]
    .map(|hex| tlog::Hash::from_hex(hex).unwrap().0);
    let weak = [
        small(0),
        small(1),
        around_the_prime(0xec),
        around_the_prime(0xed),
        around_the_prime(0xee),
    ];
    for key in weak.into_iter().chain(order_8) {
        let mut other_sign = key;
        other_sign[31] ^= 0x80;
        for key in [key, other_sign] {
            assert_eq!(
                VerifierKey::new(name("n"), SignatureType::CosignatureV1, &key),
                Err(PublicKeyError::Weak),
                "{key:?}"
            );
        }
    }
    for key in [small(2), around_the_prime(0xeb)] {
        assert!(VerifierKey::new(name("n"), SignatureType::Ed25519, &key).is_ok());
    }
}

#[test]
fn private_keys_are_read_and_written_back_and_never_shown() {
    let signer = NoteSigner::parse(GO_SKEY).unwrap();
    assert_eq!(signer.verifier_key().to_string(), GO_VKEY);
    assert_eq!(signer.to_skey().unwrap(), GO_SKEY);
    assert_eq!(format!("{signer:?}"), format!("NoteSigner({GO_VKEY})"));

    let witness = cosigner(2);
    let skey = witness.to_skey().unwrap();
    let again = Cosigner::parse(&skey).unwrap();
    assert_eq!(
        (again.verifier_key(), again.to_skey().unwrap()),
        (witness.verifier_key(), skey)
    );
    assert_eq!(
        format!("{witness:?}"),
        format!("Cosigner({})", witness.verifier_key())
    );
}

#[test]
fn altered_private_keys_are_refused() {
    let expected = NoteSigner::parse(GO_SKEY).unwrap().verifier_key().id();
    let got = KeyId([0xc7, 0x4f, 0x20, 0xa4]);
    for (skey, refusal) in [
        (GO_VKEY.to_owned(), SignerError::Form),
        ("PRIVATE+KEY+PeterNeumann".to_owned(), SignerError::Form),
        (
            GO_SKEY.replace("PeterNeumann", ""),
            SignerError::Name(KeyNameError::Empty),
        ),
        (GO_SKEY.replace("c74f20a3", "c74f20a?"), SignerError::Id),
        (
            GO_SKEY.replace("c74f20a3", "c74f20a4"),
            SignerError::OtherId { expected, got },
        ),
        (
            GO_SKEY.replace("AYEKFALV", ""),
            SignerError::OtherType {
                expected: SignatureType::Ed25519,
                got: 0x14,
            },
        ),
        (GO_SKEY.replace("AYEKFALVFGyN", "AYEK"), SignerError::Seed),
        (GO_SKEY.replace("HKDFz", "HKDF="), SignerError::Seed),
        (
            GO_SKEY.replace("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz", ""),
            SignerError::Seed,
        ),
    ] {
        assert_eq!(NoteSigner::parse(&skey).map(|_| ()), Err(refusal), "{skey}");
    }
    let as_log = NoteSigner::parse(&cosigner(2).to_skey().unwrap()).map(|_| ());
    assert_eq!(
        as_log,
        Err(SignerError::OtherType {
            expected: SignatureType::Ed25519,
            got: 4
        })
    );
    let as_witness = Cosigner::parse(&log_key().to_skey().unwrap()).map(|_| ());
    assert_eq!(
        as_witness,
        Err(SignerError::OtherType {
            expected: SignatureType::CosignatureV1,
            got: 1
        })
    );
}
