//! Any bytes as a contract.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::contracts::parser(bytes));
