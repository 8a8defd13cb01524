use std::os::unix::fs::PermissionsExt;

use jiff::Timestamp;
use node::pki::{
    Fingerprint, FingerprintError, KeyKind, LeafError, RegistrarRoot, Request, RootError,
    SecretKey, new_request, registrar_of,
};
use x509_parser::prelude::{FromDer, X509Certificate};

use crate::network::{DAY, Network, REGISTRAR, party};

#[test]
fn a_network_has_one_root() {
    let folder = tempfile::tempdir().unwrap();
    let create = || RegistrarRoot::create(folder.path(), "n", &party(REGISTRAR), Timestamp::now());
    let made = create().unwrap();
    assert!(matches!(create(), Err(RootError::Exists { .. })));
    let loaded = RegistrarRoot::load(folder.path()).unwrap();
    assert_eq!(loaded.certificate(), made.certificate());
    assert_eq!(loaded.fingerprint(), made.fingerprint());
    assert_eq!(registrar_of(made.certificate()), Ok(party(REGISTRAR)));
    for file in folder.path().read_dir().unwrap() {
        let mode = file.unwrap().metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600);
    }
}

#[test]
fn a_folder_without_a_root_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(
        RegistrarRoot::load(folder.path()),
        Err(RootError::Certificate { .. })
    ));
}

#[test]
fn only_a_root_names_a_registrar() {
    let leaf = Network::new().identity("A").certificate;
    assert_eq!(registrar_of(&leaf), Err(LeafError::NoParty));
    assert_eq!(registrar_of(b"x"), Err(LeafError::Unreadable));
}

#[test]
fn no_two_certificates_have_one_serial_number() {
    let network = Network::new();
    let key = SecretKey::generate(KeyKind::P256).unwrap();
    let request = Request::parse(&new_request(&party("A"), &key).unwrap()).unwrap();
    let serial = || {
        let der = network.root.issue(&request, Timestamp::now(), DAY).unwrap();
        let (_, certificate) = X509Certificate::from_der(&der).unwrap();
        certificate.raw_serial().to_vec()
    };
    let (one, other) = (serial(), serial());
    assert_ne!(one, other);
    assert_eq!((one.len(), other.len()), (16, 16));
}

#[test]
fn a_fingerprint_is_read_as_it_is_written() {
    let network = Network::new();
    let fingerprint = network.root.fingerprint();
    let text = fingerprint.to_string();
    assert_eq!(text.len(), 64);
    let pairs: Vec<&str> = text
        .as_bytes()
        .chunks(2)
        .map(|pair| std::str::from_utf8(pair).unwrap())
        .collect();
    let cases = [
        (text.clone(), Ok(fingerprint)),
        (text.to_uppercase(), Ok(fingerprint)),
        (pairs.join(":"), Ok(fingerprint)),
        (format!(" {text}\n"), Ok(fingerprint)),
        (text[1..].to_owned(), Err(FingerprintError)),
        (format!("{}g", &text[1..]), Err(FingerprintError)),
        (format!("{}£", &text[2..]), Err(FingerprintError)),
        (String::new(), Err(FingerprintError)),
    ];
    for (text, expected) in cases {
        assert_eq!(text.parse::<Fingerprint>(), expected, "{text:?}");
    }
}
