//! The notary's certificates, checked offline.

use ledger::certificate::{
    BatchEntry, Certificate, CertificateError, cancelled_on, ids_root, spent_on, tokens_root,
};
use ledger::codec;
use ledger::log_keys::verify_checkpoint;
use ledger::spent::{NotSpent, Spent, SpentTree};
use ledger::{Digest, Token, TransactionId};

use crate::support::{NOON_MS, Net, net, noise};

fn ids(count: usize) -> Vec<TransactionId> {
    (0..count)
        .map(|i| TransactionId(noise(&format!("id {i}"))))
        .collect()
}

fn check(net: &Net, certificate: &Certificate, id: &TransactionId) -> Result<(), CertificateError> {
    let (size, root) = net.checkpoint_of(&certificate.checkpoint);
    certificate.check_paths(id, size, &root)
}

#[test]
fn every_id_of_a_batch_of_any_size_is_certified_and_no_other() {
    for count in [1, 2, 3, 5, 8, 13] {
        let ids = ids(count);
        let certificates = net().certify(&ids, NOON_MS);
        assert_eq!(certificates.len(), count);
        for (id, certificate) in ids.iter().zip(&certificates) {
            assert_eq!(check(net(), certificate, id), Ok(()));
            let other = TransactionId(noise("not certified"));
            assert_eq!(
                check(net(), certificate, &other),
                Err(CertificateError::NotInBatch)
            );
        }
    }
}

#[test]
fn a_certificate_that_was_changed_is_refused() {
    use CertificateError::{NotInBatch, NotInLog};
    let ids = ids(5);
    let certificate = net().certify(&ids, NOON_MS).remove(3);
    type Tweak = fn(&mut Certificate);
    let tweaks: [(&str, Tweak, CertificateError); 11] = [
        ("another place in the batch", |c| c.index = 2, NotInBatch),
        ("a place beyond", |c| c.index = 5, NotInBatch),
        ("a batch of another size", |c| c.entry.ids = 6, NotInBatch),
        ("another path", |c| c.path[0].0[0] ^= 1, NotInBatch),
        (
            "a longer path",
            |c| c.path.push(Digest::default()),
            NotInBatch,
        ),
        ("a shorter path", |c| c.path.truncate(1), NotInBatch),
        ("another time", |c| c.entry.time_ms += 1, NotInLog),
        ("another map", |c| c.entry.map.size += 1, NotInLog),
        ("other tokens", |c| c.entry.tokens_root.0[0] ^= 1, NotInLog),
        ("another height", |c| c.entry.height = 1, NotInLog),
        (
            "another path in the log",
            |c| c.log_path[1].0[0] ^= 1,
            NotInLog,
        ),
    ];
    for (what, tweak, expected) in tweaks {
        let mut other = certificate.clone();
        tweak(&mut other);
        assert_eq!(check(net(), &other, &ids[3]), Err(expected), "{what}");
    }
}

#[test]
fn a_checkpoint_counts_only_from_the_trusted_notary_and_to_the_last_byte() {
    let certificate = net().certify(&ids(1), NOON_MS).remove(0);
    let note = certificate.checkpoint;
    let key = &net().trust.notary;
    assert!(verify_checkpoint(&note, key).is_ok());
    assert!(
        verify_checkpoint(&note, &net().trust.registrar).is_err(),
        "another key"
    );
    let impostor = Net::with("registrar", "another notary", "signing key");
    assert!(
        verify_checkpoint(&note, &impostor.trust.notary).is_err(),
        "a key of that name"
    );
    assert!(
        verify_checkpoint(&format!("{note}\n"), key).is_err(),
        "a line more"
    );
    for at in 0..note.len() {
        let mut bytes = note.clone().into_bytes();
        bytes[at] ^= 1;
        if let Ok(changed) = String::from_utf8(bytes) {
            assert!(verify_checkpoint(&changed, key).is_err(), "byte {at}");
        }
    }
}

#[test]
fn roots_of_a_batch_bind_what_they_say() {
    let ids = ids(4);
    let mut swapped = ids.clone();
    swapped.swap(0, 1);
    assert_ne!(ids_root(&ids), ids_root(&swapped));
    assert_ne!(ids_root(&ids), ids_root(&ids[..3]));
    assert_ne!(ids_root(&[]), ids_root(&ids[..1]));

    let (token, r) = (Token(noise("t")), noise("r"));
    let on = spent_on(&ids[0], &r);
    assert_ne!(on, spent_on(&ids[1], &r));
    assert_ne!(on, spent_on(&ids[0], &noise("another r")));
    assert_ne!(on, cancelled_on(&token));
    assert_ne!(
        tokens_root(&[(token, on)]),
        tokens_root(&[(token, cancelled_on(&token))])
    );
    assert_ne!(tokens_root(&[(token, on)]), tokens_root(&[]));
}

/// Three marks that a batch uses up, ascending.
fn spent() -> [(Token, Digest); 3] {
    let mut spent = ["a token", "another", "a third"]
        .map(|mark| (Token(noise(mark)), noise("what it was spent on")));
    spent.sort();
    spent
}

/// The proof that the mark at this place of a batch, the second of its log, was used up.
fn used(at: usize) -> (Token, Digest, Spent) {
    let spent = spent();
    let entry = BatchEntry {
        height: 1,
        tokens_root: tokens_root(&spent),
        ..net().certify(&ids(5), NOON_MS).remove(0).entry
    };
    let others = [b"before", b"behind"].map(|other| tlog::leaf_hash(other));
    let leaves = vec![
        others[0],
        tlog::leaf_hash(&codec::encode(&entry)),
        others[1],
    ];
    let tree = tlog::MerkleTree::new(leaves);
    let path = tree.path(1).expect("a path");
    let (mark, on) = spent[at];
    let place = SpentTree::new(&spent).place(&mark).expect("it is there");
    assert_eq!(place.0, on);
    let proof = Spent {
        entry,
        place: place.1,
        log_path: path.into_iter().map(Digest::from).collect(),
        checkpoint: net().sign_log(3, tree.root()),
    };
    (mark, on, proof)
}

#[test]
fn that_a_mark_was_used_up_is_shown_and_nothing_else() {
    let notary = &net().trust.notary;
    let spent = spent();
    assert_eq!(SpentTree::new(&spent).place(&Token(noise("unused"))), None);
    for at in 0..spent.len() {
        let (mark, on, proof) = used(at);
        assert_eq!(proof.verify(&mark, &on, notary), Ok(()));
        let other = Token(noise("unused"));
        assert_eq!(proof.verify(&other, &on, notary), Err(NotSpent::NotInBatch));
        let otherwise = noise("something else");
        assert_eq!(
            proof.verify(&mark, &otherwise, notary),
            Err(NotSpent::NotInBatch)
        );
        let next = spent[(at + 1) % spent.len()].0;
        assert_eq!(proof.verify(&next, &on, notary), Err(NotSpent::NotInBatch));
    }
}

#[test]
fn a_proof_that_a_mark_was_used_up_is_refused_when_anything_is_changed() {
    type Tweak = fn(&mut Spent);
    type Expected = fn(&NotSpent) -> bool;
    let tweaks: [(&str, Tweak, Expected); 9] = [
        (
            "another place",
            |p| p.place.index ^= 1,
            |e| *e == NotSpent::NotInBatch,
        ),
        (
            "more marks",
            |p| p.place.count += 1,
            |e| *e == NotSpent::NotInBatch,
        ),
        (
            "another path",
            |p| p.place.path[0].0[0] ^= 1,
            |e| *e == NotSpent::NotInBatch,
        ),
        (
            "no path",
            |p| p.place.path.clear(),
            |e| *e == NotSpent::NotInBatch,
        ),
        (
            "other marks",
            |p| p.entry.tokens_root.0[0] ^= 1,
            |e| *e == NotSpent::NotInBatch,
        ),
        (
            "another time",
            |p| p.entry.time_ms += 1,
            |e| *e == NotSpent::NotInLog,
        ),
        (
            "another height",
            |p| p.entry.height += 1,
            |e| *e == NotSpent::NotInLog,
        ),
        (
            "another way in the log",
            |p| p.log_path[0].0[0] ^= 1,
            |e| *e == NotSpent::NotInLog,
        ),
        (
            "another checkpoint",
            |p| p.checkpoint.push('x'),
            |e| matches!(e, NotSpent::Checkpoint(_)),
        ),
    ];
    for (what, tweak, expected) in tweaks {
        let (mark, on, mut proof) = used(1);
        tweak(&mut proof);
        let refused = proof.verify(&mark, &on, &net().trust.notary);
        assert!(expected(&refused.expect_err("refused")), "{what}");
    }
}
