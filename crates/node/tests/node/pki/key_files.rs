use std::fs;
use std::os::unix::fs::PermissionsExt;

use node::pki::{KeyFileError, KeyKind, SecretKey};

#[test]
fn a_key_is_drawn_once_and_kept_private() {
    for kind in [KeyKind::P256, KeyKind::Ed25519] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.pem");
        let drawn = SecretKey::load_or_create(&path, kind).unwrap();
        let again = SecretKey::load_or_create(&path, kind).unwrap();
        let loaded = SecretKey::load(&path, kind).unwrap();
        for key in [&again, &loaded] {
            assert_eq!(key.pkcs8(), drawn.pkcs8());
            assert_eq!(key.public(), drawn.public());
            assert_eq!(key.kind(), kind);
        }
        let mode = path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600);
        let files: Vec<_> = folder.path().read_dir().unwrap().collect();
        assert_eq!(files.len(), 1, "no draft is left: {files:?}");
    }
}

#[test]
fn the_bytes_are_what_the_cryptographic_library_takes() {
    use aws_lc_rs::signature::{
        ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair,
    };

    let p256 = SecretKey::generate(KeyKind::P256).unwrap();
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, p256.pkcs8()).unwrap();
    assert_eq!(pair.public_key().as_ref(), p256.public());
    assert_eq!(p256.public().len(), 65);

    let ed25519 = SecretKey::generate(KeyKind::Ed25519).unwrap();
    let pair = Ed25519KeyPair::from_pkcs8(ed25519.pkcs8()).unwrap();
    assert_eq!(pair.public_key().as_ref(), ed25519.public());
    assert_eq!(ed25519.public().len(), 32);
}

#[test]
fn a_key_is_never_shown() {
    let key = SecretKey::generate(KeyKind::P256).unwrap();
    assert_eq!(format!("{key:?}"), "SecretKey(P256, secret)");
}

#[test]
fn a_file_that_is_no_private_key_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key.pem");
    SecretKey::generate(KeyKind::P256)
        .unwrap()
        .save(&path)
        .unwrap();
    let good = fs::read(&path).unwrap();
    let cases = [
        (
            "wrong kind",
            KeyKind::Ed25519,
            good.clone(),
            0o600,
            "not a key",
        ),
        (
            "cut short",
            KeyKind::P256,
            good[..90].to_vec(),
            0o600,
            "not a key",
        ),
        ("empty", KeyKind::P256, Vec::new(), 0o600, "not a key"),
        (
            "others may read it",
            KeyKind::P256,
            good.clone(),
            0o644,
            "exposed",
        ),
        (
            "the group may read it",
            KeyKind::P256,
            good,
            0o640,
            "exposed",
        ),
    ];
    for (case, kind, bytes, mode, expected) in cases {
        fs::write(&path, &bytes).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let verdict = match SecretKey::load_or_create(&path, kind).unwrap_err() {
            KeyFileError::Exposed { mode: found, .. } if found == mode => "exposed",
            KeyFileError::NotAKey { expected, .. } if expected == kind => "not a key",
            error => panic!("{case}: {error:?}"),
        };
        assert_eq!(verdict, expected, "{case}");
        assert_eq!(
            fs::read(&path).unwrap(),
            bytes,
            "{case}: the file is left alone"
        );
    }
}

#[test]
fn a_missing_folder_is_an_error_of_the_file_system() {
    let path = std::path::Path::new("/nonexistent/key.pem");
    assert!(matches!(
        SecretKey::load_or_create(path, KeyKind::P256),
        Err(KeyFileError::File { .. })
    ));
}
