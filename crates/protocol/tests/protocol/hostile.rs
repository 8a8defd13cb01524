//! A member that shows, asks and says what suits it: whoever is asked signs only what it has seen and has a part in.

use std::collections::{BTreeMap, BTreeSet};

use deed::Value;
use ledger::signature::ScopedSignature;
use ledger::spent::{Spent, SpentTree};
use ledger::tearoff::{SeenOutputs, SeenView, ShownOutput, TearOff};
use ledger::transaction::Transaction;
use ledger::validity::audiences;
use ledger::{Token, TransactionId};
use protocol::limits::RETRY_MS;
use protocol::message::{Message, Proposal};
use protocol::node::Input;
use protocol::node::records::{StoredFlow, StoredTransaction};
use protocol::notary::{NotaryRefusal, Request, Verdict};
use protocol::store::Table;

use crate::support::{noise, other_form, party, pence, text, who};
use crate::town::{ALICE, AUDITOR, BANK, BOB, Mail, Town};

/// A payment of Alice's to Bob that nobody has been asked about yet.
struct Payment {
    town: Town,
    flow: StoredFlow,
    transaction: Transaction,
    id: TransactionId,
}

fn payment() -> Payment {
    let mut town = Town::new();
    town.endow();
    // Keys of Bob are there already, so that the proposal leaves at once.
    let warm_up = town.pay("warm-up", ALICE, BOB, 1, 6);
    town.instruct(&warm_up);
    town.deliver_all();
    let pay = town.pay("payment", ALICE, BOB, 5, 7);
    town.instruct(&pay);
    town.deliver_business_keys();
    town.mail.clear();
    town.forget_log();
    let flows = town.disks[ALICE].pairs(Table::Flows);
    let flow = flows.iter().find(|(key, _)| key.starts_with(b"driven/"));
    let flow: StoredFlow = minicbor::decode(&flow.expect("a flow").1).expect("readable");
    let transaction = flow.transaction.clone();
    Payment {
        id: transaction.opening().id(),
        town,
        flow,
        transaction,
    }
}

impl Payment {
    fn shown_to(&self, name: &str) -> TearOff {
        let mut book = ledger::trust::ContractBook::default();
        book.insert(self.town.contract.clone());
        let audiences = audiences(&self.transaction, &book).expect("a valid transaction");
        self.transaction
            .tear_off(&audiences, &[party(name)].into(), &self.flow.vouchers)
    }

    /// The money view with nothing shown but the coin for Bob, in part.
    fn coin_in_part(&self) -> SeenView {
        let view = &self.transaction.views[1];
        let hashes = view.hashes();
        let part = view.created[0].open(|leaf| leaf != 1 && leaf != 2);
        SeenView::Outputs(SeenOutputs {
            skeleton: hashes.skeleton,
            commitments: hashes.commitments,
            shown: BTreeMap::from([(0, ShownOutput::Part(part))]),
        })
    }

    fn signature(&self, name: &str) -> ScopedSignature {
        self.town.signed_by(name, &self.shown_to(name))
    }

    /// What a node answers to a proposal: the code with which it declines, or who signed.
    fn answer(&mut self, to: &str, from: &str, seen: TearOff, signatures: &[&str]) -> String {
        let signatures = signatures.iter().map(|name| self.signature(name)).collect();
        let proposal = Proposal {
            seen,
            evidence: Vec::new(),
            signatures,
        };
        let message = Message::Propose(proposal);
        self.town.step(to, Input::Message(party(from), message));
        let answers: Vec<String> = self
            .town
            .mail
            .drain(..)
            .filter_map(|mail| match mail {
                Mail::Message { message, .. } => match *message {
                    Message::Declined(id, code, ..) if id == self.id => Some(code),
                    Message::Signed(id, signatures) if id == self.id => {
                        let names = signatures.iter().map(|s| s.party.to_string());
                        Some(names.collect::<Vec<_>>().join(" "))
                    }
                    other => panic!("{other:?}"),
                },
                Mail::Request { .. } => None,
            })
            .collect();
        answers.join(", ")
    }
}

#[test]
fn the_bank_vouches_for_no_money_that_it_sees_in_part() {
    let mut payment = payment();
    let mut seen = payment.shown_to(BANK);
    seen.views[1] = payment.coin_in_part();
    assert_eq!(seen.id(), payment.id);
    let answer = payment.answer(BANK, ALICE, seen, &[ALICE, BOB]);
    assert_eq!(answer, "view_not_shown");
    assert_eq!(payment.town.nodes[BANK].open_counts(), (0, 0, 0));
}

#[test]
fn the_bank_vouches_after_everybody_has_agreed() {
    let mut payment = payment();
    let seen = payment.shown_to(BANK);
    let answer = payment.answer(BANK, ALICE, seen.clone(), &[ALICE]);
    assert_eq!(answer, "signers_sign_first");
    assert_eq!(
        payment.town.disks[BANK].pairs(Table::Flows),
        [],
        "and keeps no business key for it"
    );
    assert_eq!(payment.answer(BANK, ALICE, seen, &[ALICE, BOB]), BANK);
}

#[test]
fn the_bank_vouches_for_nothing_that_the_payer_has_not_asked_for() {
    let mut payment = payment();
    let seen = payment.shown_to(BANK);
    let answer = payment.answer(BANK, BOB, seen, &[ALICE, BOB]);
    assert_eq!(answer, "first_signer_proposes");
}

#[test]
fn a_payee_signs_for_no_coin_whose_key_it_has_not_seen() {
    let mut payment = payment();
    let mut seen = payment.shown_to(BOB);
    seen.views[1] = payment.coin_in_part();
    let answer = payment.answer(BOB, ALICE, seen, &[ALICE]);
    assert_eq!(answer, "fact_not_shown");
}

#[test]
fn nothing_is_signed_or_kept_for_those_who_have_no_part_in_it() {
    let mut payment = payment();
    let mut seen = payment.shown_to(BOB);
    for view in &mut seen.views {
        *view = SeenView::Hidden(view.root());
    }
    let answer = payment.answer(BOB, ALICE, seen, &[ALICE]);
    assert_eq!(answer, "nothing_to_sign");
    assert_eq!(payment.town.nodes[BOB].open_counts(), (0, 0, 0));
}

/// Signatures that come twice would make the portal refuse the payment, or the auditor's copy too large to send.
#[test]
fn signatures_that_come_twice_are_not_passed_on() {
    let mut town = Town::new();
    town.endow();
    let pay = town.pay("payment", ALICE, BOB, 5, 7);
    town.instruct(&pay);
    while let Some(mut mail) = town.mail.pop_front() {
        if let Mail::Message { message, .. } = &mut mail
            && let Message::Final(finality) = &mut **message
        {
            let once = finality.signatures.clone();
            finality.signatures.extend(once.clone());
            finality.signatures.extend(once);
        }
        town.deliver(mail);
    }
    assert_eq!(town.published.len(), 3);
    for (_, bytes) in town.disks[BANK].pairs(Table::Transactions) {
        let stored: StoredTransaction = minicbor::decode(&bytes).expect("readable");
        let parties: BTreeSet<_> = stored.signatures.iter().map(|s| &s.party).collect();
        assert_eq!(parties.len(), stored.signatures.len());
    }
    town.assert_settled();
}

/// Both forms of an ECDSA signature verify, and whoever passes one on can pass on the other, or both: nothing is kept twice for it.
#[test]
fn signatures_that_come_in_their_other_form_change_nothing() {
    let mut town = Town::new();
    town.endow();
    let pay = town.pay("payment", ALICE, BOB, 5, 7);
    town.instruct(&pay);
    let others = |signatures: &[ScopedSignature]| -> Vec<ScopedSignature> {
        let mut others = signatures.to_vec();
        for one in &mut others {
            one.signature = other_form(&one.signature);
        }
        others
    };
    while let Some(mut mail) = town.mail.pop_front() {
        if let Mail::Message { message, .. } = &mut mail {
            match &mut **message {
                Message::Propose(proposal) => proposal.signatures = others(&proposal.signatures),
                Message::Signed(_, signatures) => signatures.extend(others(signatures)),
                Message::Final(finality) => {
                    let both = others(&finality.signatures);
                    finality.signatures.splice(0..0, both);
                }
                _ => {}
            }
            let again = mail.clone();
            town.deliver(again);
        }
        town.deliver(mail);
    }
    assert_eq!((town.holds(BOB), town.published.len()), ((5, 0), 3));
    for node in [ALICE, BOB, BANK] {
        for (_, bytes) in town.disks[node].pairs(Table::Transactions) {
            let stored: StoredTransaction = minicbor::decode(&bytes).expect("readable");
            let parties: BTreeSet<_> = stored.signatures.iter().map(|s| &s.party).collect();
            assert_eq!(parties.len(), stored.signatures.len(), "{node}");
        }
    }
    town.assert_settled();
}

/// Neither of two who are given something need sign; word of it that shows nothing must not stand in the way of true word.
#[test]
fn false_word_of_a_gift_does_not_hide_the_gift() {
    let mut town = Town::new();
    town.endow();
    let given = [
        ("giver", who(ALICE)),
        ("first", who(BOB)),
        ("second", who(BANK)),
        ("amount", pence(2)),
        ("note", text("a gift")),
        ("number", Value::Int(40)),
    ];
    let give = town.instruction("gift", ALICE, "Give", &given);
    town.instruct(&give);
    while let Some(mail) = town.mail.pop_front() {
        if let Mail::Message {
            from, to, message, ..
        } = &mail
            && let (BOB, Message::Final(finality)) = (to.as_str(), &**message)
        {
            let mut nothing = finality.clone();
            let seen = nothing.seen.as_mut().expect("Bob was not asked");
            for view in &mut seen.views {
                *view = SeenView::Hidden(view.root());
            }
            seen.vouchers.clear();
            let word = Message::Final(nothing);
            town.step(BOB, Input::Message(party(from), word));
            assert_eq!(town.holds(BOB), (0, 0));
        }
        town.deliver(mail);
    }
    assert_eq!(town.holds(BOB), (2, 0));
    town.assert_settled();
}

/// A node restored from an old backup holds money that is spent: it sets it aside, pays with other money, and says so.
#[test]
fn money_that_the_notary_knows_to_be_spent_is_set_aside() {
    let mut town = Town::new();
    town.endow();
    let more = town.pay("more", BANK, ALICE, 8, 3);
    town.instruct(&more);
    town.deliver_all();
    assert_eq!(town.holds(ALICE), (20, 0));
    let backup = town.disks[ALICE].copy();
    let first = town.pay("first", ALICE, BOB, 5, 7);
    town.instruct(&first);
    town.deliver_all();

    town.disks.insert(ALICE.to_owned(), backup);
    town.open(ALICE);
    let second = town.pay("second", ALICE, BOB, 5, 8);
    town.instruct(&second);
    town.deliver_all();
    assert_eq!(town.state(ALICE, "second"), "done", "{:#?}", town.log);
    assert_eq!(town.holds(BOB), (10, 0));
    let alice = town.nodes.get_mut(ALICE).expect("a node");
    let found = alice.audit().expect("a store");
    let found: Vec<&str> = found.iter().map(|finding| finding.invariant).collect();
    assert_eq!(found, ["fact_doubted"]);
}

/// A notary can't make a payer give up money by saying that it is spent.
#[test]
fn a_notary_that_does_not_show_that_a_token_was_used_up_has_not_answered() {
    let mut town = Town::new();
    town.endow();
    let pay = town.pay("payment", ALICE, BOB, 5, 7);
    town.instruct(&pay);
    let (id, request) = loop {
        match town.mail.pop_front().expect("it comes to the notary") {
            Mail::Request { id, request, .. } => break (id, request),
            other => town.deliver(other),
        }
    };
    let Request::Certify(submission) = &*request else {
        panic!("{request:?}");
    };
    let consumed = submission.opening.header.views.iter();
    let token = consumed.flat_map(|view| &view.consumed).next();
    let token = *token.expect("a coin is used up");
    let Verdict::Certified(certificate) = town.notarise(&request) else {
        panic!("it is in order");
    };
    let spent_on = noise("another payment");
    for mark in [Token(noise("another mark")), token] {
        // Of a batch that the log doesn't have.
        let batch = [(mark, spent_on)];
        let (_, place) = SpentTree::new(&batch).place(&mark).expect("it is there");
        let proof = Spent {
            entry: certificate.entry,
            place,
            log_path: certificate.log_path.clone(),
            checkpoint: certificate.checkpoint.clone(),
        };
        let lie = NotaryRefusal::TokenUsed {
            token: mark,
            spent_on,
            proof: Box::new(proof),
        };
        town.step(ALICE, Input::Verdict(id, Verdict::Refused(lie)));
        assert_eq!(town.state(ALICE, "payment"), "in flight", "{:#?}", town.log);
    }
    town.pass(RETRY_MS);
    town.deliver_all();
    assert_eq!(town.state(ALICE, "payment"), "done", "{:#?}", town.log);
}

#[test]
fn a_member_that_keeps_quiet_holds_up_nobody_else() {
    let mut town = Town::new();
    town.endow();
    town.asleep.insert(BOB.to_owned());
    for number in 100..300 {
        let pay = town.pay(&format!("to Bob {number}"), ALICE, BOB, 1, number);
        town.instruct(&pay);
    }
    let pay = town.pay("to the bank", ALICE, BANK, 5, 50);
    town.instruct(&pay);
    town.deliver_all();
    assert_eq!(town.state(ALICE, "to the bank"), "done");
    assert_eq!(town.nodes[ALICE].open_counts(), (0, 0, 200));
    // Alice has seven pence left when Bob wakes up.
    town.asleep.clear();
    town.pass(6_000);
    town.pass(6_000);
    assert_eq!((town.holds(ALICE), town.holds(BOB)), ((0, 0), (7, 0)));
    let ended = |state: &str| {
        let keys = (100..300).map(|number| format!("to Bob {number}"));
        keys.filter(|key| town.state(ALICE, key) == state).count()
    };
    assert_eq!((ended("done"), ended("payer_holds_enough_money")), (7, 193));
    town.assert_settled();
}

/// The auditor sees the money of an issue, not what it is made for; that it agreed to it itself, it sees.
#[test]
fn the_auditor_counts_no_issue_that_it_has_not_agreed_to() {
    let mut town = Town::new();
    let issue = town.issue("issue", 1, 20);
    town.instruct(&issue);
    let mut observations = Vec::new();
    while let Some(mail) = town.mail.pop_front() {
        match &mail {
            Mail::Message { message, .. } if matches!(**message, Message::Observe(_)) => {
                observations.push(mail);
            }
            _ => town.deliver(mail),
        }
    }
    assert!(!observations.is_empty());
    let observed = |town: &Town| town.nodes[AUDITOR].observed_totals().rows().count();
    for mail in &observations {
        let mut forged = mail.clone();
        if let Mail::Message { message, .. } = &mut forged
            && let Message::Observe(observation) = &mut **message
        {
            observation.signatures.retain(|s| s.party != party(AUDITOR));
        }
        town.deliver(forged);
    }
    assert_eq!(observed(&town), 0);
    for mail in observations {
        town.deliver(mail);
    }
    town.deliver_all();
    assert_eq!(observed(&town), 2, "issued, and held by the bank");
}

/// Once signed, only the same proposal is looked at again: what is concluded is what was vouched for.
#[test]
fn a_second_proposal_that_shows_less_changes_nothing() {
    let mut payment = payment();
    let seen = payment.shown_to(BANK);
    assert_eq!(
        payment.answer(BANK, ALICE, seen.clone(), &[ALICE, BOB]),
        BANK
    );
    let kept = payment.town.disks[BANK].pairs(Table::Flows);
    let mut less = seen;
    less.views[1] = SeenView::Hidden(less.views[1].root());
    assert_eq!(less.id(), payment.id);
    assert_eq!(payment.answer(BANK, ALICE, less, &[ALICE, BOB, BANK]), BANK);
    assert_eq!(payment.town.disks[BANK].pairs(Table::Flows), kept);
}

/// Copies of a signature are not kept: with too many, the true word of the end would be too much as well.
#[test]
fn copies_of_a_signature_do_not_keep_a_payment_from_its_end() {
    let mut town = Town::new();
    town.endow();
    let pay = town.pay("payment", ALICE, BOB, 5, 7);
    town.instruct(&pay);
    while let Some(mut mail) = town.mail.pop_front() {
        if let Mail::Message { to, message, .. } = &mut mail
            && let (BANK, Message::Propose(proposal)) = (to.as_str(), &mut **message)
        {
            let copy = proposal.signatures[0].clone();
            proposal.signatures.resize(64, copy);
        }
        town.deliver(mail);
    }
    assert_eq!(town.holds(BOB), (5, 0));
    assert_eq!(town.published.len(), 3);
    town.assert_settled();
}
