//! Talking to the registrar before having a certificate.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use deed::Party;
use http_body_util::{BodyExt, Full, Limited};
use hyper::{Method, Request};
use rustls_pki_types::ServerName;
use tokio::time::timeout;

use super::client::peer_uri;
use super::connection::PeerReply;
use super::counters::Counters;
use super::credentials::stranger_config;
use super::link::{LinkError, Requests, open};
use super::pinned::PinnedRoot;
use crate::limits::{BODY_BYTES_MAX, CALL_MS};
use crate::pki::{Fingerprint, dns_name};

/// Shown to the server as the name asked for. The registrar's party is not known yet; the pinned root decides.
const REGISTRAR_NAME: &str = "registrar.pvn";

/// Why the registrar could not be asked.
#[derive(Debug, thiserror::Error)]
pub enum AdmissionError {
    /// This side of TLS could not be set up.
    #[error("no secure connection can be set up")]
    Setup(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// There is no connection, or what answers is not the registrar of the pinned root.
    #[error(
        "no registrar with the root {fingerprint} answers at {address}: check both with the registrar's operator"
    )]
    Unreachable {
        /// Where it was looked for.
        address: String,
        /// The root's fingerprint that was expected.
        fingerprint: Fingerprint,
        /// Why.
        source: LinkError,
    },
    /// The connection broke before the answer was there.
    #[error("the registrar's answer was not received")]
    Broken(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// No answer in time.
    #[error("the registrar did not answer within {} s", CALL_MS / 1000)]
    Timeout,
}

/// A connection to the registrar from somebody whom it does not know.
#[derive(Debug)]
pub struct AdmissionClient {
    registrar: Party,
    root: Vec<u8>,
    requests: Requests,
}

impl AdmissionClient {
    /// Dials the registrar at `address` (host and port) and believes it if its root has this fingerprint.
    pub async fn connect(
        address: &str,
        fingerprint: Fingerprint,
        counters: &Counters,
    ) -> Result<AdmissionClient, AdmissionError> {
        let pinned = Arc::new(PinnedRoot::new(fingerprint));
        let tls = stranger_config(Arc::clone(&pinned) as _).map_err(setup)?;
        let name = ServerName::try_from(REGISTRAR_NAME).map_err(setup)?;
        let unreachable = |source| AdmissionError::Unreachable {
            address: address.to_owned(),
            fingerprint,
            source,
        };
        let (requests, leaf) = open(address, Arc::new(tls), name, counters)
            .await
            .map_err(unreachable)?;
        match pinned.accepted() {
            Some((registrar, root)) if registrar == leaf.party => Ok(AdmissionClient {
                registrar,
                root,
                requests,
            }),
            accepted => Err(unreachable(LinkError::WrongParty {
                expected: accepted.map_or(leaf.party.clone(), |(registrar, _)| registrar),
                found: Some(leaf.party),
            })),
        }
    }

    /// The registrar, as its root names it.
    pub fn registrar(&self) -> &Party {
        &self.registrar
    }

    /// The root in DER, which has the pinned fingerprint.
    pub fn root(&self) -> &[u8] {
        &self.root
    }

    /// Sends a request and waits for the answer, whatever its status.
    pub async fn post(
        &mut self,
        path: &str,
        body: impl Into<Bytes>,
    ) -> Result<PeerReply, AdmissionError> {
        let uri = peer_uri(&dns_name(&self.registrar), path)
            .ok_or_else(|| setup(format!("{path:?} is not a path")))?;
        let mut request = Request::new(Full::new(body.into()));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = uri;
        timeout(Duration::from_millis(CALL_MS), self.send(request))
            .await
            .unwrap_or(Err(AdmissionError::Timeout))
    }

    async fn send(&mut self, request: Request<Full<Bytes>>) -> Result<PeerReply, AdmissionError> {
        let response = self.requests.send_request(request).await.map_err(broken)?;
        let status = response.status();
        let body = Limited::new(response.into_body(), BODY_BYTES_MAX);
        let body = body.collect().await.map_err(broken)?.to_bytes();
        Ok(PeerReply { status, body })
    }
}

fn setup(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> AdmissionError {
    AdmissionError::Setup(error.into())
}

fn broken(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> AdmissionError {
    AdmissionError::Broken(error.into())
}
