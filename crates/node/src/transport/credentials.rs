//! What a process shows of itself and whom it believes, exchangeable while connections stand.

use std::sync::{Arc, PoisonError, RwLock};

use rustls::client::ResolvesClientCert;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::server::{
    ClientHello, NoServerSessionStorage, ResolvesServerCert, WebPkiClientVerifier,
};
use rustls::sign::CertifiedKey;
use rustls::version::TLS13;
use rustls::{ClientConfig, RootCertStore, ServerConfig, SignatureScheme};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::pki::{Leaf, TlsIdentity};

const ALPN: &[u8] = b"h2";

/// Why a key and certificates cannot be used for TLS.
#[derive(Debug, thiserror::Error)]
pub enum CredentialsError {
    /// Key, certificate or root are not usable, or do not belong together.
    #[error("the TLS key and certificate cannot be used")]
    Unusable(#[source] rustls::Error),
    /// The root is not usable for checking callers.
    #[error("the registrar's root certificate cannot be used")]
    Root(#[source] rustls::server::VerifierBuilderError),
    /// A renewed certificate comes from the same root; another network is another process.
    #[error("the renewed certificate comes with another root")]
    RootChanged,
}

/// A process's key and certificate, and the root it trusts.
#[derive(Debug)]
pub struct Credentials {
    shown: Shown,
    leaf: RwLock<Leaf>,
    root: Vec<u8>,
    client: Arc<ClientConfig>,
}

impl Credentials {
    /// Takes up an identity.
    pub fn new(identity: &TlsIdentity) -> Result<Credentials, CredentialsError> {
        let shown = Shown(Arc::new(RwLock::new(certified(identity)?)));
        let client = client_config(roots(&identity.root)?, shown.clone())?;
        Ok(Credentials {
            shown,
            leaf: RwLock::new(identity.leaf.clone()),
            root: identity.root.clone(),
            client: Arc::new(client),
        })
    }

    /// Shows a renewed certificate from the next handshake on.
    pub fn replace(&self, identity: &TlsIdentity) -> Result<(), CredentialsError> {
        if identity.root != self.root {
            return Err(CredentialsError::RootChanged);
        }
        let renewed = certified(identity)?;
        *self.shown.0.write().unwrap_or_else(PoisonError::into_inner) = renewed;
        *self.leaf.write().unwrap_or_else(PoisonError::into_inner) = identity.leaf.clone();
        Ok(())
    }

    /// What the certificate in use says.
    pub fn leaf(&self) -> Leaf {
        self.leaf
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(super) fn client(&self) -> Arc<ClientConfig> {
        Arc::clone(&self.client)
    }

    /// A server's side of TLS. With `strangers`, callers may come without a certificate; one that is shown must be valid.
    pub(super) fn server(&self, strangers: bool) -> Result<ServerConfig, CredentialsError> {
        let roots = Arc::new(roots(&self.root)?);
        let mut callers = WebPkiClientVerifier::builder_with_provider(roots, provider());
        if strangers {
            callers = callers.allow_unauthenticated();
        }
        let mut config = ServerConfig::builder_with_provider(provider())
            .with_protocol_versions(&[&TLS13])
            .map_err(CredentialsError::Unusable)?
            .with_client_cert_verifier(callers.build().map_err(CredentialsError::Root)?)
            .with_cert_resolver(Arc::new(self.shown.clone()));
        config.alpn_protocols = vec![ALPN.to_vec()];
        // A resumed session would not look at the caller's certificate again.
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
        Ok(config)
    }
}

pub(super) fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

/// A client's side of TLS without a certificate of its own, for admission.
pub(super) fn stranger_config(
    verifier: Arc<dyn rustls::client::danger::ServerCertVerifier>,
) -> Result<ClientConfig, rustls::Error> {
    let mut config = ClientConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&TLS13])?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    config.alpn_protocols = vec![ALPN.to_vec()];
    Ok(config)
}

fn client_config(roots: RootCertStore, shown: Shown) -> Result<ClientConfig, CredentialsError> {
    let mut config = ClientConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&TLS13])
        .map_err(CredentialsError::Unusable)?
        .with_root_certificates(roots)
        .with_client_cert_resolver(Arc::new(shown));
    config.alpn_protocols = vec![ALPN.to_vec()];
    config.resumption = rustls::client::Resumption::disabled();
    Ok(config)
}

fn roots(root: &[u8]) -> Result<RootCertStore, CredentialsError> {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from(root.to_vec()))
        .map_err(CredentialsError::Unusable)?;
    Ok(roots)
}

/// The root goes with the certificate, for newcomers who know no more of it than its fingerprint.
fn certified(identity: &TlsIdentity) -> Result<Arc<CertifiedKey>, CredentialsError> {
    let chain = [&identity.certificate, &identity.root]
        .map(|der| CertificateDer::from(der.clone()))
        .to_vec();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(identity.key.pkcs8().to_vec()));
    CertifiedKey::from_der(chain, key, &provider())
        .map(Arc::new)
        .map_err(CredentialsError::Unusable)
}

/// The certificate that both sides of TLS ask for at each handshake.
#[derive(Clone, Debug)]
struct Shown(Arc<RwLock<Arc<CertifiedKey>>>);

impl Shown {
    fn now(&self) -> Arc<CertifiedKey> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl ResolvesServerCert for Shown {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.now())
    }
}

impl ResolvesClientCert for Shown {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        Some(self.now())
    }

    fn has_certs(&self) -> bool {
        true
    }
}
