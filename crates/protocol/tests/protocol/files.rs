//! Files that facts name: every node knows who may have them, from what it sees itself, and what it has yet to fetch.

use std::sync::Arc;

use deed::{FileAddress, Value};
use ledger::ContractId;
use protocol::node::Input;
use protocol::node::records::Instruction;

use crate::support::{args, papers, party, who};
use crate::town::{ALICE, AUDITOR, BANK, BOB, NODES, Town};

fn file(number: u8) -> FileAddress {
    FileAddress {
        root: [number; 32],
        bytes: 1_000 + u64::from(number),
    }
}

fn hand(number: u8, holder: &str) -> Instruction {
    let papers = papers();
    let given = [
        ("holder", who(holder)),
        ("number", Value::Int(number.into())),
        ("paper", Value::File(Arc::new(file(number)))),
    ];
    let (action, args) = args(&papers, "Hand", &given);
    Instruction {
        key: format!("paper {number}"),
        party: party(BANK),
        contract: ContractId::of_text(papers.source()),
        action,
        args,
        consumes: Vec::new(),
        references: Vec::new(),
    }
}

/// Somebody other than the bank names a file.
fn pass(number: u8, giver: &str, holder: &str) -> Instruction {
    let papers = papers();
    let given = [
        ("giver", who(giver)),
        ("holder", who(holder)),
        ("number", Value::Int(100 + i64::from(number))),
        ("paper", Value::File(Arc::new(file(number)))),
    ];
    let (action, args) = args(&papers, "Pass", &given);
    Instruction {
        key: format!("{giver} passes paper {number} to {holder}"),
        party: party(giver),
        action,
        args,
        ..hand(number, holder)
    }
}

fn done(town: &mut Town, instruction: &Instruction) {
    town.instruct(instruction);
    town.deliver_all();
    let by = instruction.party.to_string();
    assert_eq!(town.state(&by, &instruction.key), "done");
}

/// The nodes that a node gives a file to.
fn given(town: &Town, node: &str, file: FileAddress) -> Vec<&'static str> {
    let may = |other: &&&str| town.nodes[node].may_have_file(&file, &party(other));
    let others = NODES.iter().filter(|other| **other != node);
    others
        .filter(|other| may(other).expect("a store"))
        .copied()
        .collect()
}

/// The nodes that a node asks for a file.
fn asked(town: &Town, node: &str, file: FileAddress) -> Vec<String> {
    let nodes = town.nodes[node].nodes_of_file(&file).expect("a store");
    nodes.iter().map(ToString::to_string).collect()
}

fn shown(town: &mut Town, at: &str, by: &str, number: u8) {
    town.step(at, Input::FileShown(file(number), party(by)));
}

#[test]
fn who_has_a_part_in_a_fact_may_have_its_file() {
    let mut town = Town::new();
    for (number, holder) in [(1, ALICE), (2, BOB)] {
        done(&mut town, &hand(number, holder));
    }
    let nobody: &[&str] = &[];
    let check = |town: &Town, cases: &[(&str, u8, &[&str])]| {
        for (node, number, expected) in cases {
            let given = given(town, node, file(*number));
            assert_eq!(&given, expected, "{node} gives paper {number}");
        }
    };
    // The bank shared them. Nobody else has seen yet that it has them.
    let at_first: &[(&str, u8, &[&str])] = &[
        (BANK, 1, &[AUDITOR, ALICE]),
        (BANK, 2, &[AUDITOR, BOB]),
        (BANK, 3, nobody),
        (AUDITOR, 1, nobody),
        (ALICE, 1, nobody),
        (BOB, 1, nobody),
    ];
    check(&town, at_first);
    for (node, number) in [(AUDITOR, 1), (ALICE, 1), (BOB, 2)] {
        assert_eq!(asked(&town, node, file(number))[0], BANK, "{node}");
        shown(&mut town, node, BANK, number);
    }
    let then: &[(&str, u8, &[&str])] = &[
        (BANK, 1, &[AUDITOR, ALICE]),
        (AUDITOR, 1, &[BANK, ALICE]),
        (ALICE, 1, &[BANK, AUDITOR]),
        (BOB, 1, nobody),
        (AUDITOR, 2, nobody),
        (BOB, 2, &[BANK, AUDITOR]),
    ];
    check(&town, then);
    // It was committed with the facts.
    for node in NODES {
        town.open(node);
    }
    check(&town, then);
    let longer = FileAddress {
        bytes: 5,
        ..file(1)
    };
    assert_eq!(given(&town, BANK, longer), nobody);
    assert_eq!(asked(&town, BANK, longer), nobody);
}

#[test]
fn naming_a_file_gives_no_right_to_it() {
    let mut town = Town::new();
    done(&mut town, &hand(1, ALICE));
    shown(&mut town, AUDITOR, BANK, 1);
    // Bob has learned the address, and has a fact made in which the bank, the auditor and he have a part.
    done(&mut town, &pass(1, BOB, BOB));
    for (node, expected) in [
        (BANK, [AUDITOR, ALICE].as_slice()),
        (AUDITOR, &[BANK, ALICE]),
    ] {
        assert_eq!(given(&town, node, file(1)), expected, "{node}");
        let doubted = town.nodes[node].doubted_sharers(&file(1));
        assert_eq!(doubted.expect("a store"), [party(BOB)], "{node}");
    }
    // Nor does it help him that Alice's node, which has a right to it, agreed to what he had made.
    done(&mut town, &pass(1, BOB, ALICE));
    assert_eq!(given(&town, BANK, file(1)), [AUDITOR, ALICE]);
    // Once he shows that he has it, he shares it like anybody.
    shown(&mut town, BANK, BOB, 1);
    assert_eq!(given(&town, BANK, file(1)), [AUDITOR, ALICE, BOB]);
    let doubted = town.nodes[BANK].doubted_sharers(&file(1));
    assert_eq!(doubted.expect("a store"), []);
}

#[test]
fn who_was_given_a_file_shares_it_in_whatever_order_that_is_learned() {
    for sharing_first in [false, true] {
        let mut town = Town::new();
        let mut both = [hand(1, ALICE), pass(1, ALICE, BOB)];
        if sharing_first {
            both.reverse();
        }
        for instruction in &both {
            done(&mut town, instruction);
        }
        assert_eq!(given(&town, BANK, file(1)), [AUDITOR, ALICE, BOB]);
        // Each goes by what it has seen itself: that Alice shares it, and that she has not shown that she has it.
        shown(&mut town, BOB, BANK, 1);
        assert_eq!(given(&town, BOB, file(1)), [BANK]);
        shown(&mut town, BOB, ALICE, 1);
        assert_eq!(given(&town, BOB, file(1)), [BANK, AUDITOR, ALICE]);
    }
}

#[test]
fn a_file_is_wanted_until_it_is_kept() {
    let mut town = Town::new();
    for number in 1..=3 {
        town.instruct(&hand(number, ALICE));
        town.deliver_all();
    }
    let wanted = |town: &Town, after: Option<u8>, limit: usize| {
        let after = after.map(file);
        let node = &town.nodes[ALICE];
        node.wanted_files(after.as_ref(), limit).expect("a store")
    };
    assert_eq!(wanted(&town, None, 9), [file(1), file(2), file(3)]);
    assert_eq!(wanted(&town, None, 2), [file(1), file(2)]);
    assert_eq!(wanted(&town, Some(2), 2), [file(3)]);
    town.step(ALICE, Input::FileKept(file(2)));
    town.open(ALICE);
    assert_eq!(wanted(&town, None, 9), [file(1), file(3)]);
    assert_eq!(
        town.nodes[BOB].wanted_files(None, 9).expect("a store"),
        [],
        "nothing that is not shared"
    );
}
