//! The bodies of the fuzz targets under `fuzz/`, with bytes from a seed: every run tries the same texts.
//! `DEED_FUZZ_CASES=1000000 cargo test --release -p deed seeded` tries a million of each.

#[path = "../../../../fuzz/src/bodies.rs"]
mod bodies;

/// Cases of each body without `DEED_FUZZ_CASES`: some seconds of an unoptimised build.
const CASES: u64 = 1_000;
/// Bytes of a case at most: some edits, or a short text.
const BYTES_MAX: u64 = 160;

/// SplitMix64 (Steele, Lea, Flood 2014).
struct Seed(u64);

impl Seed {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn bytes(&mut self) -> Vec<u8> {
        let length = self.next() % BYTES_MAX;
        (0..length).map(|_| self.next().to_le_bytes()[0]).collect()
    }
}

fn run(seed: u64, body: fn(&[u8])) {
    let cases = std::env::var("DEED_FUZZ_CASES").map_or(CASES, |n| n.parse().unwrap());
    let mut seed = Seed(seed);
    for _ in 0..cases {
        body(&seed.bytes());
    }
}

#[test]
fn any_bytes_are_answered() {
    run(1, bodies::parser);
}

#[test]
fn damaged_contracts_are_answered() {
    run(2, bodies::checker);
}

#[test]
fn any_arguments_and_facts_get_a_verdict() {
    run(3, bodies::evaluator);
}
