use jiff::{SignedDuration, Timestamp};
use node::pki::{Leaf, LeafError, TlsIdentity, dns_name};
use rustls_pki_types::DnsName;

use crate::network::{DAY, Network, party};

const IDS: [&str; 6] = [
    "GB-GOR-D1196",
    "a_b.c",
    "-starts-and-ends-",
    "..",
    "sixty-four-characters-long-identifier-which-no-dns-label-can-hold",
    "0",
];

#[test]
fn a_certificate_says_which_party_holds_it() {
    let network = Network::new();
    for id in IDS.map(|id| &id[..id.len().min(64)]) {
        let identity = network.identity(id);
        assert_eq!(identity.leaf.party, party(id));
        assert_eq!(Leaf::parse(&identity.certificate), Ok(identity.leaf));
    }
}

#[test]
fn every_party_has_a_dns_name() {
    for id in IDS.map(|id| &id[..id.len().min(64)]) {
        let name = dns_name(&party(id));
        assert!(DnsName::try_from(name.as_str()).is_ok(), "{id}: {name}");
    }
    assert_eq!(dns_name(&party("GB-GOR-D1196")), "gb-gor-d1196.pvn");
    assert_eq!(
        dns_name(&party("-x")),
        "pa420962426d711880258b007d6767792.pvn"
    );
}

#[test]
fn a_certificate_is_renewed_after_two_thirds_of_its_life() {
    let network = Network::new();
    let now: Timestamp = "2026-11-20T12:00:00Z".parse().unwrap();
    let leaf = network.identity_at("A", now, 30 * DAY).leaf;
    let hour = SignedDuration::from_hours(1);
    assert_eq!(leaf.not_before, now - hour * 2);
    assert_eq!(leaf.not_after, now + hour * 24 * 30);
    let due = leaf.renew_at();
    assert_eq!(due, leaf.not_before + hour * 722 * 2 / 3);
    assert!(!leaf.renewal_needed(due - SignedDuration::from_secs(1)));
    assert!(leaf.renewal_needed(due));
    assert_eq!(leaf.life_left(now), hour * 24 * 30);
}

#[test]
fn what_is_no_members_certificate_is_refused() {
    let network = Network::new();
    let root = network.root.certificate().to_vec();
    let mut longer = network.identity("A").certificate;
    longer.push(0);
    let cases: [(&str, Vec<u8>, LeafError); 4] = [
        ("the root", root, LeafError::NoParty),
        ("nothing", Vec::new(), LeafError::Unreadable),
        ("noise", vec![0x30; 200], LeafError::Unreadable),
        ("trailing bytes", longer, LeafError::Unreadable),
    ];
    for (case, der, expected) in cases {
        assert_eq!(Leaf::parse(&der), Err(expected), "{case}");
    }
}

#[test]
fn a_node_has_no_identity_before_admission() {
    let folder = tempfile::tempdir().unwrap();
    TlsIdentity::key(folder.path()).unwrap();
    assert!(TlsIdentity::load(folder.path()).unwrap().is_none());
}
