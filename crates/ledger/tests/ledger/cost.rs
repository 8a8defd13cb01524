//! What a proof costs: run in a release build with `--run-ignored only`; a debug build says nothing about time.

use std::time::Instant;

use deed::Value;
use ledger::Digest;
use ledger::bundle::ProofBundle;
use ledger::codec;
use ledger::fact::FIXED_LEAVES;

use crate::payment::{bundle, payment};
use crate::support::{NOON_MS, net};

/// Prints size by part and the median time from bytes to verdict, for the payment of the vectors and for its money, by the
/// number of batches in the log.
#[test]
#[ignore = "prints measurements"]
fn print_the_cost_of_a_proof() {
    let receipt: (u32, &[&str]) = (0, &["TOWN-BANK", "ALICE"]);
    let coin: (u32, &[&str]) = (1, &["TOWN-BANK"]);
    for items in [0, 1, 40, 1_000] {
        let mut fact = payment(net()).views[0].created[0].clone();
        fact.fields[4] = Value::List(vec![Value::Bool(true); items]);
        let took = median(|| fact.commitment() != Digest::default());
        println!("commitment with a list of {items}: {took:.1} us");
    }
    let draft = payment(net());
    let id = draft.transaction(net()).opening().id();
    for ((view, attestors), least) in [(receipt, false), (receipt, true), (coin, true)] {
        // The vectors' proof hides the note; the least shows the payer and the amount of the receipt, or only the coin's head.
        let shown = |leaf| match (least, view) {
            (false, _) => leaf != FIXED_LEAVES + 5,
            (true, 0) => [0, FIXED_LEAVES, FIXED_LEAVES + 3].contains(&leaf),
            (true, _) => leaf == 0 || leaf == FIXED_LEAVES,
        };
        let mut proof = bundle(net(), &draft, view, 0, attestors, shown);
        for batches in [5, 1 << 17] {
            let certified = net().certify_among(batches, &[id, id], NOON_MS, net().pin());
            proof.certificate = certified[1].clone();
            print(&proof, batches);
        }
    }
}

/// The median time of what must hold, in microseconds.
fn median(holds: impl Fn() -> bool) -> f64 {
    let mut times: Vec<f64> = (0..2_001)
        .map(|_| {
            let start = Instant::now();
            let held = holds();
            let took = start.elapsed().as_secs_f64() * 1e6;
            assert!(held);
            took
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn print(proof: &ProofBundle, batches: u64) {
    let bytes = codec::encode(proof);
    let took = median(|| ledger::presentation::verify(&bytes, &net().trust, None).is_ok());
    println!(
        "log of {batches}, {} attestors: {} bytes (place {}, opening {}, attestors {}, map {}, certificate {}), {took:.0} us",
        proof.attestors.len(),
        bytes.len(),
        codec::encode(&proof.place).len(),
        codec::encode(&proof.fact).len(),
        codec::encode(&proof.attestors).len(),
        codec::encode(&proof.map).len(),
        codec::encode(&proof.certificate).len(),
    );
}
