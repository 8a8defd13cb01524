//! Any texts as arguments of an action.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::contracts::arguments(bytes));
