//! Which keys are those of a log, and what they must have signed.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, ML_DSA_65_SIGNING, PqdsaKeyPair,
};
use ledger::log_keys::{LogKeys, LogKeysError, verify_checkpoint};
use tlog::hybrid::{self, ML_DSA_SIGNATURE_BYTES};
use tlog::{
    Checkpoint, KeyName, Note, NoteSignature, NoteSigner, Origin, SignatureType, VerifierKey,
};

struct Hybrid {
    p256: EcdsaKeyPair,
    ml_dsa: PqdsaKeyPair,
    key: VerifierKey,
}

fn name(log: &str) -> KeyName {
    KeyName::new(log).expect("a name")
}

fn own(log: &str) -> NoteSigner {
    NoteSigner::from_seed(name(log), &[3; 32]).expect("a key")
}

impl Hybrid {
    fn new(log: &str) -> Self {
        let p256 = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key");
        let ml_dsa = PqdsaKeyPair::generate(&ML_DSA_65_SIGNING).expect("a key");
        let public = [p256.public_key().as_ref(), ml_dsa.public_key().as_ref()].concat();
        let key = VerifierKey::new(name(log), SignatureType::Hybrid, &public).expect("a key");
        Self { p256, ml_dsa, key }
    }

    fn line(&self, note: &Note) -> NoteSignature {
        let text = note.unverified_text();
        let message = hybrid::message(text);
        let p256 = self
            .p256
            .sign(&SystemRandom::new(), &message)
            .expect("signs");
        let mut ml_dsa = vec![0; ML_DSA_SIGNATURE_BYTES];
        self.ml_dsa.sign(&message, &mut ml_dsa).expect("signs");
        hybrid::line(&self.key, text, p256.as_ref(), &ml_dsa).expect("a line")
    }
}

fn verified(note: &Note, keys: &LogKeys) -> Result<u64, String> {
    let checkpoint = verify_checkpoint(&note.to_string(), keys);
    checkpoint.map(|c| c.size()).map_err(|e| e.to_string())
}

fn checkpoint() -> Note {
    let origin = Origin::new("log.town").expect("an origin");
    let checkpoint = Checkpoint::new(origin, 1, tlog::leaf_hash(b"one")).expect("a checkpoint");
    checkpoint.sign(&own("log.town")).expect("signs")
}

#[test]
fn a_log_has_its_own_key_and_perhaps_a_hybrid_one_of_its_name() {
    let key = |log| own(log).verifier_key().clone();
    let (one, two) = (key("log.town"), key("other.town"));
    let (hybrid, other) = (Hybrid::new("log.town").key, Hybrid::new("other.town").key);
    let two_logs = LogKeysError::TwoLogs {
        first: "log.town".to_owned(),
        second: "other.town".to_owned(),
    };
    let table = [
        (vec![&one], None),
        (vec![&one, &hybrid], None),
        (vec![], Some(LogKeysError::Number { found: 0 })),
        (
            vec![&one, &hybrid, &other],
            Some(LogKeysError::Number { found: 3 }),
        ),
        (vec![&hybrid], Some(LogKeysError::Order)),
        (vec![&hybrid, &one], Some(LogKeysError::Order)),
        (vec![&one, &two], Some(LogKeysError::Order)),
        (vec![&hybrid, &hybrid], Some(LogKeysError::Order)),
        (vec![&one, &other], Some(two_logs)),
    ];
    for (keys, expected) in table {
        let keys: Vec<VerifierKey> = keys.into_iter().cloned().collect();
        assert_eq!(LogKeys::new(keys.clone()).err(), expected, "{keys:?}");
    }
}

#[test]
fn whoever_lists_both_keys_requires_both_and_a_member_either() {
    let (beside, stranger) = (Hybrid::new("log.town"), Hybrid::new("log.town"));
    let own_key = own("log.town").verifier_key().clone();
    let one = LogKeys::from(own_key.clone());
    let both = LogKeys::new(vec![own_key.clone(), beside.key.clone()]).expect("keys of a log");
    let member = both.clone().own_is_enough();

    let alone = checkpoint();
    let with = |hybrid: &Hybrid| {
        let mut note = checkpoint();
        note.add(hybrid.line(&alone)).expect("a second line");
        note
    };
    let only_beside = Note::new(alone.unverified_text().clone(), beside.line(&alone));
    let without = |key: &VerifierKey| {
        let (name, id) = (key.name(), key.id());
        Err(format!(
            "1 of the 2 needed keys signed the note, without {name} ({id})"
        ))
    };
    let unknown = |key: &VerifierKey| {
        Err(format!(
            "{} ({}) is not among the trusted keys",
            key.name(),
            key.id()
        ))
    };
    let none = || Err("no trusted key signed the note".to_owned());
    let table = [
        ("its own line", &alone, [Ok(1), without(&beside.key), Ok(1)]),
        (
            "both lines",
            &with(&beside),
            [unknown(&beside.key), Ok(1), Ok(1)],
        ),
        (
            "a stranger's line",
            &with(&stranger),
            [
                unknown(&stranger.key),
                unknown(&stranger.key),
                unknown(&stranger.key),
            ],
        ),
        (
            "the hybrid line",
            &only_beside,
            [none(), without(&own_key), Ok(1)],
        ),
    ];
    for (case, note, expected) in table {
        let sizes = [&one, &both, &member].map(|keys| verified(note, keys));
        assert_eq!(sizes, expected, "{case}");
    }
    // What verifiers can ask for follows from who signs.
    assert_eq!(member.that_signed(&alone.to_string()), one);
    assert_eq!(member.that_signed(&with(&beside).to_string()), both);
    assert_eq!(member.that_signed(&with(&stranger).to_string()), one);
    // A member that has seen both sign asks for both.
    for (note, missed, since) in [
        (&alone, true, &member),
        (&with(&stranger), true, &member),
        (&only_beside, false, &both),
        (&with(&beside), false, &both),
    ] {
        let note = note.to_string();
        assert_eq!(member.is_missed_by(&note), missed);
        assert_eq!(&member.clone().since(&note), since);
    }
    assert_eq!((member.needs_all(), both.needs_all()), (false, true));
}
