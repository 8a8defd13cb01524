//! Directories change while payments are under way, and machines learn of it one after the other.

use protocol::limits::RETRY_MS;

use crate::town::{ALICE, BANK, BOB, NOTARY, Town};

const NEWCOMER: &str = "CAROL";

#[test]
fn the_notary_decides_under_no_older_directory_than_the_signers_had() {
    let mut town = Town::new();
    town.endow();
    let newer = town.admit(NEWCOMER);
    for name in [ALICE, BANK, BOB] {
        town.learn(name, &newer);
    }
    town.forget_log();
    let pay = town.pay("payment", ALICE, BOB, 5, 7);
    town.instruct(&pay);
    town.deliver_all();
    let last = town.log.last().expect("a verdict");
    assert_eq!(last, "the notary to ALICE: refused, map_behind");
    assert_eq!(town.state(ALICE, "payment"), "in flight");

    town.learn(NOTARY, &newer);
    town.pass(RETRY_MS);
    assert_eq!((town.holds(ALICE), town.holds(BOB)), ((7, 0), (5, 0)));
    town.assert_settled();
}

#[test]
fn what_was_drafted_under_an_older_directory_than_a_signer_has_is_drafted_again() {
    let mut town = Town::new();
    town.endow();
    let newer = town.admit(NEWCOMER);
    for name in [BANK, BOB, NOTARY] {
        town.learn(name, &newer);
    }
    town.forget_log();
    let pay = town.pay("payment", ALICE, BOB, 5, 7);
    town.instruct(&pay);
    town.deliver_all();
    let last = town.log.last().expect("an answer");
    assert_eq!(last, "BOB to ALICE: payment is declined, map_behind");
    assert_eq!(town.state(ALICE, "payment"), "in flight");

    town.learn(ALICE, &newer);
    town.deliver_all();
    assert_eq!((town.holds(ALICE), town.holds(BOB)), ((7, 0), (5, 0)));
    town.assert_settled();
}

#[test]
fn a_signer_with_an_older_directory_signs_for_those_it_knows() {
    let mut town = Town::new();
    town.endow();
    let newer = town.admit(NEWCOMER);
    for name in [ALICE, NOTARY] {
        town.learn(name, &newer);
    }
    let pay = town.pay("payment", ALICE, BOB, 5, 7);
    town.instruct(&pay);
    town.deliver_all();
    assert_eq!((town.holds(ALICE), town.holds(BOB)), ((7, 0), (5, 0)));
    town.assert_settled();
}
