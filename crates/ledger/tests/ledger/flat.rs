//! What a fact has behind it adds nothing to its proof: a chain of payments, and proofs of coins early and late in it.

use ledger::bundle::{Attestor, Place, ProofBundle};
use ledger::certificate::{BatchEntry, Certificate, ids_root, tokens_root};
use ledger::codec;
use ledger::fact::{FIXED_LEAVES, FactRef};
use ledger::transaction::{FORMAT, Transaction};
use ledger::view::Input;
use ledger::{Digest, TransactionId};

use crate::payment::{Draft, coin, input, moving, payment, signatures};
use crate::support::{NOON_MS, net};

/// Other batches stand before and behind the chain's: all paths through the log have the same length.
const BEFORE: u64 = 256;
const BATCHES: u64 = 2_048;

/// A payment of £5 with money from elsewhere that spends this coin too, and gives Alice as much again.
fn next(spent: Input, number: u64) -> Draft {
    let mut draft = payment(net());
    let five = input(net(), "ALICE", 5, &format!("five pounds {number}"));
    let change = coin(net(), "ALICE", 3, &format!("coin {number}"));
    let paid = draft.views[1].created[0].clone();
    draft.views[1] = moving(net(), vec![spent, five], vec![paid, change]);
    draft
}

/// The coin that goes on, where this transaction created it.
fn goes_on(transaction: &Transaction, id: TransactionId) -> Input {
    Input {
        at: FactRef {
            transaction: id,
            view: 1,
            output: 1,
        },
        fact: transaction.views[1].created[1].clone(),
    }
}

fn entry(height: u64, id: TransactionId) -> BatchEntry {
    BatchEntry {
        height,
        time_ms: NOON_MS + height,
        map: net().pin(),
        ids: 1,
        ids_root: ids_root(&[id]),
        tokens_root: tokens_root(&[]),
    }
}

#[test]
fn a_proof_is_as_long_with_a_thousand_predecessors_as_with_one() {
    let mut leaves: Vec<tlog::Hash> = (0..BATCHES)
        .map(|batch| tlog::leaf_hash(&batch.to_be_bytes()))
        .collect();
    let mut spent = input(net(), "ALICE", 3, "the first coin");
    let mut proven = Vec::new();
    for predecessors in 1..=1_000 {
        let draft = next(spent, predecessors);
        let transaction = draft.transaction(net());
        let id = transaction.opening().id();
        let entry = entry(BEFORE + predecessors, id);
        leaves[entry.height as usize] = tlog::leaf_hash(&codec::encode(&entry));
        spent = goes_on(&transaction, id);
        if [1, 10, 1_000].contains(&predecessors) {
            proven.push((draft, transaction, entry));
        }
    }
    let tree = tlog::MerkleTree::new(leaves);
    let checkpoint = net().sign_log(BATCHES, tree.root());
    let lengths = proven.into_iter().map(|(draft, transaction, entry)| {
        let opening = transaction.opening();
        let view = &transaction.views[1];
        let bank = signatures(net(), &draft, &["TOWN-BANK"]).remove(0);
        let path = tree.path(entry.height as usize).expect("a path");
        let bundle = ProofBundle {
            format: FORMAT,
            place: Place::of(&opening, 1, &view.hashes(), 1).expect("a place"),
            fact: view.created[1].open(|leaf| leaf == 0 || leaf >= FIXED_LEAVES),
            attestors: vec![Attestor {
                member: net().member("TOWN-BANK"),
                attestation: bank.attestation(&opening.roots[1]).expect("vouched for"),
            }],
            map: net().map.clone(),
            certificate: Certificate {
                entry,
                index: 0,
                path: Vec::new(),
                log_path: path.into_iter().map(Digest::from).collect(),
                checkpoint: checkpoint.clone(),
            },
        };
        let bytes = codec::encode(&bundle);
        ledger::presentation::verify(&bytes, &net().trust, None).expect("proven");
        bytes.len()
    });
    let lengths: Vec<usize> = lengths.collect();
    assert_eq!(lengths, [lengths[0]; 3]);
}
