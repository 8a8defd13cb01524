use std::sync::Arc;
use std::time::Duration;

use node::limits::RETRY_MAX_MS;
use node::transport::{
    Admit, CallError, Counters, Credentials, PeerReply, PeerServer, ServerLimits,
};
use tokio::net::{TcpListener, TcpSocket};

use super::{client, echo, serve};
use crate::network::Network;

const GRACE: Duration = Duration::from_secs(5);

/// A server on a port that was in use a moment ago.
pub(super) async fn serve_at(
    address: std::net::SocketAddr,
    credentials: &Credentials,
) -> PeerServer {
    let listener = listen_at(address);
    let counters = Arc::new(Counters::default());
    let limits = ServerLimits::default();
    PeerServer::start(
        listener,
        credentials,
        Admit::Members,
        limits,
        counters,
        echo,
    )
    .unwrap()
}

pub(super) fn listen_at(address: std::net::SocketAddr) -> TcpListener {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_reuseaddr(true).unwrap();
    socket.bind(address).unwrap();
    socket.listen(64).unwrap()
}

#[tokio::test]
async fn a_restarted_peer_is_reached_again() {
    let network = Network::new();
    let credentials = network.credentials("B");
    let server = serve(&credentials, echo).await;
    let address = server.address();
    let client = client("B", &server, &network.credentials("A"));
    client.post("/", "x").await.unwrap();
    server.shutdown(GRACE).await;
    let server = serve_at(address, &credentials).await;
    let answer = client.post("/", "x").await.unwrap();
    assert_eq!(answer, PeerReply::ok("Member(Party(\"A\")) / x"));
    drop(server);
}

#[tokio::test]
async fn an_unreachable_peer_is_not_dialled_at_every_call() {
    let network = Network::new();
    let credentials = network.credentials("B");
    let server = serve(&credentials, echo).await;
    let address = server.address();
    let client = client("B", &server, &network.credentials("A"));
    server.shutdown(GRACE).await;

    let mut attempts = 0;
    let retry_in = loop {
        match client.post("/", "x").await {
            Err(CallError::Unreachable { .. }) => attempts += 1,
            Err(CallError::Paused { retry_in, .. }) => break retry_in,
            other => panic!("{other:?}"),
        }
    };
    assert!(attempts > 0);
    assert!(
        retry_in <= Duration::from_millis(RETRY_MAX_MS),
        "{retry_in:?}"
    );
    let reach = client.reach();
    assert_eq!((reach.failures, reach.last_answer), (attempts, None));
    let (_, said) = reach.last_failure.unwrap();
    let refused = std::io::Error::from(rustix::io::Errno::CONNREFUSED);
    assert_eq!(
        said,
        format!("B cannot be reached: {address} does not answer: {refused}")
    );

    let server = serve_at(address, &credentials).await;
    client.retry_now().await;
    client.post("/", "x").await.unwrap();
    assert_eq!(client.reach().failures, 0);
    drop(server);
}
