//! Control policies: who can use a fact up, and when.

use ledger::control::{Control, ControlError, Recovery, Shape, message};
use ledger::{Token, TransactionId};
use tlog::verify_each;

use crate::support::{noise, one_time};

const LATER: u64 = 1_000;

/// What these signatures authorise at a time.
fn authorises(
    control: &Control,
    (token, id): (&Token, &TransactionId),
    signatures: &[Vec<u8>],
    at_ms: u64,
) -> Result<(), ControlError> {
    let claims = control.claims(signatures.iter().map(Vec::as_slice));
    let message = message(token, id);
    let signed: Vec<_> = claims.signed(&message).collect();
    claims.found(&verify_each(&signed)).at(at_ms)
}

#[test]
fn only_those_whom_the_policy_names_use_a_fact_up() {
    let (token, id) = (Token(noise("token")), TransactionId(noise("id")));
    let key = |name: &str| one_time(name, "key");
    let signed = |name: &str| key(name).authorise(&token, &id);
    let both = Shape::All(vec![key("holder").public(), key("attestor").public()]);
    let recovery = Some(Recovery {
        key: key("rescue").public(),
        after_ms: LATER,
    });
    let with = |shape: Shape| Control {
        shape,
        recovery: recovery.clone(),
    };
    let one = Control::key(key("holder").public());
    let count = |expected, given| Err(ControlError::Count { expected, given });
    let bad = |position| Err(ControlError::Signature { position });
    let many = Shape::All(vec![key("holder").public(); 9]);
    let cases = [
        ("the holder", one.clone(), vec!["holder"], 0, Ok(())),
        ("somebody else", one.clone(), vec!["thief"], 0, bad(0)),
        ("nobody", one.clone(), vec![], 0, count(1, 0)),
        (
            "the holder twice",
            one.clone(),
            vec!["holder", "holder"],
            0,
            count(1, 2),
        ),
        (
            "a permanent record",
            Control::nobody(),
            vec![],
            0,
            Err(ControlError::Nobody),
        ),
        (
            "a record, signed",
            Control::nobody(),
            vec!["holder"],
            0,
            Err(ControlError::Nobody),
        ),
        (
            "both",
            with(both.clone()),
            vec!["holder", "attestor"],
            0,
            Ok(()),
        ),
        (
            "both in disorder",
            with(both.clone()),
            vec!["attestor", "holder"],
            0,
            bad(0),
        ),
        (
            "behind the attestor's back",
            with(both.clone()),
            vec!["holder", "holder"],
            0,
            bad(1),
        ),
        (
            "one of two",
            with(both.clone()),
            vec!["holder"],
            0,
            count(2, 1),
        ),
        (
            "rescue too early",
            with(both.clone()),
            vec!["rescue"],
            LATER - 1,
            count(2, 1),
        ),
        (
            "rescue in time",
            with(both.clone()),
            vec!["rescue"],
            LATER,
            Ok(()),
        ),
        (
            "a false rescue",
            with(both.clone()),
            vec!["thief"],
            LATER,
            count(2, 1),
        ),
        (
            "both after rescue opened",
            with(both),
            vec!["holder", "attestor"],
            LATER,
            Ok(()),
        ),
        (
            "rescue of a record",
            with(Shape::Nobody),
            vec!["rescue"],
            LATER,
            Ok(()),
        ),
        (
            "more keys than allowed",
            with(many),
            vec!["holder"; 9],
            0,
            Err(ControlError::Nobody),
        ),
        (
            "no keys at all",
            with(Shape::All(vec![])),
            vec![],
            0,
            Err(ControlError::Nobody),
        ),
    ];
    for (what, control, signers, at, expected) in cases {
        let signatures: Vec<Vec<u8>> = signers.into_iter().map(signed).collect();
        assert_eq!(
            authorises(&control, (&token, &id), &signatures, at),
            expected,
            "{what}"
        );
    }
}

#[test]
fn a_signature_is_for_one_token_in_one_transaction() {
    let (token, id) = (Token(noise("token")), TransactionId(noise("id")));
    let secret = one_time("holder", "key");
    let control = Control::key(secret.public());
    let authorises = |signature: Vec<u8>| authorises(&control, (&token, &id), &[signature], 0);
    assert_eq!(authorises(secret.authorise(&token, &id)), Ok(()));
    let bad = Err(ControlError::Signature { position: 0 });
    assert_eq!(
        authorises(secret.authorise(&Token(noise("other")), &id)),
        bad
    );
    assert_eq!(
        authorises(secret.authorise(&token, &TransactionId(noise("other")))),
        bad
    );
    let good = secret.authorise(&token, &id);
    for bit in 0..good.len() * 8 {
        let mut flipped = good.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(authorises(flipped), bad, "bit {bit}");
    }
}

#[test]
fn each_part_of_a_policy_is_in_its_hash() {
    let key = |name: &str| one_time(name, "key").public();
    let policies = [
        Control::nobody(),
        Control::key(key("a")),
        Control::key(key("b")),
        Control {
            shape: Shape::All(vec![key("a"), key("b")]),
            recovery: None,
        },
        Control {
            shape: Shape::All(vec![key("b"), key("a")]),
            recovery: None,
        },
        Control {
            shape: Shape::All(vec![]),
            recovery: None,
        },
        Control {
            shape: Shape::All(vec![key("a")]),
            recovery: Some(Recovery {
                key: key("b"),
                after_ms: 1,
            }),
        },
        Control {
            shape: Shape::All(vec![key("a")]),
            recovery: Some(Recovery {
                key: key("b"),
                after_ms: 2,
            }),
        },
    ];
    for (i, one) in policies.iter().enumerate() {
        let same = policies.iter().filter(|p| p.hash() == one.hash()).count();
        assert_eq!(same, 1, "policy {i}");
    }
}
