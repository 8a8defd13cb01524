//! Facts that their holder shows: it is given a key of its own in them, and nobody else shows them.

use deed::Value;
use jiff::civil::date;
use ledger::ContractId;
use ledger::bundle::{Attestor, ProofBundle};
use ledger::codec;
use ledger::fact::{FIXED_LEAVES, FactRef, HOLDER};
use ledger::presentation::{Expected, Occasion, holder_key, verify};
use ledger::tearoff::{SeenView, TearOff};
use ledger::transaction::FORMAT;
use protocol::message::{Message, Proposal};
use protocol::node::Input;
use protocol::node::records::{Instruction, StoredFlow};
use protocol::store::Table;

use crate::support::{NOON_MS, args, noise, party, pence, registers, text, who};
use crate::town::{ALICE, BANK, BOB, Mail, Town};

/// An entry in the bank's registers.
fn entry(key: &str, action: &str, given: &[(&str, Value)]) -> Instruction {
    let registers = registers();
    let (action, args) = args(&registers, action, given);
    Instruction {
        key: key.to_owned(),
        party: party(BANK),
        contract: ContractId::of_text(registers.source()),
        action,
        args,
        consumes: Vec::new(),
        references: Vec::new(),
    }
}

fn identity(of: &str) -> Instruction {
    let born = date(1990, 2, 28);
    let given = [
        ("holder", who(of)),
        ("name", text("Alice Adams")),
        ("born", Value::Date(born)),
        ("over_18", Value::Bool(true)),
    ];
    entry("identity", "Register", &given)
}

fn title(of: &str) -> Instruction {
    let given = [
        ("owner", who(of)),
        ("property", text("7 Mill Lane")),
        ("price", pence(100)),
    ];
    entry("title", "Convey", &given)
}

/// The one fact of the transaction that a node has concluded last.
fn entered(town: &Town) -> FactRef {
    let keys = town.disks[BANK].pairs(Table::Transactions);
    let (id, _) = keys.last().expect("a transaction");
    let id = id.as_slice().try_into().expect("an id");
    FactRef {
        transaction: ledger::TransactionId(ledger::Digest(id)),
        view: 0,
        output: 0,
    }
}

const AUDIENCE: &str = "The Bell";

/// What a stranger says to a node's proof of one field, which the node shows, if it can.
fn shown(town: &Town, by: &str, at: &FactRef, field: usize) -> String {
    let node = &town.nodes[by];
    let Some(provable) = node.provable(at).expect("readable") else {
        return "not held".to_owned();
    };
    let members = &town.directories[by];
    let attestors = provable.vouching.iter().map(|vouching| Attestor {
        member: members.proof(&vouching.party).expect("a member"),
        attestation: vouching.attestation.clone(),
    });
    let leaves = [0, HOLDER, FIXED_LEAVES + field];
    let bundle = ProofBundle {
        format: FORMAT,
        place: provable.place.clone(),
        fact: provable.fact.open(|leaf| leaves.contains(&leaf)),
        attestors: attestors.collect(),
        map: members.snapshot().proof.clone(),
        certificate: provable.certificate.clone(),
    };
    let nonce = noise("what The Bell asks").0;
    let occasion = Occasion::new(AUDIENCE.to_owned(), nonce.to_vec(), NOON_MS).expect("asked");
    let presented = node.present(&provable.fact, bundle, occasion);
    let Some(presentation) = presented.expect("readable") else {
        return "not its holder".to_owned();
    };
    let expected = Expected {
        audience: AUDIENCE,
        nonce: &nonce,
        now_ms: NOON_MS,
        max_age_ms: 0,
    };
    let bytes = codec::encode(&presentation);
    match verify(&bytes, &town.trust(), Some(&expected)) {
        Ok(proven) => {
            let (name, value) = &proven.fields[0];
            format!("{name}: {value}")
        }
        Err(error) => error.to_string(),
    }
}

#[test]
fn who_is_entered_in_a_register_can_show_it_and_nobody_else() {
    let mut town = Town::new();
    town.instruct(&identity(ALICE));
    town.deliver_all();
    let expected = [
        "TOWN-BANK: identity is queued",
        "TOWN-BANK to ALICE: please give me keys of ALICE to show facts with",
        "ALICE to TOWN-BANK: 64 keys of ALICE",
        "TOWN-BANK: identity is in flight as identity",
        "ALICE to TOWN-BANK: 64 keys of ALICE",
        "ALICE to TOWN-BANK: 64 keys of ALICE",
        "ALICE to TOWN-BANK: 64 keys of ALICE",
        "TOWN-BANK asks the notary to certify identity: 1 views, 0 consumed, 0 business keys, 1 cancel tokens, 0 public parts",
        "the notary to TOWN-BANK: certified in batch 0",
        "TOWN-BANK: identity is done by identity",
        "TOWN-BANK to ALICE: identity is certified, view 0 only fact 0 whole, signed by TOWN-BANK",
    ];
    assert_eq!(town.log, expected);
    let at = entered(&town);
    let said = [ALICE, BANK, BOB].map(|by| shown(&town, by, &at, 3));
    assert_eq!(said, ["over_18: true", "not its holder", "not held"]);
    // What was given out and what was made with it are found again on its disk.
    town.open(ALICE);
    assert_eq!(shown(&town, ALICE, &at, 3), "over_18: true");
    town.assert_settled();
}

#[test]
fn who_enters_itself_shows_it_with_a_key_that_was_never_given_out() {
    let mut town = Town::new();
    town.instruct(&identity(BANK));
    town.deliver_all();
    let at = entered(&town);
    assert_eq!(shown(&town, BANK, &at, 3), "over_18: true");
}

#[test]
fn who_agrees_to_a_fact_about_itself_can_show_it() {
    let mut town = Town::new();
    town.instruct(&title(ALICE));
    town.deliver_all();
    let at = entered(&town);
    assert_eq!(shown(&town, ALICE, &at, 1), "property: \"7 Mill Lane\"");
    assert_eq!(shown(&town, BANK, &at, 1), "not its holder");
    assert_eq!(town.facts(ALICE), [at], "hers to sell");
    town.assert_settled();
}

/// The key in a fact that Alice is to show is one that she gave out for that, or she doesn't agree to the fact.
#[test]
fn a_holders_key_that_is_not_its_own_is_declined() {
    // Rows of keys of control are the keys themselves.
    let hers = |town: &Town, row: &[u8]| {
        let keys = town.disks[ALICE].pairs(Table::Keys);
        let of_row =
            |(key, _): &(Vec<u8>, Vec<u8>)| key.starts_with(row) && key.len() == row.len() + 32;
        let (key, _) = keys.into_iter().find(of_row).expect("a key");
        ledger::Digest(key[row.len()..].try_into().expect("32 bytes"))
    };
    let answer = |holder: &dyn Fn(&Town) -> ledger::Digest, control: bool| {
        let mut town = Town::new();
        // Keys of hers are there already, so that the proposal leaves at once.
        town.instruct(&title(ALICE));
        town.deliver_all();
        let mut second = title(ALICE);
        second.key = "second title".to_owned();
        town.instruct(&second);
        town.mail.clear();
        let flows = town.disks[BANK].pairs(Table::Flows);
        let flow = flows.iter().find(|(key, _)| key.starts_with(b"driven/"));
        let flow: StoredFlow = minicbor::decode(&flow.expect("a flow").1).expect("readable");
        let mut transaction = flow.transaction;
        let key = holder(&town);
        let fact = &mut transaction.views[0].created[0];
        if control {
            fact.control = ledger::control::Control::key(key);
        } else {
            fact.holder = holder_key(&key);
        }
        let seen = TearOff {
            header: transaction.header.clone(),
            views: transaction.views.into_iter().map(SeenView::Whole).collect(),
            vouchers: flow.vouchers,
        };
        let signatures = vec![town.signed_by(BANK, &seen)];
        let proposal = Proposal {
            seen,
            evidence: Vec::new(),
            signatures,
        };
        let message = Message::Propose(proposal);
        town.step(ALICE, Input::Message(party(BANK), message));
        let answers = town.mail.drain(..).map(|mail| match mail {
            Mail::Message { message, .. } => match *message {
                Message::Declined(_, code, ..) => code,
                Message::Signed(..) => "signed".to_owned(),
                other => panic!("{other:?}"),
            },
            Mail::Request { .. } => "asked the notary".to_owned(),
        });
        answers.collect::<Vec<_>>().join(", ")
    };
    assert_eq!(answer(&|town| hers(town, b"holder/"), false), "signed");
    assert_eq!(answer(&|town| hers(town, b""), true), "signed");
    assert_eq!(answer(&|_| noise("his own"), false), "holder_not_ours");
    assert_eq!(answer(&|town| hers(town, b""), false), "holder_not_ours");
    assert_eq!(
        answer(&|town| hers(town, b"holder/"), true),
        "controller_not_ours"
    );
}
