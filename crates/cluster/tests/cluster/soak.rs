//! Storms from a seed: validators crash, are parted and lose messages in any order, clients ask on, and after each step all that must
//! hold is checked. `SOAK_SEEDS=FROM..TO` runs others than the few that each test run has.

use std::collections::BTreeMap;
use std::time::Duration;

use commonware_p2p::simulated::Link;
use commonware_utils::probability;
use protocol::notary::Verdict;

use crate::asked::{certify, claim, code};
use crate::town::{NEAR, Town, in_town};

const VALIDATORS: usize = 4;
const STEPS: usize = 16;
/// Keys that claims contend for.
const KEYS: u64 = 6;

/// Numbers that follow from a seed (splitmix64).
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }
}

/// Which claim each key went to, as anybody was told.
type Winners = BTreeMap<u64, String>;

async fn ask(town: &Town, place: usize, step: usize, key: u64, winners: &mut Winners) {
    let label = format!("claim {step}");
    let claim = claim(&label, &[&format!("key {key}")]);
    let patience = Duration::from_secs(15);
    let Some(answers) = town.ask(place, vec![certify(&claim)], patience).await else {
        return;
    };
    match &answers.verdicts[..] {
        [Verdict::Certified(_)] => {
            let earlier = winners.insert(key, label.clone());
            assert_eq!(earlier, None, "key {key} went to two");
        }
        [refused] => assert_eq!(code(refused), "token_used", "{label}"),
        other => panic!("{other:?}"),
    }
}

async fn storm(mut town: Town, seed: u64) {
    let mut dice = Dice(seed);
    let mut winners = Winners::new();
    let bad = Link {
        latency: Duration::from_millis(60),
        jitter: Duration::from_millis(50),
        success_rate: probability!(0.85),
    };
    for step in 0..STEPS {
        let place = dice.throw(VALIDATORS as u64) as usize;
        match dice.throw(8) {
            0 => town.crash(place).await,
            1 | 2 => {
                for place in 0..VALIDATORS {
                    if town.running[place].is_none() {
                        town.start(place).await;
                    }
                }
            }
            3 => town.part(&[place], None).await,
            4 => town.part(&[place, (place + 1) % VALIDATORS], None).await,
            5 => {
                for other in 0..VALIDATORS {
                    town.link(place, other, Some(bad.clone())).await;
                    town.link(other, place, Some(NEAR)).await;
                }
            }
            _ => {
                for one in 0..VALIDATORS {
                    for other in 0..VALIDATORS {
                        town.link(one, other, Some(NEAR)).await;
                    }
                }
            }
        }
        town.check();
        let asked = (place + dice.throw(VALIDATORS as u64) as usize) % VALIDATORS;
        if town.running[asked].is_some() {
            ask(&town, asked, step, dice.throw(KEYS), &mut winners).await;
        }
        town.check();
    }
    for one in 0..VALIDATORS {
        for other in 0..VALIDATORS {
            town.link(one, other, Some(NEAR)).await;
        }
        if town.running[one].is_none() {
            town.start(one).await;
        }
    }
    // Those who were cut off from somebody may have to be heard of first.
    let batches = town.settle().await;
    assert!(batches >= winners.len(), "what was certified is in the log");
}

#[test]
fn whatever_storms_come_keys_go_to_one_and_the_log_stays_one() {
    let seeds = std::env::var("SOAK_SEEDS").unwrap_or_else(|_| "0..4".to_owned());
    let (from, to) = seeds.split_once("..").expect("FROM..TO");
    let number = |text: &str| text.parse::<u64>().expect("a number");
    for seed in number(from)..number(to) {
        println!("seed {seed}");
        in_town(1_000 + seed, VALIDATORS, async move |town| {
            storm(town, seed).await
        });
    }
}
