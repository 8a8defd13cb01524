//! The registrar's root: the one certificate that every member trusts to say who is who.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand;
use deed::Party;
use jiff::Timestamp;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, SerialNumber,
};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer;

use super::keys::{KeyFileError, KeyKind, SecretKey};
use super::leaf::LeafError;
use super::request::{Request, params_for};
use crate::files::write_atomically;
use crate::limits::{CLOCK_SKEW_TOLERATED_SECONDS, ROOT_LIFE_DAYS};

const KEY_FILE: &str = "root.key.pem";
const CERTIFICATE_FILE: &str = "root.cert.pem";

/// SHA-256 of a root certificate's DER: what a newcomer is told by other means and pins.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// The fingerprint of a certificate in DER.
    pub fn of(certificate: &[u8]) -> Fingerprint {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(digest(&SHA256, certificate).as_ref());
        Fingerprint(bytes)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

/// A text is not 64 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a fingerprint has 64 hexadecimal digits (colons between them are allowed)")]
pub struct FingerprintError;

impl FromStr for Fingerprint {
    type Err = FingerprintError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits: String = text.trim().chars().filter(|c| *c != ':').collect();
        if digits.len() != 64 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(FingerprintError);
        }
        let mut bytes = [0; 32];
        for (byte, at) in bytes.iter_mut().zip((0..64).step_by(2)) {
            *byte = u8::from_str_radix(&digits[at..at + 2], 16).map_err(|_| FingerprintError)?;
        }
        Ok(Fingerprint(bytes))
    }
}

/// Why there is no root to work with.
#[derive(Debug, thiserror::Error)]
pub enum RootError {
    /// A root is made once. Replacing it would cut off every member.
    #[error("{} exists already: a network has one root", path.display())]
    Exists {
        /// The certificate found.
        path: PathBuf,
    },
    /// The key is not there or not usable.
    #[error("the root's key cannot be used")]
    Key(#[source] KeyFileError),
    /// The certificate is not there or not readable.
    #[error("the root's certificate {} cannot be used", path.display())]
    Certificate {
        /// The file.
        path: PathBuf,
        /// What was wrong.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// Why no certificate was issued.
#[derive(Debug, thiserror::Error)]
#[error("the certificate could not be issued")]
pub struct IssueError(#[source] rcgen::Error);

/// The registrar's root with its key, ready to issue.
#[derive(Debug)]
pub struct RegistrarRoot {
    issuer: Issuer<'static, KeyPair>,
    certificate: Vec<u8>,
}

impl RegistrarRoot {
    /// Makes the root of a new network in `folder`, valid from `now`.
    pub fn create(
        folder: &Path,
        network: &str,
        registrar: &Party,
        now: Timestamp,
    ) -> Result<RegistrarRoot, RootError> {
        let path = folder.join(CERTIFICATE_FILE);
        if path.exists() {
            return Err(RootError::Exists { path });
        }
        let key_path = folder.join(KEY_FILE);
        let key = SecretKey::load_or_create(&key_path, KeyKind::P256).map_err(RootError::Key)?;
        let pair = key.pair().map_err(RootError::Key)?;
        let pem = root_params(network, registrar, now)
            .and_then(|params| params.self_signed(&pair))
            .map(|certificate| certificate.pem())
            .map_err(|source| certificate_error(&path, source))?;
        write_atomically(&path, pem.as_bytes())
            .map_err(|source| certificate_error(&path, source))?;
        Self::load(folder)
    }

    /// Reads the root from the folder in which it was made.
    pub fn load(folder: &Path) -> Result<RegistrarRoot, RootError> {
        let path = folder.join(CERTIFICATE_FILE);
        let pem = fs::read(&path).map_err(|source| certificate_error(&path, source))?;
        let certificate = CertificateDer::from_pem_slice(&pem)
            .map_err(|source| certificate_error(&path, source))?;
        let key = SecretKey::load(&folder.join(KEY_FILE), KeyKind::P256).map_err(RootError::Key)?;
        let pair = key.pair().map_err(RootError::Key)?;
        let issuer = Issuer::from_ca_cert_der(&certificate, pair)
            .map_err(|source| certificate_error(&path, source))?;
        Ok(RegistrarRoot {
            issuer,
            certificate: certificate.to_vec(),
        })
    }

    /// The root certificate, in DER.
    pub fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    /// What newcomers pin.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&self.certificate)
    }

    /// Issues a certificate, in DER, that says that the party of `request` holds its key, for `life` from `now`.
    ///
    /// Only the party and the key are taken over from the request: everything else in it is the sender's wish. It is
    /// for the caller to have made sure that the sender is that party.
    pub fn issue(
        &self,
        request: &Request,
        now: Timestamp,
        life: Duration,
    ) -> Result<Vec<u8>, IssueError> {
        let mut params = params_for(request.party()).map_err(IssueError)?;
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![
            ExtendedKeyUsagePurpose::ServerAuth,
            ExtendedKeyUsagePurpose::ClientAuth,
        ];
        params.use_authority_key_identifier_extension = true;
        set_dates(&mut params, now, life);
        params.serial_number = Some(serial_number().map_err(IssueError)?);
        let certificate = params
            .signed_by(&request.key, &self.issuer)
            .map_err(IssueError)?;
        Ok(certificate.der().to_vec())
    }
}

/// The registrar that a root certificate names as its organisation.
pub fn registrar_of(root: &[u8]) -> Result<Party, LeafError> {
    let (_, certificate) = X509Certificate::from_der(root).map_err(|_| LeafError::Unreadable)?;
    let mut names = certificate.subject().iter_organization();
    let name = match (names.next(), names.next()) {
        (Some(name), None) => name.as_str().map_err(|_| LeafError::Unreadable)?,
        (Some(_), Some(_)) => return Err(LeafError::SeveralParties),
        (None, _) => return Err(LeafError::NoParty),
    };
    Party::new(name).map_err(LeafError::BadParty)
}

fn root_params(
    network: &str,
    registrar: &Party,
    now: Timestamp,
) -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::default();
    let name = &mut params.distinguished_name;
    name.push(DnType::CommonName, format!("{network} root"));
    name.push(DnType::OrganizationName, registrar.as_str());
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.serial_number = Some(serial_number()?);
    set_dates(&mut params, now, Duration::from_hours(24 * ROOT_LIFE_DAYS));
    Ok(params)
}

/// Valid from a little before `now`, for members whose clocks are behind.
fn set_dates(params: &mut CertificateParams, now: Timestamp, life: Duration) {
    let now = Duration::from_secs(u64::try_from(now.as_second()).unwrap_or(0));
    let skew = Duration::from_secs(CLOCK_SKEW_TOLERATED_SECONDS);
    let epoch = rcgen::date_time_ymd(1970, 1, 1);
    params.not_before = epoch + now.saturating_sub(skew);
    params.not_after = epoch + now + life;
}

/// 127 random bits: positive, and never the same twice (RFC 5280 §4.1.2.2).
fn serial_number() -> Result<SerialNumber, rcgen::Error> {
    let mut bytes = [0; 16];
    rand::fill(&mut bytes).map_err(|_| rcgen::Error::RingUnspecified)?;
    bytes[0] = bytes[0] & 0x7f | 0x40;
    Ok(SerialNumber::from_slice(&bytes))
}

fn certificate_error(
    path: &Path,
    source: impl std::error::Error + Send + Sync + 'static,
) -> RootError {
    RootError::Certificate {
        path: path.to_owned(),
        source: Box::new(source),
    }
}
