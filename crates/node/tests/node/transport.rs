//! Between nodes: real sockets on loopback, real TLS.

mod admission;
mod batch;
mod calls;
mod handshake;
mod limits;
mod outbox;
mod reconnect;
mod shutdown;

use std::future::Future;
use std::sync::Arc;

use node::transport::{
    Admit, Counters, Credentials, PeerClient, PeerReply, PeerRequest, PeerServer, ServerLimits,
};
use tokio::net::TcpListener;

use crate::network::party;

/// A server with defaults, on a free port.
async fn serve<H, F>(credentials: &Credentials, handler: H) -> PeerServer
where
    H: Fn(PeerRequest) -> F + Send + Sync + 'static,
    F: Future<Output = PeerReply> + Send + 'static,
{
    serve_with(
        credentials,
        Admit::Members,
        ServerLimits::default(),
        handler,
    )
    .await
}

async fn serve_with<H, F>(
    credentials: &Credentials,
    admit: Admit,
    limits: ServerLimits,
    handler: H,
) -> PeerServer
where
    H: Fn(PeerRequest) -> F + Send + Sync + 'static,
    F: Future<Output = PeerReply> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    PeerServer::start(
        listener,
        credentials,
        admit,
        limits,
        Arc::new(Counters::default()),
        handler,
    )
    .unwrap()
}

/// Says who called, where and what.
async fn echo(request: PeerRequest) -> PeerReply {
    let body = String::from_utf8_lossy(&request.body);
    PeerReply::ok(format!("{:?} {} {body}", request.caller, request.path))
}

fn client(id: &str, server: &PeerServer, credentials: &Arc<Credentials>) -> PeerClient {
    PeerClient::new(
        party(id),
        server.address().to_string(),
        Arc::clone(credentials),
        Arc::new(Counters::default()),
    )
}
