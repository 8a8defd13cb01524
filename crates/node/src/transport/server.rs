//! Taking connections of other nodes.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

use super::connection::{PeerReply, PeerRequest, Serving, serve};
use super::counters::Counters;
use super::credentials::{Credentials, CredentialsError};
use super::slots::Slots;
use crate::limits;

/// How long accepting pauses after the operating system refused a connection (too many open files).
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Whom a server lets in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admit {
    /// Members only: a caller without a valid certificate of the registrar's root ends at the handshake.
    Members,
    /// Members, and callers without a certificate, for those who are yet to be admitted.
    Strangers,
}

/// What a server takes on at once. The defaults are those of [`crate::limits`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServerLimits {
    /// Bytes of one request's body.
    pub body_bytes_max: usize,
    /// Bytes of the body of a request by a caller without a certificate.
    pub stranger_body_bytes_max: usize,
    /// Bytes of all members' bodies in memory at once.
    pub bodies_bytes_max: usize,
    /// Bytes of one member's bodies in memory at once.
    pub party_bodies_bytes_max: usize,
    /// Bytes of the bodies of all callers without a certificate in memory at once.
    pub stranger_bodies_bytes_max: usize,
    /// Requests under way on one connection.
    pub streams_max: u32,
    /// Members' connections at once.
    pub connections_max: usize,
    /// Connections of one party at once.
    pub connections_per_party_max: usize,
    /// Connections of callers without a certificate at once.
    pub stranger_connections_max: usize,
    /// Connections still shaking hands at once.
    pub handshakes_max: usize,
    /// Time for the TLS handshake.
    pub handshake: Duration,
    /// Time for a request's body to arrive.
    pub body: Duration,
    /// Time without requests until a connection is closed.
    pub idle: Duration,
    /// Time until a connection is closed in any case.
    pub age: Duration,
    /// The same for a caller without a certificate.
    pub stranger_age: Duration,
}

impl Default for ServerLimits {
    fn default() -> Self {
        Self {
            body_bytes_max: limits::BODY_BYTES_MAX,
            stranger_body_bytes_max: limits::STRANGER_BODY_BYTES_MAX,
            bodies_bytes_max: limits::BODIES_BYTES_MAX,
            party_bodies_bytes_max: limits::PARTY_BODIES_BYTES_MAX,
            stranger_bodies_bytes_max: limits::STRANGER_BODIES_BYTES_MAX,
            streams_max: limits::STREAMS_MAX,
            connections_max: limits::CONNECTIONS_MAX,
            connections_per_party_max: limits::CONNECTIONS_PER_PARTY_MAX,
            stranger_connections_max: limits::STRANGER_CONNECTIONS_MAX,
            handshakes_max: limits::HANDSHAKES_MAX,
            handshake: Duration::from_millis(limits::HANDSHAKE_MS),
            body: Duration::from_millis(limits::BODY_MS),
            idle: Duration::from_secs(limits::IDLE_SECONDS),
            age: Duration::from_secs(limits::CONNECTION_AGE_SECONDS),
            stranger_age: Duration::from_secs(limits::STRANGER_AGE_SECONDS),
        }
    }
}

/// A server under way. Dropping it stops it at once; [`PeerServer::shutdown`] lets it finish first.
#[derive(Debug)]
pub struct PeerServer {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    accepting: JoinHandle<JoinSet<()>>,
}

impl PeerServer {
    /// Starts taking connections from `listener` and hands each request to `handler`.
    pub fn start<H, F>(
        listener: TcpListener,
        credentials: &Credentials,
        admit: Admit,
        limits: ServerLimits,
        counters: Arc<Counters>,
        handler: H,
    ) -> Result<PeerServer, ServerError>
    where
        H: Fn(PeerRequest) -> F + Send + Sync + 'static,
        F: Future<Output = PeerReply> + Send + 'static,
    {
        let address = listener.local_addr().map_err(ServerError::Listener)?;
        let tls = credentials
            .server(admit == Admit::Strangers)
            .map_err(ServerError::Credentials)?;
        let (stop, stopped) = watch::channel(false);
        let serving = Arc::new(Serving {
            acceptor: TlsAcceptor::from(Arc::new(tls)),
            bodies: Arc::new(Semaphore::new(
                limits.bodies_bytes_max.max(limits.body_bytes_max),
            )),
            places: Arc::new(Semaphore::new(limits.connections_max)),
            slots: Slots::new(limits),
            limits,
            counters,
            handler,
        });
        let accepting = tokio::spawn(accept(listener, serving, stopped));
        Ok(PeerServer {
            address,
            stop,
            accepting,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Takes no more connections or requests, waits up to `grace` for those under way, then ends the rest. Returns
    /// whether all had finished.
    pub async fn shutdown(mut self, grace: Duration) -> bool {
        // An error only says that nobody is left to be told.
        let _ = self.stop.send(true);
        let drained = async {
            if let Ok(mut connections) = (&mut self.accepting).await {
                while connections.join_next().await.is_some() {}
            }
        };
        tokio::time::timeout(grace, drained).await.is_ok()
    }
}

impl Drop for PeerServer {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// Why a server did not start.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The listener has no address.
    #[error("the listening socket cannot be used")]
    Listener(#[source] io::Error),
    /// The TLS identity cannot be used.
    #[error("the server cannot identify itself")]
    Credentials(#[source] CredentialsError),
}

async fn accept<H, F>(
    listener: TcpListener,
    serving: Arc<Serving<H>>,
    mut stopped: watch::Receiver<bool>,
) -> JoinSet<()>
where
    H: Fn(PeerRequest) -> F + Send + Sync + 'static,
    F: Future<Output = PeerReply> + Send + 'static,
{
    let doors = Arc::new(Semaphore::new(serving.limits.handshakes_max));
    let mut connections = JoinSet::new();
    let stop = stopped.clone();
    loop {
        let next = async {
            // Beyond the limit callers wait in the operating system's queue.
            let door = Arc::clone(&doors).acquire_owned().await.ok()?;
            Some((next_connection(&listener).await, door))
        };
        let (stream, door) = tokio::select! {
            _ = stopped.wait_for(|stopped| *stopped) => return connections,
            Some(next) = next => next,
            else => return connections,
        };
        while connections.try_join_next().is_some() {}
        let (serving, stop) = (Arc::clone(&serving), stop.clone());
        connections.spawn(serve(stream, serving, stop, door));
    }
}

/// The next connection, however often the operating system refuses one.
pub(crate) async fn next_connection(listener: &TcpListener) -> TcpStream {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return stream,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}
