//! Tear-offs: each party sees its part, can't guess the rest, and still finds the same transaction.

use std::collections::BTreeSet;

use ledger::codec;
use ledger::fact::{Fact, LeafContent};
use ledger::tearoff::{SeenView, ShownOutput, TearOff};
use ledger::validity::Standing;
use ledger::view::View;

use crate::payment::{Draft, found, gift, payment};
use crate::support::net;

fn holds(bytes: &[u8], canary: &[u8]) -> bool {
    bytes.windows(canary.len()).any(|window| window == canary)
}

/// What can be told from a tear-off about one fact: `whole`, `part` (leaves shown), or `nothing`.
fn told(bytes: &[u8], fact: &Fact) -> &'static str {
    let leaves = fact.open(|_| true).shown;
    let salts: Vec<[u8; 32]> = leaves.iter().map(|leaf| leaf.salt.0).collect();
    if holds(bytes, &fact.salt.0) {
        "whole"
    } else if salts.iter().any(|salt| holds(bytes, salt)) {
        "part"
    } else {
        "nothing"
    }
}

/// For each fact of a draft, consumed ones first, what these viewers are told.
fn table(draft: &Draft, viewers: &[&str]) -> Vec<&'static str> {
    let seen = draft.seen(net(), viewers);
    assert_eq!(
        seen.id(),
        draft.transaction(net()).opening().id(),
        "{viewers:?}"
    );
    let bytes = codec::encode(&seen);
    let facts = |view: &View| -> Vec<Fact> {
        let inputs = view.consumed.iter().map(|input| input.fact.clone());
        inputs.chain(view.created.clone()).collect()
    };
    draft
        .views
        .iter()
        .flat_map(facts)
        .map(|fact| told(&bytes, &fact))
        .collect()
}

#[test]
fn everybody_is_told_what_concerns_them_and_nothing_else() {
    let (paid, given) = (payment(net()), gift(net()));
    // Receipt, Alice's eight pounds, Bob's five, Alice's change.
    for (viewers, expected) in [
        (vec!["TOWN-BANK"], ["whole", "whole", "whole", "whole"]),
        (vec!["ALICE"], ["whole", "whole", "whole", "whole"]),
        (vec!["BOB"], ["whole", "nothing", "whole", "nothing"]),
        (vec!["CAROL"], ["nothing", "nothing", "nothing", "nothing"]),
        (
            vec!["TOWN-AUDITOR"],
            ["nothing", "nothing", "nothing", "nothing"],
        ),
        (
            vec!["CAROL", "BOB"],
            ["whole", "nothing", "whole", "nothing"],
        ),
    ] {
        assert_eq!(table(&paid, &viewers), expected, "payment to {viewers:?}");
    }
    // Receipt, Alice's eight pounds, Bob's two, Carol's two, Alice's change.
    for (viewer, expected) in [
        ("TOWN-BANK", ["whole", "whole", "whole", "whole", "whole"]),
        ("BOB", ["nothing", "nothing", "whole", "nothing", "nothing"]),
        (
            "CAROL",
            ["nothing", "nothing", "nothing", "whole", "nothing"],
        ),
    ] {
        assert_eq!(table(&given, &[viewer]), expected, "gift to {viewer}");
    }
}

/// Bob gets a gift; nothing in what he is shown names Carol, the note or the amounts of others.
#[test]
fn what_is_hidden_is_not_even_named() {
    let seen = codec::encode(&gift(net()).seen(net(), &["BOB"]));
    let carol = gift(net()).views[1].created[1].control.keys()[0];
    for (what, canary) in [
        ("the other's name", b"CAROL".as_slice()),
        ("the other's key", &carol.0),
        ("the giver's name", b"ALICE"),
        ("the note", b"SECRET-NOTE"),
    ] {
        assert!(!holds(&seen, canary), "{what}");
    }
    assert!(holds(&seen, b"BOB"), "the scan finds what is there");
}

/// A creditor that doesn't own the coin sees its fields, and neither who can spend it nor what its token will be.
#[test]
fn a_creditor_sees_that_a_due_was_paid_and_no_keys() {
    let net = net();
    let draft = payment(net);
    let mut audiences = draft.audiences(net);
    audiences[1].whole.clear();
    audiences[1].owners.clear();
    let transaction = draft.transaction(net);
    let seen = transaction.tear_off(&audiences, &crate::payment::parties(&["BOB"]), &[]);
    let SeenView::Outputs(outputs) = &seen.views[1] else {
        panic!("outputs only");
    };
    assert_eq!(outputs.shown.keys().copied().collect::<Vec<_>>(), [0]);
    let Some(ShownOutput::Part(opening)) = outputs.shown.get(&0) else {
        panic!("a part");
    };
    let shown: Vec<u32> = opening.shown.iter().map(|leaf| leaf.position).collect();
    assert_eq!(shown, [0, 3, 5, 6, 7], "head, due and fields");
    assert!(found(net, &seen, Standing::Party).is_ok());
}

#[test]
fn outputs_that_do_not_belong_together_are_refused() {
    let net = net();
    let good = payment(net).seen(net, &["BOB"]);
    assert!(found(net, &good, Standing::Party).is_ok());
    type Tweak = fn(&mut ledger::tearoff::SeenOutputs);
    let tweaks: [(&str, Tweak); 5] = [
        ("another amount", |o| {
            if let Some(ShownOutput::Whole(fact)) = o.shown.get_mut(&0) {
                fact.fields[0] = crate::support::pounds(6);
            }
        }),
        ("another coin's place", |o| {
            let shown = o.shown.remove(&0).expect("shown");
            o.shown.insert(1, shown);
        }),
        ("a place that there is not", |o| {
            let shown = o.shown[&0].clone();
            o.shown.insert(7, shown);
        }),
        ("a commitment less", |o| o.commitments.truncate(1)),
        ("leaves in disorder", |o| {
            if let Some(ShownOutput::Whole(fact)) = o.shown.get(&0).cloned() {
                let mut opening = fact.open(|_| true);
                assert!(matches!(opening.shown[3].content, LeafContent::Due(_)));
                opening.shown[0] = opening.shown[1].clone();
                o.shown.insert(0, ShownOutput::Part(opening));
            }
        }),
    ];
    for (what, tweak) in tweaks {
        let mut bad: TearOff = good.clone();
        let SeenView::Outputs(outputs) = &mut bad.views[1] else {
            panic!("outputs only");
        };
        tweak(outputs);
        let code = found(net, &bad, Standing::Party).map_err(|e| e.code().to_owned());
        assert_eq!(
            code.err().as_deref(),
            Some("shown_facts_not_in_view"),
            "{what}"
        );
    }
}

#[test]
fn the_audiences_are_those_of_the_contract() {
    let draft = payment(net());
    let audiences = draft.audiences(net());
    let names = |parties: &BTreeSet<deed::Party>| -> Vec<String> {
        parties.iter().map(ToString::to_string).collect()
    };
    assert_eq!(names(&audiences[0].whole), ["ALICE", "BOB", "TOWN-BANK"]);
    assert_eq!(names(&audiences[0].observers), ["TOWN-AUDITOR"]);
    assert_eq!(names(&audiences[1].whole), ["ALICE", "TOWN-BANK"]);
    assert_eq!(names(&audiences[1].observers), ["TOWN-AUDITOR"]);
    assert_eq!(names(&audiences[1].owners[&0]), ["BOB"]);
    assert_eq!(names(&audiences[1].owners[&1]), ["ALICE"]);
    assert_eq!(
        names(&audiences[1].creditors[&0]),
        ["ALICE", "BOB", "TOWN-BANK"]
    );
    assert!(!audiences[1].creditors.contains_key(&1));
}
