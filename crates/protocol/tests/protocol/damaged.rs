//! Whatever is on its way also arrives damaged: messages that can still be read and say something else.

#[path = "../../../../fuzz/src/choices.rs"]
#[allow(unreachable_pub, reason = "the fuzz targets see it too")]
mod choices;
#[path = "../../../../fuzz/src/wire/damage.rs"]
#[allow(unreachable_pub, reason = "the fuzz targets see it too")]
mod damage;
#[path = "../../../../fuzz/src/wire/tree.rs"]
#[allow(unreachable_pub, reason = "the fuzz targets see it too")]
mod tree;

use ledger::codec;
use protocol::message::Message;
use protocol::notary::Request;

use crate::town::{ALICE, BOB, Mail, NODES, NOTARY, PORTAL, Town};
use choices::Bytes;
use minicbor::{Decode, Encode};
use tree::Node;

const MALLORY: &str = "MALLORY";
/// Damaged copies of each thing that is on its way.
const COPIES: usize = 24;

/// Changes, the same in every run.
struct Damage(u64);

impl Damage {
    fn byte(&mut self) -> u8 {
        // Knuth's MMIX generator; its upper bits are good enough to choose by.
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        self.0.to_be_bytes()[0]
    }

    /// Those of so many damaged copies that can still be read and are something else.
    fn copies<T>(&mut self, of: &T) -> Vec<T>
    where
        T: Encode<()> + for<'b> Decode<'b, ()> + PartialEq,
    {
        let tree = Node::read(&codec::encode(of));
        let copies = (0..COPIES).filter_map(|_| {
            let choices: Vec<u8> = (0..24).map(|_| self.byte()).collect();
            let damaged = damage::damaged(&tree, &tree, &mut Bytes(&choices));
            codec::decode(&damaged).ok().filter(|copy| copy != of)
        });
        copies.collect()
    }
}

/// A payment, before each step of which damaged copies arrive; from whom, `by` says. How many arrived.
fn paid_amid(town: &mut Town, seed: u64, by: impl Fn(&str) -> String) -> usize {
    let mut damage = Damage(seed);
    let mut arrived = 0;
    let pay = town.pay("payment", ALICE, BOB, 5, 7);
    town.instruct(&pay);
    while let Some(mail) = town.mail.pop_front() {
        match &mail {
            Mail::Message { to, .. } if !NODES.contains(&to.as_str()) && to != PORTAL => continue,
            Mail::Message { to, .. } if to == PORTAL => {}
            Mail::Message {
                from, to, message, ..
            } => {
                for message in damage.copies::<Message>(message) {
                    arrived += 1;
                    town.deliver(Mail::Message {
                        from: by(from),
                        to: to.clone(),
                        sequence: None,
                        message: Box::new(message),
                    });
                }
            }
            Mail::Request { request, .. } => {
                for request in damage.copies::<Request>(request) {
                    arrived += 1;
                    town.notarise(&request);
                }
            }
        }
        town.deliver(mail);
    }
    arrived
}

/// Who has no part in a payment can't keep it from its end, whatever it says to whom.
#[test]
fn damaged_messages_of_a_stranger_change_nothing() {
    for seed in 1..5 {
        let mut town = Town::new();
        let members = town.admit(MALLORY);
        for name in NODES {
            town.learn(name, &members);
        }
        town.learn(NOTARY, &members);
        town.endow();
        let arrived = paid_amid(&mut town, seed, |_| MALLORY.to_owned());
        assert!(arrived > 20, "{arrived} arrived");
        assert_eq!((town.holds(ALICE), town.holds(BOB)), ((7, 0), (5, 0)));
        assert_eq!(town.restarts, 0, "seed {seed}");
        town.assert_settled();
    }
}

/// Who has a part in it can end a payment early, and no more: nothing is lost, nothing is there twice.
#[test]
fn damaged_messages_of_those_who_take_part_make_and_lose_nothing() {
    for seed in 11..19 {
        let mut town = Town::new();
        town.endow();
        let arrived = paid_amid(&mut town, seed, str::to_owned);
        assert!(arrived > 20, "{arrived} arrived");
        for _ in 0..4 {
            town.pass(60_000);
        }
        let held = [ALICE, BOB].map(|name| town.holds(name));
        assert!(
            [[(7, 0), (5, 0)], [(12, 0), (0, 0)]].contains(&held),
            "{held:?}, seed {seed}"
        );
        assert_eq!(town.restarts, 0, "seed {seed}");
        for name in NODES {
            let node = town.nodes.get_mut(name).expect("a node");
            let found = node.audit().expect("a store");
            assert_eq!(found, [], "{name}, seed {seed}");
        }
    }
}
