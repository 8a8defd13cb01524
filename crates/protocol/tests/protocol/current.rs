//! The root over the used marks: when it is entered, what is shown under it, and what is left of it after a fault.

use std::cell::RefCell;
use std::rc::Rc;

use ledger::absence::Absence;
use ledger::certificate::{LogEntry, MapPin};
use ledger::codec;
use ledger::current::{CurrentEntry, NotCurrent, Unused};
use ledger::{Digest, Token};
use protocol::monitor::{BrokenRule, EntryWatch};
use protocol::notary::store::{Mark, MemoryNotaryStore, NotaryBatch, NotaryStore as _};
use protocol::notary::{Known, MarksRoot, Notary, NotaryError};
use protocol::store::{Fault, StoreError};

use crate::notary::{Disk, HOUR_MS, ask, certify, coin, open, submission};
use crate::support::{NOON_MS, noise, note_signer};

fn keep(notary: &mut Notary<Disk>, after_ms: u64) -> bool {
    notary.keep_current(NOON_MS + after_ms).expect("kept")
}

/// Uses up a coin of this name, and the transaction's cancel token; says the coin's mark.
fn spend(notary: &mut Notary<Disk>, name: &str) -> Token {
    let coin = coin(name);
    let submission = submission(&format!("spends {name}"), &[&coin]);
    ask(notary, &certify(&submission));
    coin.token()
}

fn shown_under(
    root: &MarksRoot,
    notary: &Notary<Disk>,
    mark: &Token,
) -> Result<Known, NotaryError> {
    let store = notary.store();
    root.of(
        mark,
        (notary.checkpoint(), notary.size()),
        |like, bits| store.marks(like, bits),
        |level, index| store.node(level, index),
    )
}

fn shown(notary: &Notary<Disk>, mark: &Token) -> Known {
    let root = notary.marks_root().expect("a root");
    shown_under(root, notary, mark).expect("shown")
}

/// A proof that holds as a stranger reads it.
fn unused(known: Known, mark: &Token) -> Unused {
    let Known::Unused(unused) = known else {
        panic!("it is used up");
    };
    let signer = note_signer("notary.town");
    let keys = signer.verifier_key().clone().into();
    assert_eq!(unused.verify(mark, &keys), Ok(()));
    *unused
}

fn entries(notary: &Notary<Disk>) -> Vec<LogEntry> {
    let entry = |at| notary.store().entry(at).expect("reads").expect("there");
    let entries = (0..notary.size()).map(|at| LogEntry::read(&entry(at)).expect("an entry"));
    entries.collect()
}

/// Of each root in the log: when after noon, over how many entries, of how many marks.
fn roots(notary: &Notary<Disk>) -> Vec<(u64, u64, u64)> {
    let entries = entries(notary).into_iter();
    let root = |entry| match entry {
        LogEntry::Current(entry) => Some((entry.time_ms - NOON_MS, entry.covered, entry.count)),
        _ => None,
    };
    entries.filter_map(root).collect()
}

#[test]
fn a_root_is_entered_every_eight_seconds_of_the_notarys_time_and_when_idle() {
    let disk = Disk::default();
    let mut notary = open(&disk);
    let table = [
        (0, true),
        (1, false),
        (7_999, false),
        (8_000, true),
        // A clock that went back.
        (0, false),
        (15_999, false),
        (16_001, true),
        (24_000, false),
        (24_001, true),
    ];
    for (after_ms, entered) in table {
        assert_eq!(keep(&mut notary, after_ms), entered, "{after_ms}");
    }
    let expected = [(0, 0, 0), (8_000, 1, 0), (16_001, 2, 0), (24_001, 3, 0)];
    assert_eq!(roots(&notary), expected);
    // Opened again it goes on where it was.
    let mut notary = open(&disk);
    assert!(!keep(&mut notary, 32_000));
    assert!(keep(&mut notary, 32_001));
    assert_eq!(roots(&notary).len(), 5);
}

#[test]
fn what_is_used_is_told_at_once_and_what_is_not_is_shown_under_the_latest_root() {
    let disk = Disk::default();
    let mut notary = open(&disk);
    let [one, two, free] = ["one", "two", "free"].map(|name| coin(name).token());
    keep(&mut notary, 0);
    assert_eq!(unused(shown(&notary, &one), &one).entry.count, 0);
    spend(&mut notary, "one");
    assert_eq!(shown(&notary, &one), Known::Used, "before any root says so");
    keep(&mut notary, 8_000);
    spend(&mut notary, "two");
    for notary in [&mut notary, &mut open(&disk)] {
        keep(notary, 8_001);
        assert_eq!(shown(notary, &one), Known::Used);
        assert_eq!(shown(notary, &two), Known::Used);
        let entry = unused(shown(notary, &free), &free).entry;
        assert_eq!(
            (entry.covered, entry.count),
            (2, 2),
            "the second root, under a longer log"
        );
        assert_eq!(notary.size(), 4);
    }
    assert_eq!(roots(&notary), [(0, 0, 0), (8_000, 2, 2)]);
}

#[test]
fn an_earlier_root_goes_on_being_shown_while_the_notary_goes_on() {
    let mut notary = open(&Disk::default());
    for n in 0..40 {
        spend(&mut notary, &format!("coin {n}"));
    }
    keep(&mut notary, 0);
    let earlier = notary.marks_root().expect("a root").clone();
    for n in 40..80 {
        spend(&mut notary, &format!("coin {n}"));
    }
    keep(&mut notary, 8_000);
    let free = coin("free").token();
    let known = shown_under(&earlier, &notary, &free).expect("shown");
    assert_eq!(unused(known, &free).entry.count, 2 * 40);
    assert_eq!(unused(shown(&notary, &free), &free).entry.count, 2 * 80);
}

#[test]
fn what_is_no_token_is_not_in_the_set() {
    let mut notary = open(&Disk::default());
    let first = submission("first", &[&coin("one")]);
    ask(&mut notary, &certify(&first));
    notary
        .register(NOON_MS, &[noise("statement")])
        .expect("registered");
    keep(&mut notary, 0);
    // Its cancel token, and the coin's: neither the transaction's id nor the statement.
    assert_eq!(roots(&notary), [(0, 2, 2)]);
}

#[test]
fn two_notaries_with_the_same_log_enter_the_same_roots() {
    let ends = [false, true].map(|restarts| {
        let disk = Disk::default();
        let mut notary = open(&disk);
        for n in 0..60 {
            spend(&mut notary, &format!("coin {n}"));
            keep(&mut notary, n * 1_000);
            if restarts && n % 7 == 3 {
                notary = open(&disk);
            }
        }
        let entries = entries(&notary).into_iter();
        let is_root = |entry: &LogEntry| matches!(entry, LogEntry::Current(_));
        entries.filter(is_root).collect::<Vec<_>>()
    });
    assert_eq!(ends[0], ends[1]);
    assert_eq!(ends[0].len(), 8);
}

/// What the log and the set say after each write failed, before it was written and after.
#[test]
fn whichever_write_fails_the_roots_are_those_of_the_log() {
    let error = || StoreError::Io("the disk failed".to_owned());
    let faults = [
        ("nothing", None, [(0, 1, 2), (8_000, 3, 4)].as_slice()),
        (
            "before",
            Some(Fault::Before(error())),
            &[(0, 1, 2), (8_001, 3, 4)],
        ),
        (
            "after",
            Some(Fault::After(error())),
            &[(0, 1, 2), (8_000, 3, 4)],
        ),
    ];
    for (case, fault, expected) in faults {
        let disk = Disk::default();
        let mut notary = open(&disk);
        spend(&mut notary, "one");
        keep(&mut notary, 0);
        spend(&mut notary, "two");
        disk.0.borrow_mut().1 = fault.clone();
        let kept = notary.keep_current(NOON_MS + 8_000);
        match &fault {
            None => assert_eq!(kept, Ok(true)),
            Some(_) => {
                assert_eq!(kept, Err(NotaryError::Store(error())), "{case}");
                let again = notary.keep_current(NOON_MS + 8_000);
                assert_eq!(again, Err(NotaryError::Reopen), "{case}");
                notary = open(&disk);
            }
        }
        keep(&mut notary, 8_001);
        assert_eq!(roots(&notary), expected, "{case}");
        let free = coin("free").token();
        unused(shown(&notary, &free), &free);
        assert_eq!(shown(&notary, &coin("two").token()), Known::Used, "{case}");
    }
}

#[test]
fn a_batch_that_failed_is_in_the_next_root_if_it_was_written() {
    let error = || StoreError::Io("the disk failed".to_owned());
    for (fault, marks) in [(Fault::Before(error()), 2), (Fault::After(error()), 4)] {
        let disk = Disk::default();
        let mut notary = open(&disk);
        spend(&mut notary, "one");
        keep(&mut notary, 0);
        disk.0.borrow_mut().1 = Some(fault);
        let failed = certify(&submission("fails", &[&coin("two")]));
        let pin = MapPin {
            size: 1,
            root: noise("map"),
        };
        assert!(notary.apply(NOON_MS, pin, &[failed]).is_err());
        let mut notary = open(&disk);
        keep(&mut notary, 8_000);
        assert_eq!(roots(&notary).last().map(|root| root.2), Some(marks));
    }
}

/// A disk on which things are not as they were written.
fn without(disk: &Disk, change: impl Fn(&mut NotaryBatch)) -> Disk {
    let was = disk.0.borrow().0.clone();
    let mut batch = was.all();
    change(&mut batch);
    let mut store = MemoryNotaryStore::new();
    store.commit(batch).expect("memory");
    Disk(Rc::new(RefCell::new((store, None, 0))))
}

#[test]
fn a_store_of_an_earlier_version_gets_its_marks_from_its_batches() {
    let disk = Disk::default();
    let mut notary = open(&disk);
    for n in 0..30 {
        spend(&mut notary, &format!("coin {n}"));
    }
    let earlier = without(&disk, |batch| batch.marks.clear());
    let [new, old] = [disk, earlier].map(|disk| {
        let mut notary = open(&disk);
        keep(&mut notary, 0);
        keep(&mut notary, 8_000);
        assert_eq!(shown(&notary, &coin("coin 7").token()), Known::Used);
        entries(&notary)
    });
    assert_eq!(new, old);
}

#[test]
fn a_store_that_lost_a_mark_or_a_root_is_noticed() {
    let disk = Disk::default();
    let mut notary = open(&disk);
    spend(&mut notary, "one");
    keep(&mut notary, 0);
    spend(&mut notary, "two");
    type Loss = fn(&mut NotaryBatch);
    let table: [(&str, Loss, Result<bool, NotaryError>); 4] = [
        ("nothing", |_| (), Ok(true)),
        (
            "a mark",
            |batch| {
                batch.marks.remove(0);
            },
            Err(NotaryError::Damaged("the used marks")),
        ),
        (
            "where the root is",
            |batch| {
                batch
                    .meta
                    .iter_mut()
                    .filter(|(name, _)| name == "current")
                    .for_each(|(_, at)| *at = vec![0; 8])
            },
            Err(NotaryError::Damaged("another entry in a root's place")),
        ),
        (
            "the form of it",
            |batch| {
                batch
                    .meta
                    .iter_mut()
                    .filter(|(name, _)| name == "current")
                    .for_each(|(_, at)| *at = vec![0; 7])
            },
            Err(NotaryError::Damaged("where the latest root is")),
        ),
    ];
    for (case, loss, expected) in table {
        let mut notary = open(&without(&disk, loss));
        let later = notary.keep_current(NOON_MS + HOUR_MS);
        assert_eq!(later, expected, "{case}");
    }
}

#[test]
fn a_proof_holds_for_its_mark_its_root_and_its_log_alone() {
    let mut notary = open(&Disk::default());
    let used = spend(&mut notary, "one");
    keep(&mut notary, 0);
    let free = coin("free").token();
    let proof = unused(shown(&notary, &free), &free);
    let other = note_signer("notary.elsewhere");
    let keys = |name: &str| note_signer(name).verifier_key().clone().into();
    let is = |proof: &Unused, mark: &Token| proof.verify(mark, &keys("notary.town"));
    assert_eq!(is(&proof, &free), Ok(()));
    assert_eq!(
        proof
            .verify(&free, &other.verifier_key().clone().into())
            .map_err(|error| matches!(error, NotCurrent::Checkpoint(_))),
        Err(true)
    );
    assert!(matches!(is(&proof, &used), Err(NotCurrent::Mark(_))));
    type Change = fn(&mut Unused);
    let table: [(&str, Change, NotCurrent); 6] = [
        (
            "another time",
            |proof| proof.entry.time_ms += 1,
            NotCurrent::NotInLog,
        ),
        (
            "another place",
            |proof| proof.entry.covered -= 1,
            NotCurrent::NotInLog,
        ),
        (
            "another number of marks",
            |proof| proof.entry.count += 1,
            NotCurrent::Mark(ledger::absence::NotAbsent::Elsewhere),
        ),
        (
            "a root of one's own",
            |proof| proof.entry.root = Digest([1; 32]),
            NotCurrent::Root,
        ),
        (
            "a mark less",
            |proof| {
                proof.absence.stems.pop();
                proof.entry.count -= 1
            },
            NotCurrent::Root,
        ),
        (
            "a longer path",
            |proof| proof.log_path.push(Digest([1; 32])),
            NotCurrent::NotInLog,
        ),
    ];
    for (case, change, expected) in table {
        let mut changed = proof.clone();
        change(&mut changed);
        assert_eq!(is(&changed, &free), Err(expected), "{case}");
    }
    // A root over nothing that was never entered, shown as consistently as can be.
    let mut forged = proof;
    forged.absence.stems.clear();
    forged.entry = CurrentEntry {
        count: 0,
        root: Digest([0; 32]),
        ..forged.entry
    };
    assert_eq!(is(&forged, &used), Err(NotCurrent::NotInLog));
}

#[test]
fn a_monitor_holds_roots_to_their_place_and_number() {
    let root = |covered, count| {
        codec::encode(&CurrentEntry {
            time_ms: NOON_MS,
            covered,
            count,
            root: noise("root"),
        })
    };
    let table = [
        ("its place, and as many", root(1, 7), vec![]),
        ("more", root(1, 8), vec![]),
        (
            "another place",
            root(0, 7),
            vec![BrokenRule::Height {
                index: 1,
                height: 0,
            }],
        ),
        (
            "fewer",
            root(1, 6),
            vec![BrokenRule::Marks {
                index: 1,
                marks: 6,
                before: 7,
            }],
        ),
    ];
    for (case, entry, expected) in table {
        let mut watch = EntryWatch::default();
        assert_eq!(watch.see(&root(0, 7), NOON_MS), []);
        assert_eq!(watch.see(&entry, NOON_MS), expected, "{case}");
    }
}

/// A mark of which so many first bits are somebody's choice: zeros.
fn begun(n: u64, bits: usize) -> Token {
    let mut bytes = noise(&format!("begun {n}")).0;
    for at in 0..bits {
        bytes[at / 8] &= !(0x80 >> (at % 8));
    }
    Token(Digest(bytes))
}

#[test]
fn a_flooded_place_divides_and_what_is_shown_stays_small() {
    let disk = Disk::default();
    let chosen = |from: u64, bits| (from..from + 40).map(move |n| begun(n, bits));
    let marks = chosen(0, 20).chain(chosen(40, 63)).chain(chosen(80, 64));
    let marks = marks.map(|mark| Mark { mark, height: 0 }).collect();
    let batch = NotaryBatch {
        marks,
        ..NotaryBatch::new()
    };
    disk.0.borrow_mut().0.commit(batch).expect("memory");
    let mut notary = open(&disk);
    spend(&mut notary, "one");
    keep(&mut notary, 0);
    // As deep as it was divided, and never more than a bucket.
    for (bits, deep) in [(0, false), (20, true)] {
        let free = begun(1_000, bits);
        let Absence { stems, path } = unused(shown(&notary, &free), &free).absence;
        assert_eq!(
            (stems.len() <= 16, path.len() >= 20),
            (true, deep),
            "{bits}"
        );
    }
    // Where more share all 64 bits than are ever shown, nothing is.
    let root = notary.marks_root().expect("a root");
    let crowded = shown_under(root, &notary, &begun(1_000, 64));
    let reason = "too many marks of one beginning";
    assert_eq!(crowded, Err(NotaryError::Damaged(reason)));
}
