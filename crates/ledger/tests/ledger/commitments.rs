//! A fact's commitment: any subset of its leaves opens, and nothing else does.

use deed::Value;
use ledger::Digest;
use ledger::control::Control;
use ledger::fact::{DueRef, FIXED_LEAVES, Fact, Leaf, LeafContent, Opening};

use crate::support::{choice, net, noise, one_time, party, pounds, text};

fn fact() -> Fact {
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
    }
}

const LEAVES: usize = FIXED_LEAVES + 6;

#[test]
fn any_subset_of_the_leaves_opens_the_one_commitment() {
    let fact = fact();
    let commitment = fact.commitment();
    for subset in 0u32..1 << LEAVES {
        let opening = fact.open(|leaf| subset >> leaf & 1 == 1);
        assert_eq!(opening.commitment(), commitment, "{subset:b}");
        assert_eq!(
            opening.well_formed(),
            subset & 1 == 1,
            "{subset:b}: the head must be shown"
        );
        for field in 0..6 {
            let shown = subset >> (FIXED_LEAVES + field) & 1 == 1;
            assert_eq!(opening.field(field), shown.then(|| &fact.fields[field]));
        }
        assert_eq!(opening.due().is_some(), subset >> 3 & 1 == 1);
    }
}

fn change(leaf: &mut Leaf, how: impl Fn(&mut Digest, &mut LeafContent)) {
    if let Leaf::Shown(salt, content) = leaf {
        how(salt, content);
    }
}

#[test]
fn a_changed_leaf_salt_or_place_gives_another_commitment() {
    let whole = fact().open(|_| true);
    let commitment = fact().commitment();
    let differs = |what: &str, opening: Opening| {
        assert_ne!(opening.commitment(), commitment, "{what}");
    };
    for leaf in 0..LEAVES {
        let mut other = whole.clone();
        change(&mut other.leaves[leaf], |salt, _| salt.0[31] ^= 1);
        differs(&format!("salt of leaf {leaf}"), other);

        let mut other = whole.clone();
        change(&mut other.leaves[leaf], |_, content| {
            *content = LeafContent::Field(Value::Int(77));
        });
        differs(&format!("content of leaf {leaf}"), other);

        let mut other = whole.clone();
        other.leaves.swap(leaf, (leaf + 1) % LEAVES);
        differs(&format!("place of leaf {leaf}"), other);
    }
    let mut shorter = whole.clone();
    shorter.leaves.pop();
    differs("a leaf left out", shorter);
    let mut longer = whole.clone();
    longer.leaves.push(Leaf::Hidden(noise("a leaf")));
    differs("a leaf added", longer);
}

#[test]
fn each_part_of_a_fact_counts() {
    let original = fact().commitment();
    type Tweak = fn(&mut Fact);
    let tweaks: [(&str, Tweak); 12] = [
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
    ];
    for (what, tweak) in tweaks {
        let mut other = fact();
        tweak(&mut other);
        assert_ne!(other.commitment(), original, "{what}");
    }
}

#[test]
fn a_leaf_of_another_sort_is_not_well_formed() {
    let whole = fact().open(|_| true);
    let Leaf::Shown(salt, _) = whole.leaves[1].clone() else {
        panic!("shown");
    };
    let contents = [
        (1, LeafContent::Due(None)),
        (2, LeafContent::Control(noise("x"))),
        (3, LeafContent::Field(Value::Absent)),
        (FIXED_LEAVES, LeafContent::TokenKey(noise("x"))),
        (LEAVES - 1, LeafContent::Head(net().coins, 0, 6)),
    ];
    for (position, content) in contents {
        let mut other = whole.clone();
        other.leaves[position] = Leaf::Shown(salt, content);
        assert!(!other.well_formed(), "leaf {position}");
    }
    assert!(whole.well_formed());
}

#[test]
fn an_empty_list_a_list_of_nothing_and_absence_differ() {
    let with = |value: Value| {
        let mut fact = fact();
        fact.fields[4] = value;
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
