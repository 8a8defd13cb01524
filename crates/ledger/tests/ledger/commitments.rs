//! A fact's commitment: any subset of its leaves opens, and nothing else does.

use std::collections::BTreeSet;

use deed::Value;
use ledger::Digest;
use ledger::control::Control;
use ledger::fact::{DueRef, FIXED_LEAVES, Fact, LeafContent, Opening, ShownLeaf};
use ledger::signature::{PublicKey, Suite};
use ledger::view::outputs_root;

use crate::support::{choice, net, noise, one_time, party, pounds, text};

pub(crate) fn fact() -> Fact {
    Fact {
        contract: net().coins,
        kind: 0,
        fields: vec![
            pounds(5),
            Value::Party(party("ALICE")),
            choice("held"),
            Value::Absent,
            Value::List(vec![text("one"), text("two")]),
            Value::Record(vec![Value::Int(1), Value::Bool(true)]),
        ],
        salt: noise("a fact's salt"),
        control: Control::key(one_time("ALICE", "a key").public()),
        due: Some(DueRef {
            view: 0,
            position: 3,
        }),
        holder: None,
    }
}

const LEAVES: usize = FIXED_LEAVES + 6;

#[test]
fn any_subset_of_the_leaves_opens_the_one_commitment() {
    let fact = fact();
    let commitment = fact.commitment();
    let whole = fact.open(|_| true);
    for subset in 0u32..1 << LEAVES {
        let opening = fact.open(|leaf| subset >> leaf & 1 == 1);
        let head = subset & 1 == 1;
        assert_eq!(
            opening.commitment(),
            head.then_some(commitment),
            "{subset:b}: the head must be shown"
        );
        // Whoever holds all of it makes the very same.
        let narrowed = whole.narrow(|leaf| subset >> leaf & 1 == 1);
        assert_eq!(narrowed, head.then_some(opening.clone()), "{subset:b}");
        for field in 0..6 {
            let shown = subset >> (FIXED_LEAVES + field) & 1 == 1;
            assert_eq!(opening.field(field), shown.then(|| &fact.fields[field]));
        }
        if head {
            assert_eq!(opening.due().is_some(), subset >> 3 & 1 == 1);
        }
    }
}

#[test]
fn less_can_be_shown_of_what_is_shown_and_never_more() {
    let fact = fact();
    let some = fact.open(|leaf| leaf % 2 == 0);
    for subset in 0u32..1 << LEAVES {
        let keep = |leaf: usize| subset >> leaf & 1 == 1;
        let expected = keep(0).then(|| fact.open(|leaf| leaf % 2 == 0 && keep(leaf)));
        assert_eq!(some.narrow(keep), expected, "{subset:b}");
    }
}

#[test]
fn a_changed_leaf_salt_or_place_gives_another_commitment_or_none() {
    let whole = fact().open(|_| true);
    let commitment = fact().commitment();
    let differs = |what: &str, opening: Opening| {
        assert_ne!(opening.commitment(), Some(commitment), "{what}");
    };
    for leaf in 0..LEAVES {
        let mut other = whole.clone();
        other.shown[leaf].salt.0[31] ^= 1;
        differs(&format!("salt of leaf {leaf}"), other);

        let mut other = whole.clone();
        other.shown[leaf].content = LeafContent::Field(Value::Int(77));
        differs(&format!("content of leaf {leaf}"), other);

        let mut other = whole.clone();
        other.shown.swap(leaf, (leaf + 1) % LEAVES);
        differs(&format!("place of leaf {leaf}"), other.clone());
        for (position, leaf) in (0u32..).zip(&mut other.shown) {
            leaf.position = position;
        }
        differs(&format!("place of leaf {leaf}, renamed"), other);
    }
}

#[test]
fn each_part_of_a_fact_counts() {
    let original = fact().commitment();
    type Tweak = fn(&mut Fact);
    let tweaks: [(&str, Tweak); 13] = [
        ("contract", |f| f.contract.0.0[0] ^= 1),
        ("kind", |f| f.kind = 1),
        ("amount", |f| f.fields[0] = pounds(6)),
        ("absence", |f| f.fields[3] = Value::Int(0)),
        ("list item", |f| {
            f.fields[4] = Value::List(vec![text("one"), text("2")])
        }),
        ("list order", |f| {
            f.fields[4] = Value::List(vec![text("two"), text("one")])
        }),
        ("list length", |f| {
            f.fields[4] = Value::List(vec![text("one"), text("two"), Value::Absent])
        }),
        ("record for a list", |f| {
            f.fields[4] = Value::Record(vec![text("one"), text("two")])
        }),
        ("number of fields", |f| f.fields.push(Value::Absent)),
        ("salt", |f| f.salt.0[0] ^= 1),
        ("control", |f| f.control = Control::nobody()),
        ("due", |f| f.due = None),
        ("holder", |f| {
            f.holder = PublicKey::new(Suite::ED25519, noise("holder").0.to_vec()).ok()
        }),
    ];
    for (what, tweak) in tweaks {
        let mut other = fact();
        tweak(&mut other);
        assert_ne!(other.commitment(), original, "{what}");
    }
}

/// Every way to write an opening wrongly, each from one that is right.
#[test]
fn a_malformed_opening_opens_nothing() {
    let head_and_amount = fact().open(|leaf| leaf == 0 || leaf == 5);
    assert_eq!(head_and_amount.commitment(), Some(fact().commitment()));
    let sorts = [
        (1, LeafContent::Due(None)),
        (2, LeafContent::Control(noise("x"))),
        (3, LeafContent::Holder(None)),
        (4, LeafContent::Due(None)),
        (4, LeafContent::Field(Value::Absent)),
        (5, LeafContent::TokenKey(noise("x"))),
        (5, LeafContent::Holder(None)),
        (10, LeafContent::Head(net().coins, 0, 6)),
    ];
    for (position, content) in sorts {
        let mut opening = fact().open(|_| true);
        opening.shown[position].content = content;
        assert_eq!(opening.commitment(), None, "at {position}");
    }
    type Tweak = fn(&mut Opening);
    let tweaks: [(&str, Tweak); 12] = [
        ("a hash missing", |o| o.hashes.truncate(o.hashes.len() - 1)),
        ("a hash left over", |o| o.hashes.push(noise("left over"))),
        ("no hash", |o| o.hashes.clear()),
        ("nothing shown", |o| o.shown.clear()),
        ("the head hidden", |o| drop(o.shown.remove(0))),
        ("out of order", |o| o.shown.swap(0, 1)),
        ("a leaf twice", |o| o.shown.push(o.shown[1].clone())),
        ("a head twice", |o| o.shown.insert(0, o.shown[0].clone())),
        ("a leaf beyond", |o| o.shown[1].position = LEAVES as u32),
        ("a leaf far beyond", |o| o.shown[1].position = u32::MAX),
        ("no fields", |o| fields(o, 0)),
        ("more fields than any kind has", |o| fields(o, u32::MAX - 4)),
    ];
    for (what, tweak) in tweaks {
        let mut opening = head_and_amount.clone();
        tweak(&mut opening);
        assert_eq!(opening.commitment(), None, "{what}");
        assert_eq!(opening.narrow(|leaf| leaf == 0), None, "{what}");
    }
}

fn fields(opening: &mut Opening, number: u32) {
    if let LeafContent::Head(_, _, fields) = &mut opening.shown[0].content {
        *fields = number;
    }
}

/// A number of fields that would give the tree the same shape, or a hidden leaf put where a subtree was.
#[test]
fn a_hash_stands_for_its_own_subtree_only() {
    let fact = fact();
    let opening = fact.open(|leaf| leaf == 0);
    let mut parted = opening.clone();
    let node = parted.hashes.pop().expect("a hash");
    parted.hashes.extend([node, Digest::default()]);
    assert_eq!(parted.commitment(), None);
    let mut longer = opening.clone();
    fields(&mut longer, 7);
    assert!(longer.commitment().is_some(), "a tree of the same shape");
    assert_ne!(longer.commitment(), Some(fact.commitment()));
    let mut swapped = opening.clone();
    swapped.hashes.reverse();
    assert_ne!(swapped.commitment(), Some(fact.commitment()));
    // An interior node shown as if it were a leaf: its two halves would have to be a salt and a content.
    let mut shown = fact.open(|leaf| leaf < 2);
    let last = shown.hashes.pop().expect("a hash");
    shown.shown.push(ShownLeaf {
        position: 10,
        salt: last,
        content: LeafContent::Field(Value::Absent),
    });
    assert_eq!(shown.commitment(), None);
}

/// Two halves of a tree passed off as its leaves hash to the same node; the count, and the tag of the level, tell them apart.
#[test]
fn an_inner_node_is_no_leaf_and_no_root_is_of_another_level() {
    let leaves: Vec<Digest> = (0..4).map(|i| noise(&format!("leaf {i}"))).collect();
    let node = |left: &Digest, right: &Digest| -> Digest {
        tlog::node_hash(&(*left).into(), &(*right).into()).into()
    };
    let halves = [node(&leaves[0], &leaves[1]), node(&leaves[2], &leaves[3])];
    let whole = node(&halves[0], &halves[1]);
    let roots = [
        outputs_root(&leaves),
        outputs_root(&halves),
        outputs_root(&[whole]),
        whole,
    ];
    assert_eq!(BTreeSet::from(roots).len(), roots.len());
    // As the only field of a fact, and as its only item: an inner node of one tree is nothing in the other.
    let mut fact = fact();
    let of = |fact: &Fact| [fact.commitment(), outputs_root(&[fact.commitment()])];
    let mut seen = BTreeSet::from(of(&fact));
    for value in [
        Value::List(vec![fact.fields[0].clone()]),
        Value::Record(vec![fact.fields[0].clone()]),
        fact.fields[0].clone(),
        Value::List(Vec::new()),
        Value::Record(Vec::new()),
        Value::Absent,
    ] {
        fact.fields = vec![value];
        seen.extend(of(&fact));
    }
    assert_eq!(seen.len(), 14);
}
