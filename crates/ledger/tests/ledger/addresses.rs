//! Sheets of one-time keys and the vouchers for single ones.

use ledger::NetworkId;
use ledger::address::{Purpose, Sheet, Voucher};
use ledger::limits::SHEET_ADDRESSES_MAX;
use ledger::signature::Suite;

use crate::support::{net, noise, one_time, party, signing_key};

fn sheet(count: u32) -> Sheet {
    let keys = (0..count)
        .map(|i| one_time("BOB", &i.to_string()).public())
        .collect();
    Sheet::sign(
        &signing_key("BOB"),
        &net().home.network,
        &party("BOB"),
        Purpose::Control,
        keys,
    )
    .expect("signed")
}

#[test]
fn each_key_of_a_sheet_is_vouched_for_alone() {
    let (network, bob) = (&net().home.network, signing_key("BOB"));
    let key = bob.public();
    for count in [1, 2, 3, 64, 255, SHEET_ADDRESSES_MAX] {
        let sheet = sheet(count);
        assert!(sheet.verifies(key, network), "{count} keys");
        for index in 0..count {
            let voucher = sheet.voucher(index).expect("a voucher");
            assert!(voucher.verifies(&sheet.keys[index as usize], key, network));
            let other = &sheet.keys[(index as usize + 1) % count as usize];
            assert_eq!(voucher.verifies(other, key, network), count == 1);
        }
        assert_eq!(sheet.voucher(count), None);
    }
}

#[test]
fn what_nobody_vouched_for_is_refused() {
    let (network, bob) = (net().home.network, signing_key("BOB"));
    let key = bob.public();
    let sheet = sheet(5);
    let voucher = sheet.voucher(3).expect("a voucher");
    let vouched = sheet.keys[3];
    let verifies = |v: &Voucher| v.verifies(&vouched, key, &network);
    assert!(verifies(&voucher));

    type Tweak = fn(&mut Voucher);
    let tweaks: [(&str, Tweak); 9] = [
        ("for another party", |v| v.party = party("CAROL")),
        ("for another purpose", |v| v.purpose = Purpose::Holder),
        ("at another place", |v| v.place.index = 2),
        ("of another sheet", |v| v.place.count = 6),
        ("of a huge sheet", |v| {
            v.place.count = SHEET_ADDRESSES_MAX + 1;
        }),
        ("by another path", |v| v.place.path[0].0[0] ^= 1),
        ("by a shorter path", |v| v.place.path.truncate(1)),
        ("under a changed signature", |v| v.signature[9] ^= 1),
        ("in another suite", |v| v.suite = Suite::ED25519),
    ];
    for (what, tweak) in tweaks {
        let mut other = voucher.clone();
        tweak(&mut other);
        assert!(!verifies(&other), "{what}");
    }
    assert!(
        !voucher.verifies(&noise("hijacker's key"), key, &network),
        "another key"
    );
    assert!(!voucher.verifies(&vouched, signing_key("MALLORY").public(), &network));
    assert!(!voucher.verifies(&vouched, key, &NetworkId(noise("other network"))));
}

#[test]
fn empty_and_oversized_sheets_are_refused() {
    let (network, bob) = (&net().home.network, signing_key("BOB"));
    let key = bob.public();
    assert!(!sheet(0).verifies(key, network));
    assert!(!sheet(SHEET_ADDRESSES_MAX + 1).verifies(key, network));
}
