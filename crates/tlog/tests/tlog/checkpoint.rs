//! Checkpoints and cosignatures.

use tlog::limits::{COSIGNATURE_TIME_UNIX_S_MAX, TREE_SIZE_MAX};
use tlog::{
    Checkpoint, CheckpointError, CosignError, Cosignature, CosignatureError, EMPTY_ROOT, Hash,
    Note, NoteVerifyError, Origin, OriginError, VerifiedSignature, VerifierKey, cosigned_message,
};

use crate::support::{cosigner, log_key, origin};

/// The example of C2SP tlog-checkpoint.
const EXAMPLE: &str =
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
const EXAMPLE_ROOT: &str = "0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62";

/// A checkpoint that a public log and witness signed in May 2026, with a signature of a type that
/// this crate does not know.
const PUBLIC: &str = "\
arche2025h1.staging.ct.transparency.dev
1432088532
U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=

— arche2025h1.staging.ct.transparency.dev zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGREPMHbdQ3urbllzalApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=
— arche2025h1.staging.ct.transparency.dev ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=
— remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==
";
const PUBLIC_LOG: &str =
    "arche2025h1.staging.ct.transparency.dev+ba2f06c0+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f";
const PUBLIC_WITNESS: &str = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2";

#[test]
fn a_checkpoint_has_one_text() {
    let root = Hash::from_hex(EXAMPLE_ROOT).unwrap();
    let checkpoint =
        Checkpoint::new(origin("example.com/behind-the-sofa"), 20_852_163, root).unwrap();
    assert_eq!(Checkpoint::parse(EXAMPLE), Ok(checkpoint.clone()));
    assert_eq!(
        (
            checkpoint.to_string().as_str(),
            checkpoint.note_text().as_str()
        ),
        (EXAMPLE, EXAMPLE)
    );
    assert_eq!(
        (
            checkpoint.origin().as_str(),
            checkpoint.size(),
            checkpoint.root(),
            checkpoint.extensions()
        ),
        ("example.com/behind-the-sofa", 20_852_163, root, &[][..])
    );
}

#[test]
fn other_texts_are_not_a_checkpoint() {
    let extension = |line: &str| CheckpointError::Extension {
        line: line.to_owned(),
    };
    for (text, refusal) in [
        (String::new(), CheckpointError::Form),
        (EXAMPLE.trim_end().to_owned(), CheckpointError::Form),
        ("origin\n1\n".to_owned(), CheckpointError::Form),
        (
            EXAMPLE.replace("example.com/behind-the-sofa", ""),
            CheckpointError::Origin(OriginError::Empty),
        ),
        (EXAMPLE.replace("20852163", ""), CheckpointError::Size),
        (
            EXAMPLE.replace("20852163", "020852163"),
            CheckpointError::Size,
        ),
        (
            EXAMPLE.replace("20852163", "+20852163"),
            CheckpointError::Size,
        ),
        (EXAMPLE.replace("20852163", "-1"), CheckpointError::Size),
        (
            EXAMPLE.replace("20852163", "9223372036854775808"),
            CheckpointError::Size,
        ),
        (
            EXAMPLE.replace("20852163", "99999999999999999999999"),
            CheckpointError::Size,
        ),
        (EXAMPLE.replace("q2I=", "q2J="), CheckpointError::Root),
        (EXAMPLE.replace("q2I=", "q2I"), CheckpointError::Root),
        (EXAMPLE.replace("q2I=", ""), CheckpointError::Root),
        (
            EXAMPLE.replace("20852163", "0"),
            CheckpointError::EmptyTreeRoot {
                got: Hash::from_hex(EXAMPLE_ROOT).unwrap(),
            },
        ),
        (format!("{EXAMPLE}more\n"), extension("more")),
        (format!("{EXAMPLE}\n"), extension("")),
    ] {
        assert_eq!(Checkpoint::parse(&text), Err(refusal), "{text}");
    }
}

#[test]
fn extension_lines_are_kept_only_if_allowed() {
    let text = format!("{EXAMPLE}lineage 7\n");
    let checkpoint =
        Checkpoint::parse_allowing(&text, |line| line.starts_with("lineage ")).unwrap();
    assert_eq!(
        (checkpoint.extensions(), checkpoint.to_string()),
        (&["lineage 7".to_owned()][..], text.clone())
    );
    for (more, refused) in [
        ("other\n", "other"),
        ("\n", ""),
        ("lineage \t\n", "lineage \t"),
    ] {
        let refusal = Err(CheckpointError::Extension {
            line: refused.to_owned(),
        });
        assert_eq!(
            Checkpoint::parse_allowing(&format!("{text}{more}"), |line| line != "other"),
            refusal
        );
    }
}

#[test]
fn checkpoints_that_can_not_be_are_refused() {
    let new = |size, root| Checkpoint::new(origin("log"), size, root).map(|c| c.size());
    assert_eq!(new(0, EMPTY_ROOT), Ok(0));
    assert_eq!(new(TREE_SIZE_MAX, EMPTY_ROOT), Ok(TREE_SIZE_MAX));
    assert_eq!(
        new(TREE_SIZE_MAX + 1, EMPTY_ROOT),
        Err(CheckpointError::Size)
    );
    let got = Hash::of(b"something");
    assert_eq!(new(0, got), Err(CheckpointError::EmptyTreeRoot { got }));
    for (bad, refusal) in [
        ("", OriginError::Empty),
        ("a\nb", OriginError::ControlCharacter { found: '\n' }),
        (&"o".repeat(256), OriginError::TooLong { got: 256 }),
    ] {
        assert_eq!(Origin::new(bad), Err(refusal));
    }
    assert_eq!(
        origin("Example log + spaces").to_string(),
        "Example log + spaces"
    );
}

#[test]
fn a_public_logs_checkpoint_and_cosignature_verify() {
    let note = Note::parse(PUBLIC.as_bytes()).unwrap();
    let trusted = [PUBLIC_LOG, PUBLIC_WITNESS].map(|vkey| VerifierKey::parse(vkey).unwrap());
    let verified = note.verify_any(&trusted).unwrap();
    assert_eq!(
        verified.signatures,
        [
            VerifiedSignature {
                key: &trusted[0],
                cosigned_at_unix_s: None
            },
            VerifiedSignature {
                key: &trusted[1],
                cosigned_at_unix_s: Some(1_779_573_024)
            },
        ]
    );
    let checkpoint = Checkpoint::parse(verified.text.as_str()).unwrap();
    assert_eq!(checkpoint.size(), 1_432_088_532);
    let altered = Note::parse(PUBLIC.replace("1432088532", "1432088533").as_bytes()).unwrap();
    for key in &trusted {
        let refusal = NoteVerifyError::BadSignature {
            name: key.name().clone(),
            id: key.id(),
        };
        assert_eq!(altered.verify_any(std::slice::from_ref(key)), Err(refusal));
    }
}

#[test]
fn a_cosignature_covers_the_checkpoint_and_its_time() {
    let checkpoint = Checkpoint::parse(EXAMPLE).unwrap();
    let witness = cosigner(3);
    let line = witness.cosign(&checkpoint, 1_679_315_147).unwrap();
    assert_eq!(
        cosigned_message(1_679_315_147, EXAMPLE),
        format!("cosignature/v1\ntime 1679315147\n{EXAMPLE}")
    );
    let cosignature = Cosignature::from_bytes(line.signature()).unwrap();
    assert_eq!(
        (cosignature.time_unix_s, cosignature.to_bytes().as_slice()),
        (1_679_315_147, line.signature())
    );

    let mut note = checkpoint.sign(&log_key()).unwrap();
    note.add(line.clone()).unwrap();
    let trusted = [
        log_key().verifier_key().clone(),
        witness.verifier_key().clone(),
    ];
    assert_eq!(
        note.verify_exact(&trusted).unwrap().signatures[1].cosigned_at_unix_s,
        Some(1_679_315_147)
    );

    let good = note.to_string().into_bytes();
    for at in 0..good.len() {
        let mut bytes = good.clone();
        bytes[at] ^= 1;
        let accepted = Note::parse(&bytes).is_ok_and(|note| note.verify_exact(&trusted).is_ok());
        assert!(!accepted, "byte {at}");
    }
}

#[test]
fn cosignatures_that_can_not_be_are_refused() {
    let checkpoint = Checkpoint::parse(EXAMPLE).unwrap();
    let late = COSIGNATURE_TIME_UNIX_S_MAX + 1;
    assert_eq!(
        cosigner(3).cosign(&checkpoint, late),
        Err(CosignError::Time { time_unix_s: late })
    );
    for got in [0, 7, 71, 73] {
        assert_eq!(
            Cosignature::from_bytes(&vec![0; got]),
            Err(CosignatureError::Length { got })
        );
    }
    let bytes = Cosignature {
        time_unix_s: late,
        signature: [0; 64],
    }
    .to_bytes();
    assert_eq!(
        Cosignature::from_bytes(&bytes),
        Err(CosignatureError::Time { time_unix_s: late })
    );
}
