//! Flows that don't go the straight way: late, early, twice, unasked, or in the middle of a restart.

use deed::Value;
use ledger::codec;
use ledger::transaction::Transaction;
use protocol::message::{Message, Proposal};
use protocol::node::Input;
use protocol::node::PurseKey;
use protocol::node::records::{Instruction, StoredFlow};
use protocol::notary::Request;
use protocol::store::Table;

use crate::support::{party, pence, text, who};
use crate::town::{ALICE, AUDITOR, BANK, BOB, Mail, Town};

/// The answers to a proposal, without anything else that is said.
fn declined(town: &Town) -> Vec<&str> {
    let lines = town
        .log
        .iter()
        .filter_map(|line| line.split_once("is declined, "));
    lines.map(|(_, code)| code).collect()
}

#[test]
fn the_same_instruction_is_carried_out_once_and_another_under_its_key_is_refused() {
    let mut town = Town::new();
    town.endow();
    let pay = town.pay("payment", ALICE, BOB, 5, 7);
    for _ in 0..3 {
        town.instruct(&pay);
        town.deliver_all();
    }
    assert_eq!((town.holds(ALICE), town.holds(BOB)), ((7, 0), (5, 0)));
    let other = town.pay("payment", ALICE, BOB, 6, 8);
    town.forget_log();
    town.instruct(&other);
    town.deliver_all();
    assert_eq!(
        town.log,
        [
            "ALICE: payment is refused, idempotency_key_reused: this key was used for another instruction before"
        ]
    );
    assert_eq!(town.state(ALICE, "payment"), "done");
    town.assert_settled();
}

#[test]
fn what_cannot_be_done_is_refused_at_once_and_locks_nothing() {
    let mut town = Town::new();
    town.endow();
    let mut unknown = town.pay("unknown contract", ALICE, BOB, 1, 11);
    unknown.contract.0.0[0] ^= 1;
    let mut elsewhere = town.pay("not hosted", ALICE, BOB, 1, 12);
    elsewhere.party = party(BOB);
    let cases = [
        (
            town.pay("too much", ALICE, BOB, 13, 10),
            "payer_holds_enough_money",
        ),
        (
            town.pay("nothing", ALICE, BOB, 0, 13),
            "the_amount_is_above_zero",
        ),
        (
            town.pay("to itself", ALICE, ALICE, 1, 14),
            "nobody_pays_itself",
        ),
        (
            town.pay("to a stranger", ALICE, "STRANGER", 1, 15),
            "not_a_member",
        ),
        (unknown, "contract_not_accepted"),
        (town.pay("", ALICE, BOB, 1, 16), "unknown"),
    ];
    for (instruction, expected) in cases {
        town.instruct(&instruction);
        town.deliver_all();
        assert_eq!(
            town.state(ALICE, &instruction.key),
            expected,
            "{}",
            instruction.key
        );
    }
    // In Alice's name at Bob's node, and in Bob's name what Alice signs.
    let mut stolen = town.pay("stolen", ALICE, BOB, 1, 17);
    stolen.party = party(BOB);
    town.instruct(&stolen);
    town.deliver_all();
    assert_eq!(town.state(BOB, "stolen"), "payer_not_hosted_here");
    let spend = [
        ("payer", who(ALICE)),
        ("payee", text("a shop")),
        ("amount", pence(1)),
        ("purpose", text("goods")),
        ("note", text("note")),
        ("number", Value::Int(18)),
    ];
    let mut unsigned = town.instruction("unsigned", ALICE, "Spend", &spend);
    unsigned.party = party(BOB);
    town.instruct(&unsigned);
    town.deliver_all();
    assert_eq!(town.state(BOB, "unsigned"), "party_does_not_sign");
    assert_eq!(town.holds(ALICE), (12, 0));
    town.assert_settled();
}

/// What a node writes down it must be able to read again, or it never starts any more.
#[test]
fn an_instruction_that_could_not_be_read_again_is_refused() {
    let mut town = Town::new();
    town.endow();
    let nested = (0..40).fold(Value::Absent, |inner, _| Value::List(vec![inner]));
    let bad = [
        ("not in NFC", text("e\u{301}")),
        ("too long", text(&"a".repeat(70_000))),
        ("nested too deep", nested),
    ];
    for (what, value) in bad {
        let mut pay = town.pay(what, ALICE, BOB, 1, 20);
        pay.args[2] = value;
        town.forget_log();
        town.instruct(&pay);
        town.deliver_all();
        assert!(
            town.log[0].contains("refused, instruction_not_readable"),
            "{:?}",
            town.log
        );
        town.open(ALICE);
        assert_eq!(town.state(ALICE, what), "unknown");
    }
}

#[test]
fn two_instructions_that_claim_one_business_key_end_with_one_fact() {
    // Both by the bank, which vouches for its own receipts; then by Alice, at the same moment.
    let mut town = Town::new();
    for (first, second, by) in [
        (
            town.issue("issue", 1, 20),
            town.issue("issue again", 1, 30),
            BANK,
        ),
        (
            town.pay("endow", BANK, ALICE, 12, 2),
            town.pay("endow again", BANK, ALICE, 1, 2),
            BANK,
        ),
        (
            town.pay("pay", ALICE, BOB, 1, 7),
            town.pay("pay again", ALICE, BOB, 2, 7),
            ALICE,
        ),
    ] {
        town.instruct(&first);
        town.instruct(&second);
        town.deliver_all();
        for _ in 0..20 {
            town.pass(6_000);
        }
        assert_eq!(town.state(by, &first.key), "done", "{}", first.key);
        assert_eq!(
            town.state(by, &second.key),
            "one_per_business_key",
            "{}",
            second.key
        );
    }
    assert_eq!(town.published.len(), 3);
    town.assert_settled();
}

/// Mail that Alice's node has sent for a payment, taken off the wire.
fn in_flight(town: &mut Town, key: &str) -> (StoredFlow, Vec<Mail>) {
    let pay = town.pay(key, ALICE, BOB, 5, 7);
    // Keys of Bob are there already, so that the proposal leaves at once.
    let warm_up = town.pay("warm-up", ALICE, BOB, 1, 6);
    town.instruct(&warm_up);
    town.deliver_all();
    town.instruct(&pay);
    town.deliver_business_keys();
    let mail = town.mail.drain(..).collect();
    let flows = town.disks[ALICE].pairs(Table::Flows);
    let flow = flows.iter().find(|(key, _)| key.starts_with(b"driven/"));
    let flow = minicbor::decode(&flow.expect("a flow").1).expect("readable");
    (flow, mail)
}

#[test]
fn a_late_proposal_is_not_refused_for_good() {
    let mut town = Town::new();
    town.endow();
    let (_, mail) = in_flight(&mut town, "payment");
    town.forget_log();
    // The window closes while the proposals are on their way; Alice's node gives up and drafts again.
    town.asleep.extend([BANK.to_owned(), BOB.to_owned()]);
    town.now_ms += 61_000;
    town.asleep.clear();
    for one in mail {
        town.deliver(one);
    }
    assert_eq!(declined(&town), Vec::<&str>::new(), "late is not false");
    for _ in 0..4 {
        town.pass(6_000);
    }
    assert_eq!(town.state(ALICE, "payment"), "done");
    for _ in 0..20 {
        town.pass(6_000);
    }
    town.assert_settled();
}

/// Its driver is down until long after the window has closed: what it asks for then would be taken for a wrong clock's.
#[test]
fn a_payment_that_its_driver_slept_through_is_drafted_again() {
    let mut town = Town::new();
    town.endow();
    let (_, lost) = in_flight(&mut town, "payment");
    drop(lost);
    town.forget_log();
    town.now_ms += 200_000;
    town.open(ALICE);
    for _ in 0..4 {
        town.pass(6_000);
    }
    assert_eq!(declined(&town), Vec::<&str>::new());
    assert_eq!(town.state(ALICE, "payment"), "done");
    town.assert_settled();
}

/// Everybody's clock but the notary's is an hour ahead: all agree, and the notary says no.
#[test]
fn too_early_for_the_notary_is_cancelled_before_the_money_is_free() {
    let mut town = Town::new();
    town.endow();
    for name in [BANK, AUDITOR, ALICE, BOB] {
        town.ahead_ms.insert(name.to_owned(), 3_600_000);
    }
    let pay = town.pay("payment", ALICE, BOB, 5, 7);
    town.forget_log();
    town.instruct(&pay);
    let mut requests: Vec<Request> = Vec::new();
    while let Some(mail) = town.mail.pop_front() {
        if let Mail::Request { request, .. } = &mail {
            requests.push((**request).clone());
        }
        town.deliver(mail);
    }
    assert_eq!(town.state(ALICE, "payment"), "window_not_open");
    assert_eq!(town.holds(ALICE), (12, 0), "free again");
    assert_eq!(
        town.log
            .iter()
            .filter(|line| line.contains("cancelled"))
            .count(),
        1
    );
    // A copy of the request that arrives when the window is open finds it cancelled.
    town.now_ms += 3_600_000;
    let late = town.notarise(&requests[0]);
    let code = match late {
        protocol::notary::Verdict::Refused(refusal) => refusal.code(),
        other => panic!("{other:?}"),
    };
    assert_eq!(code, "token_used");
}

/// One member's clock is an hour wrong: it is told at once, and nothing changes.
#[test]
fn a_clock_an_hour_wrong_is_told_so() {
    for ahead_ms in [3_600_000, -3_600_000] {
        let mut town = Town::new();
        town.endow();
        town.ahead_ms.insert(ALICE.to_owned(), ahead_ms);
        let pay = town.pay("payment", ALICE, BOB, 5, 7);
        town.instruct(&pay);
        town.deliver_all();
        assert_eq!(town.state(ALICE, "payment"), "window_not_open");
        assert_eq!((town.holds(ALICE), town.holds(BOB)), ((12, 0), (0, 0)));
        for _ in 0..20 {
            town.pass(6_000);
        }
        town.ahead_ms.clear();
        let right = town.pay("the right time", ALICE, BOB, 5, 8);
        town.instruct(&right);
        town.deliver_all();
        assert_eq!(town.state(ALICE, "the right time"), "done");
    }
}

/// Handed to the notary, then the machine dies, and nobody who signed can be reached: the answer is fetched all the same.
#[test]
fn what_was_handed_to_the_notary_before_a_restart_is_neither_lost_nor_paid_twice() {
    let mut town = Town::new();
    town.endow();
    let (_, mail) = in_flight(&mut town, "payment");
    town.mail.extend(mail);
    // Until the request leaves; the notary certifies it, and the answer is lost with the machine.
    let request = loop {
        match town.mail.pop_front().expect("a request to come") {
            Mail::Request { request, .. } => break request,
            other => town.deliver(other),
        }
    };
    town.notarise(&request);
    town.mail.clear();
    town.asleep.extend([BANK.to_owned(), BOB.to_owned()]);
    town.now_ms += 100_000;
    town.open(ALICE);
    town.deliver_all();
    assert_eq!(town.state(ALICE, "payment"), "done");
    assert_eq!(town.holds(ALICE), (6, 0));
    assert_eq!(town.notary.size(), 4, "issue, endowment, warm-up, payment");
    town.asleep.clear();
    for _ in 0..4 {
        town.pass(6_000);
    }
    assert_eq!(town.holds(BOB), (6, 0));
    town.assert_settled();
}

/// A signer of a proposal that is never submitted asks the notary once it is over, and forgets it.
#[test]
fn a_proposal_that_comes_to_nothing_is_forgotten_once_it_cannot_happen_any_more() {
    let mut town = Town::new();
    town.endow();
    let (_, mail) = in_flight(&mut town, "payment");
    for one in mail {
        if matches!(&one, Mail::Message { to, .. } if to == BOB) {
            town.deliver(one);
        }
    }
    town.mail.clear();
    assert_eq!(
        town.nodes[BOB].open_counts().1,
        1,
        "Bob has signed and waits"
    );
    // Alice is gone; the notary's clock is behind Bob's: as long as it could still happen there, Bob waits on.
    town.asleep.insert(ALICE.to_owned());
    town.ahead_ms.insert(BOB.to_owned(), 25_000);
    for _ in 0..9 {
        town.pass(6_000);
        assert_eq!(town.nodes[BOB].open_counts().1, 1);
    }
    for _ in 0..9 {
        town.pass(6_000);
    }
    assert_eq!(town.nodes[BOB].open_counts().1, 0);
    assert_eq!(town.disks[BOB].pairs(Table::Flows), []);
}

/// A proposal that a peer made up, in the name of somebody who never asked for it.
#[test]
fn nobody_signs_first_because_a_peer_proposes_it() {
    let mut town = Town::new();
    town.endow();
    let (flow, mail) = in_flight(&mut town, "payment");
    let transaction: Transaction = flow.transaction;
    let audiences =
        ledger::validity::audiences(&transaction, &book(&town)).expect("a valid transaction");
    drop(mail);
    // Alice's own payment, brought to Alice by Bob.
    let seen = transaction.tear_off(&audiences, &[party(ALICE)].into(), &flow.vouchers);
    let proposal = Message::Propose(Proposal {
        signatures: vec![town.signed_by(BOB, &seen)],
        seen,
        evidence: Vec::new(),
    });
    let id = transaction.opening().id();
    // Alice's node forgets it, as a node of hers on another machine would never have known it.
    town = Town::new();
    town.endow();
    town.step(ALICE, Input::Message(party(BOB), proposal));
    let answers: Vec<Message> = town
        .mail
        .drain(..)
        .filter_map(|mail| match mail {
            Mail::Message { message, .. } => Some(*message),
            Mail::Request { .. } => None,
        })
        .collect();
    let [Message::Declined(of, code, ..)] = answers.as_slice() else {
        panic!("{answers:?}");
    };
    assert_eq!((*of, code.as_str()), (id, "first_signer_proposes"));
    assert_eq!(town.nodes[ALICE].open_counts(), (0, 0, 0));
}

fn book(town: &Town) -> ledger::trust::ContractBook {
    let mut book = ledger::trust::ContractBook::default();
    book.insert(town.contract.clone());
    book
}

/// Whoever asks for signatures must have signed: nobody who vouches for a payment depends on its driver to learn its end.
#[test]
fn a_driver_that_has_not_signed_gets_no_signatures() {
    type Tweak = fn(&mut Proposal);
    let cases: [(&str, Tweak, &str); 3] = [
        (
            "no signature",
            |p| p.signatures.clear(),
            "driver_signs_first",
        ),
        (
            "one that covers less",
            |p| p.signatures[0].scope.truncate(1),
            "driver_signs_first",
        ),
        (
            "a false one",
            |p| p.signatures[0].signature[5] ^= 1,
            "signature_wrong",
        ),
    ];
    for (what, tweak, expected) in cases {
        let mut town = Town::new();
        town.endow();
        let (_, mail) = in_flight(&mut town, "payment");
        town.forget_log();
        for mut one in mail {
            if let Mail::Message { to, message, .. } = &mut one
                && let (BOB, Message::Propose(proposal)) = (to.as_str(), &mut **message)
            {
                tweak(proposal);
                town.deliver(one);
            }
        }
        town.deliver_all();
        assert_eq!(declined(&town), [expected], "{what}");
    }
}

/// Alice pays, has it certified, and tells nobody: the bank learns it from the notary, publishes it and tells the auditor.
/// Where Bob had to sign too, he and the bank give each other what the other lacks.
#[test]
fn a_payment_cannot_be_kept_quiet() {
    let town = Town::new();
    let spend = [
        ("payer", who(ALICE)),
        ("payee", text("a shop")),
        ("amount", pence(5)),
        ("purpose", text("something inconvenient")),
        ("note", text("note")),
        ("number", Value::Int(30)),
    ];
    let spend = town.instruction("quiet", ALICE, "Spend", &spend);
    assert_not_kept_quiet(&spend, "spent by ALICE: 5");
    assert_not_kept_quiet(&town.pay("quiet", ALICE, BOB, 5, 30), "held by BOB: 5");
}

fn assert_not_kept_quiet(instruction: &Instruction, expected: &str) {
    let mut town = Town::new();
    town.endow();
    town.instruct(instruction);
    while let Some(mail) = town.mail.pop_front() {
        let word = |message: &Message| matches!(message, Message::Final(_));
        if !matches!(&mail, Mail::Message { message, .. } if word(message)) {
            town.deliver(mail);
        }
    }
    assert_eq!(town.state(ALICE, "quiet"), "done");
    assert_eq!(town.published.len(), 2, "issue and endowment");
    town.asleep.insert(ALICE.to_owned());
    town.forget_log();
    for _ in 0..16 {
        town.pass(6_000);
    }
    let log = town.log.join("\n");
    assert_eq!(town.published.len(), 3, "{log}");
    for name in [BANK, BOB] {
        assert_eq!(town.nodes[name].open_counts(), (0, 0, 0), "{name}: {log}");
    }
    let rows = |name: &str| -> Vec<String> {
        let node = &town.nodes[name];
        let totals = if name == BANK {
            node.attested_totals()
        } else {
            node.observed_totals()
        };
        let rows = totals.rows().filter(|row| row.minor != 0);
        rows.map(|row| {
            let state = PurseKey::attributes_of(&row.attributes);
            let holder = row.holder.unwrap_or_else(|| "issue".to_owned());
            format!("{} by {holder}: {}", state[0], row.minor)
        })
        .collect()
    };
    assert_eq!(rows(BANK), rows(AUDITOR));
    assert_eq!(rows(BANK).len(), 4);
    assert!(
        rows(BANK).contains(&expected.to_owned()),
        "{:?}",
        rows(BANK)
    );
}

/// The change of one payment is spent before the bank has heard that the payment was certified.
#[test]
fn an_attestor_that_waits_for_word_says_nothing_instead_of_no() {
    let mut town = Town::new();
    town.endow();
    let first = town.pay("first", ALICE, BOB, 5, 7);
    town.instruct(&first);
    // Everything but the word to the bank is delivered.
    let mut word = None;
    while let Some(mail) = town.mail.pop_front() {
        match &mail {
            Mail::Message { to, message, .. }
                if to == BANK && matches!(**message, Message::Final(_)) =>
            {
                word = Some(mail);
            }
            _ => town.deliver(mail),
        }
    }
    assert_eq!(town.state(ALICE, "first"), "done");
    let second = town.pay("second", ALICE, BOB, 7, 8);
    town.forget_log();
    town.instruct(&second);
    town.deliver_all();
    assert_eq!(declined(&town), Vec::<&str>::new());
    assert_eq!(town.state(ALICE, "second"), "in flight");
    town.deliver(word.expect("word for the bank"));
    town.pass(6_000);
    assert_eq!(town.state(ALICE, "second"), "done");
    assert_eq!(town.holds(BOB), (12, 0));
    town.assert_settled();
}

#[test]
fn a_message_that_comes_again_changes_nothing() {
    let mut town = Town::new();
    town.endow();
    let pay = town.pay("payment", ALICE, BOB, 5, 7);
    town.instruct(&pay);
    let mut all: Vec<Mail> = Vec::new();
    while let Some(mail) = town.mail.pop_front() {
        all.push(mail.clone());
        town.deliver(mail);
    }
    let before = (town.facts(ALICE), town.facts(BOB), town.facts(BANK));
    for mail in all.into_iter().rev() {
        town.deliver(mail);
    }
    town.deliver_all();
    assert_eq!(
        (town.facts(ALICE), town.facts(BOB), town.facts(BANK)),
        before
    );
    assert_eq!(town.published.len(), 3);
    town.assert_settled();
}

#[test]
fn messages_are_canonical_on_the_wire() {
    let mut town = Town::new();
    town.endow();
    let (_, mail) = in_flight(&mut town, "payment");
    for one in mail {
        if let Mail::Message { message, .. } = one {
            let bytes = codec::encode(&*message);
            assert_eq!(codec::decode::<Message>(&bytes).as_ref(), Ok(&*message));
            let mut longer = bytes.clone();
            longer.push(0);
            assert!(codec::decode::<Message>(&longer).is_err());
        }
    }
}
