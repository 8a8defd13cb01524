//! A contract that was damaged.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::contracts::checker(bytes));
