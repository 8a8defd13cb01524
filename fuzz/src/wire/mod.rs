//! Bytes from strangers: whatever is read of them has one form, which a strict reader of CBOR knows as such, and proves
//! nothing else. cargo-fuzz chooses the bytes with care, the seeded tests of `crates/protocol` at random.

#![allow(
    clippy::unwrap_used,
    unreachable_pub,
    reason = "a broken promise stops the run; the targets see what tests include"
)]

#[path = "../choices.rs"]
mod choices;
mod damage;
mod form;
mod messages;
pub mod notes;
mod seeds;
mod text;
mod tree;

use deed::Party;
use ledger::bundle::Proven;
use ledger::codec;
use ledger::digest::hmac_sha256;
use ledger::envelope::EnvelopeKey;
use ledger::presentation::{Expected, verify};
use ledger::signature::{PublicKey, Suite};
use ledger::tearoff::TearOff;
use ledger::validity::{Directory, Standing, check};
use ledger::view::View;
use minicbor::{Decode, Encode};

use choices::Bytes;
use seeds::{SEEDS, Seed};

/// Reads bytes as a type that this seed is canonical of: whether they were accepted.
type Read = fn(&[u8], &Seed) -> bool;

/// A damaged object, read as what it was and as something else: whether it was accepted as what it was.
pub fn objects(bytes: &[u8]) -> bool {
    let mut bytes = Bytes(bytes);
    let (seed, other) = (bytes.one_of(&SEEDS.all), bytes.one_of(&SEEDS.all));
    let damaged = damage::damaged(&seed.tree, &other.tree, &mut bytes);
    (other.read)(&damaged, other);
    let accepted = (seed.read)(&damaged, seed);
    if accepted {
        use_it(&seed.name, &damaged);
    }
    accepted
}

/// Whether a decoder that doesn't compare would have read a damaged view that isn't written in its one form.
pub fn too_kind(bytes: &[u8]) -> bool {
    let mut bytes = Bytes(bytes);
    let views = SEEDS
        .all
        .iter()
        .filter(|seed| seed.name.starts_with("view "));
    let views: Vec<&Seed> = views.collect();
    let seed = bytes.one_of(&views);
    let damaged = damage::damaged(&seed.tree, &seed.tree, &mut bytes);
    let kind: Result<View, _> = minicbor::decode(&damaged);
    kind.is_ok_and(|view| codec::encode(&view) != damaged)
}

/// Any bytes, read as every type.
pub fn any(bytes: &[u8]) {
    for seed in &SEEDS.all {
        (seed.read)(bytes, seed);
    }
}

/// A damaged proof, bare or as its holder shows it: it proves what the whole one did, or nothing. Whether it could be read.
pub fn proofs(bytes: &[u8]) -> bool {
    let mut bytes = Bytes(bytes);
    let seed = &SEEDS.all[*bytes.one_of(&SEEDS.proofs)];
    let other = bytes.one_of(&SEEDS.all);
    let damaged = damage::damaged(&seed.tree, &other.tree, &mut bytes);
    let nonce = hmac_sha256(b"test noise", &[b"what The Bell asks"]);
    let expected = Expected {
        audience: "The Bell, Leeds",
        nonce: &nonce.0[..16],
        now_ms: 1_795_176_001_000,
        max_age_ms: 0,
    };
    let verify = |proof: &[u8]| verify(proof, &SEEDS.trust, Some(&expected));
    match verify(&damaged) {
        Ok(proven) => {
            let whole = verify(&seed.bytes).unwrap();
            assert_eq!(in_order(proven), in_order(whole));
            true
        }
        Err(error) => {
            assert!(!error.to_string().is_empty());
            error.code() != "read"
        }
    }
}

/// Who vouches may stand in any order.
fn in_order(mut proven: Proven) -> Proven {
    proven.attested_by.sort_by(|a, b| a.party.cmp(&b.party));
    proven
}

/// What is read has one form, and is another object than the seed's.
fn read<T>(bytes: &[u8], seed: &Seed) -> bool
where
    T: Encode<()> + for<'b> Decode<'b, ()> + PartialEq,
{
    form::one_form::<T>(bytes, &seed.bytes)
}

/// What a receiver does with it: a verdict.
fn use_it(name: &str, bytes: &[u8]) {
    match name {
        "seen by the payee" => {
            let seen: TearOff = codec::decode(bytes).unwrap();
            for standing in [Standing::Party, Standing::Observer] {
                let book = &SEEDS.trust.contracts;
                if let Err(error) = check(&seen, standing, book, &SEEDS.home, &Nobody) {
                    assert!(!error.to_string().is_empty());
                }
            }
        }
        "receipt opened at head and amount" | "item 2 of the list shown alone" => {
            let opening: ledger::fact::Opening = codec::decode(bytes).unwrap();
            let narrowed = opening.narrow(|leaf| leaf == 0);
            let narrowed = narrowed.and_then(|n| n.commitment());
            if opening.commitment().is_some() {
                assert_eq!(narrowed, opening.commitment());
            }
        }
        _ => {}
    }
}

/// A directory in which nobody is.
struct Nobody;

impl Directory for Nobody {
    fn key(&self, _: &Party, _: Suite) -> Option<PublicKey> {
        None
    }

    fn envelope_key(&self, _: &Party) -> Option<EnvelopeKey> {
        None
    }
}
