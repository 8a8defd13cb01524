//! Believing a registrar known by nothing but the fingerprint of its root.

use std::sync::{Mutex, PoisonError};

use deed::Party;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::verify_server_cert_signed_by_trust_anchor;
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls13_signature};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError, DigitallySignedStruct, Error, PeerIncompatible, RootCertStore,
    SignatureScheme,
};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};

use super::credentials::provider;
use crate::pki::{Fingerprint, Leaf, registrar_of};

/// Accepts one server: the registrar that the pinned root itself names, with a certificate of that root.
#[derive(Debug)]
pub(super) struct PinnedRoot {
    fingerprint: Fingerprint,
    algorithms: WebPkiSupportedAlgorithms,
    accepted: Mutex<Option<(Party, Vec<u8>)>>,
}

impl PinnedRoot {
    pub(super) fn new(fingerprint: Fingerprint) -> PinnedRoot {
        PinnedRoot {
            fingerprint,
            algorithms: provider().signature_verification_algorithms,
            accepted: Mutex::new(None),
        }
    }

    /// The registrar and its root in DER, once a handshake has succeeded.
    pub(super) fn accepted(&self) -> Option<(Party, Vec<u8>)> {
        self.accepted
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl ServerCertVerifier for PinnedRoot {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let root = intermediates
            .iter()
            .find(|shown| Fingerprint::of(shown) == self.fingerprint)
            .ok_or(CertificateError::UnknownIssuer)?;
        let mut roots = RootCertStore::empty();
        roots.add(root.clone().into_owned())?;
        let certificate = ParsedCertificate::try_from(end_entity)?;
        let algorithms = self.algorithms.all;
        verify_server_cert_signed_by_trust_anchor(&certificate, &roots, &[], now, algorithms)?;
        // The root also vouches for every other member; only one of them is the registrar.
        let registrar = registrar_of(root).map_err(|_| CertificateError::BadEncoding)?;
        let shown = Leaf::parse(end_entity).map_err(|_| CertificateError::BadEncoding)?;
        if shown.party != registrar {
            return Err(CertificateError::NotValidForName.into());
        }
        let mut accepted = self.accepted.lock().unwrap_or_else(PoisonError::into_inner);
        *accepted = Some((registrar, root.to_vec()));
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(PeerIncompatible::Tls12NotOffered.into())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
