//! What a witness is asked, what it cosigns, and what shows that a log has two histories.

use tlog::witness::{AddCheckpoint, AddCheckpointError, WitnessRefusal, continues};
use tlog::{Checkpoint, Fork, ForkError, Hash, prove_consistency};

use crate::support::{Log, flipped, log_key, origin};

fn at(log: &Log, size: u64) -> Checkpoint {
    Checkpoint::new(origin("notary.example/log"), size, log.roots[size as usize]).unwrap()
}

fn proof(log: &Log, old: u64, new: u64) -> Vec<Hash> {
    prove_consistency(old, new, |node| log.read(node)).unwrap()
}

/// A log that is the first one up to an entry, and another from there.
fn forked(at: u64, size: u64) -> Log {
    let mut other = Log::of(0);
    let mut frontier = tlog::Frontier::new();
    for index in 0..size {
        let word = if index < at { "entry" } else { "other" };
        let leaf = tlog::leaf_hash(format!("{word} {index}").as_bytes());
        frontier.append_with(leaf, |node, hash| {
            other.nodes.insert(node, hash);
        });
        other.leaves.push(leaf);
        other.roots.push(frontier.root());
    }
    other
}

#[test]
fn a_request_reads_back_as_it_was_written() {
    let log = Log::of(9);
    let note = at(&log, 9).sign(&log_key()).unwrap();
    for (old, proof) in [(0, Vec::new()), (5, proof(&log, 5, 9))] {
        let request = AddCheckpoint {
            old,
            proof,
            note: note.clone(),
        };
        let text = request.to_string();
        assert_eq!(AddCheckpoint::parse(text.as_bytes()), Ok(request));
    }
}

#[test]
fn what_is_no_request_is_refused() {
    let note = at(&Log::of(1), 1).sign(&log_key()).unwrap().to_string();
    let hash = format!("{}=\n", "A".repeat(43));
    let table = [
        ("", AddCheckpointError::Form),
        ("old 1\n", AddCheckpointError::Form),
        ("new 1\n\nNOTE", AddCheckpointError::Form),
        ("old 01\n\nNOTE", AddCheckpointError::Size),
        ("old +1\n\nNOTE", AddCheckpointError::Size),
        ("old 99999999999999999999\n\nNOTE", AddCheckpointError::Size),
        ("old 1\nAAAA\n\nNOTE", AddCheckpointError::Hash),
        ("old 1\r\nAAAA\n\nNOTE", AddCheckpointError::Size),
    ];
    for (text, expected) in table {
        let text = text.replace("NOTE", &note);
        assert_eq!(
            AddCheckpoint::parse(text.as_bytes()),
            Err(expected),
            "{text}"
        );
    }
    let of = |hashes| format!("old 1\n{}\n{note}", hash.repeat(hashes));
    assert!(AddCheckpoint::parse(of(63).as_bytes()).is_ok());
    assert_eq!(
        AddCheckpoint::parse(of(64).as_bytes()),
        Err(AddCheckpointError::TooLong)
    );
    let unsigned = AddCheckpoint::parse(b"old 1\n\nno note");
    assert!(matches!(unsigned, Err(AddCheckpointError::Note(_))));
}

#[test]
fn only_what_continues_the_last_checkpoint_is_cosigned() {
    let log = Log::of(20);
    let other = forked(3, 20);
    let good = proof(&log, 8, 20);
    let beyond = WitnessRefusal::OldSize;
    let stale = |size| Err(WitnessRefusal::OtherSize { size });
    let split = Err(WitnessRefusal::SplitView { size: 8 });
    let inconsistent = Err(WitnessRefusal::Inconsistent);
    let table = [
        ("the first", None, at(&log, 8), 0, vec![], Ok(())),
        (
            "a proof from nothing",
            None,
            at(&log, 8),
            0,
            good.clone(),
            Err(beyond.clone()),
        ),
        ("continues", Some(8), at(&log, 20), 8, good.clone(), Ok(())),
        ("the same again", Some(8), at(&log, 8), 8, vec![], Ok(())),
        (
            "the same, and a proof",
            Some(8),
            at(&log, 8),
            8,
            good.clone(),
            inconsistent.clone(),
        ),
        ("shorter", Some(8), at(&log, 7), 8, vec![], Err(beyond)),
        ("rolled back", Some(20), at(&log, 8), 8, vec![], stale(20)),
        (
            "from another size",
            Some(9),
            at(&log, 20),
            8,
            good.clone(),
            stale(9),
        ),
        ("another root", Some(8), at(&other, 8), 8, vec![], split),
        (
            "another history",
            Some(8),
            at(&other, 20),
            8,
            proof(&other, 8, 20),
            inconsistent.clone(),
        ),
        (
            "without proof",
            Some(8),
            at(&log, 20),
            8,
            vec![],
            inconsistent.clone(),
        ),
        (
            "from the empty log",
            Some(0),
            at(&log, 8),
            0,
            vec![],
            Ok(()),
        ),
    ];
    for (case, last, next, old, proof, expected) in table {
        let last = last.map(|size| at(&log, size));
        assert_eq!(
            continues(last.as_ref(), &next, old, &proof),
            expected,
            "{case}"
        );
    }
    for bit in 0..256 {
        let mut bent = good.clone();
        bent[0] = flipped(bent[0], bit);
        assert_eq!(
            continues(Some(&at(&log, 8)), &at(&log, 20), 8, &bent),
            inconsistent
        );
    }
}

#[test]
fn every_refusal_has_the_status_of_the_specification() {
    let reason = String::new();
    let table = [
        (WitnessRefusal::Malformed(AddCheckpointError::Form), 400),
        (WitnessRefusal::OldSize, 400),
        (
            WitnessRefusal::NotSigned {
                reason: reason.clone(),
            },
            403,
        ),
        (WitnessRefusal::UnknownLog { origin: reason }, 404),
        (WitnessRefusal::OtherSize { size: 1 }, 409),
        (WitnessRefusal::SplitView { size: 1 }, 409),
        (WitnessRefusal::Inconsistent, 422),
    ];
    for (refusal, status) in table {
        assert_eq!(refusal.status(), status, "{refusal}");
    }
}

#[test]
fn two_histories_are_shown_to_be_two_and_one_never_is() {
    for split in 0..7 {
        let (log, other) = (Log::of(20), forked(split, 20));
        for size in 7..=20 {
            let fork = Fork {
                root: other.roots[7],
                proof: proof(&other, 7, size),
            };
            assert_eq!(fork.check(&at(&log, 7), &at(&other, size)), Ok(()));
            // The same checkpoints of one log are no evidence, whatever is claimed.
            let claimed = fork.check(&at(&log, 7), &at(&log, size));
            assert_eq!(claimed, Err(ForkError::Proof));
            let honest = Fork {
                root: log.roots[7],
                proof: proof(&log, 7, size),
            };
            let claimed = honest.check(&at(&log, 7), &at(&log, size));
            assert_eq!(claimed, Err(ForkError::Consistent));
        }
    }
    let (log, other) = (Log::of(8), forked(0, 8));
    let fork = Fork {
        root: other.roots[7],
        proof: proof(&other, 7, 8),
    };
    let elsewhere = Checkpoint::new(origin("another.example"), 8, other.roots[8]).unwrap();
    let table = [
        (at(&log, 8), at(&other, 7), ForkError::Order),
        (at(&log, 0), at(&other, 8), ForkError::Order),
        (at(&log, 7), elsewhere, ForkError::TwoLogs),
    ];
    for (first, second, expected) in table {
        assert_eq!(fork.check(&first, &second), Err(expected));
    }
}
