//! What is fuzzed, driven by cargo-fuzz; the same bodies run from a seed in the tests of `crates`.

pub mod contracts;
pub mod wire;
