//! What newcomers and registrars say to each other, damaged as `fuzz/` damages everything from the wire.

#[path = "../../../../fuzz/src/choices.rs"]
#[allow(unreachable_pub, reason = "the fuzz targets see it too")]
mod choices;
#[path = "../../../../fuzz/src/wire/damage.rs"]
#[allow(unreachable_pub, reason = "the fuzz targets see it too")]
mod damage;
#[path = "../../../../fuzz/src/wire/form.rs"]
#[allow(unreachable_pub, reason = "the fuzz targets see it too")]
mod form;
#[path = "../../../../fuzz/src/wire/tree.rs"]
#[allow(unreachable_pub, reason = "the fuzz targets see it too")]
mod tree;

use ledger::codec;
use ledger::map::{MemberDetails, MemberKeys, MemberRecord, MemberRole};
use ledger::signature::{PublicKey, Suite};
use minicbor::{Decode, Encode};

use super::admission::{Applicant, Endpoint, JoinReply, JoinRequest, Network};
use super::key_change::{FurtherKey, GivenUp};
use choices::Bytes;
use tree::Node;

const CASES: u64 = 1_500;

fn party(id: &str) -> deed::Party {
    deed::Party::new(id).expect("a party")
}

fn network() -> Network {
    Network {
        name: "town".to_owned(),
        registrar: party("REGISTRAR"),
        map_key: "registrar.town+00000000+AQ==".to_owned(),
        notary_key: Some("notary.town+00000000+AQ==".to_owned()),
        notary: Some("NOTARY".to_owned()),
        map_hybrid: Some("registrar.town+00000000+/wE=".to_owned()),
        notary_hybrid: Some("notary.town+00000000+/wE=".to_owned()),
    }
}

fn request() -> JoinRequest {
    let key = PublicKey::new(Suite::ED25519, vec![7; 32]).expect("formed");
    let record = MemberRecord {
        party: party("ALICE"),
        name: "Alice".to_owned(),
        role: MemberRole::Body,
        keys: MemberKeys::one(key),
        admitted_ms: 0,
        revoked_ms: None,
        details: MemberDetails {
            host: party("ALICE"),
            endpoint: "alice.example:443".to_owned(),
            envelope_key: ledger::Digest([8; 32]),
            services: vec!["caf\u{e9}".to_owned()],
            website: String::new(),
        },
    };
    JoinRequest {
        code: "a code".to_owned(),
        certificate_request: vec![1, 2, 3],
        applicants: vec![Applicant {
            record,
            possession: vec![4; 64],
        }],
        log_key: Some("notary.town+00000000+AQ==".to_owned()),
        log_hybrid: Some("notary.town+00000000+/wE=".to_owned()),
    }
}

/// How many of the damaged objects are read; each that is has one form.
fn damaged<T>(seed: u64, whole: &T) -> usize
where
    T: Encode<()> + for<'b> Decode<'b, ()> + PartialEq,
{
    let whole = codec::encode(whole);
    let tree = Node::read(&whole);
    let mut state = seed;
    let mut bytes = || {
        // Knuth's MMIX generator; its upper bits are good enough to choose by.
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        state.to_be_bytes()[0]
    };
    let cases = (0..CASES).filter(|_| {
        let choices: Vec<u8> = (0..24).map(|_| bytes()).collect();
        let damaged = damage::damaged(&tree, &tree, &mut Bytes(&choices));
        form::one_form::<T>(&damaged, &whole)
    });
    cases.count()
}

#[test]
fn damaged_words_of_newcomers_and_registrars_have_one_form_or_are_refused() {
    let reply = JoinReply {
        certificate: vec![1; 40],
        root: vec![2; 40],
        network: network(),
    };
    let further = FurtherKey {
        party: party("ALICE"),
        key: PublicKey::new(Suite::ED25519, vec![7; 32]).expect("formed"),
        by_key: vec![5; 64],
        by_listed: vec![6; 64],
    };
    let given_up = GivenUp {
        party: party("ALICE"),
        suite: Suite::P256,
        by_stronger: vec![5; 64],
    };
    let read = [
        damaged(1, &request()),
        damaged(2, &reply),
        damaged(3, &network()),
        damaged(4, &Endpoint("alice.example:443".to_owned())),
        damaged(5, &further),
        damaged(6, &given_up),
    ];
    let names = [
        "requests",
        "replies",
        "networks",
        "endpoints",
        "further keys",
        "keys given up",
    ];
    for (what, read) in names.iter().zip(read) {
        assert!(read > CASES as usize / 20, "{read} {what} are read");
        assert!(read < CASES as usize * 19 / 20, "{read} {what} are read");
    }
}
