//! Any bytes as every object and text from the wire.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    fuzz::wire::any(bytes);
    fuzz::wire::notes::any(bytes, bytes.first().copied().unwrap_or_default().into());
});
