//! A member goes over to stronger signatures while payments flow: a key beside the one in use, then in its place.

use std::collections::BTreeSet;

use ledger::bundle::{Attestor, ProofBundle};
use ledger::fact::FactRef;
use ledger::signature::{PublicKey, SigningKey, Suite};
use ledger::transaction::FORMAT;
use ledger::{Digest, TransactionId};
use protocol::directory::Members;
use protocol::limits::{KEY_GOES_AFTER_MS, RETRY_MS};
use protocol::message::Message;
use protocol::node::Input;
use protocol::node::records::InstructionState;
use protocol::notary::{Request, Verdict};
use protocol::store::Table;

use crate::support::{NOON_MS, hybrid_key, party, signing_key};
use crate::town::{ALICE, AUDITOR, BANK, BOB, Mail, NODES, NOTARY, Town};

impl Town {
    /// A member's record has another key as well from now on.
    fn add_key(&mut self, name: &str) -> Members {
        let key = hybrid_key(name).public().clone();
        let (host, now_ms) = (party(name), self.now_ms);
        let added = self.registrar.add_key(&host, &host, key, now_ms);
        added.expect("added");
        self.latest()
    }

    /// A member's record is to lose its first key.
    fn drop_key(&mut self, name: &str) -> Result<Members, &'static str> {
        let (host, now_ms) = (party(name), self.now_ms);
        let dropped = self.registrar.drop_key(&host, &host, Suite::P256, now_ms);
        dropped.map_err(|refusal| refusal.code())?;
        Ok(self.latest())
    }

    fn latest(&self) -> Members {
        let snapshot = self.registrar.latest().expect("a directory").clone();
        Members::accept(snapshot, &self.trust().registrar).expect("the registrar's")
    }

    /// The suites with which a finished payment of a node's was signed, by party.
    fn suites_of(&self, at: &str, key: &str) -> Vec<(String, Suite)> {
        let stored = self.nodes[at].instruction(key).expect("a store");
        let Some(InstructionState::Done(id)) = stored.map(|stored| stored.state) else {
            panic!("{key} is done");
        };
        let stored = self.nodes[at].transaction(&id).expect("a store");
        let signatures = stored.expect("kept").signatures;
        let mut suites: Vec<_> = signatures
            .iter()
            .map(|s| (s.party.to_string(), s.suite))
            .collect();
        suites.sort();
        suites
    }

    /// How many payments a node keeps, each of which is proven under the directory that was in force.
    fn proofs_hold(&mut self, at: &str) -> usize {
        let trust = self.trust();
        let kept = self.disks[at].pairs(Table::Transactions);
        let views = kept.iter().flat_map(|(id, _)| {
            let id = TransactionId(Digest(id.as_slice().try_into().expect("an id")));
            (0..2).flat_map(move |view| (0..2).map(move |output| (id, view, output)))
        });
        let provable = views.filter_map(|(transaction, view, output)| {
            let at_fact = FactRef {
                transaction,
                view,
                output,
            };
            self.nodes[at].provable(&at_fact).expect("a store")
        });
        let provable: Vec<_> = provable.collect();
        let proven = provable.into_iter().map(|provable| {
            let size = provable.certificate.entry.map.size;
            let snapshot = self.registrar.at(size).expect("a store").expect("it was");
            let members = Members::accept(snapshot, &trust.registrar).expect("the registrar's");
            let attestors = provable.vouching.iter().map(|vouching| Attestor {
                member: members.proof(&vouching.party).expect("a member"),
                attestation: vouching.attestation.clone(),
            });
            let bundle = ProofBundle {
                format: FORMAT,
                fact: provable.fact.open(|_| true),
                place: provable.place.clone(),
                certificate: provable.certificate.clone(),
                map: members.snapshot().proof.clone(),
                attestors: attestors.collect(),
            };
            bundle.verify(&trust).expect("it holds")
        });
        proven
            .map(|p| p.at.transaction)
            .collect::<BTreeSet<_>>()
            .len()
    }

    /// Keys that a registrar doesn't take or give up: what is asked for one party, which hosts itself alone, and why not.
    fn key_refusals(&mut self, own: &str, other: &str) -> Vec<(&'static str, &'static str)> {
        let (own_party, stranger) = (party(own), party("STRANGER"));
        let add = |town: &mut Self, whose: &str, key: &SigningKey| {
            let key = key.public().clone();
            let added = town
                .registrar
                .add_key(&own_party, &party(whose), key, NOON_MS);
            added
                .map_err(|refusal| refusal.code())
                .expect_err("refused")
        };
        let drop = |town: &mut Self, suite| {
            let dropped = town
                .registrar
                .drop_key(&own_party, &own_party, suite, NOON_MS);
            dropped
                .map_err(|refusal| refusal.code())
                .expect_err("refused")
        };
        let ed25519 = PublicKey::new(Suite::ED25519, vec![1; 32]).expect("a key");
        let mut refused = vec![
            ("of another's party", add(self, other, &hybrid_key(own))),
            (
                "of a stranger",
                add(self, stranger.as_str(), &hybrid_key(own)),
            ),
            ("of the suite in use", add(self, own, &signing_key(other))),
        ];
        let added = self
            .registrar
            .add_key(&own_party, &own_party, ed25519, NOON_MS);
        let added = added.map_err(|refusal| refusal.code());
        refused.push(("of Ed25519", added.expect_err("refused")));
        refused.push(("the only key", drop(self, Suite::P256)));
        self.add_key(own);
        refused.push((
            "another one of the stronger suite",
            add(self, own, &hybrid_key(other)),
        ));
        refused.push(("the stronger key", drop(self, Suite::P256_MLDSA65)));
        refused
    }
}

/// Pays, and says with which suite each party signed.
fn pays(town: &mut Town, key: &str, number: i64) -> Vec<(String, Suite)> {
    let pay = town.pay(key, ALICE, BOB, 1, number);
    town.instruct(&pay);
    town.deliver_all();
    town.pass(RETRY_MS);
    assert_eq!(town.state(ALICE, key), "done", "{key}");
    town.suites_of(ALICE, key)
}

fn all(suites: [Suite; 3]) -> Vec<(String, Suite)> {
    let parties = [ALICE, BOB, BANK].map(str::to_owned);
    parties.into_iter().zip(suites).collect()
}

#[test]
fn a_town_goes_from_one_suite_to_both_and_to_the_stronger_alone_while_payments_flow() {
    const OLD: Suite = Suite::P256;
    const NEW: Suite = Suite::P256_MLDSA65;
    let mut town = Town::new();
    town.endow();
    let teach = |town: &mut Town, whom: &[&str], members: &Members| {
        for name in whom {
            town.learn(name, members);
        }
        town.deliver_all();
    };
    let everybody: Vec<&str> = NODES.into_iter().chain([NOTARY]).collect();
    assert_eq!(pays(&mut town, "before", 1), all([OLD, OLD, OLD]));

    // The bank has a second key. Who learns of it late still pays: it is asked to draft again.
    let both = town.add_key(BANK);
    teach(&mut town, &[BANK, BOB, AUDITOR, NOTARY], &both);
    let pay = town.pay("behind", ALICE, BOB, 1, 2);
    town.instruct(&pay);
    town.deliver_all();
    assert_eq!(town.state(ALICE, "behind"), "in flight");
    teach(&mut town, &[ALICE], &both);
    town.pass(RETRY_MS);
    assert_eq!(town.suites_of(ALICE, "behind"), all([OLD, OLD, NEW]));

    for (name, number) in [(BOB, 3), (ALICE, 4), (AUDITOR, 5)] {
        let members = town.add_key(name);
        teach(&mut town, &everybody, &members);
        pays(&mut town, &format!("with the key of {name}"), number);
    }
    assert_eq!(pays(&mut town, "both", 6), all([NEW, NEW, NEW]));

    // The old key can't go before what it signed has ended, and the stronger one not at all.
    for name in NODES {
        assert_eq!(town.drop_key(name).err(), Some("key_in_use"), "{name}");
    }
    town.pass(KEY_GOES_AFTER_MS - 1);
    assert_eq!(town.drop_key(ALICE).err(), Some("key_in_use"));
    town.pass(1);
    for (name, number) in [(ALICE, 7), (BOB, 8), (BANK, 9), (AUDITOR, 10)] {
        let members = town.drop_key(name).expect("it has ended");
        assert_eq!(members.get(&party(name)).and_then(|r| r.keys.of(OLD)), None);
        teach(&mut town, &everybody, &members);
        let paid = pays(&mut town, &format!("without the old key of {name}"), number);
        assert_eq!(paid, all([NEW, NEW, NEW]));
    }

    // Every payment of every phase is proven, each under the directory of its time, from one and the same trust.
    // (Ten payments, and one to begin with.)
    assert_eq!(town.proofs_hold(ALICE), 11);
    town.assert_settled();
}

#[test]
fn a_further_key_is_admitted_for_whom_one_hosts_and_of_a_stronger_suite_alone() {
    let mut town = Town::new();
    let refusals = town.key_refusals(ALICE, BOB);
    assert_eq!(
        refusals,
        [
            ("of another's party", "not_hosted_by_you"),
            ("of a stranger", "not_a_member"),
            ("of the suite in use", "key_not_addable"),
            ("of Ed25519", "key_not_addable"),
            ("the only key", "key_not_replaced"),
            ("another one of the stronger suite", "key_not_addable"),
            ("the stronger key", "key_not_replaced"),
        ]
    );
}

#[test]
fn a_member_that_has_seen_both_keys_of_the_log_sign_asks_for_both() {
    let mut town = Town::new();
    town.endow();
    let before = town.pay("before", ALICE, BOB, 1, 3);
    town.instruct(&before);
    let late = town.deliver_all_but(BOB, |message| matches!(message, Message::Final(_)));
    assert_eq!(late.len(), 1);
    let asks = |town: &Town| NODES.map(|name| town.nodes[name].needs_all_log_keys());
    assert_eq!(asks(&town), [false; 4]);

    town.notary_signs_with_both();
    let after = town.pay("after", ALICE, BOB, 1, 4);
    town.instruct(&after);
    town.deliver_all();
    assert_eq!(
        (town.state(ALICE, "after"), town.holds(BOB).0),
        ("done".to_owned(), 1)
    );
    assert_eq!(asks(&town), [true; 4]);

    // What was certified before, and comes after, lacks a signature.
    for restarted in [false, true] {
        if restarted {
            town.open(BOB);
        }
        town.deliver(late[0].clone());
        assert_eq!(town.nodes[BOB].open_counts().1, 1);
        assert_eq!(town.holds(BOB).0, 1);
    }
    // The notary certifies it again, as it signs now.
    let mut late = late;
    let Some(Mail::Message { message, .. }) = late.first_mut() else {
        panic!("a message");
    };
    let Message::Final(finality) = &mut **message else {
        panic!("word of the end");
    };
    let Verdict::Certified(fresh) = town.notarise(&Request::Status(finality.id)) else {
        panic!("it was certified");
    };
    assert_eq!(fresh.entry, finality.certificate.entry);
    finality.certificate = fresh;
    town.deliver(late.remove(0));
    assert_eq!(town.holds(BOB).0, 2);
    town.pass(RETRY_MS);
    town.assert_settled();
}

#[test]
fn what_was_signed_with_a_key_that_one_never_saw_is_read_with_the_directory_of_its_time() {
    let mut town = Town::new();
    let then = town.latest();
    town.instruct(&town.issue("issue", 1, 20));
    let late = town.deliver_all_but(AUDITOR, |message| matches!(message, Message::Observe(_)));
    town.add_key(BANK);
    assert_eq!(town.drop_key(BANK).err(), Some("key_in_use"));
    town.pass(KEY_GOES_AFTER_MS);
    let now = town.drop_key(BANK).expect("it has ended");

    town.begin_again(AUDITOR, &now);
    let seen = |town: &Town| town.nodes[AUDITOR].observed_totals().rows().count();
    town.deliver(late[0].clone());
    assert_eq!(seen(&town), 0);
    town.step(AUDITOR, Input::Earlier(then));
    town.deliver(late[0].clone());
    let counted = seen(&town);
    assert!(counted > 0);
    town.deliver(late[0].clone());
    assert_eq!(seen(&town), counted);
}
