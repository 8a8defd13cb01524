//! What Mallory tries, one trick at a time.

use std::collections::{BTreeMap, BTreeSet};

use deed::{Party, Value};
use ledger::address::Purpose;
use ledger::codec;
use ledger::fact::FactRef;
use ledger::tearoff::{SeenOutputs, SeenView, ShownOutput, to_creditors};
use ledger::transaction::Header;
use protocol::message::{Message, Proposal};
use protocol::node::records::{StoredFact, fact_of_key};
use protocol::store::Table;

use super::craft::{Craft, Sketch, hijacked, worth};
use super::{Coin, Plot, Submit};
use crate::economy::Order;
use crate::event::Event;
use crate::town::MALLORY;
use crate::world::World;

/// A trick.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trick {
    /// More change than the coin gave.
    ForgedChange,
    /// The change goes to a friend.
    ChangeForAFriend,
    /// One coin is to pay two debts.
    OneCoinTwoDues,
    /// The payee gets a coin under Mallory's own key.
    HijackedKey,
    /// The public part is left out of the header.
    NoPublicPart,
    /// The auditor's envelope holds something else.
    WrongEnvelope,
    /// The receipt says more than was paid.
    ForgedReceipt,
    /// A coin that is used up already.
    StaleCoin,
    /// One coin in two good payments, handed to the notary at once.
    DoubleSpend,
    /// Certified without the bank's knowledge, passed on with the bank's signature of something else.
    LentSignature,
    /// Certified and passed on with no signature but her own.
    Unvouched,
    /// A licence in Alice's name, which nobody asked for.
    UnaskedLicence,
    /// Money issued in the bank's name, which nobody asked for.
    UnaskedIssue,
    /// Other people's tokens as cancel and key tokens of a transaction of hers.
    Burn,
    /// Everything that she ever sent, once more.
    Replay,
    /// A good payment, of whose certification nobody is told.
    KeptQuiet,
    /// The bank is shown the coin for Bob, and not what pays for it.
    MoneyInPart,
    /// Bob is shown what his coin is worth, and not under whose key it is.
    KeyUnseen,
    /// One coin in two payments, the second under a token of her own making, which the notary can't know to be false.
    SecondToken,
    /// A business key under a token of her own making, so that it could be used again.
    InventedKey,
}

impl Trick {
    /// Every trick.
    pub const ALL: [Self; 20] = [
        Self::ForgedChange,
        Self::ChangeForAFriend,
        Self::OneCoinTwoDues,
        Self::HijackedKey,
        Self::NoPublicPart,
        Self::WrongEnvelope,
        Self::ForgedReceipt,
        Self::StaleCoin,
        Self::DoubleSpend,
        Self::LentSignature,
        Self::Unvouched,
        Self::UnaskedLicence,
        Self::UnaskedIssue,
        Self::Burn,
        Self::Replay,
        Self::KeptQuiet,
        Self::MoneyInPart,
        Self::KeyUnseen,
        Self::SecondToken,
        Self::InventedKey,
    ];
}

fn party(name: &str) -> Party {
    Party::new(name).expect("a party")
}

fn pay(member: &str) -> Order {
    Order::Pay {
        payer: MALLORY.to_owned(),
        member: member.to_owned(),
        amount: 1,
    }
}

impl World {
    /// Mallory tries something, now or as soon as she has what it takes.
    pub(crate) fn plot(&mut self) {
        let any = self.rng.pick(&Trick::ALL).copied();
        let trick = match self.mallory.only {
            // These two follow upon something that she has done before.
            Some(Trick::StaleCoin) if self.mallory.spent.is_empty() => Trick::DoubleSpend,
            Some(Trick::Replay) if self.mallory.sent.is_empty() => Trick::DoubleSpend,
            only => only.or(any).unwrap_or(Trick::ForgedChange),
        };
        if self.machines[self.town.mallory()].node.is_none() || self.attempt(trick).is_none() {
            self.ask_for_keys();
            self.agenda.add(self.now_ms + 2_500, Event::Plot);
            return;
        }
        if self.mallory.only.is_some_and(|only| only != trick) {
            self.agenda.add(self.now_ms + 2_500, Event::Plot);
            return;
        }
        self.report.plots += 1;
        self.trace
            .add(self.now_ms, format!("Mallory tries {trick:?}"));
    }

    fn ask_for_keys(&mut self) {
        for owner in [party("ALICE"), party("BOB"), self.town.bank.clone()] {
            if self
                .mallory
                .keys
                .get(&owner)
                .is_some_and(|keys| keys.len() > 8)
            {
                continue;
            }
            if let Some(host) = self.town.machine_of(&owner) {
                let wanted = codec::encode(&Message::WantAddresses(owner, Purpose::Control));
                let mallory = self.town.mallory();
                self.put_on_the_wire(mallory, host, None, wanted);
            }
        }
    }

    /// A coin of hers of at least this worth that is in no plot yet.
    fn coin(&self, least: i64) -> Option<Coin> {
        let facts = self.machines[self.town.mallory()].disk.pairs(Table::Facts);
        let money = self.town.contract.kind(self.town.economy.money())?;
        facts.into_iter().find_map(|(key, bytes)| {
            let (stored, at): (StoredFact, FactRef) =
                (minicbor::decode(&bytes).ok()?, fact_of_key(&key)?);
            let held = stored.fact.fields.get(2) == Some(&Value::Choice("held".into()));
            let fits = stored.fact.kind == money && held && worth(&stored.fact) >= least;
            (fits && !self.mallory.staked.contains(&at)).then_some((stored, at))
        })
    }

    /// Nothing if she lacks a coin or somebody's keys for it.
    fn attempt(&mut self, trick: Trick) -> Option<()> {
        let bank = self.town.bank.clone();
        let (bob, both) = (party("BOB"), [bank.clone(), party("BOB")]);
        let nothing = |_: &mut Header| {};
        match trick {
            Trick::ForgedChange => {
                let friend = party(MALLORY);
                self.spoiled(&[bank], nothing, |world, sketch| {
                    world.add_coin(sketch, &friend)
                })
            }
            Trick::ChangeForAFriend => {
                let friend = party("ALICE");
                self.spoiled(&[bank], nothing, |world, sketch| {
                    world.add_coin(sketch, &friend)
                })
            }
            Trick::HijackedKey => self.spoiled(&[bob], nothing, |_, sketch| {
                let fact = sketch.views[1].created.first_mut()?;
                fact.control = hijacked(&fact.salt);
                Some(())
            }),
            Trick::ForgedReceipt => self.spoiled(&both, nothing, |_, sketch| {
                let fact = sketch.views[0].created.first_mut()?;
                let amount = fact
                    .fields
                    .iter_mut()
                    .find(|value| matches!(value, Value::Money(_)))?;
                if let Value::Money(money) = amount {
                    money.minor *= 100;
                }
                Some(())
            }),
            Trick::NoPublicPart => self.spoiled(
                &both,
                |header| header.views[0].public = None,
                |_, _| Some(()),
            ),
            Trick::InventedKey => {
                let own = self.rng.digest();
                self.spoiled(&[bank], nothing, |_, sketch| {
                    sketch.keys = vec![own];
                    Some(())
                })
            }
            Trick::WrongEnvelope => {
                let wrong = self.rng.digest();
                self.spoiled(
                    &both,
                    |header| header.views[0].envelopes = vec![wrong],
                    |_, _| Some(()),
                )
            }
            Trick::OneCoinTwoDues => {
                let coin = self.coin(2)?;
                let give = Order::Give {
                    giver: MALLORY.to_owned(),
                    first: "ALICE".to_owned(),
                    second: "BOB".to_owned(),
                    amount: 1,
                };
                let mut sketch = self.sketch(&give, Some(&coin))?;
                // Bob's pound is dropped, and Mallory keeps it.
                let coins = &mut sketch.views[1].created;
                coins.remove(1);
                let value = self.coin_value(&party(MALLORY), 1);
                let kept = self.fact(&value, None, 1, 1, &mut Vec::new())?;
                sketch.views[1].created.push(kept);
                sketch.vouchers.retain(|vouched| vouched.output == 0);
                sketch.forget_output(1);
                let craft = self.finish(sketch, nothing)?;
                self.poison(&craft, &[bank]);
                self.propose_plot(craft, Submit::Never, None);
                Some(())
            }
            Trick::DoubleSpend => self.double_spend(),
            Trick::StaleCoin => {
                let coin = self.mallory.spent.first().cloned()?;
                let sketch = self.sketch(&pay("BOB"), Some(&coin))?;
                let craft = self.finish(sketch, nothing)?;
                let by = BTreeSet::from(both);
                self.propose_plot(craft, Submit::Signed { by, with: None }, None);
                Some(())
            }
            Trick::Unvouched | Trick::LentSignature => {
                let coin = self.coin(1)?;
                let lender = match trick {
                    Trick::LentSignature => {
                        let sketch = self.sketch(&pay("BOB"), Some(&coin))?;
                        let craft = self.finish(sketch, nothing)?;
                        Some(self.propose_plot(craft, Submit::Never, None))
                    }
                    _ => None,
                };
                let sketch = self.sketch(&pay("ALICE"), Some(&coin))?;
                let craft = self.finish(sketch, nothing)?;
                self.poison(&craft, &[]);
                self.mallory.staked.insert(coin.1);
                let id = self.begin_plot(craft, Submit::AtOnce, lender);
                self.submit_plot(&id);
                Some(())
            }
            Trick::UnaskedLicence => {
                let license = Order::License {
                    holder: "ALICE".to_owned(),
                };
                let sketch = self.sketch(&license, None)?;
                let craft = self.finish(sketch, nothing)?;
                self.poison(&craft, &[bank, party("ALICE")]);
                self.propose_plot(craft, Submit::Never, None);
                Some(())
            }
            Trick::UnaskedIssue => {
                let sketch = self.sketch(&Order::Issue { amount: 7 }, None)?;
                let craft = self.finish(sketch, nothing)?;
                self.poison(&craft, &[bank, self.town.auditor.clone()]);
                self.propose_plot(craft, Submit::Never, None);
                Some(())
            }
            Trick::KeptQuiet => {
                let coin = self.coin(1)?;
                let sketch = self.sketch(&pay("BOB"), Some(&coin))?;
                let craft = self.finish(sketch, nothing)?;
                self.mallory.staked.insert(coin.1);
                let by = BTreeSet::from(both);
                let id = self.propose_plot(craft, Submit::Signed { by, with: None }, None);
                self.mallory.quiet.insert(id);
                Some(())
            }
            Trick::MoneyInPart => self.in_part(bank, |_| Some(())),
            Trick::KeyUnseen => self.in_part(bob, |sketch| {
                let fact = sketch.views[1].created.first_mut()?;
                fact.control = hijacked(&fact.salt);
                Some(())
            }),
            Trick::SecondToken => {
                let coin = self.coin(1)?;
                let sketch = self.sketch(&pay("ALICE"), Some(&coin))?;
                let honest = self.finish(sketch, nothing)?;
                let mut sketch = self.sketch(&pay("BOB"), Some(&coin))?;
                sketch.blind_otherwise(self.rng.digest());
                let second = self.finish(sketch, nothing)?;
                self.mallory.staked.insert(coin.1);
                // Bob sees of the money only what he gets: whether it is paid for is the bank's to see.
                self.poison(&second, std::slice::from_ref(&bank));
                let by = BTreeSet::from([bank, party("ALICE")]);
                let first = self.propose_plot(honest, Submit::Signed { by, with: None }, None);
                let id = self.propose_plot(second, Submit::AtOnce, Some(first));
                self.submit_plot(&id);
                Some(())
            }
            Trick::Burn => self.burn(),
            Trick::Replay => {
                let sent = self.mallory.sent.clone();
                let mallory = self.town.mallory();
                if sent.is_empty() {
                    return None;
                }
                for (to, bytes) in sent {
                    self.put_on_the_wire(mallory, to, None, bytes);
                }
                Some(())
            }
        }
    }

    /// A payment to Bob with something false in it, which these must not sign.
    fn spoiled(
        &mut self,
        victims: &[Party],
        spoil: impl Fn(&mut Header),
        tweak: impl Fn(&mut Self, &mut Sketch) -> Option<()>,
    ) -> Option<()> {
        let coin = self.coin(1)?;
        let mut sketch = self.sketch(&pay("BOB"), Some(&coin))?;
        tweak(self, &mut sketch)?;
        let craft = self.finish(sketch, spoil)?;
        self.poison(&craft, victims);
        self.propose_plot(craft, Submit::Never, None);
        Some(())
    }

    /// A payment to Bob of which this party is shown the coin in part, instead of whatever it would see of the money.
    fn in_part(&mut self, victim: Party, tweak: impl Fn(&mut Sketch) -> Option<()>) -> Option<()> {
        let coin = self.coin(1)?;
        let mut sketch = self.sketch(&pay("BOB"), Some(&coin))?;
        tweak(&mut sketch)?;
        let mut craft = self.finish(sketch, |_| {})?;
        let view = craft.transaction.views.get(1)?;
        let hashes = view.hashes();
        let part = view.created.first()?.open(to_creditors);
        let shown = SeenOutputs {
            skeleton: hashes.skeleton,
            commitments: hashes.commitments,
            shown: BTreeMap::from([(0, ShownOutput::Part(part))]),
        };
        let at = self.town.machine_of(&victim)?;
        let seen = craft.told.get_mut(&at)?;
        seen.views[1] = SeenView::Outputs(shown);
        seen.vouchers.clear();
        self.poison(&craft, std::slice::from_ref(&victim));
        let by = BTreeSet::from([self.town.bank.clone(), party("BOB")]);
        self.propose_plot(craft, Submit::Signed { by, with: None }, None);
        Some(())
    }

    /// A coin more than the consumed one was worth.
    fn add_coin(&mut self, sketch: &mut Sketch, holder: &Party) -> Option<()> {
        let value = self.coin_value(holder, 5);
        let output = sketch.views[1].created.len();
        let coin = self.fact(&value, None, 1, output, &mut sketch.vouchers)?;
        sketch.views[1].created.push(coin);
        Some(())
    }

    fn double_spend(&mut self) -> Option<()> {
        let coin = self.coin(1)?;
        let bank = self.town.bank.clone();
        let mut crafts = Vec::new();
        for payee in ["ALICE", "BOB"] {
            let sketch = self.sketch(&pay(payee), Some(&coin))?;
            crafts.push((payee, self.finish(sketch, |_| {})?));
        }
        self.mallory.staked.insert(coin.1);
        let ids: Vec<_> = crafts
            .iter()
            .map(|(_, craft)| craft.transaction.opening().id())
            .collect();
        for ((payee, craft), other) in crafts.into_iter().zip(ids.iter().rev()) {
            let by = BTreeSet::from([bank.clone(), party(payee)]);
            let with = Some(*other);
            self.propose_plot(craft, Submit::Signed { by, with }, None);
        }
        Some(())
    }

    fn poison(&mut self, craft: &Craft, victims: &[Party]) {
        let id = craft.transaction.opening().id();
        let victims = victims.iter().cloned().collect();
        self.oracles.poisoned.insert(id, victims);
    }

    fn begin_plot(
        &mut self,
        craft: Craft,
        submit: Submit,
        lent_by: Option<ledger::TransactionId>,
    ) -> ledger::TransactionId {
        let id = craft.transaction.opening().id();
        let own = (craft.own.party.clone(), craft.own.clone());
        let plot = Plot {
            craft,
            signatures: BTreeMap::from([own]),
            submit,
            submitted: false,
            certificate: None,
            lent_by,
        };
        self.mallory.plots.insert(id, plot);
        id
    }

    /// Shows a plot to everybody with a part in it.
    fn propose_plot(
        &mut self,
        craft: Craft,
        submit: Submit,
        lent_by: Option<ledger::TransactionId>,
    ) -> ledger::TransactionId {
        let (told, own) = (craft.told.clone(), craft.own.clone());
        let id = self.begin_plot(craft, submit, lent_by);
        for (at, seen) in told {
            let proposal = Proposal {
                seen,
                evidence: Vec::new(),
                signatures: vec![own.clone()],
            };
            self.whisper(at, codec::encode(&Message::Propose(proposal)));
        }
        id
    }
}
