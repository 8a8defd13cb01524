//! Damaged objects of the ledger and messages between nodes.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    fuzz::wire::objects(bytes);
});
