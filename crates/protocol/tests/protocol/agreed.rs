//! What a cluster agrees on besides the order: time that liars can't push, and a map that only grows.

use ledger::certificate::MapPin;
use ledger::log_keys::LogKeys;
use protocol::notary::store::MemoryNotaryStore;
use protocol::notary::{Agreed, Machine, NotAgreed, NotaryError, Proposal, Published, Verdict};
use tlog::{Checkpoint, Frontier, Origin};

use crate::notary::{Disk, certify, code, coin, home, submission};
use crate::support::{NOON_MS, noise, note_signer};

fn map(size: u64, name: &str) -> MapPin {
    let root = noise(name);
    MapPin { size, root }
}

fn beginning(validators: usize) -> Agreed {
    Agreed::at_epoch(NOON_MS, map(3, "map"), validators)
}

#[test]
fn the_time_is_the_lower_median_of_the_latest_readings_and_never_goes_back() {
    const END: u64 = u64::MAX - NOON_MS;
    // Leaders in their order with what their clocks show, after noon; then the time agreed, after noon.
    type Case = (&'static str, usize, &'static [(usize, u64)], u64);
    let table: [Case; 9] = [
        ("alone", 1, &[(0, 5)], 5),
        ("a quorum has to speak", 4, &[(0, 7), (1, 8)], 0),
        ("the earliest of three", 4, &[(0, 7), (1, 8), (2, 9)], 7),
        ("all", 4, &[(0, 7), (1, 8), (2, 9), (3, 10)], 8),
        ("one who lies first", 4, &[(0, END), (1, 8), (2, 9)], 8),
        ("one far ahead", 4, &[(0, 7), (1, 8), (2, 9), (3, END)], 8),
        ("one far behind", 4, &[(0, 7), (1, 8), (2, 9), (3, 0)], 7),
        (
            "latest words count",
            4,
            &[(0, 7), (1, 8), (2, 9), (0, 20), (1, 21)],
            9,
        ),
        (
            "not back",
            4,
            &[(0, 7), (1, 8), (2, 9), (3, 10), (0, 1), (1, 1), (2, 1)],
            8,
        ),
    ];
    for (case, validators, readings, expected) in table {
        let mut agreed = beginning(validators);
        for (leader, after_noon_ms) in readings {
            let reading_ms = NOON_MS + after_noon_ms;
            agreed = agreed.after(*leader, reading_ms, None).expect("follows");
        }
        assert_eq!(agreed.time_ms() - NOON_MS, expected, "{case}");
    }
}

#[test]
fn liars_never_push_the_time_beyond_what_an_honest_clock_shows() {
    for faulty in 1..=10usize {
        let validators = 3 * faulty + 1;
        let mut agreed = beginning(validators);
        for round in 1..=3 {
            // Liars come first: they speak when nobody else has.
            for leader in 0..validators {
                let honest = leader >= faulty;
                let reading_ms = if honest { NOON_MS + round } else { u64::MAX };
                agreed = agreed.after(leader, reading_ms, None).expect("follows");
                assert!(agreed.time_ms() <= NOON_MS + round);
            }
            assert_eq!(agreed.time_ms(), NOON_MS + round, "{faulty} liars");
        }
    }
}

#[test]
fn a_block_of_a_stranger_is_not_followed_and_the_map_only_grows() {
    let agreed = beginning(4);
    let table = [
        ("newer", 3, Some(map(4, "more")), Ok(map(4, "more"))),
        ("the same", 3, Some(map(3, "map")), Ok(map(3, "map"))),
        ("none", 3, None, Ok(map(3, "map"))),
        (
            "a stranger",
            4,
            None,
            Err(NotAgreed::Leader {
                leader: 4,
                validators: 4,
            }),
        ),
        ("older", 0, Some(map(2, "less")), Ok(map(3, "map"))),
        ("forked", 0, Some(map(3, "other")), Ok(map(3, "map"))),
    ];
    for (case, leader, map, expected) in table {
        let after = agreed.after(leader, NOON_MS, map);
        assert_eq!(after.map(|agreed| agreed.map()), expected, "{case}");
    }
}

#[test]
fn a_map_is_pinned_by_what_its_registrar_signed() {
    let note = |signer: &str, origin: &str| {
        let mut log = Frontier::new();
        log.append(tlog::leaf_hash(b"a directory"));
        let origin = Origin::new(origin).expect("an origin");
        let checkpoint = Checkpoint::new(origin, log.size(), log.root()).expect("a checkpoint");
        let signed = checkpoint.sign(&note_signer(signer)).expect("signs");
        (signed.to_string(), log.root())
    };
    let registrar = LogKeys::from(note_signer("registrar.town").verifier_key().clone());
    let (signed, root) = note("registrar.town", "registrar.town");
    let (of_another, _) = note("registrar.town", "notary.town");
    let (by_another, _) = note("notary.town", "registrar.town");
    let follow = |note: &str| {
        let proposal = Proposal {
            reading_ms: NOON_MS,
            map: note.to_owned(),
            ..Proposal::default()
        };
        let read = Proposal::read(&proposal.to_bytes()).expect("reads");
        assert_eq!(read, proposal);
        let before = Agreed::at_epoch(NOON_MS, map(0, "none"), 4);
        let after = read.follow(&before, 2, &registrar);
        after.map(|agreed| agreed.map()).map_err(|_| ())
    };
    let size = 1;
    let pinned = MapPin {
        size,
        root: root.into(),
    };
    assert_eq!(follow(&signed), Ok(pinned));
    assert_eq!(follow(""), Ok(map(0, "none")));
    for wrong in [of_another, by_another, signed.replace('\n', "\r\n")] {
        assert_eq!(follow(&wrong), Err(()));
    }
}

fn founder() -> LogKeys {
    LogKeys::from(note_signer("notary.town").verifier_key().clone())
}

#[test]
fn a_block_is_decided_once_and_in_its_turn() {
    let disk = Disk::default();
    let mut machine = Machine::open(home(), founder(), disk.clone()).expect("opens");
    let one = submission("one", &[&coin("coin")]);
    let two = submission("two", &[&coin("coin")]);
    let proposals = [&one, &two].map(|submission| Proposal {
        requests: vec![certify(submission)],
        statements: vec![noise("statement")],
        ..Proposal::default()
    });
    let agreed = Agreed::at_epoch(NOON_MS, map(1, "map"), 4);
    let [first, second] = [(1, &proposals[0]), (2, &proposals[1])]
        .map(|(number, proposal)| proposal.block(number, agreed.clone()));
    let gap = NotaryError::Gap {
        given: 2,
        expected: 1,
    };
    assert_eq!(machine.decide(&second).map(drop), Err(gap));
    let decided = machine.decide(&first).expect("decides").expect("new");
    // Nobody has signed this: any note serves.
    let published = Published {
        size: decided.size,
        root: decided.root,
        note: "a checkpoint".to_owned(),
    };
    let codes = |verdicts: Vec<Verdict>| verdicts.iter().map(code).collect::<Vec<_>>();
    let verdicts = machine.verdicts(&decided, &published).expect("answers");
    assert_eq!(codes(verdicts), ["certified"]);
    let registered = machine.registered(&noise("statement"), &published);
    let registered = registered.expect("there");
    // The first entry is the root over the used marks.
    assert_eq!((registered.index, registered.size), (2, 3));

    assert!(machine.decide(&first).expect("decides").is_none());
    let mut machine = Machine::open(home(), founder(), disk).expect("opens again");
    assert_eq!((machine.blocks(), machine.size()), (1, 3));
    assert_eq!(*machine.agreed(), agreed);
    assert!(machine.decide(&first).expect("decides").is_none());
    let decided = machine.decide(&second).expect("decides").expect("new");
    let verdicts = machine.verdicts(&decided, &published).expect("answers");
    assert_eq!(codes(verdicts), ["token_used"]);
    assert_eq!((machine.blocks(), machine.size()), (2, 3));
}

#[test]
fn idle_blocks_are_counted_and_machines_that_apply_the_same_blocks_agree() {
    let mut machines = [(); 2].map(|()| {
        let store = MemoryNotaryStore::new();
        Machine::open(home(), founder(), store).expect("opens")
    });
    for number in 1..=5u64 {
        let requests = match number % 2 {
            0 => Vec::new(),
            _ => vec![certify(&submission(&format!("block {number}"), &[]))],
        };
        let proposal = Proposal {
            reading_ms: NOON_MS + number,
            requests,
            ..Proposal::default()
        };
        for machine in &mut machines {
            let registrar = LogKeys::from(note_signer("registrar.town").verifier_key().clone());
            let before = match number {
                1 => beginning(4),
                _ => machine.agreed().clone(),
            };
            let leader = (number % 4) as usize;
            let agreed = proposal.follow(&before, leader, &registrar);
            let block = proposal.block(number, agreed.expect("follows"));
            machine.decide(&block).expect("decides").expect("new");
        }
        let [one, two] = &machines;
        assert_eq!((one.blocks(), one.agreed()), (number, two.agreed()));
        assert_eq!((one.size(), one.root()), (two.size(), two.root()));
    }
    // Three batches, and the root over the used marks before them.
    assert_eq!(machines[0].size(), 4);
}
