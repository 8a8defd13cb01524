//! A text of scenarios that was damaged.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::contracts::scenarios(bytes));
