//! The bodies of the fuzz targets under `fuzz/` that read bytes from strangers, with bytes from a seed: every run tries the
//! same. `WIRE_CASES` says how many cases each share tries; `make test-hostile` tries more.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

#[path = "../../../../fuzz/src/wire/mod.rs"]
mod bodies;

/// Cases of each share without `WIRE_CASES`.
const CASES: u64 = 1_000;
/// Bytes of a case at most: some choices.
const BYTES_MAX: u64 = 48;

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

/// A case that ends in a panic is named.
struct Case {
    seed: u64,
    bytes: Vec<u8>,
}

impl Drop for Case {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("seed {}: {:?}", self.seed, self.bytes);
        }
    }
}

/// How many of a share's cases are accepted, of how many: both happen often, or the damage is of the wrong sort.
fn share(seed: u64, body: fn(&[u8]) -> bool) {
    let cases = std::env::var("WIRE_CASES").map_or(CASES, |n| n.parse().unwrap());
    let mut random = Seed(seed);
    let accepted = (0..cases).filter(|_| {
        let case = Case {
            seed,
            bytes: random.bytes(),
        };
        body(&case.bytes)
    });
    let accepted = accepted.count() as u64;
    println!("{cases} cases, {accepted} of them accepted");
    assert!(accepted > cases / 10, "some are read");
    assert!(accepted < cases * 9 / 10, "some are refused");
}

#[test]
fn damaged_objects_have_one_form_or_are_refused() {
    share(201, bodies::objects);
}

#[test]
fn damaged_objects_have_one_form_or_are_refused_second_share() {
    share(202, bodies::objects);
}

#[test]
fn a_damaged_proof_proves_nothing_else() {
    share(203, bodies::proofs);
}

#[test]
fn damaged_texts_of_logs_are_written_back_as_they_were_or_refused() {
    share(204, bodies::notes::notes);
}

#[test]
fn any_bytes_are_answered() {
    let mut random = Seed(205);
    for _ in 0..CASES {
        let bytes = random.bytes();
        bodies::any(&bytes);
        bodies::notes::any(&bytes, random.next() as u16 % 257);
    }
}

/// The damage is of the sort that a lenient decoder lets pass: otherwise nothing here would be found out.
#[test]
fn a_decoder_that_is_too_kind_would_be_found() {
    let mut random = Seed(206);
    let kind = (0..CASES).filter(|_| bodies::too_kind(&random.bytes()));
    let kind = kind.count() as u64;
    assert!(kind > CASES / 40, "{kind} of {CASES} would be let pass");
}

/// As deep as a message can be: a decoder that calls itself for each level would take the process with it.
#[test]
fn bytes_that_nest_without_end_are_refused() {
    for level in [0x81, 0x82, 0x9f, 0xa1, 0xc1, 0xd8] {
        bodies::any(&vec![level; 4 * 1024 * 1024]);
        // Within what is read: the second item of a message, of a value, of a list.
        for start in [
            vec![0x82, 2],
            vec![0x82, 8],
            vec![0x81, 0x82, 8],
            vec![0x87, 2],
        ] {
            let mut deep = start;
            deep.resize(1024 * 1024, level);
            bodies::any(&deep);
        }
    }
    bodies::any(&[0x82, 8].repeat(500_000));
    bodies::any(&[0x82, 8, 0x81].repeat(500_000));
}
