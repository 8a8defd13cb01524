//! Lines as they come in, and what is published of them.

use deed::Party;
use ledger::authorities::{Authorities, Validator};
use ledger::log_keys::LogKeys;
use tlog::{Cosigner, Frontier, KeyName, NoteSigner, Origin};

use super::*;
use crate::committee::ConsensusKey;

const LOG: &str = "notary.town";
/// The size from which validators sign.
const FROM: u64 = 2;

fn cosigner(place: u8) -> Cosigner {
    let name = KeyName::new(&format!("body{place}.town")).expect("a name");
    Cosigner::from_seed(name, &[place; 32]).expect("a cosigner")
}

fn committee() -> Committee {
    let signer = |name: &str, seed| {
        let name = KeyName::new(name).expect("a name");
        NoteSigner::from_seed(name, &[seed; 32]).expect("a signer")
    };
    let validators = (1..=4).map(|place| Validator {
        party: Party::new(&format!("body{place}")).expect("a party"),
        cosigner: cosigner(place).verifier_key().clone(),
        authority: signer(&format!("body{place}.town"), 10 + place)
            .verifier_key()
            .clone(),
        consensus: ConsensusKey::from_seed(&[20 + place; 32])
            .expect("a key")
            .public(),
    });
    let origin = Origin::new(LOG).expect("an origin");
    let authorities = Authorities::new(origin, 1, validators.collect()).expect("authorities");
    let log = LogKeys::from(signer(LOG, 30).verifier_key().clone());
    let log = log.with_epoch(FROM, authorities).expect("an epoch");
    Committee::of(&log).expect("a committee")
}

/// A log of so many entries, the last of which says something.
fn checkpoint(origin: &str, size: u64, last: &str) -> Checkpoint {
    let mut log = Frontier::new();
    for at in 1..=size {
        let entry = if at == size { last } else { "an entry" };
        log.append(tlog::leaf_hash(entry.as_bytes()));
    }
    Checkpoint::new(Origin::new(origin).expect("an origin"), size, log.root()).expect("fits")
}

fn line(by: u8, checkpoint: &Checkpoint) -> Note {
    let signature = cosigner(by)
        .cosign(checkpoint, 1_800_000_000)
        .expect("signs");
    Note::new(checkpoint.note_text(), signature)
}

fn gathering() -> Gathering {
    let founders = checkpoint(LOG, 1, "the decision");
    let published = Published {
        size: 1,
        root: founders.root().into(),
        note: "the founder's".to_owned(),
    };
    Gathering::new(committee(), published)
}

/// What is published after our own line and then those of others: its size, and how many lines it has.
fn published(gathering: &Gathering) -> (u64, usize) {
    let published = gathering.published();
    let note = Note::parse(published.note.as_bytes());
    let lines = note.map_or(0, |note| note.unverified_signatures().len());
    (published.size, lines)
}

#[test]
fn a_checkpoint_is_published_with_as_many_lines_as_are_needed() {
    let right = checkpoint(LOG, 2, "two");
    let elsewhere = checkpoint("another.town", 2, "two");
    let other = checkpoint(LOG, 2, "something else");
    let said = |by: u8, what: &Checkpoint| line(by, what).to_string();
    let table = [
        ("nobody else", vec![], (1, 0)),
        ("one more", vec![said(2, &right)], (1, 0)),
        ("one twice", vec![said(2, &right), said(2, &right)], (1, 0)),
        ("two more", vec![said(2, &right), said(4, &right)], (2, 3)),
        ("a stranger", vec![said(2, &right), said(7, &right)], (1, 0)),
        (
            "of another log",
            vec![said(2, &right), said(3, &elsewhere)],
            (1, 0),
        ),
        (
            "of other entries",
            vec![said(2, &right), said(3, &other)],
            (1, 0),
        ),
        (
            "nonsense",
            vec![said(2, &right), "nonsense".to_owned()],
            (1, 0),
        ),
    ];
    for (case, lines, expected) in table {
        let mut gathering = gathering();
        gathering.ours(&line(1, &right)).expect("one log");
        for line in lines {
            gathering.theirs(line.as_bytes()).expect("one log");
        }
        assert_eq!(published(&gathering), expected, "{case}");
    }
}

#[test]
fn what_others_said_before_we_came_there_counts_and_nothing_older_is_published() {
    let mut gathering = gathering();
    let sizes: Vec<Checkpoint> = (2..=4).map(|size| checkpoint(LOG, size, "next")).collect();
    for by in [2, 3] {
        for checkpoint in &sizes {
            let line = line(by, checkpoint).to_string();
            gathering.theirs(line.as_bytes()).expect("one log");
        }
    }
    assert_eq!(published(&gathering), (1, 0));
    // Blocks came fast, and we sign for several at once.
    gathering.ours(&line(1, &sizes[1])).expect("one log");
    assert_eq!(published(&gathering), (3, 3));
    gathering.ours(&line(1, &sizes[0])).expect("one log");
    assert_eq!(published(&gathering), (3, 3), "not back");
    gathering.ours(&line(1, &sizes[2])).expect("one log");
    assert_eq!(published(&gathering), (4, 3));
}

#[test]
fn one_that_differs_is_named_and_enough_that_agree_against_us_stop_us() {
    let (ours, theirs) = (checkpoint(LOG, 2, "ours"), checkpoint(LOG, 2, "theirs"));
    let mut gathering = gathering();
    gathering.ours(&line(1, &ours)).expect("one log");
    for by in [2, 3] {
        let heard = gathering.theirs(line(by, &theirs).to_string().as_bytes());
        let named = matches!(heard, Ok(Heard::Differs { .. }));
        assert!(named, "{heard:?}");
    }
    let forked = gathering.theirs(line(4, &theirs).to_string().as_bytes());
    let forked = forked.expect_err("enough of them");
    assert_eq!((forked.size, forked.theirs.len()), (2, 3));
    assert_eq!(forked.ours, line(1, &ours).to_string());
}
