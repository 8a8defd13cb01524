//! The network map in a proof: the record in force, not one that was.

use ledger::certificate::MapPin;
use ledger::map::{MapProof, MemberKeys, MemberProof, MemberRecord, map_entry};
use ledger::signature::{PublicKey, Suite};

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
                |p: &mut MemberProof| p.record.details.0[0] ^= 1,
                |p: &mut MemberProof| {
                    let key = p.record.keys.of(Suite::P256).expect("a key");
                    let mut bytes = key.bytes().to_vec();
                    bytes[9] ^= 1;
                    let key = PublicKey::new(Suite::P256, bytes).expect("formed");
                    p.record.keys = MemberKeys::one(key);
                },
                |p: &mut MemberProof| p.record.revoked_ms = Some(1),
                |p: &mut MemberProof| p.record.party = crate::support::party("MALLORY"),
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
    new[1].keys = record("ROTATED").keys;
    let entries = [map_entry(&old, NOON_MS), map_entry(&new, NOON_MS + 1)];
    let (first, second) = (net.map_of(&entries[..1]), net.map_of(&entries));
    let pin = |proof: &MapProof, size| MapPin {
        size,
        root: proof.log_root(size).expect("a root"),
    };
    let (pinned_first, pinned_second) = (pin(&first, 1), pin(&second, 2));
    assert!(first.is_pinned_by(&pinned_first) && second.is_pinned_by(&pinned_second));
    assert!(!first.is_pinned_by(&pinned_second), "the directory before");
    assert!(!second.is_pinned_by(&pinned_first), "the directory after");

    // The old directory in the new log, as if it were the last entry.
    let mut stale = second.clone();
    stale.entry = entries[0];
    assert!(!stale.is_pinned_by(&pinned_second));
    // The old entry at its true place, under the new size.
    let mut stale = first.clone();
    stale.path = vec![tlog::leaf_hash(&ledger::codec::encode(&entries[1])).into()];
    assert!(!stale.is_pinned_by(&pinned_second));

    let record_then = MemberProof::of(&old, 1).expect("a proof");
    assert!(record_then.is_in(&entries[0]));
    assert!(
        !record_then.is_in(&entries[1]),
        "the key before its rotation"
    );
}

#[test]
fn a_log_without_entries_has_no_root() {
    let pin = MapPin {
        size: 0,
        ..net().pin()
    };
    assert_eq!(net().map.log_root(0), None);
    assert!(!net().map.is_pinned_by(&pin));
}
