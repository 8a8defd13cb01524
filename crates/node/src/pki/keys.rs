//! Secret keys and the files they live in: PKCS#8 in PEM, readable by the owner alone.

use std::fmt;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ED25519, PublicKeyData, SignatureAlgorithm};
use rustls_pki_types::PrivatePkcs8KeyDer;
use rustls_pki_types::pem::PemObject;
use zeroize::Zeroizing;

use crate::files::write_atomically;

/// What a key can sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// ECDSA over NIST P-256 with SHA-256 (FIPS 186-5): organisations' signatures and TLS.
    P256,
    /// Ed25519 (RFC 8032): logs and tokens.
    Ed25519,
}

impl KeyKind {
    fn algorithm(self) -> &'static SignatureAlgorithm {
        match self {
            KeyKind::P256 => &PKCS_ECDSA_P256_SHA256,
            KeyKind::Ed25519 => &PKCS_ED25519,
        }
    }
}

/// Why a key file could not be made or used.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// Others than the owner may read it.
    #[error("{} can be read by others (mode {mode:03o}): make sure nobody has, then run `chmod 600` on it", path.display())]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// It holds something else.
    #[error("{} does not hold a {expected:?} key in PKCS#8 PEM", path.display())]
    NotAKey {
        /// The file.
        path: PathBuf,
        /// What was to be in it.
        expected: KeyKind,
    },
    /// The file system failed.
    #[error("the key file {} could not be used", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The cryptographic library drew no key.
    #[error("no key could be generated")]
    Generate(#[source] rcgen::Error),
}

/// A secret key; wiped from memory when dropped, and never shown.
pub struct SecretKey {
    kind: KeyKind,
    pkcs8: Zeroizing<Vec<u8>>,
    public: Vec<u8>,
}

impl SecretKey {
    /// Draws a new key.
    pub fn generate(kind: KeyKind) -> Result<SecretKey, KeyFileError> {
        let pair = KeyPair::generate_for(kind.algorithm()).map_err(KeyFileError::Generate)?;
        Ok(Self::of(kind, &pair))
    }

    /// Reads a key of the given kind from its file.
    pub fn load(path: &Path, kind: KeyKind) -> Result<SecretKey, KeyFileError> {
        let failed = |source| KeyFileError::File {
            path: path.to_owned(),
            source,
        };
        let mode = fs::metadata(path).map_err(failed)?.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(KeyFileError::Exposed {
                path: path.to_owned(),
                mode,
            });
        }
        let pem = Zeroizing::new(fs::read(path).map_err(failed)?);
        let pair = PrivatePkcs8KeyDer::from_pem_slice(&pem)
            .ok()
            .and_then(|der| KeyPair::from_pkcs8_der_and_sign_algo(&der, kind.algorithm()).ok())
            .ok_or_else(|| KeyFileError::NotAKey {
                path: path.to_owned(),
                expected: kind,
            })?;
        Ok(Self::of(kind, &pair))
    }

    /// Reads the key, or draws one and writes its file when there is none yet.
    pub fn load_or_create(path: &Path, kind: KeyKind) -> Result<SecretKey, KeyFileError> {
        match Self::load(path, kind) {
            Err(KeyFileError::File { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
                let key = Self::generate(kind)?;
                key.save(path)?;
                Ok(key)
            }
            loaded => loaded,
        }
    }

    /// Writes the key's file, whole or not at all, replacing one that is there.
    pub fn save(&self, path: &Path) -> Result<(), KeyFileError> {
        let pem = Zeroizing::new(self.pair()?.serialize_pem());
        write_atomically(path, pem.as_bytes()).map_err(|source| KeyFileError::File {
            path: path.to_owned(),
            source,
        })
    }

    /// What the key can sign.
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The secret key in PKCS#8 (RFC 5958), DER.
    pub fn pkcs8(&self) -> &[u8] {
        &self.pkcs8
    }

    /// The public key: for P-256 an uncompressed point (65 bytes, SEC 1), for Ed25519 32 bytes (RFC 8032).
    pub fn public(&self) -> &[u8] {
        &self.public
    }

    pub(super) fn pair(&self) -> Result<KeyPair, KeyFileError> {
        let der = PrivatePkcs8KeyDer::from(self.pkcs8.as_slice());
        KeyPair::from_pkcs8_der_and_sign_algo(&der, self.kind.algorithm())
            .map_err(KeyFileError::Generate)
    }

    fn of(kind: KeyKind, pair: &KeyPair) -> SecretKey {
        SecretKey {
            kind,
            pkcs8: Zeroizing::new(pair.serialize_der()),
            public: pair.der_bytes().to_vec(),
        }
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey({:?}, secret)", self.kind)
    }
}
