//! A text of policies that was damaged, and any facts.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::contracts::policies(bytes));
