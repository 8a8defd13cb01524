//! Certificate requests (PKCS#10, RFC 2986): what a body sends to the registrar.

use deed::Party;
use rcgen::{
    CertificateParams, CertificateSigningRequestParams, DnType, PKCS_ECDSA_P256_SHA256, PublicKey,
    PublicKeyData, SanType,
};
use rustls_pki_types::CertificateSigningRequestDer;

use super::keys::{KeyFileError, SecretKey};
use super::leaf::{LeafError, party_of_uris};
use super::name::{dns_name, party_uri};

/// Why a request was not made or not accepted.
#[derive(Debug, thiserror::Error)]
pub enum RequestError {
    /// The key cannot be used.
    #[error("the key cannot sign a certificate request")]
    Key(#[source] KeyFileError),
    /// It is no request, or its signature is not by the key in it.
    #[error("not a certificate request signed by its own key")]
    Unreadable(#[source] rcgen::Error),
    /// Certificates are issued for one kind of key only.
    #[error("the key of a certificate request must be P-256")]
    KeyKind,
    /// It names no party, or several.
    #[error("the certificate request names no single party")]
    Party(#[source] LeafError),
}

/// Asks for a certificate that says that `party` holds `key`, in DER.
pub fn new_request(party: &Party, key: &SecretKey) -> Result<Vec<u8>, RequestError> {
    let pair = key.pair().map_err(RequestError::Key)?;
    let request = params_for(party)
        .and_then(|params| params.serialize_request(&pair))
        .map_err(RequestError::Unreadable)?;
    Ok(request.der().to_vec())
}

/// A request whose sender has proved that it holds the key. That it also is the party it names, nobody has proved yet.
#[derive(Debug)]
pub struct Request {
    party: Party,
    pub(super) key: PublicKey,
}

impl Request {
    /// Reads a request in DER and checks its signature.
    pub fn parse(der: &[u8]) -> Result<Request, RequestError> {
        let request =
            CertificateSigningRequestParams::from_der(&CertificateSigningRequestDer::from(der))
                .map_err(RequestError::Unreadable)?;
        if request.public_key.algorithm() != &PKCS_ECDSA_P256_SHA256 {
            return Err(RequestError::KeyKind);
        }
        let uris = request
            .params
            .subject_alt_names
            .iter()
            .filter_map(|name| match name {
                SanType::URI(uri) => Some(uri.as_str()),
                _ => None,
            });
        Ok(Request {
            party: party_of_uris(uris).map_err(RequestError::Party)?,
            key: request.public_key,
        })
    }

    /// The party that the sender says it is.
    pub fn party(&self) -> &Party {
        &self.party
    }

    /// The key, an uncompressed P-256 point (65 bytes, SEC 1).
    pub fn public_key(&self) -> &[u8] {
        self.key.der_bytes()
    }
}

/// The names in a party's request and in its certificate.
pub(super) fn params_for(party: &Party) -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::new([dns_name(party)])?;
    let uri = party_uri(party).try_into()?;
    params.subject_alt_names.push(SanType::URI(uri));
    params.distinguished_name = rcgen::DistinguishedName::new();
    params
        .distinguished_name
        .push(DnType::CommonName, party.as_str());
    Ok(params)
}
