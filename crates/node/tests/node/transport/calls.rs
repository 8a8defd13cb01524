use std::sync::Arc;

use jiff::SignedDuration;
use node::transport::{CallError, Counters, PeerClient, PeerReply, StatusCode, TransportFigures};
use tokio::task::JoinSet;

use super::{client, echo, serve};
use crate::network::{Network, party};

#[tokio::test]
async fn the_server_knows_who_calls_and_the_client_whom_it_reached() {
    let network = Network::new();
    let server = serve(&network.credentials("B"), echo).await;
    let from_a = client("B", &server, &network.credentials("A"));
    let from_c = client("B", &server, &network.credentials("C"));
    let (one, other) = tokio::join!(from_a.post("/x?y=1", "hello"), from_c.post("/", Vec::new()));
    assert_eq!(
        one.unwrap(),
        PeerReply::ok("Member(Party(\"A\")) /x?y=1 hello")
    );
    assert_eq!(other.unwrap(), PeerReply::ok("Member(Party(\"C\")) / "));
}

#[tokio::test]
async fn any_status_is_an_answer() {
    let network = Network::new();
    let server = serve(&network.credentials("B"), |request| async move {
        let status = String::from_utf8(request.body.to_vec()).unwrap();
        PeerReply::new(status.parse().unwrap(), "as asked")
    })
    .await;
    let client = client("B", &server, &network.credentials("A"));
    for status in [
        StatusCode::OK,
        StatusCode::CONFLICT,
        StatusCode::BAD_GATEWAY,
    ] {
        let answer = client.post("/", status.as_str().to_owned()).await.unwrap();
        assert_eq!(answer, PeerReply::new(status, "as asked"));
    }
    let reach = client.reach();
    assert!(reach.last_answer.is_some());
    assert_eq!((reach.last_failure, reach.failures), (None, 0));
}

#[tokio::test]
async fn many_calls_share_one_connection() {
    const CALLS: usize = 1_000;
    let network = Network::new();
    let server = serve(&network.credentials("B"), echo).await;
    let counters = Arc::new(Counters::default());
    let client = Arc::new(PeerClient::new(
        party("B"),
        server.address().to_string(),
        network.credentials("A"),
        Arc::clone(&counters),
    ));
    let mut calls = JoinSet::new();
    for n in 0..CALLS {
        let client = Arc::clone(&client);
        calls.spawn(async move {
            let answer = client.post("/", n.to_string()).await.unwrap();
            assert_eq!(answer, PeerReply::ok(format!("Member(Party(\"A\")) / {n}")));
        });
    }
    calls.join_all().await;
    assert_eq!(
        counters.figures(),
        TransportFigures {
            handshakes: 1,
            requests_sent: CALLS as u64,
            ..TransportFigures::default()
        }
    );
}

#[tokio::test]
async fn the_peers_clock_is_noted() {
    let network = Network::new();
    let server = serve(&network.credentials("B"), echo).await;
    let client = client("B", &server, &network.credentials("A"));
    assert_eq!(client.reach().clock_ahead, None);
    client.post("/", "x").await.unwrap();
    let ahead = client.reach().clock_ahead.unwrap();
    assert!(ahead.abs() <= SignedDuration::from_secs(2), "{ahead}");
}

#[tokio::test]
async fn what_is_no_path_is_not_sent() {
    let network = Network::new();
    let server = serve(&network.credentials("B"), echo).await;
    let client = client("B", &server, &network.credentials("A"));
    for path in ["", "x", "http://a/", "/a b", "/\n"] {
        match client.post(path, "x").await {
            Err(CallError::Path { path: found }) => assert_eq!(found, path),
            other => panic!("{path:?}: {other:?}"),
        }
    }
}
