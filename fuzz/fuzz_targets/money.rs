//! Any money views.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::contracts::money(bytes));
