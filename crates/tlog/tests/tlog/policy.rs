//! Which checkpoints a reader believes.

use tlog::{
    Checkpoint, CheckpointError, CheckpointPolicy, CosignedBy, Hash, Note, NoteParseError,
    NoteSigner, NoteText, NoteVerifyError, OpenError, PolicyError, TrustedCheckpoint,
    UnknownSignatures,
};

use crate::support::{cosigner, log_key, name, origin};

fn policy(needed: usize) -> CheckpointPolicy {
    let cosigners = [1, 2, 3]
        .map(|n| cosigner(n + 10).verifier_key().clone())
        .to_vec();
    CheckpointPolicy::new(
        origin("notary.example/log"),
        log_key().verifier_key().clone(),
        cosigners,
        needed,
    )
    .unwrap()
}

fn checkpoint() -> Checkpoint {
    Checkpoint::new(origin("notary.example/log"), 42, Hash::of(b"root")).unwrap()
}

/// The checkpoint, signed by the log and cosigned by the given witnesses, each at the second of its
/// number.
fn cosigned(witnesses: &[u8]) -> Note {
    let mut note = checkpoint().sign(&log_key()).unwrap();
    for number in witnesses {
        note.add(
            cosigner(*number)
                .cosign(&checkpoint(), (*number).into())
                .unwrap(),
        )
        .unwrap();
    }
    note
}

fn open(policy: &CheckpointPolicy, note: &Note) -> Result<TrustedCheckpoint, OpenError> {
    policy.open(note.to_string().as_bytes(), UnknownSignatures::Refuse)
}

#[test]
fn enough_cosigners_make_a_checkpoint_believable() {
    let by = |number: u8| CosignedBy {
        name: name(&format!("witness.example/{number}")),
        time_unix_s: number.into(),
    };
    for (needed, witnesses, expected) in [
        (0, &[][..], Ok(vec![])),
        (2, &[13, 11], Ok(vec![by(13), by(11)])),
        (2, &[11, 12, 13], Ok(vec![by(11), by(12), by(13)])),
        (
            2,
            &[11],
            Err(OpenError::TooFewCosignatures { needed: 2, got: 1 }),
        ),
    ] {
        let expected = expected.map(|cosigned| TrustedCheckpoint {
            checkpoint: checkpoint(),
            cosigned,
        });
        assert_eq!(open(&policy(needed), &cosigned(witnesses)), expected);
    }
}

#[test]
fn strangers_signatures_are_refused_or_ignored_as_asked_but_never_counted() {
    let note = cosigned(&[11, 99]);
    let unknown = NoteVerifyError::UnknownKey {
        name: name("witness.example/99"),
        id: cosigner(99).verifier_key().id(),
    };
    assert_eq!(open(&policy(1), &note), Err(OpenError::Signatures(unknown)));
    let bytes = note.to_string();
    let ignoring = |needed| policy(needed).open(bytes.as_bytes(), UnknownSignatures::Ignore);
    assert_eq!(ignoring(1).map(|trusted| trusted.cosigned.len()), Ok(1));
    assert_eq!(
        ignoring(2),
        Err(OpenError::TooFewCosignatures { needed: 2, got: 1 })
    );
}

#[test]
fn what_the_log_did_not_state_is_refused() {
    let text = checkpoint().note_text();
    let witnesses_only = Note::new(text, cosigner(11).cosign(&checkpoint(), 1).unwrap());
    assert_eq!(
        open(&policy(1), &witnesses_only),
        Err(OpenError::NotSignedByLog)
    );

    let elsewhere = Checkpoint::new(origin("other.example/log"), 42, Hash::of(b"root")).unwrap();
    assert_eq!(
        open(&policy(0), &elsewhere.sign(&log_key()).unwrap()),
        Err(OpenError::OtherOrigin {
            expected: origin("notary.example/log"),
            got: origin("other.example/log")
        })
    );

    let extended = NoteText::new(format!("{}more\n", checkpoint())).unwrap();
    let extended = Note::new(extended.clone(), log_key().sign(&extended).unwrap());
    let refusal = CheckpointError::Extension {
        line: "more".to_owned(),
    };
    assert_eq!(
        open(&policy(0), &extended),
        Err(OpenError::Checkpoint(refusal))
    );

    let not_a_note = policy(0).open(b"not a note", UnknownSignatures::Ignore);
    assert_eq!(
        not_a_note,
        Err(OpenError::Note(NoteParseError::NoSeparator))
    );
}

#[test]
fn keys_that_do_not_make_a_policy_are_refused() {
    let log = log_key().verifier_key().clone();
    let witness = cosigner(11).verifier_key().clone();
    let same_key = tlog::Cosigner::from_seed(name("alias"), &[11; 32])
        .unwrap()
        .verifier_key()
        .clone();
    let as_log = NoteSigner::from_seed(name("plain"), &[12; 32])
        .unwrap()
        .verifier_key()
        .clone();
    let w11 = || name("witness.example/11");
    for (log, cosigners, needed, refusal) in [
        (
            witness.clone(),
            vec![],
            0,
            PolicyError::NotALogKey { name: w11() },
        ),
        (
            log.clone(),
            vec![as_log],
            0,
            PolicyError::NotACosignerKey {
                name: name("plain"),
            },
        ),
        (
            log.clone(),
            vec![witness.clone(), same_key],
            2,
            PolicyError::SharedKey {
                name: name("alias"),
            },
        ),
        (
            log.clone(),
            vec![witness.clone(), witness.clone()],
            2,
            PolicyError::SharedKey { name: w11() },
        ),
        (
            log,
            vec![witness],
            2,
            PolicyError::TooManyNeeded {
                needed: 2,
                cosigners: 1,
            },
        ),
    ] {
        assert_eq!(
            CheckpointPolicy::new(origin("log"), log, cosigners, needed),
            Err(refusal)
        );
    }
}
