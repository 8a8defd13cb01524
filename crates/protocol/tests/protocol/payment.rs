//! One payment, message by message.

use crate::town::{ALICE, BANK, BOB, Town};

#[test]
fn a_payment_between_two_members_in_words() {
    let mut town = Town::new();
    town.endow();
    town.forget_log();
    let payment = town.pay("the payment", ALICE, BOB, 5, 7);
    town.instruct(&payment);
    town.deliver_all();
    let expected = [
        "ALICE: the payment is queued",
        "ALICE to TOWN-BANK: please give me the secrets of 1 business keys of TOWN-BANK",
        "TOWN-BANK to ALICE: the secrets of 1 business keys of TOWN-BANK",
        "ALICE to BOB: please give me keys of BOB",
        "BOB to ALICE: 64 keys of BOB",
        "ALICE: the payment is in flight as the payment",
        "BOB to ALICE: 64 keys of BOB",
        "BOB to ALICE: 64 keys of BOB",
        "BOB to ALICE: 64 keys of BOB",
        "ALICE to BOB: please sign the payment, showing view 0 whole, view 1 only fact 0 whole",
        "BOB to ALICE: the payment: BOB agrees to view 0, received [0] of view 1",
        "ALICE to TOWN-BANK: please sign the payment, showing view 0 whole, view 1 whole",
        "TOWN-BANK to ALICE: the payment: TOWN-BANK vouches for view 0, vouches for view 1",
        "ALICE asks the notary to certify the payment: 2 views, 1 consumed, 1 business keys, 2 cancel tokens, 1 public parts",
        "the notary to ALICE: certified in batch 2",
        "ALICE: the payment is done by the payment",
        "ALICE to BOB: the payment is certified, as proposed, signed by ALICE, BOB, TOWN-BANK",
        "ALICE to TOWN-BANK: the payment is certified, as proposed, signed by ALICE, BOB, TOWN-BANK",
        "TOWN-BANK to PORTAL: publish 1 fact, vouched for by ALICE, TOWN-BANK",
        "TOWN-BANK to TOWN-AUDITOR: the payment sealed in an envelope: view 0 for TOWN-AUDITOR",
        "TOWN-BANK to TOWN-AUDITOR: the payment sealed in an envelope: view 1 for TOWN-AUDITOR",
    ];
    assert_eq!(town.log, expected);
    assert_eq!(
        (town.holds(ALICE), town.holds(BOB), town.holds(BANK)),
        ((7, 0), (5, 0), (8, 0))
    );
    assert_eq!(town.published.len(), 3);
    town.assert_settled();
}
