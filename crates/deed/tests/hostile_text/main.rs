//! The bodies of the fuzz targets under `fuzz/`, with bytes from a seed: every run tries the same texts. `DEED_TEXTS` says
//! how many damaged contracts each of the four shares tries; `make test-hostile` tries a million.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

#[path = "../../../../fuzz/src/contracts/mod.rs"]
mod bodies;
mod watch;

use bodies::Reached;
use watch::Watch;

/// Texts of each share without `DEED_TEXTS`.
const TEXTS: u64 = 2_000;
/// Cases of each other body for one text of a share: they do more.
const TEXTS_PER_CASE: u64 = 20;
/// Bytes of a case at most: some edits, or a short text.
const BYTES_MAX: u64 = 160;

/// SplitMix64 (Steele, Lea, Flood 2014).
struct Seed(u64);

impl Seed {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn bytes(&mut self) -> Vec<u8> {
        let length = self.next() % BYTES_MAX;
        (0..length).map(|_| self.next().to_le_bytes()[0]).collect()
    }
}

fn texts() -> u64 {
    std::env::var("DEED_TEXTS").map_or(TEXTS, |n| n.parse().unwrap())
}

fn run(seed: u64, body: fn(&[u8])) {
    let watch = Watch::start();
    let mut bytes = Seed(seed);
    for case in 0..texts() / TEXTS_PER_CASE {
        let bytes = bytes.bytes();
        watch.case(format!("seed {seed}, case {case}: {bytes:?}"));
        body(&bytes);
    }
}

/// A share of the damaged contracts; how far they get is counted, and their actions run, of one in so many.
fn share(seed: u64) {
    const ONE_IN: u64 = 8;
    let watch = Watch::start();
    let mut bytes = Seed(seed);
    let [mut parser, mut checker, mut loaded] = [0_u64; 3];
    for text in 0..texts() {
        let source = bodies::damaged(&bytes.bytes());
        watch.case(format!("seed {seed}, text {text}:\n{source}"));
        if text % ONE_IN != 0 {
            bodies::check(&source);
            continue;
        }
        match bodies::load(&source) {
            Reached::Parser => parser += 1,
            Reached::Checker => checker += 1,
            Reached::Loaded => loaded += 1,
        }
    }
    let (all, seen) = (texts(), parser + checker + loaded);
    println!(
        "{all} texts; of {seen}: {parser} end in the parser, {checker} in the checker, {loaded} load"
    );
    assert!(parser < seen * 3 / 5, "many reach the checker");
    assert!(loaded > seen / 10, "some load, and their actions run");
}

#[test]
fn damaged_contracts_first_share() {
    share(101);
}

#[test]
fn damaged_contracts_second_share() {
    share(102);
}

#[test]
fn damaged_contracts_third_share() {
    share(103);
}

#[test]
fn damaged_contracts_fourth_share() {
    share(104);
}

#[test]
fn any_bytes_are_answered() {
    run(1, bodies::parser);
}

#[test]
fn damaged_contracts_are_answered_in_an_editor_too() {
    run(2, bodies::checker);
}

#[test]
fn any_arguments_and_facts_get_a_verdict() {
    run(3, bodies::evaluator);
}

#[test]
fn damaged_scenarios_are_answered() {
    run(4, bodies::scenarios);
}

#[test]
fn damaged_policies_are_answered_and_propose_the_same_however_facts_came() {
    run(5, bodies::policies);
}

#[test]
fn any_money_view_gets_a_verdict_and_conserves() {
    run(6, bodies::money);
}

#[test]
fn any_texts_as_arguments_are_read_or_complained_about() {
    run(7, bodies::arguments);
}
