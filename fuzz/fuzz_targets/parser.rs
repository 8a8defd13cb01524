//! Any bytes as a contract.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| deed_fuzz::parser(bytes));
