//! Lists: one item can be shown alone, and neither the others nor their number are told.

use deed::Value;
use ledger::fact::{FIXED_LEAVES, Fact, ListPart, Opening};
use ledger::limits::LIST_ITEMS_MAX;

use crate::commitments::fact;
use crate::support::{noise, text};

const LIST: usize = 4;

fn listing(items: usize) -> Fact {
    let item = |i| text(&format!("item {i}"));
    let mut fact = fact();
    fact.fields[LIST] = Value::List((0..items).map(item).collect());
    fact
}

/// The head, and of the list these items and, if so said, the length.
fn part(fact: &Fact, length: bool, items: &[u32]) -> Option<Opening> {
    let list = FIXED_LEAVES + LIST;
    let shown = fact.open(|leaf| leaf == 0 || leaf == list);
    shown.narrow_list(LIST, length, |item| items.contains(&item))
}

#[test]
fn any_item_is_shown_alone() {
    for items in [1, 2, 3, 40, LIST_ITEMS_MAX] {
        let fact = listing(items);
        let last = items as u32 - 1;
        for index in [0, last.min(17), last] {
            for length in [false, true] {
                let opening = part(&fact, length, &[index]).expect("an item");
                assert_eq!(opening.commitment(), Some(fact.commitment()));
                assert_eq!(opening.field(LIST), None);
                let shown = opening.part(LIST).expect("a part");
                let told: Vec<(u32, Value)> = shown
                    .items
                    .iter()
                    .map(|i| (i.index, i.value.clone()))
                    .collect();
                assert_eq!(told, [(index, text(&format!("item {index}")))]);
                let told = shown.length.as_ref().map(|l| l.items);
                assert_eq!(told, length.then_some(items as u64));
            }
        }
    }
}

#[test]
fn the_length_is_shown_alone_and_nothing_is_no_part() {
    for items in [0, 1, 40] {
        let fact = listing(items);
        let opening = part(&fact, true, &[]).expect("a length");
        assert_eq!(opening.commitment(), Some(fact.commitment()));
        assert_eq!(part(&fact, false, &[]), None, "hide the leaf instead");
        assert_eq!(part(&fact, false, &[items as u32]), None, "not there");
    }
    assert_eq!(fact().open(|_| true).narrow_list(3, true, |_| true), None);
    assert_eq!(
        fact().open(|l| l == 0).narrow_list(LIST, true, |_| true),
        None
    );
}

#[test]
fn a_part_can_be_narrowed_further_and_comes_out_the_same() {
    let fact = listing(40);
    let some = part(&fact, true, &[1, 2, 17, 39]).expect("a part");
    for items in [&[1, 2, 17, 39][..], &[17], &[2, 39], &[]] {
        for length in [true, false] {
            let narrowed = some.narrow_list(LIST, length, |item| items.contains(&item));
            assert_eq!(narrowed, part(&fact, length, items), "{items:?}");
        }
    }
    let hidden = some.narrow(|leaf| leaf == 0);
    assert_eq!(hidden, Some(fact.open(|leaf| leaf == 0)));
}

/// How long the list is shows in no byte of a shown item but in its place: parts of lists of any length are of one size.
#[test]
fn the_number_of_items_is_not_told() {
    let sizes: Vec<usize> = [18, 19, 32, 1_000, LIST_ITEMS_MAX]
        .map(|items| {
            let opening = part(&listing(items), false, &[17]).expect("an item");
            ledger::codec::encode(&opening).len()
        })
        .to_vec();
    assert!(sizes.iter().all(|size| *size == sizes[0]), "{sizes:?}");
    // The empty, the full and the absent list are one hash each.
    let hidden = |fact: Fact| fact.open(|leaf| leaf == 0).hashes.len();
    let mut absent = fact();
    absent.fields[LIST] = Value::Absent;
    assert_eq!(hidden(absent), hidden(listing(0)));
    assert_eq!(hidden(listing(LIST_ITEMS_MAX)), hidden(listing(0)));
}

#[test]
fn what_was_changed_in_a_part_is_refused() {
    let fact = listing(40);
    type Tweak = fn(&mut ListPart);
    let tweaks: [(&str, Tweak, bool); 13] = [
        ("another place", |p| p.items[0].index = 16, true),
        (
            "a place beyond the length",
            |p| p.items[1].index = 40,
            false,
        ),
        (
            "a place beyond the tree",
            |p| p.items[1].index = 4096,
            false,
        ),
        ("another item", |p| p.items[0].value = text("forged"), true),
        ("another salt", |p| p.items[0].salt.0[0] ^= 1, true),
        ("a longer list", |p| length(p, 41), true),
        ("a list longer than its limit", |p| length(p, 4097), false),
        ("a list too short", |p| length(p, 17), false),
        ("another filler", |p| p.hashes[4] = noise("filler"), true),
        (
            "a hash missing",
            |p| p.hashes.truncate(p.hashes.len() - 1),
            false,
        ),
        ("a hash left over", |p| p.hashes.push(noise("x")), false),
        ("out of order", |p| p.items.swap(0, 1), false),
        ("another leaf", |p| p.position = 8, true),
    ];
    for (what, tweak, readable) in tweaks {
        let mut opening = part(&fact, true, &[17, 18]).expect("a part");
        tweak(&mut opening.lists[0]);
        assert_eq!(opening.lists[0].hash().is_some(), readable, "{what}");
        assert_ne!(opening.commitment(), Some(fact.commitment()), "{what}");
    }
    // Whole and in part at once; a part of what is no field; the same part twice.
    let whole = fact.open(|leaf| leaf == 0 || leaf == FIXED_LEAVES + LIST);
    let good = part(&fact, true, &[17]).expect("a part");
    let with = |lists: Vec<ListPart>, of: &Opening| Opening {
        lists,
        ..of.clone()
    };
    let list = good.lists[0].clone();
    let at_control = ListPart {
        position: 1,
        ..list.clone()
    };
    for bad in [
        with(vec![list.clone()], &whole),
        with(vec![list.clone(), list], &good),
        with(vec![at_control], &good),
    ] {
        assert_eq!(bad.commitment(), None);
    }
}

fn length(part: &mut ListPart, items: u64) {
    if let Some(length) = &mut part.length {
        length.items = items;
    }
}

#[test]
fn an_empty_list_a_list_of_nothing_and_absence_differ() {
    let with = |value: Value| {
        let mut fact = fact();
        fact.fields[LIST] = value;
        fact.commitment()
    };
    let all = [
        with(Value::List(Vec::new())),
        with(Value::List(vec![Value::Absent])),
        with(Value::List(vec![Value::List(Vec::new())])),
        with(Value::Record(Vec::new())),
        with(Value::Absent),
    ];
    for (i, one) in all.iter().enumerate() {
        assert_eq!(all.iter().filter(|other| *other == one).count(), 1, "{i}");
    }
}
