//! Verification of notes against trusted keys.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tlog::{
    Checkpoint, Hash, Note, NoteSignature, NoteSigner, NoteVerifyError, SignatureType,
    VerifiedSignature, VerifierKey,
};

use crate::support::{cosigner, log_key, name, origin, signed, signer, text};

#[test]
fn exact_refuses_and_any_ignores_unknown_signers() {
    let [known, other, stranger] = [1, 2, 3].map(signer);
    let [known_key, other_key] = [&known, &other].map(|s| s.verifier_key().clone());
    let note = signed("text\n", &[&stranger, &known]);
    let trusted = [other_key, known_key.clone()];
    let unknown = NoteVerifyError::UnknownKey {
        name: name("signer3"),
        id: stranger.verifier_key().id(),
    };
    assert_eq!(note.verify_exact(&trusted), Err(unknown));
    let verified = note.verify_any(&trusted).unwrap();
    assert_eq!(
        verified.signatures,
        [VerifiedSignature {
            key: &known_key,
            cosigned_at_unix_s: None
        }]
    );
    for verify in [Note::verify_any, Note::verify_exact] {
        assert_eq!(verify(&note, &[]), Err(NoteVerifyError::NoTrustedSignature));
    }
}

#[test]
fn signatures_that_do_not_hold_are_refused_even_beside_one_that_does() {
    let [a, b] = [1, 2].map(signer);
    let trusted = [&a, &b].map(|s| s.verifier_key().clone());
    let (name, id) = (name("signer2"), trusted[1].id());
    let good = signed("text\n", &[&a]).to_string();
    let lines = |lines: &[&NoteSignature]| {
        let lines: String = lines.iter().map(|line| format!("{line}\n")).collect();
        Note::parse(format!("{good}{lines}").as_bytes()).unwrap()
    };
    let elsewhere = b.sign(&text("another text\n")).unwrap();
    let right = b.sign(&text("text\n")).unwrap();
    for verify in [Note::verify_any, Note::verify_exact] {
        assert_eq!(
            verify(&lines(&[&elsewhere]), &trusted),
            Err(NoteVerifyError::BadSignature {
                name: name.clone(),
                id
            })
        );
        assert_eq!(
            verify(&lines(&[&right, &right]), &trusted),
            Err(NoteVerifyError::SignedTwice {
                name: name.clone(),
                id
            })
        );
        assert_eq!(
            verify(&lines(&[&right]), &trusted)
                .unwrap()
                .signatures
                .len(),
            2
        );
    }
}

#[test]
fn so_many_of_the_keys_must_sign_and_nobody_else() {
    let witnesses = [11, 12, 13, 14].map(cosigner);
    let trusted = witnesses.each_ref().map(|w| w.verifier_key().clone());
    let checkpoint = Checkpoint::new(origin("log"), 42, Hash::of(b"root")).unwrap();
    let cosigned = |by: &[u8]| {
        let mut lines = by
            .iter()
            .map(|n| cosigner(*n).cosign(&checkpoint, 7).unwrap());
        let mut note = Note::new(checkpoint.note_text(), lines.next().unwrap());
        lines.for_each(|line| note.add(line).unwrap());
        note
    };
    let key = |number: u8| {
        let witness = cosigner(number);
        let key = witness.verifier_key();
        (key.name().clone(), key.id())
    };
    let (stranger, id) = key(99);
    let too_few = |missing: &[u8]| NoteVerifyError::TooFew {
        needed: 3,
        signed: 4 - missing.len(),
        missing: missing.iter().map(|number| key(*number)).collect(),
    };
    for (by, expected) in [
        (&[11, 12, 13, 14][..], Ok(4)),
        (&[14, 12, 11], Ok(3)),
        (&[12, 14], Err(too_few(&[11, 13]))),
        (&[13], Err(too_few(&[11, 12, 14]))),
        (
            &[11, 12, 13, 99],
            Err(NoteVerifyError::UnknownKey { name: stranger, id }),
        ),
        (&[99], Err(NoteVerifyError::NoTrustedSignature)),
    ] {
        let note = cosigned(by);
        let verified = note.verify_enough(&trusted, 3);
        assert_eq!(verified.map(|v| v.signatures.len()), expected, "{by:?}");
    }
    let refusal = too_few(&[12, 13]).to_string();
    assert_eq!(
        refusal,
        format!(
            "2 of the 3 needed keys signed the note, without witness.example/12 ({}), witness.example/13 ({})",
            key(12).1,
            key(13).1
        )
    );
}

#[test]
fn a_known_name_or_id_alone_does_not_make_a_known_key() {
    let log = log_key();
    let same_name = NoteSigner::from_seed(log.verifier_key().name().clone(), &[9; 32]).unwrap();
    let note = signed("text\n", &[&same_name, &log]);
    let trusted = [log.verifier_key().clone()];
    assert_eq!(note.verify_any(&trusted).unwrap().signatures.len(), 1);
    // The same key listed twice is one key.
    let twice = [log.verifier_key().clone(), log.verifier_key().clone()];
    assert_eq!(note.verify_any(&twice).unwrap().signatures.len(), 1);
}

#[test]
fn two_trusted_keys_of_one_name_and_id_are_refused() {
    // Ids have 32 bits: some hundred thousand keys are sure to have two with the same one.
    let mut by_id = BTreeMap::new();
    let colliding = (2u32..).find_map(|number| {
        let mut public_key = [0; 32];
        public_key[..4].copy_from_slice(&number.to_le_bytes());
        let key = VerifierKey::new(name("n"), SignatureType::Ed25519, &public_key).unwrap();
        by_id
            .insert(key.id(), key.clone())
            .map(|other| [other, key])
    });
    let trusted = colliding.unwrap();
    let id = trusted[0].id();
    let line = format!("— n {}", STANDARD.encode([&id.0[..], &[0; 64]].concat()));
    let note = Note::new(text("text\n"), NoteSignature::parse(&line).unwrap());
    for verify in [Note::verify_any, Note::verify_exact] {
        let refusal = NoteVerifyError::AmbiguousKey {
            name: name("n"),
            id,
        };
        assert_eq!(verify(&note, &trusted), Err(refusal));
    }
}

#[test]
fn a_plain_signature_does_not_pass_for_a_cosignature() {
    let witness = cosigner(5);
    let plain = NoteSigner::from_seed(witness.verifier_key().name().clone(), &[5; 32]).unwrap();
    assert_eq!(
        plain.verifier_key().public_key(),
        witness.verifier_key().public_key()
    );
    let note = signed("text\n", &[&plain]);
    let trusted = [witness.verifier_key().clone()];
    assert_eq!(
        note.verify_any(&trusted),
        Err(NoteVerifyError::NoTrustedSignature)
    );
}

#[test]
fn no_byte_of_an_exactly_verified_note_can_change() {
    let signers = [1, 2].map(signer);
    let trusted = signers.each_ref().map(|s| s.verifier_key().clone());
    let good = signed("one\n\ntwo é\n", &[&signers[0], &signers[1]])
        .to_string()
        .into_bytes();
    let accepted =
        |bytes: &[u8]| Note::parse(bytes).is_ok_and(|note| note.verify_exact(&trusted).is_ok());
    assert!(accepted(&good));
    for at in 0..good.len() {
        for bit in 0..8 {
            let mut bytes = good.clone();
            bytes[at] ^= 1 << bit;
            assert!(!accepted(&bytes), "bit {bit} of byte {at}");
        }
        let mut shorter = good.clone();
        shorter.remove(at);
        let still_the_same = shorter == good;
        assert!(!accepted(&shorter) || still_the_same, "without byte {at}");
    }
}
