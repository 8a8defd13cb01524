//! Every write of every step fails, and fails after it has persisted: the payment ends all the same, and as it should.

use protocol::store::{Fault, StoreError};

use crate::town::{ALICE, BANK, BOB, NODES, Town};

/// Issue, endow, pay: until all is done, however often something starts again.
fn play(faults: &[(&str, u64, Fault)]) -> Town {
    let mut town = Town::with_faults(faults);
    let instructions = [
        town.issue("issue", 1, 20),
        town.pay("endowment", BANK, ALICE, 12, 2),
        town.pay("payment", ALICE, BOB, 5, 7),
    ];
    for instruction in &instructions {
        town.instruct(instruction);
        town.deliver_all();
        for _ in 0..60 {
            if town.state(instruction.party.as_str(), &instruction.key) == "done" {
                break;
            }
            town.pass(6_000);
        }
    }
    // What is still on its way arrives, and signers learn how proposals ended that were drafted again.
    for _ in 0..30 {
        town.pass(6_000);
    }
    town
}

fn assert_ends_well(town: &mut Town, what: &str) {
    let states = [(BANK, "issue"), (BANK, "endowment"), (ALICE, "payment")];
    let states = states.map(|(at, key)| town.state(at, key));
    assert_eq!(states, ["done", "done", "done"], "{what}");
    let held = [BANK, ALICE, BOB].map(|name| town.holds(name));
    assert_eq!(held, [(8, 0), (7, 0), (5, 0)], "{what}");
    assert_eq!(town.notary.size(), 3, "{what}: nothing was certified twice");
    assert_eq!(town.published.len(), 3, "{what}");
    town.assert_settled();
}

#[test]
fn every_write_may_fail_before_or_after_it_persists() {
    let mut calm = play(&[]);
    assert_ends_well(&mut calm, "without faults");
    assert_eq!(calm.restarts, 0);
    let mut faults = 0;
    for name in NODES {
        let commits = calm.disks[name].commits();
        assert!(commits > 2, "{name} writes");
        for commit in 0..commits {
            let error = || StoreError::Io("the disk failed".to_owned());
            for fault in [Fault::Before(error()), Fault::After(error())] {
                let what = format!("commit {commit} of {name}, {fault:?}");
                let mut town = play(&[(name, commit, fault)]);
                assert_eq!(town.restarts, 1, "{what}");
                assert_ends_well(&mut town, &what);
                faults += 1;
            }
        }
    }
    assert!(faults > 60, "{faults} faults");
}

#[test]
fn a_full_disk_holds_everything_up_and_loses_nothing() {
    let full: Vec<(&str, u64, Fault)> = (3..9)
        .map(|commit| (BANK, commit, Fault::Before(StoreError::Full)))
        .collect();
    let mut town = play(&full);
    assert_eq!(town.restarts, 6);
    assert_ends_well(&mut town, "with room again");
}
