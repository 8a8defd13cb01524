//! One connection to another node, from dialling to HTTP/2.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use deed::Party;
use http_body_util::Full;
use hyper::client::conn::http2::{self, SendRequest};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use rustls::{CertificateError, ClientConfig};
use rustls_pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::counters::Counters;
use crate::limits::{
    CONNECTION_WINDOW_BYTES, HANDSHAKE_MS, HEADER_BYTES_MAX, PING_SECONDS, STREAM_WINDOW_BYTES,
};
use crate::pki::{Leaf, LeafError};

/// Why there is no connection to a peer.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// Nothing answers at the address.
    #[error("{address} does not answer")]
    Connect {
        /// Where the peer was looked for.
        address: String,
        /// What the operating system said.
        source: io::Error,
    },
    /// The peer took too long.
    #[error("{address} took longer than {} s to shake hands", HANDSHAKE_MS / 1000)]
    Timeout {
        /// Where the peer was looked for.
        address: String,
    },
    /// The handshake failed: a certificate that is not of the registrar's root, or has expired, on either side.
    #[error("no secure connection")]
    Tls(#[source] io::Error),
    /// Somebody else answers at the address.
    #[error("{} answers instead of the party expected, {expected}", found.as_ref().map_or("another party", Party::as_str))]
    WrongParty {
        /// Who was dialled.
        expected: Party,
        /// Who answered, when it can be told.
        found: Option<Party>,
    },
    /// The peer's certificate names no party.
    #[error("the peer's certificate cannot be used")]
    Certificate(#[source] LeafError),
    /// The peer does not speak HTTP/2.
    #[error("no HTTP/2 connection")]
    Http(#[source] hyper::Error),
}

/// Requests on a connection; the connection ends when the last clone goes.
pub(super) type Requests = SendRequest<Full<Bytes>>;

/// Dials, shakes hands, and says whose certificate was shown.
pub(super) async fn open(
    address: &str,
    tls: Arc<ClientConfig>,
    name: ServerName<'static>,
    counters: &Counters,
) -> Result<(Requests, Leaf), LinkError> {
    let opened = timeout(
        Duration::from_millis(HANDSHAKE_MS),
        shake_hands(address, tls, name),
    )
    .await
    .unwrap_or_else(|_| {
        Err(LinkError::Timeout {
            address: address.to_owned(),
        })
    });
    if !matches!(opened, Err(LinkError::Connect { .. })) {
        counters.handshake(opened.is_ok());
    }
    opened
}

async fn shake_hands(
    address: &str,
    tls: Arc<ClientConfig>,
    name: ServerName<'static>,
) -> Result<(Requests, Leaf), LinkError> {
    let unanswered = |source| LinkError::Connect {
        address: address.to_owned(),
        source,
    };
    let stream = TcpStream::connect(address).await.map_err(unanswered)?;
    stream.set_nodelay(true).map_err(unanswered)?;
    let stream = TlsConnector::from(tls)
        .connect(name, stream)
        .await
        .map_err(LinkError::Tls)?;
    let shown = stream
        .get_ref()
        .1
        .peer_certificates()
        .and_then(<[_]>::first);
    let leaf = shown
        .ok_or(LeafError::Unreadable)
        .and_then(|der| Leaf::parse(der));
    let leaf = leaf.map_err(LinkError::Certificate)?;
    let (requests, connection) = http2::Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .max_header_list_size(HEADER_BYTES_MAX)
        .initial_stream_window_size(STREAM_WINDOW_BYTES)
        .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
        .keep_alive_interval(Duration::from_secs(PING_SECONDS))
        .keep_alive_timeout(Duration::from_secs(PING_SECONDS))
        .keep_alive_while_idle(true)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(LinkError::Http)?;
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a connection broke");
        }
    });
    Ok((requests, leaf))
}

/// Whether a handshake failed because the certificate is another party's.
pub(super) fn is_wrong_name(error: &io::Error) -> bool {
    let tls = error.get_ref().and_then(|inner| inner.downcast_ref());
    matches!(
        tls,
        Some(rustls::Error::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. }
        ))
    )
}
