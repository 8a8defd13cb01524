use std::cell::RefCell;
use std::collections::BTreeMap;

use ledger::absence::{NotAbsent, Stem};
use proptest::prelude::*;

use super::super::store::sharing;
use super::*;

/// What a store holds.
#[derive(Default)]
struct Kept(RefCell<BTreeMap<Token, u64>>);

impl Kept {
    fn keep(&self, marks: &[Mark]) {
        let mut kept = self.0.borrow_mut();
        kept.extend(marks.iter().map(|mark| (mark.mark, mark.height)));
    }

    fn read(&self) -> impl Fn(&Token, usize) -> Result<Vec<Mark>, StoreError> {
        |like, bits| {
            let (first, last) = sharing(like.bytes(), bits);
            let kept = self.0.borrow();
            let range = kept.range(Token(Digest(first))..=Token(Digest(last)));
            Ok(range
                .map(|(mark, height)| Mark {
                    mark: *mark,
                    height: *height,
                })
                .collect())
        }
    }
}

/// The root by its definition, over marks in the order of their use.
fn by_definition(used: &[(u64, Token)], depth: usize) -> Digest {
    if used.len() <= 16 || depth == 64 {
        return used
            .iter()
            .fold(EMPTY, |all, (_, mark)| link(&all, &stem(mark)));
    }
    let bit_of = |mark: &Token| mark.bytes()[depth / 8] >> (7 - depth % 8) & 1 == 1;
    let (one, zero): (Vec<_>, Vec<_>) = used.iter().copied().partition(|(_, mark)| bit_of(mark));
    fork(
        &by_definition(&zero, depth + 1),
        &by_definition(&one, depth + 1),
    )
}

fn in_order(marks: &[Mark]) -> Vec<(u64, Token)> {
    let mut used: Vec<_> = marks.iter().map(|mark| (mark.height, mark.mark)).collect();
    used.sort();
    used
}

/// A hash of which the first bits are somebody's choice: `shared` of them, all zeros.
fn mark(n: u64, shared: usize) -> Token {
    let mut hash = Digest::of(&[&n.to_be_bytes()]).0;
    for at in 0..shared {
        hash[at / 8] &= !(0x80 >> (at % 8));
    }
    Token(Digest(hash))
}

/// Marks used by one batch after the other, with so many chosen first bits.
fn batches() -> impl Strategy<Value = Vec<Vec<Mark>>> {
    let shared = prop_oneof![Just(0), Just(3), Just(20), Just(63)];
    let batch = prop::collection::vec(shared, 0..120);
    prop::collection::vec(batch, 0..6).prop_map(|batches| {
        let mut made = 0;
        (0..)
            .zip(batches)
            .map(|(height, batch)| {
                let marks = batch.into_iter().map(|shared| {
                    made += 1;
                    let mark = mark(made, shared);
                    Mark { mark, height }
                });
                marks.collect()
            })
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_root_is_what_its_definition_says_however_the_set_was_made(batches in batches()) {
        let kept = Kept::default();
        let mut grown = Marks::load(0, &kept.read()).expect("nothing");
        let mut all = Vec::new();
        for batch in batches {
            kept.keep(&batch);
            all.extend_from_slice(&batch);
            grown.add(batch, &kept.read()).expect("adds");
            let expected = by_definition(&in_order(&all), 0);
            prop_assert_eq!((grown.root(), grown.count()), (expected, all.len() as u64));
        }
        let expected = (grown.root(), grown.count());
        for about in [0, u64::MAX] {
            let loaded = Marks::load(about, &kept.read()).expect("loads");
            prop_assert_eq!((loaded.root(), loaded.count()), expected);
        }
        let mut at_once = Marks::load(0, &Kept::default().read()).expect("nothing");
        at_once.add(all, &kept.read()).expect("adds");
        prop_assert_eq!((at_once.root(), at_once.count()), expected);
    }

    #[test]
    fn what_was_not_used_is_shown_to_be_absent_and_what_was_is_not(batches in batches(), later in 0u64..200) {
        let kept = Kept::default();
        let mut set = Marks::load(0, &kept.read()).expect("nothing");
        for batch in &batches {
            kept.keep(batch);
            set.add(batch.clone(), &kept.read()).expect("adds");
        }
        let before = batches.len() as u64;
        // The store goes on; the version that a root is of stays.
        let used_later: Vec<Mark> = (0..later).map(|n| Mark { mark: mark(1_000_000 + n, 3), height: before }).collect();
        kept.keep(&used_later);
        let read = kept.read();
        for used in batches.iter().flatten().chain(&used_later) {
            let is_used = matches!(set.place(&used.mark, before, &read), Ok(Place::Used));
            prop_assert!(is_used);
        }
        for (n, shared) in (2_000_000..).zip([0, 0, 3, 3, 20, 63]) {
            let absent = mark(n, shared);
            match set.place(&absent, before, &read).expect("reads") {
                Place::Used => prop_assert!(false, "it was never used"),
                Place::Crowded => prop_assert!(shared == 63),
                Place::Bucket(shown) => {
                    prop_assert_eq!(shown.root(&absent, set.count()), Ok(set.root()));
                    cheat(&shown, &absent, &set)?;
                }
            }
        }
    }
}

/// What somebody tries who wants a mark to look unused that is in the set, or knows only other proofs.
fn cheat(shown: &Absence, absent: &Token, set: &Marks) -> Result<(), TestCaseError> {
    let (root, count) = (Ok(set.root()), set.count());
    let depth = shown.path.len();
    // A mark of the bucket, with the bucket as it is and without it.
    for (at, used) in shown.stems.iter().enumerate() {
        let mut bytes = [0; 32];
        bytes[..16].copy_from_slice(used);
        let used = Token(Digest(bytes));
        prop_assert_eq!(shown.root(&used, count), Err(NotAbsent::Used));
        let mut without = shown.clone();
        without.stems.remove(at);
        prop_assert_ne!(without.root(&used, count), root);
    }
    // A neighbour in place of a mark; the marks in another order; one twice.
    if let [first, .., last] = shown.stems.as_slice() {
        let (first, last) = (*first, *last);
        let mut other = shown.clone();
        other.stems.reverse();
        prop_assert_ne!(other.root(absent, count), root);
        other.stems = vec![first; shown.stems.len()];
        prop_assert_ne!(other.root(absent, count), root);
        other.stems.push(last);
        prop_assert_ne!(other.root(absent, count), root);
    }
    if depth == 0 {
        prop_assert_eq!(shown.root(absent, count + 1), Err(NotAbsent::Elsewhere));
        return Ok(());
    }
    // The bucket of a mark elsewhere in the set.
    let mut bytes = *absent.bytes();
    bytes[(depth - 1) / 8] ^= 0x80 >> ((depth - 1) % 8);
    prop_assert_ne!(shown.root(&Token(Digest(bytes)), count), root);
    // A fork as if it were a bucket: one level less, and its halves as what is in it.
    let forked: Vec<Stem> = [shown.path[0]].iter().flat_map(split).collect();
    let as_bucket = Absence {
        stems: forked,
        path: shown.path[1..].to_vec(),
    };
    prop_assert_ne!(as_bucket.root(absent, count), root);
    // A level more or less, on either side.
    for path in [
        shown.path[1..].to_vec(),
        shown.path[..depth - 1].to_vec(),
        [&[EMPTY], shown.path.as_slice()].concat(),
    ] {
        let other = Absence {
            path,
            ..shown.clone()
        };
        prop_assert_ne!(other.root(absent, count), root);
    }
    Ok(())
}

fn split(hash: &Digest) -> [Stem; 2] {
    let mut halves = [[0; 16]; 2];
    halves.as_flattened_mut().copy_from_slice(&hash.0);
    halves
}

#[test]
fn marks_that_share_too_many_bits_stay_together_and_nothing_is_shown_of_them() {
    let kept = Kept::default();
    let marks: Vec<Mark> = (0..40)
        .map(|n| Mark {
            mark: mark(n, 64),
            height: 7,
        })
        .collect();
    kept.keep(&marks);
    let mut set = Marks::load(0, &Kept::default().read()).expect("nothing");
    set.add(marks.clone(), &kept.read()).expect("adds");
    assert_eq!(set.root(), by_definition(&in_order(&marks), 0));
    let absent = set.place(&mark(1_000, 64), 8, &kept.read());
    assert!(matches!(absent, Ok(Place::Crowded)));
    let elsewhere = mark(1_000, 0);
    assert!(matches!(
        set.place(&elsewhere, 8, &kept.read()),
        Ok(Place::Bucket(_))
    ));
}

#[test]
fn a_store_that_lost_a_mark_is_noticed_where_it_would_be_shown_or_divided() {
    let kept = Kept::default();
    let marks: Vec<Mark> = (0..16)
        .map(|n| Mark {
            mark: mark(n, 0),
            height: 0,
        })
        .collect();
    kept.keep(&marks);
    let mut set = Marks::load(0, &kept.read()).expect("loads");
    kept.0.borrow_mut().remove(&marks[3].mark);
    let root = set.root();
    assert!(matches!(
        set.place(&mark(99, 0), 1, &kept.read()),
        Err(StoreError::Corrupt(_))
    ));
    let more = Mark {
        mark: mark(16, 0),
        height: 1,
    };
    kept.keep(&[more]);
    assert_eq!(set.add(vec![more], &kept.read()), Err(lost()));
    assert_eq!((set.root(), set.count()), (root, 16), "it is what it was");
}
