//! Any money views.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| deed_fuzz::money(bytes));
