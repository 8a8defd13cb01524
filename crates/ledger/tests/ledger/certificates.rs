//! The notary's certificates, checked offline.

use ledger::certificate::{
    Certificate, CertificateError, cancelled_on, ids_root, spent_on, tokens_root,
};
use ledger::log_keys::verify_checkpoint;
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
