//! Files that facts name: every node knows who may have them, from what it sees itself, and what it has yet to fetch.

use std::collections::BTreeSet;
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

/// Who may have a file, as a node sees it.
fn known(town: &Town, node: &str, file: FileAddress) -> Vec<String> {
    let parties = town.nodes[node].parties_of_file(&file).expect("a store");
    parties.iter().map(ToString::to_string).collect()
}

#[test]
fn who_has_a_part_in_a_fact_may_have_its_file() {
    let mut town = Town::new();
    for (number, holder) in [(1, ALICE), (2, BOB)] {
        town.instruct(&hand(number, holder));
        town.deliver_all();
        assert_eq!(town.state(BANK, &format!("paper {number}")), "done");
    }
    let of_alice = vec![ALICE, AUDITOR, BANK];
    let of_bob = vec![BOB, AUDITOR, BANK];
    let nobody = Vec::new();
    let cases = [
        (BANK, 1, &of_alice),
        (AUDITOR, 1, &of_alice),
        (ALICE, 1, &of_alice),
        (BOB, 1, &nobody),
        (BANK, 2, &of_bob),
        (AUDITOR, 2, &of_bob),
        (ALICE, 2, &nobody),
        (BOB, 2, &of_bob),
        (BANK, 3, &nobody),
    ];
    let check = |town: &Town| {
        for (node, number, expected) in cases {
            let known: BTreeSet<String> = known(town, node, file(number)).into_iter().collect();
            let expected = expected.iter().map(ToString::to_string).collect();
            assert_eq!(known, expected, "{node} of paper {number}");
        }
    };
    check(&town);
    // It was committed with the facts.
    for node in NODES {
        town.open(node);
    }
    check(&town);
    let longer = FileAddress {
        bytes: 5,
        ..file(1)
    };
    assert_eq!(known(&town, BANK, longer), Vec::<String>::new());
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
