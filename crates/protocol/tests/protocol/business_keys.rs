//! What there is only one of (`one per`): stalls, of which the bank keeps the numbers and which others draft.

use deed::Value;
use ledger::ContractId;
use ledger::business_key::{BusinessKey, key_token};
use ledger::fact::FactRef;
use protocol::message::{KeyGiven, KeysGiven, KeysWanted, Message, Proposal};
use protocol::node::Input;
use protocol::node::records::StoredFlow;
use protocol::store::Table;

use crate::support::{market, noise, party, text, who};
use crate::town::{ALICE, AUDITOR, BANK, BOB, Disk, Mail, Town};
use crate::uses::{buy_as, licensed};

/// Alice and Bob have money, may have stalls, and have one each.
fn traders() -> (Town, [FactRef; 2]) {
    let mut town = Town::new();
    town.endow();
    let pay = town.pay("to Bob", BANK, BOB, 5, 3);
    town.instruct(&pay);
    town.deliver_all();
    let licences = [ALICE, BOB].map(|trader| licensed(&mut town, trader, "stalls"));
    for (number, (trader, licence)) in (1..).zip([ALICE, BOB].iter().zip(licences)) {
        assert_eq!(bought(&mut town, trader, trader, number, licence), "done");
    }
    (town, licences)
}

/// What becomes of an instruction to buy the stall of this number.
fn bought(town: &mut Town, key: &str, buyer: &str, number: i64, licence: FactRef) -> String {
    let buy = buy_as(town, key, buyer, number, 1, licence);
    town.instruct(&buy);
    for _ in 0..3 {
        town.deliver_all();
        town.pass(6_000);
    }
    town.state(buyer, key)
}

fn stall(town: &Town) -> (ContractId, u16) {
    let market = market(&town.contract, &town.contract_id);
    let id = ContractId::of_text(market.source());
    (id, market.kind("Stall").expect("a kind"))
}

/// The bank's node goes on from another disk.
fn replaced(town: &mut Town, disk: &Disk) {
    town.disks.insert(BANK.to_owned(), disk.copy());
    town.open(BANK);
    town.deliver_all();
}

#[test]
fn an_attestor_restored_from_an_old_copy_registers_nothing_twice() {
    let (mut town, [alices, bobs]) = traders();
    let copy = town.disks[BANK].copy();
    assert_eq!(bought(&mut town, "first", ALICE, 7, alices), "done");
    assert_eq!(
        bought(&mut town, "too late", BOB, 7, bobs),
        "one_per_business_key",
        "as long as the bank remembers"
    );
    replaced(&mut town, &copy);
    assert_eq!(bought(&mut town, "again", BOB, 7, bobs), "token_used");
    let transactions = town.disks[BOB].pairs(Table::Transactions).len();
    assert_eq!(bought(&mut town, "another", BOB, 8, bobs), "done");
    assert_eq!(
        town.disks[BOB].pairs(Table::Transactions).len(),
        transactions + 1,
        "and only that"
    );
}

#[test]
fn two_machines_of_one_attestor_that_know_nothing_of_each_other_register_nothing_twice() {
    let (mut town, [alices, bobs]) = traders();
    let second = town.disks[BANK].copy();
    assert_eq!(bought(&mut town, "first", ALICE, 7, alices), "done");
    let first = town.disks[BANK].copy();
    replaced(&mut town, &second);
    assert_eq!(bought(&mut town, "second", BOB, 8, bobs), "done");
    assert_eq!(bought(&mut town, "Alice's", BOB, 7, bobs), "token_used");
    replaced(&mut town, &first);
    assert_eq!(bought(&mut town, "Bob's", ALICE, 8, alices), "token_used");
    assert_eq!(bought(&mut town, "third", ALICE, 9, alices), "done");
}

#[test]
fn of_two_who_want_the_same_at_once_one_gets_it() {
    let (mut town, [alices, bobs]) = traders();
    for (key, buyer, licence) in [("Alice's", ALICE, alices), ("Bob's", BOB, bobs)] {
        let buy = buy_as(&town, key, buyer, 9, 1, licence);
        town.instruct(&buy);
    }
    for _ in 0..20 {
        town.deliver_all();
        town.pass(6_000);
    }
    let states = [(ALICE, "Alice's"), (BOB, "Bob's")].map(|(at, key)| town.state(at, key));
    assert_eq!(states, ["done", "one_per_business_key"]);
    town.assert_settled();
}

/// A token of the drafter's own making would let the key be used again.
#[test]
fn a_token_that_is_not_the_keys_own_is_declined_by_who_keeps_it() {
    let (mut town, [alices, _]) = traders();
    let buy = buy_as(&town, "stall", ALICE, 7, 1, alices);
    town.instruct(&buy);
    town.deliver_business_keys();
    town.mail.clear();
    let flows = town.disks[ALICE].pairs(Table::Flows);
    let flow = flows.iter().find(|(key, _)| key.starts_with(b"driven/"));
    let flow: StoredFlow = minicbor::decode(&flow.expect("a flow").1).expect("readable");
    let honest = flow.transaction.header.views[0].keys.clone();
    let other = key_token(&noise("of Alice's own making"));
    for (what, keys, expected) in [
        ("her own", vec![other], vec!["header_commits_otherwise"]),
        ("none", vec![], vec!["header_commits_otherwise"]),
        (
            "both",
            vec![honest[0], other],
            vec!["header_commits_otherwise"],
        ),
        ("the key's own", honest.clone(), vec![]),
    ] {
        let mut transaction = flow.transaction.clone();
        transaction.header.views[0].keys = keys;
        let audiences = ledger::validity::audiences(&transaction, &town.book).expect("valid");
        let seen = transaction.tear_off(&audiences, &[party(BANK)].into(), &flow.vouchers);
        let signatures = match transaction.header.views[0].keys.len() {
            1 => vec![town.signed_by(ALICE, &seen)],
            // Nobody honest would sign it, Alice's own node neither.
            _ => flow.own.clone(),
        };
        let proposal = Message::Propose(Proposal {
            seen,
            evidence: Vec::new(),
            signatures,
        });
        town.step(BANK, Input::Message(party(ALICE), proposal));
        let declined: Vec<String> = answers(&mut town, ALICE)
            .into_iter()
            .filter_map(|message| match message {
                Message::Declined(_, code, ..) => Some(code),
                _ => None,
            })
            .collect();
        assert_eq!(declined, expected, "{what}");
    }
}

/// What was just sent to somebody.
fn answers(town: &mut Town, to: &str) -> Vec<Message> {
    let mail = town.mail.drain(..);
    mail.filter_map(|mail| match mail {
        Mail::Message {
            to: whom, message, ..
        } if whom == to => Some(*message),
        Mail::Message { .. } | Mail::Request { .. } => None,
    })
    .collect()
}

/// What the bank answers to this question about keys.
fn answered(town: &mut Town, by: &str, wanted: &KeysWanted) -> Vec<Option<KeyGiven>> {
    let message = Message::WantKeys(wanted.clone());
    town.step(BANK, Input::Message(party(by), message));
    let given = answers(town, by).into_iter().map(|message| match message {
        Message::Keys(given) => {
            assert_eq!(
                (&given.keeper, given.contract),
                (&wanted.keeper, wanted.contract)
            );
            given.keys
        }
        other => panic!("{other:?}"),
    });
    given.flatten().map(Some).collect()
}

#[test]
fn secrets_are_given_to_those_who_may_draft_and_say_nothing_else() {
    let (mut town, [alices, _]) = traders();
    let (market, stall) = stall(&town);
    let key = |kind, values: Vec<Value>| BusinessKey { kind, values };
    let seven = key(stall, vec![Value::Int(7)]);
    let wanted = |keeper: &str, contract, keys| KeysWanted {
        keeper: party(keeper),
        contract,
        keys,
    };
    let of_stall = wanted(BANK, market, vec![seven.clone()]);
    let unused = answered(&mut town, BOB, &of_stall);
    assert!(unused[0].as_ref().is_some_and(|g| g.secret.is_some()));
    assert_eq!(bought(&mut town, "stall", ALICE, 7, alices), "done");
    assert_eq!(
        answered(&mut town, BOB, &of_stall),
        unused,
        "used or not, the answer is one"
    );
    let licence = town.contract.kind("Licence").expect("a kind");
    let licence = key(licence, vec![who(BOB), text("stalls")]);
    let not_given = |key: &BusinessKey| {
        vec![Some(KeyGiven {
            key: key.clone(),
            secret: None,
        })]
    };
    let coins = town.contract_id;
    let nonsense = key(99, vec![]);
    let unknown = ContractId(noise("a contract that the bank doesn't know"));
    for (what, by, asked, expected) in [
        (
            "the bank itself begins",
            BOB,
            wanted(BANK, coins, vec![licence.clone()]),
            not_given(&licence),
        ),
        (
            "no kind of the contract",
            BOB,
            wanted(BANK, market, vec![nonsense.clone()]),
            not_given(&nonsense),
        ),
        (
            "not accepted there",
            BOB,
            wanted(BANK, unknown, vec![seven.clone()]),
            not_given(&seven),
        ),
        ("a stranger", "MALLORY", of_stall.clone(), not_given(&seven)),
        (
            "kept elsewhere",
            BOB,
            wanted(AUDITOR, market, vec![seven.clone()]),
            vec![],
        ),
    ] {
        assert_eq!(answered(&mut town, by, &asked), expected, "{what}");
    }
}

#[test]
fn who_may_not_draft_is_refused() {
    let (mut town, _) = traders();
    let given = [
        ("holder", who(ALICE)),
        ("trade", text("piracy")),
        ("until", Value::Int(2030)),
    ];
    let license = town.instruction("licence", ALICE, "License", &given);
    town.instruct(&license);
    town.deliver_all();
    assert_eq!(town.state(ALICE, "licence"), "business_key_not_given");
}

#[test]
fn an_instruction_waits_for_who_keeps_its_key_and_believes_nobody_else() {
    let (mut town, [alices, _]) = traders();
    town.asleep.insert(BANK.to_owned());
    let buy = buy_as(&town, "stall", ALICE, 7, 1, alices);
    town.instruct(&buy);
    let (contract, kind) = stall(&town);
    let key = BusinessKey {
        kind,
        values: vec![Value::Int(7)],
    };
    let false_word = Message::Keys(KeysGiven {
        keeper: party(BANK),
        contract,
        keys: vec![KeyGiven { key, secret: None }],
    });
    town.step(ALICE, Input::Message(party(BOB), false_word));
    town.forget_log();
    for _ in 0..5 {
        town.pass(2_000);
    }
    assert_eq!(town.state(ALICE, "stall"), "queued");
    town.asleep.clear();
    town.pass(6_000);
    assert_eq!(town.state(ALICE, "stall"), "done");
    let asked = town
        .log
        .iter()
        .filter(|line| line.contains("give me the secrets"));
    assert_eq!(asked.count(), 1, "{:?}", town.log);
    town.assert_settled();
}
