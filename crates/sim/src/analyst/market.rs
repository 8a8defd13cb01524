//! Busy towns for the analyst to look at: small coins that change hands often, and batches of several transactions.

use std::collections::BTreeMap;

use super::Evidence;
use crate::economy::{Economy, Order};
use crate::rng::Rng;
use crate::world::{Failure, Options, World};

const TRADERS: [&str; 5] = ["ALICE", "BOB", "CAROL", "DAVE", "MALLORY"];
/// Orders of one town.
const ORDERS: usize = 72;
/// The longest time from one order to the next.
const PACE_MS: u64 = 160;
/// Long enough for batches of two or three.
const GATHER_MS: u64 = 150;

/// What the notaries of these seeds' towns have, each after a day of trade in which every invariant held.
///
/// # Errors
/// As [`World::run`].
pub fn watch(seeds: std::ops::Range<u64>) -> Result<Vec<Evidence>, Box<Failure>> {
    let (first, last): (Vec<u64>, Vec<u64>) = seeds.partition(|seed| seed % 2 == 0);
    let all = |seeds: Vec<u64>| seeds.into_iter().map(day).collect::<Result<Vec<_>, _>>();
    let (first, last) = std::thread::scope(|scope| {
        let other = scope.spawn(|| all(last));
        (all(first), other.join())
    });
    let mut found = first?;
    match last {
        Ok(last) => found.extend(last?),
        Err(panic) => std::panic::resume_unwind(panic),
    }
    Ok(found)
}

fn day(seed: u64) -> Result<Evidence, Box<Failure>> {
    let options = Options::calm(seed, Economy::QuietCoins);
    World::new(options)
        .with_market(orders(seed), GATHER_MS)
        .watched()
}

impl World {
    /// Lives, and hands over what the notary has then.
    fn watched(mut self) -> Result<Evidence, Box<Failure>> {
        match self.live() {
            Ok(()) => {
                let asked = self.notary.kept.take().unwrap_or_default();
                let store = self.notary.disk.snapshot();
                Ok(Evidence::new(self.town.home, &store, asked, &self.oracles))
            }
            Err(violation) => Err(Box::new(Failure {
                options: self.options,
                violation,
                trace: self.trace,
            })),
        }
    }
}

/// Who wants what, and when: nobody orders more than it should have by then.
fn orders(seed: u64) -> Vec<(u64, Order)> {
    let mut rng = Rng::new(seed ^ 0x6d61_726b_6574);
    let bank = "TOWN-BANK";
    let mut after_ms = 100;
    let mut plan = Vec::new();
    let mut purses: BTreeMap<&str, i64> = BTreeMap::new();
    while plan.len() < ORDERS {
        let amount = 1 + i64::from(rng.percent(40)) + i64::from(rng.percent(20));
        let member = rng.pick(&TRADERS).copied().unwrap_or("ALICE");
        let second = rng.pick(&TRADERS).copied().unwrap_or("BOB");
        let rich: Vec<&str> = TRADERS
            .into_iter()
            .filter(|name| *name != member && purses.get(name) >= Some(&(2 * amount)))
            .collect();
        let held = purses.get(bank).copied().unwrap_or(0);
        let early = plan.len() < ORDERS / 4;
        let payer = match rng.pick(&rich) {
            Some(payer) if !early || rng.percent(30) => *payer,
            _ => bank,
        };
        let order = if payer == bank && held < 3 * amount {
            *purses.entry(bank).or_default() += 8;
            Order::Issue { amount: 8 }
        } else if payer != bank && rng.percent(12) {
            *purses.entry(payer).or_default() -= amount;
            let payer = payer.to_owned();
            Order::Spend { payer, amount }
        } else if payer != bank && rng.percent(12) && second != payer && second != member {
            *purses.entry(payer).or_default() -= 2 * amount;
            *purses.entry(member).or_default() += amount;
            *purses.entry(second).or_default() += amount;
            Order::Give {
                giver: payer.to_owned(),
                first: member.to_owned(),
                second: second.to_owned(),
                amount,
            }
        } else {
            *purses.entry(payer).or_default() -= amount;
            *purses.entry(member).or_default() += amount;
            Order::Pay {
                payer: payer.to_owned(),
                member: member.to_owned(),
                amount,
            }
        };
        plan.push((after_ms, order));
        after_ms += rng.between(1, PACE_MS);
    }
    plan
}
