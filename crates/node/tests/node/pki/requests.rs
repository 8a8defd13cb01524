use node::pki::{KeyKind, LeafError, Request, RequestError, SecretKey, new_request};
use rcgen::{
    BasicConstraints, CertificateParams, IsCa, KeyPair, PKCS_ECDSA_P256_SHA256,
    PKCS_ECDSA_P384_SHA384, PKCS_ED25519, SanType, SignatureAlgorithm,
};
use x509_parser::prelude::{FromDer, X509Certificate};

use crate::network::{DAY, Network, party};

fn request(
    algorithm: &'static SignatureAlgorithm,
    uris: &[&str],
    change: impl FnOnce(&mut CertificateParams),
) -> Vec<u8> {
    let mut params = CertificateParams::new([]).unwrap();
    for uri in uris {
        let uri = SanType::URI((*uri).try_into().unwrap());
        params.subject_alt_names.push(uri);
    }
    change(&mut params);
    let key = KeyPair::generate_for(algorithm).unwrap();
    params.serialize_request(&key).unwrap().der().to_vec()
}

fn verdict(der: &[u8]) -> &'static str {
    match Request::parse(der) {
        Ok(_) => "accepted",
        Err(RequestError::Key(_)) => "key",
        Err(RequestError::Unreadable(_)) => "unreadable",
        Err(RequestError::KeyKind) => "key kind",
        Err(RequestError::Party(LeafError::NoParty)) => "no party",
        Err(RequestError::Party(LeafError::SeveralParties)) => "several parties",
        Err(RequestError::Party(LeafError::BadParty(_))) => "bad party",
        Err(RequestError::Party(_)) => "other",
    }
}

#[test]
fn a_request_names_one_party_and_is_signed_by_its_key() {
    let key = SecretKey::generate(KeyKind::P256).unwrap();
    let good = new_request(&party("GB-1"), &key).unwrap();
    let parsed = Request::parse(&good).unwrap();
    assert_eq!(parsed.party(), &party("GB-1"));
    assert_eq!(parsed.public_key(), key.public());

    let p256 = &PKCS_ECDSA_P256_SHA256;
    let one = ["pvn:party:A"];
    let mut tampered = good.clone();
    let last = tampered.len() - 1;
    tampered[last] ^= 1;
    let mut renamed = good.clone();
    let at = renamed.windows(4).position(|w| w == b"GB-1").unwrap();
    renamed[at + 3] = b'2';
    let cases = [
        ("as made here", good, "accepted"),
        ("as made elsewhere", request(p256, &one, |_| {}), "accepted"),
        ("signature changed", tampered, "unreadable"),
        ("name changed", renamed, "unreadable"),
        ("not a request", b"hello".to_vec(), "unreadable"),
        (
            "P-384",
            request(&PKCS_ECDSA_P384_SHA384, &one, |_| {}),
            "key kind",
        ),
        ("Ed25519", request(&PKCS_ED25519, &one, |_| {}), "key kind"),
        ("nobody", request(p256, &[], |_| {}), "no party"),
        (
            "a web page",
            request(p256, &["https://a"], |_| {}),
            "no party",
        ),
        (
            "two",
            request(p256, &["pvn:party:A", "pvn:party:B"], |_| {}),
            "several parties",
        ),
        (
            "not an identifier",
            request(p256, &["pvn:party:a/b"], |_| {}),
            "bad party",
        ),
        (
            "empty identifier",
            request(p256, &["pvn:party:"], |_| {}),
            "bad party",
        ),
    ];
    for (case, der, expected) in cases {
        assert_eq!(verdict(&der), expected, "{case}");
    }
}

#[test]
fn nothing_but_party_and_key_is_taken_over_from_a_request() {
    let network = Network::new();
    let der = request(
        &PKCS_ECDSA_P256_SHA256,
        &["pvn:party:A", "https://a"],
        |params| {
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            let other = SanType::DnsName("other.pvn".try_into().unwrap());
            params.subject_alt_names.push(other);
        },
    );
    let request = Request::parse(&der).unwrap();
    let issued = network
        .root
        .issue(&request, jiff::Timestamp::now(), DAY)
        .unwrap();
    let (_, certificate) = X509Certificate::from_der(&issued).unwrap();
    assert!(!certificate.is_ca());
    assert_eq!(certificate.subject().to_string(), "CN=A");
    let names = certificate.subject_alternative_name().unwrap().unwrap();
    let names: Vec<String> = names
        .value
        .general_names
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(names, ["DNSName(a.pvn)", "URI(pvn:party:A)"]);
}
