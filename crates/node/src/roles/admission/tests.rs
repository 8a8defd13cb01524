//! What joins a network is pinned by samples: certificates and signatures differ every time they are made, so samples made once
//! must be read, and verify, for ever. Their forms stand in docs/protocol/admission.md.

use ledger::codec::encode;
use ledger::map::{MemberDetails, MemberKeys, MemberRole};
use ledger::signature::Suite;
use tlog::{KeyName, NoteSigner};

use super::super::key_change::{FurtherKey, GivenUp};
use super::*;
use crate::pki::{
    Fingerprint, HybridKey, KeyKind, Leaf, RegistrarRoot, Request, SecretKey, new_request,
    registrar_of,
};

const SAMPLES: &str = include_str!("../../../../../docs/protocol/vectors/admission.hex");

fn sample(name: &str) -> Vec<u8> {
    let line = SAMPLES
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    let line = line.unwrap_or_default().as_bytes().chunks(2);
    let digits = line.map(|pair| u8::from_str_radix(&String::from_utf8_lossy(pair), 16));
    digits.collect::<Result<_, _>>().expect("hexadecimal")
}

fn read<T: Encode<()> + for<'b> Decode<'b, ()>>(name: &str) -> T {
    codec::decode(&sample(name)).expect(name)
}

fn party(name: &str) -> Party {
    Party::new(name).expect("a party")
}

#[test]
fn samples_of_joining_are_read_and_hold() {
    let request: JoinRequest = read("request to join");
    assert!(request.applicants.iter().all(Applicant::holds_its_key));
    let record = &request.applicants[0].record;
    let certificate = Request::parse(&request.certificate_request).expect("signed by its key");
    assert_eq!(certificate.party(), &record.party);
    let keys = request.keys(certificate.public_key());
    assert_eq!(keys.0.as_slice(), sample("hash of its keys"));

    let reply: JoinReply = read("answer");
    let leaf = Leaf::parse(&reply.certificate).expect("a certificate");
    assert_eq!(leaf.party, record.party);
    assert_eq!(
        registrar_of(&reply.root).expect("a root"),
        reply.network.registrar
    );
    let fingerprint = Fingerprint::of(&reply.root).to_string();
    let expected: String = sample("fingerprint of the root")
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(fingerprint, expected);
    assert_eq!(read::<Network>("network"), reply.network);
    let Endpoint(endpoint) = read("change of endpoint");
    assert_eq!(endpoint, "bob.example:7480");

    assert!(read::<FurtherKey>("further key").is_held(record));
    let further: FurtherKey = read("further key");
    assert_eq!(further.key.suite(), Suite::P256_MLDSA65);
    let with_both = MemberRecord {
        keys: record.keys.with(further.key).expect("of another suite"),
        ..record.clone()
    };
    assert!(read::<GivenUp>("key given up").is_held(&with_both));
}

/// Makes new samples, when one of the forms was changed on purpose: run it with `--run-ignored only`.
#[test]
#[ignore = "prints new samples for vectors/admission.hex"]
fn print_new_samples() {
    let now = jiff::Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_hours(24 * 20_000);
    let folder = tempfile::tempdir().expect("a folder");
    let registrar = party("REGISTRAR");
    let root = RegistrarRoot::create(folder.path(), "town", &registrar, now).expect("a root");
    let tls = SecretKey::generate(KeyKind::P256).expect("a key");
    let ledger = SecretKey::generate(KeyKind::P256).expect("a key");
    let first = SigningKey::from_pkcs8(ledger.pkcs8()).expect("a key");
    let hybrid = HybridKey::new(first.clone(), &[7; 32]).expect("a key");
    let stronger = SigningKey::by(hybrid.clone());
    let bob = party("BOB");
    let record = MemberRecord {
        party: bob.clone(),
        name: "Bob & Sons".to_owned(),
        role: MemberRole::Body,
        keys: MemberKeys::one(first.public().clone()),
        admitted_ms: 0,
        revoked_ms: None,
        details: MemberDetails {
            host: bob.clone(),
            endpoint: "127.0.0.1:7480".to_owned(),
            envelope_key: Digest([9; 32]),
            services: vec!["doors".to_owned()],
            website: String::new(),
        },
    };
    let name = |name: &str| KeyName::new(name).expect("a name");
    let own = |log: &str| {
        let signer = NoteSigner::from_seed(name(log), &[8; 32]).expect("a signer");
        signer.verifier_key().to_string()
    };
    let beside = |log: &str| hybrid.verifier_key(name(log)).map(|key| key.to_string());
    let request = JoinRequest {
        code: "0123456789abcdef0123456789abcdef".to_owned(),
        certificate_request: new_request(&bob, &tls).expect("a request"),
        applicants: vec![Applicant::sign(record.clone(), &first).expect("signed")],
        log_key: Some(own("notary.town")),
        log_hybrid: beside("notary.town"),
    };
    let certificate = Request::parse(&request.certificate_request).expect("a request");
    let life = std::time::Duration::from_hours(24 * 30);
    let network = Network {
        name: "town".to_owned(),
        registrar,
        map_key: own("town/map"),
        notary_key: Some(own("notary.town")),
        notary: Some("NOTARY".to_owned()),
        map_hybrid: beside("town/map"),
        notary_hybrid: beside("notary.town"),
    };
    let reply = JoinReply {
        certificate: root.issue(&certificate, now, life).expect("issued"),
        root: root.certificate().to_vec(),
        network: network.clone(),
    };
    let fingerprint: String = root.fingerprint().to_string();
    let line = |name: &str, bytes: Vec<u8>| {
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        println!("{name}: {hex}");
    };
    line("request to join", encode(&request));
    line(
        "hash of its keys",
        request.keys(certificate.public_key()).0.to_vec(),
    );
    line("answer", encode(&reply));
    println!("fingerprint of the root: {fingerprint}");
    line("network", encode(&network));
    line(
        "change of endpoint",
        encode(&Endpoint("bob.example:7480".to_owned())),
    );
    let further = FurtherKey::of(&bob, &stronger, &first).expect("signed");
    line("further key", encode(&further));
    let given_up = GivenUp::of(&bob, Suite::P256, &stronger).expect("signed");
    line("key given up", encode(&given_up));
}
