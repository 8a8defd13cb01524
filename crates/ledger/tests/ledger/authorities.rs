//! Who keeps a log: how authorities follow one another, and who believes it. The cases stand in a vector for other programs.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ledger::authorities::{Authorities, DecisionRefusal, History, HistoryError, needed_of};
use ledger::codec;
use ledger::log_keys::{LogKeys, LogKeysError, NotBelieved, verify_checkpoint};
use serde_json::json;
use tlog::Origin;

use crate::changing_log::*;
use crate::histories::{Case, cases};

const VECTOR: &str = include_str!("../../../../docs/protocol/vectors/histories.jsonl");

fn verdict(case: &Case) -> Result<LogKeys, HistoryError> {
    case.trusted.follow(&History::read(&case.bytes)?)
}

/// What is trusted, as a trust file says it.
fn epochs(keys: &LogKeys) -> Vec<serde_json::Value> {
    let epochs = keys.epochs().iter();
    let epochs =
        epochs.map(|e| json!({ "from": e.from, "authorities": e.authorities.to_string() }));
    epochs.collect()
}

#[test]
fn histories_lead_where_they_lead_or_nowhere() {
    for case in cases() {
        let verdict = verdict(&case);
        let code = verdict
            .as_ref()
            .map_or_else(HistoryError::code, |_| "valid");
        assert_eq!(code, case.expected, "{}: {verdict:?}", case.name);
    }
}

#[test]
fn other_programs_are_held_to_the_same_cases() {
    let lines = cases().into_iter().map(|case| {
        let mut line = json!({
            "name": case.name, "keys": [founder().verifier_key().to_string()], "epochs": epochs(&case.trusted),
            "history": BASE64.encode(&case.bytes), "verdict": case.expected,
        });
        if let Ok(keys) = verdict(&case) {
            line["then"] = json!(epochs(&keys));
        }
        format!("{line}\n")
    });
    let found: String = lines.collect();
    if std::env::var_os("PVN_WRITE_VECTORS").is_some() {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../docs/protocol/vectors/histories.jsonl"
        );
        std::fs::write(path, &found).expect("written");
    }
    assert!(
        found == VECTOR,
        "the format of histories has changed: if that is meant, PVN_WRITE_VECTORS=1 writes the vector again"
    );
}

#[test]
fn what_is_decided_can_be_read_and_has_one_form() {
    let four = authorities(1, &[4, 2, 1, 3]);
    let text = text(1, &validators(&[1, 2, 3, 4]));
    assert_eq!(four.to_string(), text);
    assert_eq!(Authorities::parse(&text), Ok(four));
}

#[test]
fn so_many_are_needed_that_two_majorities_share_an_honest_one_and_failures_stop_nothing() {
    for n in (4..=31).chain([1]) {
        let (needed, may_lie) = (needed_of(n), (n - 1) / 3);
        assert!(2 * needed - n > may_lie, "{needed} of {n}");
        assert!(needed <= n - may_lie, "{needed} of {n}");
    }
    assert_eq!([1, 4, 5, 7, 10, 31].map(needed_of), [1, 3, 4, 5, 7, 21]);
}

#[test]
fn each_size_of_the_log_has_its_signers_and_no_others() {
    let keys = from_the_founder()
        .follow(&history(&[first(), second()]))
        .expect("follows");
    assert_eq!(
        keys.epochs().iter().map(|e| e.from).collect::<Vec<_>>(),
        [4, 6]
    );
    let entries: Vec<Vec<u8>> = (0..9).map(|i: u32| i.to_be_bytes().to_vec()).collect();
    let is_believed = |size: usize, by: &[u8]| {
        let note = checkpoint(LOG, &entries[..size], by);
        verify_checkpoint(&note, &keys).map(|c| c.size()).is_ok()
    };
    for size in 0..=9 {
        let signers: Vec<&[u8]> = [
            &[][..],
            &[1, 2, 4],
            &[1, 2, 3, 4],
            &[1, 2, 5],
            &[1, 2, 3, 5],
        ]
        .into_iter()
        .filter(|by| is_believed(size, by))
        .collect();
        let expected: &[&[u8]] = match size {
            0..4 => &[&[]],
            4..6 => &[&[1, 2, 4], &[1, 2, 3, 4]],
            _ => &[&[1, 2, 5], &[1, 2, 3, 5]],
        };
        assert_eq!(signers, expected, "size {size}");
    }
    assert!(!is_believed(9, &[1, 2]), "too few");
    assert!(!is_believed(9, &[1, 2, 5, 9]), "a stranger");
}

#[test]
fn a_refusal_tells_whether_other_authorities_may_have_come_since() {
    let entries: Vec<Vec<u8>> = (0..9).map(|i: u32| i.to_be_bytes().to_vec()).collect();
    let refused = |keys: &LogKeys, size: usize, by: &[u8]| {
        let refusal = verify_checkpoint(&checkpoint(LOG, &entries[..size], by), keys);
        refusal.expect_err("refused")
    };
    let [none, four] = [from_the_founder(), from_the_four()];
    for (keys, size, by, expected) in [
        (&none, 9, &[1, 2, 4][..], true),
        (&four, 9, &[5, 6, 7], true),
        (&four, 9, &[1, 2, 5], true),
        (&four, 9, &[1, 2], false),
        (&four, 3, &[1, 2, 4], false),
    ] {
        let refusal = refused(keys, size, by);
        assert_eq!(refusal.may_be_of_later_authorities(), expected, "{refusal}");
    }
    let two = refused(&four, 9, &[1, 2]);
    assert!(matches!(
        two,
        NotBelieved::Epoch {
            size: 9,
            epoch: 1,
            is_last: true,
            ..
        }
    ));
    let key = |n: u8| format!("body{n}.town/log ({})", Body(n).validator().cosigner.id());
    assert_eq!(
        two.to_string(),
        format!(
            "at size 9, epoch 1 of the log's authorities signs: 2 of the 3 needed keys signed the note, without {}, {}",
            key(3),
            key(4)
        )
    );
}

#[test]
fn epochs_that_are_written_down_are_in_order() {
    let one = || authorities(1, &[1, 2, 3, 4]);
    let two = || authorities(2, &[1, 2, 3, 5]);
    let elsewhere = Origin::new("other.town").expect("an origin");
    let elsewhere = Authorities::new(elsewhere, 1, validators(&[1])).expect("authorities");
    let wrong = || LogKeysError::Epochs {
        log: LOG.to_owned(),
    };
    for (epochs, expected) in [
        (vec![(2, one())], Ok(2)),
        (vec![(2, one()), (3, two())], Ok(3)),
        (vec![(1, one())], Err(wrong())),
        (vec![(4, two())], Err(wrong())),
        (vec![(4, one()), (4, two())], Err(wrong())),
        (vec![(4, one()), (6, one())], Err(wrong())),
        (vec![(4, elsewhere)], Err(wrong())),
    ] {
        let mut epochs = epochs.into_iter();
        let keys = epochs.try_fold(from_the_founder(), |keys, (from, a)| {
            keys.with_epoch(from, a)
        });
        assert_eq!(keys.map(|keys| keys.from_size()), expected);
    }
}

#[test]
fn every_byte_of_a_history_counts() {
    let bytes = codec::encode(&history(&[first(), second()]));
    let lead = |bytes: &[u8]| from_the_founder().follow(&History::read(bytes)?);
    let whole = lead(&bytes).expect("follows");
    let mut changed = bytes.clone();
    for at in 0..bytes.len() {
        changed[at] ^= 1;
        assert_ne!(lead(&changed), Ok(whole.clone()), "byte {at}");
        changed[at] ^= 1;
    }
}

#[test]
fn a_log_has_no_more_epochs_than_a_history_holds() {
    let mut keys = from_the_founder();
    for epoch in 1..=120_u32 {
        let authorities = authorities(epoch, &[1, 2, 3, 4]);
        keys = keys
            .with_epoch(u64::from(epoch) * 2, authorities)
            .expect("an epoch");
    }
    let next = note(
        &text(121, &validators(&[1, 2, 3, 4])),
        &approvals(&[1, 2, 3]),
    );
    assert_eq!(keys.change(300, &next), Err(DecisionRefusal::TooMany));
}
