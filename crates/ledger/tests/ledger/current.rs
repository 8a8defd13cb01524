//! Facts shown as still current: what holds, and everything that somebody may try.

use ledger::absence::{Absence, EMPTY, Stem, fork, link, stem};
use ledger::bundle::{BundleError, ProofBundle, Proven};
use ledger::current::{self, CurrentEntry, CurrentProof, NotCurrent, Recent, Standing, Unused};
use ledger::fact::FactRef;
use ledger::token::token;
use ledger::transaction::FORMAT;
use ledger::{Digest, Token, codec, presentation};
use tlog::MerkleTree;

use crate::bundles::ATTESTORS;
use crate::payment::{bundle, payment};
use crate::registers::{alice, proof, town};
use crate::support::{NOON_MS, Net, net, noise};

const MINUTE_MS: u64 = 60_000;

/// Forty used marks, none of which is like the others.
fn used() -> Vec<Token> {
    (0..40)
        .map(|n| Token(noise(&format!("used {n}"))))
        .collect()
}

/// The part of a set that these marks, which share so many bits, make.
fn part(marks: &[Token], depth: usize) -> Digest {
    if marks.len() <= 16 {
        return marks
            .iter()
            .fold(EMPTY, |all, mark| link(&all, &stem(mark)));
    }
    let [zero, one] = halves(marks, depth);
    fork(&part(&zero, depth + 1), &part(&one, depth + 1))
}

fn halves(marks: &[Token], depth: usize) -> [Vec<Token>; 2] {
    let bit = |mark: &Token| mark.bytes()[depth / 8] >> (7 - depth % 8) & 1 == 1;
    let (one, zero) = marks.iter().copied().partition(bit);
    [zero, one]
}

/// The bucket in which a mark would be.
fn absence(marks: &[Token], mark: &Token, depth: usize) -> Absence {
    if marks.len() <= 16 {
        let stems = marks.iter().map(stem).collect();
        return Absence {
            stems,
            path: Vec::new(),
        };
    }
    let own = usize::from(mark.bytes()[depth / 8] >> (7 - depth % 8) & 1 == 1);
    let parts = halves(marks, depth);
    let mut below = absence(&parts[own], mark, depth + 1);
    below.path.push(part(&parts[1 - own], depth + 1));
    below
}

/// The notary's word on a mark, at a time, in a log of seven entries.
fn word(net: &Net, marks: &[Token], mark: &Token, time_ms: u64) -> Unused {
    let covered = 5;
    let entry = CurrentEntry {
        time_ms,
        covered,
        count: marks.len() as u64,
        root: part(marks, 0),
    };
    let own = tlog::leaf_hash(&codec::encode(&entry));
    let other = |n: u64| tlog::leaf_hash(&n.to_be_bytes());
    let leaf = |n| if n == covered { own } else { other(n) };
    let tree = MerkleTree::new((0..7).map(leaf).collect());
    let path = tree.path(covered as usize).expect("a path");
    Unused {
        absence: absence(marks, mark, 0),
        entry,
        log_path: path.into_iter().map(Digest::from).collect(),
        checkpoint: net.sign_log(7, tree.root()),
    }
}

/// The receipt of a payment.
fn receipt(net: &Net) -> ProofBundle {
    let shown = |leaf: usize| leaf <= 2 || leaf >= 5;
    bundle(net, &payment(net), 0, 0, &ATTESTORS, shown)
}

fn key(net: &Net) -> Digest {
    Digest(payment(net).views[0].created[0].token_key().0)
}

fn mark_of(net: &Net) -> Token {
    let draft = payment(net);
    let fact = &draft.views[0].created[0];
    let at = FactRef {
        transaction: draft.transaction(net).opening().id(),
        view: 0,
        output: 0,
    };
    token(
        &fact.control.hash(),
        &fact.token_key().rho(&net.home.notary, &at),
    )
}

/// A proof that was made at noon.
pub(crate) fn current_proof(net: &Net) -> CurrentProof {
    CurrentProof {
        format: FORMAT,
        standing: Standing {
            key: key(net),
            unused: word(net, &used(), &mark_of(net), NOON_MS),
        },
        bundle: receipt(net),
    }
}

fn verdict(proof: &CurrentProof, after_ms: i64, max_age_ms: u64) -> Result<Proven, BundleError> {
    let now_ms = NOON_MS.saturating_add_signed(after_ms);
    let recent = Recent { now_ms, max_age_ms };
    current::verify(&codec::encode(proof), &net().trust, &recent)
}

fn refused(proof: &CurrentProof) -> Option<NotCurrent> {
    match verdict(proof, 0, MINUTE_MS) {
        Err(BundleError::Current(reason)) => Some(reason),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_fact_is_shown_to_be_current_and_the_rest_of_the_proof_is_as_before() {
    let net = net();
    let proof = current_proof(net);
    let proven = verdict(&proof, 0, MINUTE_MS).expect("it holds");
    let entry = proof.standing.unused.entry;
    assert_eq!(proven.current, Some(entry));
    let bare = presentation::verify(&codec::encode(&proof.bundle), &net.trust, None);
    let bare = bare.expect("the bundle holds alone");
    assert_eq!(bare.current, None);
    assert_eq!(
        proven,
        Proven {
            current: Some(entry),
            ..bare
        }
    );
    // Who doesn't ask is told, whenever that was.
    let told = presentation::verify(&codec::encode(&proof), &net.trust, None);
    assert_eq!(told.map(|told| told.current), Ok(Some(entry)));
}

#[test]
fn a_root_is_as_old_as_the_verifier_takes() {
    let proof = current_proof(net());
    let table = [
        (0, MINUTE_MS, None),
        (60_000, MINUTE_MS, None),
        (
            60_001,
            MINUTE_MS,
            Some(NotCurrent::TooOld {
                age_ms: 60_001,
                max_ms: MINUTE_MS,
            }),
        ),
        (60_001, 2 * MINUTE_MS, None),
        (
            1,
            0,
            Some(NotCurrent::TooOld {
                age_ms: 1,
                max_ms: 0,
            }),
        ),
        // The verifier's clock is behind.
        (-60_000, MINUTE_MS, None),
        (
            -60_001,
            MINUTE_MS,
            Some(NotCurrent::NotYet { ahead_ms: 60_001 }),
        ),
    ];
    for (after_ms, max_age_ms, expected) in table {
        let found = verdict(&proof, after_ms, max_age_ms).err();
        assert_eq!(
            found,
            expected.map(BundleError::Current),
            "{after_ms} {max_age_ms}"
        );
    }
}

#[test]
fn who_asks_for_a_current_fact_takes_no_proof_that_does_not_say_so() {
    let net = net();
    let recent = Recent {
        now_ms: NOON_MS,
        max_age_ms: MINUTE_MS,
    };
    let bare = codec::encode(&receipt(net));
    let found = current::verify(&bare, &net.trust, &recent);
    assert_eq!(found, Err(BundleError::Current(NotCurrent::Untold)));
}

#[test]
fn what_is_shown_for_another_fact_or_from_elsewhere_is_refused() {
    let net = net();
    let whole = current_proof(net);
    let own = mark_of(net);
    let unused = |marks: &[Token]| word(net, marks, &own, NOON_MS);
    let other = Token(noise("another fact's token"));
    let elsewhere = Net::with("registrar", "another notary", "signing key");
    type Change<'a> = Box<dyn Fn(&mut CurrentProof) + 'a>;
    let of = |unused: Unused| -> Change<'_> {
        Box::new(move |proof: &mut CurrentProof| proof.standing.unused = unused.clone())
    };
    let with_own = [used(), vec![own]].concat();
    let mut hidden = unused(&with_own);
    let at = hidden
        .absence
        .stems
        .iter()
        .position(|one| *one == stem(&own));
    hidden.absence.stems.remove(at.expect("it is used"));
    let mut forged = unused(&[]);
    forged.log_path = whole.standing.unused.log_path.clone();
    forged.checkpoint = whole.standing.unused.checkpoint.clone();
    let mut later = whole.standing.unused.clone();
    later.entry.time_ms += 1;
    type Expected = fn(&NotCurrent) -> bool;
    let table: [(&str, Change<'_>, Expected); 10] = [
        ("used up", of(unused(&with_own)), |why| {
            matches!(why, NotCurrent::Mark(_))
        }),
        (
            "used up, and left out of what is shown",
            of(hidden),
            |why| *why == NotCurrent::Root,
        ),
        (
            "another token's absence",
            of(word(net, &used(), &other, NOON_MS)),
            |why| matches!(why, NotCurrent::Mark(_) | NotCurrent::Root),
        ),
        (
            "the key of another fact",
            Box::new(|proof| proof.standing.key = noise("k")),
            |why| *why == NotCurrent::Key,
        ),
        (
            "the control hidden",
            Box::new(|proof| {
                let narrowed = proof.bundle.fact.narrow(|leaf| leaf != 1);
                proof.bundle.fact = narrowed.expect("an opening");
            }),
            |why| *why == NotCurrent::Hidden,
        ),
        (
            "the token key hidden",
            Box::new(|proof| {
                let narrowed = proof.bundle.fact.narrow(|leaf| leaf != 2);
                proof.bundle.fact = narrowed.expect("an opening");
            }),
            |why| *why == NotCurrent::Hidden,
        ),
        ("a root that is not in the log", of(forged), |why| {
            *why == NotCurrent::NotInLog
        }),
        ("a root made younger", of(later), |why| {
            *why == NotCurrent::NotInLog
        }),
        (
            "another notary's checkpoint",
            of(word(&elsewhere, &used(), &own, NOON_MS)),
            |why| matches!(why, NotCurrent::Checkpoint(_)),
        ),
        (
            "a root over nothing, under its own checkpoint",
            Box::new(|proof| proof.standing.unused.absence.stems.clear()),
            |why| *why == NotCurrent::Root,
        ),
    ];
    for (case, change, expected) in table {
        let mut proof = whole.clone();
        change(&mut proof);
        let found = refused(&proof);
        assert!(found.as_ref().is_some_and(expected), "{case}: {found:?}");
    }
}

#[test]
fn every_bit_of_it_is_covered_and_it_is_read_in_one_way() {
    let net = net();
    let bytes = codec::encode(&current_proof(net));
    let bundle = codec::encode(&receipt(net));
    let word = bytes.len() - bundle.len();
    for at in 0..word {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        assert!(
            presentation::verify(&changed, &net.trust, None).is_err(),
            "byte {at}"
        );
    }
    for other in [&bytes[..word], &bytes[1..], &[&bytes[..], &[0]].concat()] {
        assert!(presentation::verify(other, &net.trust, None).is_err());
    }
}

#[test]
fn lists_that_are_too_long_are_not_read() {
    let of = |stems: usize, path: usize| Absence {
        stems: vec![[0; 16]; stems],
        path: vec![EMPTY; path],
    };
    for (stems, path, reads) in [(16, 64, true), (17, 64, false), (16, 65, false)] {
        let read = codec::decode::<Absence>(&codec::encode(&of(stems, path)));
        assert_eq!(read.is_ok(), reads, "{stems} {path}");
    }
}

#[test]
fn what_only_its_holder_can_show_is_not_shown_with_its_token() {
    let net = &town().net;
    let draft = alice();
    let fact = &draft.views[0].created[0];
    let bundle = proof(&draft, |leaf| leaf <= 2 || leaf >= 4);
    let at = FactRef {
        transaction: draft.transaction(net).opening().id(),
        view: 0,
        output: 0,
    };
    let mark = token(
        &fact.control.hash(),
        &fact.token_key().rho(&net.home.notary, &at),
    );
    let proof = CurrentProof {
        format: FORMAT,
        standing: Standing {
            key: Digest(fact.token_key().0),
            unused: word(net, &used(), &mark, NOON_MS),
        },
        bundle,
    };
    let found = presentation::verify(&codec::encode(&proof), &net.trust, None);
    assert_eq!(found.map_err(|error| error.code()), Err("holder"));
}

#[test]
fn a_part_of_a_bucket_another_bucket_or_a_fork_leads_to_no_root() {
    let own = mark_of(net());
    let marks = used();
    let (root, count) = (part(&marks, 0), marks.len() as u64);
    let whole = absence(&marks, &own, 0);
    assert_eq!(whole.root(&own, count), Ok(root));
    let opposite = Token(Digest(own.bytes().map(|byte| !byte)));
    let of_another = absence(&marks, &opposite, 0);
    let halves = whole.path[0].0.as_chunks::<16>().0.to_vec();
    let with = |stems: Vec<Stem>, path: Vec<Digest>| Absence { stems, path };
    let table = [
        (
            "a part",
            with(whole.stems[1..].to_vec(), whole.path.clone()),
        ),
        ("from the other end", {
            let reversed = whole.stems.iter().rev().copied();
            with(reversed.collect(), whole.path.clone())
        }),
        ("one twice", {
            let twice = [&whole.stems[..], &whole.stems[..1]].concat();
            with(twice, whole.path.clone())
        }),
        ("another bucket", of_another),
        (
            "a fork's halves as marks",
            with(halves, whole.path[1..].to_vec()),
        ),
        (
            "nothing, a level further down",
            with(Vec::new(), [&[EMPTY], &whole.path[..]].concat()),
        ),
        ("nothing at all", with(Vec::new(), Vec::new())),
    ];
    for (case, shown) in table {
        assert_ne!(shown.root(&own, count), Ok(root), "{case}");
    }
}
