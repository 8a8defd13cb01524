//! Statements registered in the notary's log, among its batches.

use ledger::Digest;
use ledger::certificate::{AuthoritiesEntry, LogEntry, StatementEntry};
use ledger::codec;
use ledger::current::CurrentEntry;
use ledger::log_keys::verify_checkpoint;
use protocol::notary::store::{NotaryBatch, NotaryStore as _};
use protocol::notary::{Notary, NotaryError, Registered};
use protocol::store::{Fault, StoreError};

use crate::notary::{Disk, HOUR_MS, ask, ask_at, certify, holds, open, submission};
use crate::support::{NOON_MS, noise, note_signer};

/// Registers, and checks each answer as a stranger does: against the log's signed checkpoint.
fn register(notary: &mut Notary<Disk>, now_ms: u64, statements: &[Digest]) -> Vec<Registered> {
    let registered = notary.register(now_ms, statements).expect("registered");
    let signer = note_signer("notary.town");
    let keys = signer.verifier_key().clone().into();
    let checkpoint = verify_checkpoint(notary.checkpoint(), &keys).expect("ours");
    for (one, statement) in registered.iter().zip(statements) {
        assert_eq!(one.entry.statement, *statement);
        assert_eq!(
            (one.size, tlog::Hash::from(one.root)),
            (checkpoint.size(), checkpoint.root())
        );
        let path: Vec<tlog::Hash> = one.path.iter().map(|hash| (*hash).into()).collect();
        let leaf = tlog::leaf_hash(&codec::encode(&one.entry));
        let root = one.root.into();
        tlog::verify_inclusion(leaf, one.index, one.size, &path, root).expect("in the log");
    }
    registered
}

fn places(registered: &[Registered]) -> Vec<(u64, u64)> {
    let place = |one: &Registered| (one.index, one.entry.time_ms - NOON_MS);
    registered.iter().map(place).collect()
}

#[test]
fn a_statement_has_one_entry_however_often_it_is_registered() {
    let disk = Disk::default();
    let mut notary = open(&disk);
    let [a, b, c] = ["a", "b", "c"].map(noise);
    let table = [
        ("one", NOON_MS, vec![a], vec![(0, 0)]),
        ("none", NOON_MS, vec![], vec![]),
        ("again, later", NOON_MS + 5, vec![a], vec![(0, 0)]),
        (
            "old and new, one of them twice",
            NOON_MS + 6,
            vec![b, a, b, c],
            vec![(1, 6), (0, 0), (1, 6), (2, 6)],
        ),
    ];
    for (case, now_ms, statements, expected) in table {
        let registered = register(&mut notary, now_ms, &statements);
        assert_eq!(places(&registered), expected, "{case}");
    }
    let mut notary = open(&disk);
    assert_eq!(
        places(&register(&mut notary, NOON_MS + HOUR_MS, &[c, a])),
        [(2, 6), (0, 0)]
    );
    assert_eq!(notary.size(), 3, "asking again writes nothing");
}

#[test]
fn statements_and_batches_share_one_log_and_one_time() {
    let disk = Disk::default();
    let mut notary = open(&disk);
    let (one, two) = (submission("one", &[]), submission("two", &[]));
    ask(&mut notary, &certify(&one));
    let statement = noise("statement");
    register(&mut notary, NOON_MS + 7, &[statement]);
    // Opened again with a statement as the last entry, and a clock that went back.
    let mut notary = open(&disk);
    let early = ask_at(&mut notary, NOON_MS, &[certify(&two)]).remove(0);
    let certificate = holds(&early, &two.opening.id());
    assert_eq!(
        (certificate.entry.height, certificate.entry.time_ms),
        (2, NOON_MS + 7)
    );
    holds(&ask(&mut notary, &certify(&one)), &one.opening.id());
    assert_eq!(
        places(&register(&mut notary, NOON_MS, &[statement, noise("next")])),
        [(1, 7), (3, 7)]
    );
}

#[test]
fn an_entry_is_read_in_one_way() {
    let statement = StatementEntry {
        time_ms: NOON_MS,
        statement: noise("statement"),
    };
    let mut notary = open(&Disk::default());
    let one = submission("one", &[]);
    let batch = holds(&ask(&mut notary, &certify(&one)), &one.opening.id()).entry;
    let authorities = AuthoritiesEntry {
        time_ms: NOON_MS,
        epoch: 1,
        note: "a decision".to_owned(),
    };
    let current = CurrentEntry {
        time_ms: NOON_MS,
        covered: 7,
        count: 3,
        root: noise("root"),
    };
    for entry in [
        LogEntry::Statement(statement),
        LogEntry::Authorities(authorities),
        LogEntry::Batch(batch),
        LogEntry::Current(current),
    ] {
        let bytes = match &entry {
            LogEntry::Statement(entry) => codec::encode(entry),
            LogEntry::Authorities(entry) => codec::encode(entry),
            LogEntry::Batch(entry) => codec::encode(entry),
            LogEntry::Current(entry) => codec::encode(entry),
        };
        assert_eq!(LogEntry::read(&bytes), Ok(entry));
        assert!(LogEntry::read(&bytes[1..]).is_err());
    }
}

#[test]
fn a_write_that_fails_leaves_no_doubt_after_the_notary_is_opened_again() {
    let error = || StoreError::Io("the disk failed".to_owned());
    for (fault, persisted) in [
        (Fault::Before(error()), false),
        (Fault::After(error()), true),
    ] {
        let disk = Disk::default();
        let mut notary = open(&disk);
        let [a, b] = ["a", "b"].map(noise);
        disk.0.borrow_mut().1 = Some(fault);
        assert_eq!(
            notary.register(NOON_MS, &[a]),
            Err(NotaryError::Store(error()))
        );
        assert_eq!(notary.register(NOON_MS, &[b]), Err(NotaryError::Reopen));
        let mut notary = open(&disk);
        assert_eq!(notary.size(), u64::from(persisted));
        let registered = register(&mut notary, NOON_MS + 9, &[a, b]);
        let expected = if persisted {
            [(0, 0), (1, 9)]
        } else {
            [(0, 9), (1, 9)]
        };
        assert_eq!(places(&registered), expected);
    }
}

#[test]
fn a_damaged_record_is_named_and_not_guessed_at() {
    let [a, b] = ["a", "b"].map(noise);
    let other = codec::encode(&StatementEntry {
        time_ms: NOON_MS,
        statement: b,
    });
    let table = [
        (
            "another statement",
            other,
            "another entry in a statement's place",
        ),
        ("nonsense", vec![0xff], "an unreadable entry"),
    ];
    for (case, bytes, damage) in table {
        let disk = Disk::default();
        let mut notary = open(&disk);
        register(&mut notary, NOON_MS, &[a]);
        let mut batch = NotaryBatch::new();
        batch.entries.push((0, bytes));
        disk.0.borrow_mut().0.commit(batch).expect("written");
        let answer = notary.register(NOON_MS, &[a]);
        assert_eq!(answer, Err(NotaryError::Damaged(damage)), "{case}");
    }
}
