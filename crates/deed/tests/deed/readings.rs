//! Contracts against plain readings: for each, the law or the prose again as ordinary Rust, and random transactions, valid and
//! not, of which both say the same: the same rule refuses, or the same follows to the penny.

mod budget;
mod cash;
mod land;
mod universal_credit;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Debug;

use deed::{Call, Contract, FactValue, Outcome, Refusal, Value};
use jiff::civil::Date;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// What a reading says: what follows, or the code of the rule that refuses.
type Verdict<T> = Result<T, &'static str>;

/// Runs the cases, the same in every run, and counts how often each verdict comes out; each of the refusals, and acceptance,
/// at least so many times.
fn agree<C: Debug, T: Debug + PartialEq>(
    cases: u32,
    strategy: &impl Strategy<Value = C>,
    of: impl Fn(&C) -> String,
    contract: impl Fn(&C) -> Result<T, Refusal>,
    reading: impl Fn(&C) -> Verdict<T>,
    (each, verdicts): (u32, &[&str]),
) {
    let config = Config {
        failure_persistence: None,
        ..Config::with_cases(cases)
    };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let seen: RefCell<BTreeMap<String, u32>> = RefCell::default();
    let mut runner = TestRunner::new_with_rng(config, rng);
    let run = runner.run(strategy, |case| {
        let found = contract(&case).map_err(|refusal| refusal.rule);
        let read = reading(&case).map_err(str::to_owned);
        let verdict = read.as_ref().err().map_or("accepted", String::as_str);
        let verdict = format!("{}{verdict}", of(&case));
        *seen.borrow_mut().entry(verdict).or_default() += 1;
        prop_assert_eq!(found, read);
        Ok(())
    });
    run.unwrap_or_else(|e| panic!("{e}"));
    let seen = seen.into_inner();
    println!("{seen:#?}");
    let known: Vec<&str> = seen.keys().map(String::as_str).collect();
    assert_eq!(known, verdicts);
    assert!(seen.values().all(|times| *times >= each), "{seen:?}");
}

/// Applies an action by name to arguments in declared order.
fn apply(
    contract: &Contract,
    action: &str,
    args: &[Value],
    effective: Date,
    consumed: &[FactValue],
) -> Result<Outcome, Refusal> {
    contract.apply(&Call {
        action: contract.action(action).unwrap(),
        args,
        effective,
        consumed,
        referenced: &[],
    })
}

/// The Nth of these, for a random number.
fn pick<T: Copy + Debug + 'static>(of: &'static [T]) -> impl Strategy<Value = T> {
    (0..of.len()).prop_map(|i| of[i])
}
