//! Damaged notes, keys, paths and bundles of logs.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    fuzz::wire::notes::notes(bytes);
});
