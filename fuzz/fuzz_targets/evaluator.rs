//! Any arguments and facts, for every action.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::contracts::evaluator(bytes));
