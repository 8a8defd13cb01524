//! The network map in a proof: the record in force, not one that was.

use ledger::certificate::MapPin;
use ledger::map::{MapProof, MemberProof, MemberRecord, map_entry};
use ledger::signature::PublicKey;

use crate::support::{NOON_MS, net, record};

fn members(names: &[&str]) -> Vec<MemberRecord> {
    let mut records: Vec<MemberRecord> = names.iter().map(|name| record(name)).collect();
    records.sort_by(|a, b| a.party.cmp(&b.party));
    records
}

#[test]
fn every_member_of_a_directory_of_any_size_is_proven_and_no_other() {
    let names = ["A", "B", "C", "D", "E"];
    for count in 1..=names.len() {
        let records = members(&names[..count]);
        let entry = map_entry(&records, NOON_MS);
        for index in 0..count {
            let proof = MemberProof::of(&records, index).expect("a proof");
            assert!(proof.is_in(&entry));
            for tweak in [
                |p: &mut MemberProof| p.record.name.push('!'),
                |p: &mut MemberProof| p.record.endpoint.push('1'),
                |p: &mut MemberProof| {
                    let mut bytes = p.record.signing_key.bytes().to_vec();
                    bytes[9] ^= 1;
                    p.record.signing_key = PublicKey::new(bytes);
                },
                |p: &mut MemberProof| p.record.revoked_ms = Some(1),
                |p: &mut MemberProof| p.record.host = crate::support::party("MALLORY"),
                |p: &mut MemberProof| p.index += 1,
                |p: &mut MemberProof| p.path.push(ledger::Digest::default()),
            ] {
                let mut other = proof.clone();
                tweak(&mut other);
                assert!(!other.is_in(&entry), "{other:?}");
            }
        }
        assert_eq!(MemberProof::of(&records, count), None);
    }
}

#[test]
fn a_record_that_is_no_longer_in_force_is_refused() {
    let net = net();
    let old = members(&["ALICE", "TOWN-BANK"]);
    let mut new = old.clone();
    new[1].signing_key = record("ROTATED").signing_key;
    let entries = [map_entry(&old, NOON_MS), map_entry(&new, NOON_MS + 1)];
    let (first, second) = (net.map_of(&entries[..1]), net.map_of(&entries));
    let pin = |proof: &MapProof| MapPin {
        size: proof.size,
        root: proof.log_root().expect("a root"),
    };
    assert!(first.is_pinned_by(&pin(&first)) && second.is_pinned_by(&pin(&second)));
    assert!(!first.is_pinned_by(&pin(&second)), "the directory before");
    assert!(!second.is_pinned_by(&pin(&first)), "the directory after");

    // The old directory in the new log, as if it were the last entry.
    let mut stale = second.clone();
    stale.entry = entries[0];
    assert!(!stale.is_pinned_by(&pin(&second)));
    // The old entry at its true place, under the new size.
    let mut stale = first.clone();
    stale.size = 2;
    stale.path = vec![tlog::leaf_hash(&ledger::codec::encode(&entries[1])).into()];
    assert!(!stale.is_pinned_by(&pin(&second)));

    let record_then = MemberProof::of(&old, 1).expect("a proof");
    assert!(record_then.is_in(&entries[0]));
    assert!(
        !record_then.is_in(&entries[1]),
        "the key before its rotation"
    );
}

#[test]
fn a_log_without_entries_has_no_root() {
    let mut proof = net().map.clone();
    proof.size = 0;
    assert_eq!(proof.log_root(), None);
    assert!(!proof.is_pinned_by(&net().pin()));
}
