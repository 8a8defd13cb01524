//! Histories of authorities, and what becomes of each.

use ledger::authorities::{History, Link, Validator};
use ledger::certificate::AuthoritiesEntry;
use ledger::codec;
use ledger::log_keys::LogKeys;
use tlog::{Cosigner, MerkleTree};

use crate::changing_log::*;
use crate::support::noise;

pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) trusted: LogKeys,
    pub(crate) bytes: Vec<u8>,
    /// A code, or `valid`.
    pub(crate) expected: &'static str,
}

fn case(name: &'static str, expected: &'static str, changes: &[Change]) -> Case {
    Case {
        name,
        trusted: from_the_founder(),
        bytes: codec::encode(&history(changes)),
        expected,
    }
}

fn one(name: &'static str, expected: &'static str, change: Change) -> Case {
    case(name, expected, &[change])
}

fn two(name: &'static str, expected: &'static str, change: Change) -> Case {
    case(name, expected, &[first(), change])
}

fn knowing(trusted: LogKeys, case: Case) -> Case {
    Case { trusted, ..case }
}

fn reads(name: &'static str, expected: &'static str, damage: fn(&mut Vec<u8>)) -> Case {
    let mut case = two(name, expected, second());
    damage(&mut case.bytes);
    case
}

fn accepted() -> Vec<Case> {
    let from_the_end = from_the_four()
        .with_epoch(6, authorities(2, &[1, 2, 3, 5]))
        .expect("an epoch");
    vec![
        two(
            "from the founder to four, and one of them replaced",
            "valid",
            second(),
        ),
        case("no change", "valid", &[]),
        one("one change", "valid", first()),
        knowing(from_the_four(), two("from the four on", "valid", second())),
        knowing(
            from_the_end,
            two("nothing that isn't known", "valid", second()),
        ),
        knowing(
            from_the_four(),
            Case {
                bytes: codec::encode(&History::new(
                    history(&[first(), second()]).links()[1..].to_vec(),
                )),
                ..two("from where it is known", "valid", second())
            },
        ),
        two(
            "one leaves without agreeing, all others approve",
            "valid",
            Change {
                validators: validators(&[1, 2, 3, 5, 6, 7, 8]),
                approvals: approvals(&[1, 2, 3, 5, 6, 7, 8]),
                ..second()
            },
        ),
        two(
            "the one that leaves approves too, and all sign the log",
            "valid",
            Change {
                approvals: approvals(&[1, 2, 3, 4, 5]),
                by: vec![4, 3, 2, 1],
                ..second()
            },
        ),
        two(
            "straight after the change before",
            "valid",
            Change {
                entries_before: 0,
                ..second()
            },
        ),
        two(
            "a validator with a new key to cosign with",
            "valid",
            Change {
                validators: {
                    let mut four = validators(&[1, 2, 3, 4]);
                    four[3].cosigner = Body(9).validator().cosigner;
                    four
                },
                approvals: approvals(&[1, 2, 4]),
                ..second()
            },
        ),
        two(
            "back to one",
            "valid",
            Change {
                validators: validators(&[2]),
                approvals: approvals(&[1, 2, 3]),
                ..second()
            },
        ),
    ]
}

fn refused_decisions() -> Vec<Case> {
    let with = |change: fn(&mut Vec<Validator>)| {
        let mut four = validators(&[1, 2, 3, 5]);
        change(&mut four);
        four
    };
    vec![
        one(
            "the founder doesn't approve",
            "not_enough_approvals",
            Change {
                approvals: approvals(&[1, 2, 3, 4]),
                ..first()
            },
        ),
        two(
            "two of the four approve, and the new one",
            "not_enough_approvals",
            Change {
                approvals: approvals(&[1, 2, 5]),
                ..second()
            },
        ),
        two(
            "the founder approves where it has no say any more",
            "approval_not_valid",
            Change {
                approvals: [vec![founder()], approvals(&[1, 2, 3, 5])].concat(),
                ..second()
            },
        ),
        two(
            "somebody approves who has no say",
            "approval_not_valid",
            Change {
                approvals: approvals(&[1, 2, 3, 5, 9]),
                ..second()
            },
        ),
        two(
            "an approval of another text",
            "approval_not_valid",
            Change {
                note: |note| note.replacen("GB-TOWN-5", "GB-TOWN-6", 1),
                ..second()
            },
        ),
        two(
            "the new validator doesn't agree",
            "validator_not_agreed",
            Change {
                approvals: approvals(&[1, 2, 3, 4]),
                ..second()
            },
        ),
        two(
            "a validator with a new authority key that agrees with its old one",
            "validator_not_agreed",
            Change {
                validators: {
                    let mut four = validators(&[1, 2, 3, 4]);
                    four[0].authority = Body(9).validator().authority;
                    four
                },
                approvals: approvals(&[1, 2, 3]),
                ..second()
            },
        ),
        one(
            "the text of another log",
            "decision_of_another_log",
            Change {
                text: |text| text.replace("\nnotary.town\n", "\nother.town\n"),
                ..first()
            },
        ),
        two(
            "the first decision again, as the second",
            "wrong_epoch",
            Change {
                epoch: 2,
                text: |text| text.replacen("epoch 2", "epoch 1", 1),
                ..second()
            },
        ),
        one(
            "an epoch left out",
            "wrong_epoch",
            Change {
                text: |text| text.replacen("epoch 1", "epoch 2", 1),
                ..first()
            },
        ),
        one(
            "three validators",
            "validators_out_of_range",
            Change {
                validators: validators(&[1, 2, 3]),
                approvals: [vec![founder()], approvals(&[1, 2, 3])].concat(),
                ..first()
            },
        ),
        one(
            "no validator",
            "validators_out_of_range",
            Change {
                validators: Vec::new(),
                approvals: vec![founder()],
                ..first()
            },
        ),
        one(
            "thirty-two validators",
            "validators_out_of_range",
            Change {
                validators: {
                    let mut many = validators(&(1..=32).collect::<Vec<u8>>());
                    many.sort_by(|a, b| a.party.cmp(&b.party));
                    many
                },
                ..first()
            },
        ),
        one(
            "a threshold of two",
            "wrong_threshold",
            Change {
                text: |text| text.replace("needed 3", "needed 2"),
                ..first()
            },
        ),
        one(
            "a threshold of all",
            "wrong_threshold",
            Change {
                text: |text| text.replace("needed 3", "needed 4"),
                ..first()
            },
        ),
        two(
            "a body twice, with two sets of keys",
            "validator_twice",
            Change {
                validators: with(|four| four[3].party = four[2].party.clone()),
                ..second()
            },
        ),
        two(
            "one key for two cosigners",
            "key_twice",
            Change {
                validators: with(|four| four[3].cosigner = four[2].cosigner.clone()),
                ..second()
            },
        ),
        two(
            "one key under two names",
            "key_twice",
            Change {
                validators: with(|four| {
                    let alias = Cosigner::from_seed(name("alias"), &Body(3).seed("cosigner"))
                        .expect("a key");
                    four[3].cosigner = alias.verifier_key().clone();
                }),
                ..second()
            },
        ),
        two(
            "one key to cosign and to decide",
            "key_twice",
            Change {
                validators: with(|four| {
                    let seed = Body(5).seed("authority");
                    let alias = Cosigner::from_seed(name("alias"), &seed).expect("a key");
                    four[3].cosigner = alias.verifier_key().clone();
                }),
                ..second()
            },
        ),
        two(
            "the key of one who leaves, under another body",
            "key_reused",
            Change {
                validators: with(|four| four[3].authority = Body(4).validator().authority),
                approvals: approvals(&[1, 2, 3, 4]),
                ..second()
            },
        ),
        one(
            "the founder's key to cosign with",
            "key_reused",
            Change {
                validators: {
                    let mut four = validators(&[1, 2, 3, 4]);
                    let alias =
                        Cosigner::from_seed(name("alias"), &noise("founder").0).expect("a key");
                    four[0].cosigner = alias.verifier_key().clone();
                    four
                },
                ..first()
            },
        ),
        one(
            "another first line",
            "decision_unreadable",
            Change {
                text: |text| text.replace("authorities/1", "authorities/2"),
                ..first()
            },
        ),
        one(
            "an epoch with a leading nought",
            "decision_unreadable",
            Change {
                text: |text| text.replace("epoch 1", "epoch 01"),
                ..first()
            },
        ),
        one(
            "epoch nought",
            "decision_unreadable",
            Change {
                text: |text| text.replace("epoch 1", "epoch 0"),
                ..first()
            },
        ),
        one(
            "no threshold",
            "decision_unreadable",
            Change {
                text: |text| text.replace("needed 3\n", ""),
                ..first()
            },
        ),
        one(
            "a line that nobody knows",
            "decision_unreadable",
            Change {
                text: |text| text + "witness nobody\n",
                ..first()
            },
        ),
        one(
            "an empty line",
            "decision_unreadable",
            Change {
                text: |text| text + "\n",
                ..first()
            },
        ),
        one(
            "two spaces",
            "decision_unreadable",
            Change {
                text: |text| text.replacen("GB-TOWN-1 ", "GB-TOWN-1  ", 1),
                ..first()
            },
        ),
        one(
            "validators in another order",
            "decision_unreadable",
            Change {
                validators: validators(&[2, 1, 3, 4]),
                ..first()
            },
        ),
        one(
            "a cosigner's key to decide with",
            "decision_unreadable",
            Change {
                validators: {
                    let mut four = validators(&[1, 2, 3, 4]);
                    four[0].authority = Body(9).validator().cosigner;
                    four
                },
                ..first()
            },
        ),
        one(
            "a key for which anybody can sign",
            "decision_unreadable",
            Change {
                validators: {
                    let mut four = validators(&[1, 2, 3, 4]);
                    four[0].consensus = [0; 32];
                    four
                },
                ..first()
            },
        ),
        one(
            "a body that can't be one",
            "decision_unreadable",
            Change {
                text: |text| text.replace("GB-TOWN-1", "GB/TOWN/1"),
                ..first()
            },
        ),
        one(
            "a note without signatures",
            "decision_unreadable",
            Change {
                note: |note| {
                    note.split_once("\n\n")
                        .map(|(text, _)| format!("{text}\n\n"))
                        .unwrap_or_default()
                },
                ..first()
            },
        ),
        one(
            "a note that is too long",
            "decision_unreadable",
            Change {
                text: |text| text + &"validator\n".repeat(2_500),
                ..first()
            },
        ),
    ]
}

fn refused_histories() -> Vec<Case> {
    let nothing = Link {
        index: 0,
        entry: AuthoritiesEntry {
            time_ms: 0,
            epoch: 1,
            note: String::new(),
        },
        path: Vec::new(),
        checkpoint: String::new(),
    };
    let known_otherwise = from_the_founder()
        .with_epoch(4, authorities(1, &[1, 2, 3, 6]))
        .expect("an epoch");
    let known_elsewhere = from_the_founder()
        .with_epoch(5, authorities(1, &[1, 2, 3, 4]))
        .expect("an epoch");
    vec![
        one("it begins with the second change", "history_gap", second()),
        two("the first change twice", "history_contradicts", first()),
        knowing(
            known_otherwise,
            two(
                "other authorities than are known",
                "history_contradicts",
                second(),
            ),
        ),
        knowing(
            known_elsewhere,
            two(
                "a change at another place than is known",
                "history_contradicts",
                second(),
            ),
        ),
        two(
            "two of the four sign the log",
            "history_checkpoint",
            Change {
                by: vec![1, 2],
                ..second()
            },
        ),
        two(
            "those who come sign the log, not those who go",
            "history_checkpoint",
            Change {
                by: vec![1, 2, 5],
                ..second()
            },
        ),
        two(
            "a stranger signs besides",
            "history_checkpoint",
            Change {
                by: vec![1, 2, 4, 9],
                ..second()
            },
        ),
        two(
            "the founder signs on",
            "history_checkpoint",
            Change {
                by: Vec::new(),
                ..second()
            },
        ),
        two(
            "a checkpoint of another log",
            "history_checkpoint",
            Change {
                link: |link, entries| {
                    link.checkpoint = checkpoint("other.town", entries, &[1, 2, 4])
                },
                ..second()
            },
        ),
        two(
            "a checkpoint of one entry more",
            "history_not_in_log",
            Change {
                link: |link, entries| {
                    let mut longer = entries.to_vec();
                    longer.push(b"later".to_vec());
                    let leaves = longer.iter().map(|entry| tlog::leaf_hash(entry)).collect();
                    let path = MerkleTree::new(leaves)
                        .path(link.index as usize)
                        .expect("a path");
                    link.path = path.into_iter().map(Into::into).collect();
                    link.checkpoint = checkpoint(LOG, &longer, &[1, 2, 4]);
                },
                ..second()
            },
        ),
        two(
            "another place than it has",
            "history_not_in_log",
            Change {
                link: |link, _| link.index += 1,
                ..second()
            },
        ),
        two(
            "another path",
            "history_not_in_log",
            Change {
                link: |link, _| link.path[0].0[0] ^= 1,
                ..second()
            },
        ),
        two(
            "another time",
            "history_not_in_log",
            Change {
                link: |link, _| link.entry.time_ms += 1,
                ..second()
            },
        ),
        two(
            "an entry that says another epoch than its decision",
            "wrong_epoch",
            Change {
                text: |text| text.replacen("epoch 2", "epoch 3", 1),
                ..second()
            },
        ),
        case(
            "a third change inside the time of the first",
            "history_not_in_log",
            &[
                first(),
                second(),
                Change {
                    epoch: 3,
                    validators: validators(&[1, 2, 3, 4]),
                    approvals: approvals(&[1, 2, 3, 4]),
                    by: vec![1, 2, 3],
                    link: |link, _| {
                        let entries = vec![b"only".to_vec(), codec::encode(&link.entry)];
                        let leaves = entries.iter().map(|entry| tlog::leaf_hash(entry)).collect();
                        let path = MerkleTree::new(leaves).path(1).expect("a path");
                        (link.index, link.path) = (1, path.into_iter().map(Into::into).collect());
                        link.checkpoint = checkpoint(LOG, &entries, &[]);
                    },
                    ..second()
                },
            ],
        ),
        reads("a byte more", "history_unreadable", |bytes| bytes.push(0)),
        reads("a byte less", "history_unreadable", |bytes| {
            bytes.truncate(bytes.len() - 1)
        }),
        reads("another format", "history_format", |bytes| bytes[1] = 3),
        reads("a list of three", "history_unreadable", |bytes| {
            bytes[0] = 0x83
        }),
        Case {
            bytes: codec::encode(&History::new(vec![nothing; 121])),
            ..one("more changes than a log has", "history_too_long", first())
        },
    ]
}

pub(crate) fn cases() -> Vec<Case> {
    [accepted(), refused_decisions(), refused_histories()]
        .into_iter()
        .flatten()
        .collect()
}
