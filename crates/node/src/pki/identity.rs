//! A node's own TLS key, its certificate and the root it trusts, as files in its data folder.

use std::fs;
use std::path::{Path, PathBuf};

use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

use super::keys::{KeyFileError, KeyKind, SecretKey};
use super::leaf::{Leaf, LeafError};
use crate::files::{create_folder, write_atomically};

const KEY_FILE: &str = "tls.key.pem";
const CERTIFICATE_FILE: &str = "tls.cert.pem";
const TRUSTED_ROOT_FILE: &str = "trusted-root.cert.pem";

/// Why a node has no identity to connect with.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// The key is not there or not usable.
    #[error("the TLS key cannot be used")]
    Key(#[source] KeyFileError),
    /// The certificate names no party.
    #[error("the TLS certificate {} cannot be used", path.display())]
    Leaf {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: LeafError,
    },
    /// A certificate file is damaged.
    #[error("{} holds no certificate in PEM", path.display())]
    NotACertificate {
        /// The file.
        path: PathBuf,
    },
    /// The file system failed.
    #[error("{} could not be used", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
}

/// What a node connects with. The key stays; certificate and root come from the registrar.
#[derive(Debug)]
pub struct TlsIdentity {
    /// The secret key of the certificate.
    pub key: SecretKey,
    /// The node's certificate, in DER.
    pub certificate: Vec<u8>,
    /// What the certificate says.
    pub leaf: Leaf,
    /// The registrar's root, in DER.
    pub root: Vec<u8>,
}

impl TlsIdentity {
    /// The TLS key of the node whose keys are in `folder`, drawn the first time.
    pub fn key(folder: &Path) -> Result<SecretKey, IdentityError> {
        create_folder(folder).map_err(|source| file_error(folder, source))?;
        SecretKey::load_or_create(&folder.join(KEY_FILE), KeyKind::P256).map_err(IdentityError::Key)
    }

    /// Keeps what the registrar sent, both in DER: at admission, and at each renewal.
    pub fn save(folder: &Path, certificate: &[u8], root: &[u8]) -> Result<(), IdentityError> {
        for (name, der) in [(TRUSTED_ROOT_FILE, root), (CERTIFICATE_FILE, certificate)] {
            let path = folder.join(name);
            write_atomically(&path, to_pem(der).as_bytes())
                .map_err(|source| file_error(&path, source))?;
        }
        Ok(())
    }

    /// Reads the identity, or `None` while the node has not been admitted.
    pub fn load(folder: &Path) -> Result<Option<TlsIdentity>, IdentityError> {
        let path = folder.join(CERTIFICATE_FILE);
        let Some(certificate) = read(&path)? else {
            return Ok(None);
        };
        let root_path = folder.join(TRUSTED_ROOT_FILE);
        let root = read(&root_path)?.ok_or(IdentityError::NotACertificate { path: root_path })?;
        let leaf =
            Leaf::parse(&certificate).map_err(|source| IdentityError::Leaf { path, source })?;
        Ok(Some(TlsIdentity {
            key: SecretKey::load(&folder.join(KEY_FILE), KeyKind::P256)
                .map_err(IdentityError::Key)?,
            certificate,
            leaf,
            root,
        }))
    }
}

fn read(path: &Path) -> Result<Option<Vec<u8>>, IdentityError> {
    let pem = match fs::read(path) {
        Ok(pem) => pem,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(file_error(path, source)),
    };
    CertificateDer::from_pem_slice(&pem)
        .map(|certificate| Some(certificate.to_vec()))
        .map_err(|_| IdentityError::NotACertificate {
            path: path.to_owned(),
        })
}

/// RFC 7468.
fn to_pem(der: &[u8]) -> String {
    pem::encode(&pem::Pem::new("CERTIFICATE", der))
}

fn file_error(path: &Path, source: std::io::Error) -> IdentityError {
    IdentityError::File {
        path: path.to_owned(),
        source,
    }
}
