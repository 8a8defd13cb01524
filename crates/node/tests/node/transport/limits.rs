use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use hyper::client::conn::http2::{self, SendRequest};
use hyper::{Method, Request};
use hyper_util::rt::{TokioExecutor, TokioIo};
use node::pki::TlsIdentity;
use node::transport::{
    AdmissionClient, Admit, Caller, Counters, PeerReply, PeerRequest, PeerServer, ServerLimits,
    StatusCode,
};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::{client, echo, serve_with};
use crate::network::{Network, REGISTRAR};

const SOON: Duration = Duration::from_millis(100);
const WAIT: Duration = Duration::from_secs(20);

/// A body that says what length it likes and sends what it likes.
struct Odd {
    declared: Option<u64>,
    sent: Option<&'static [u8]>,
    ends: bool,
}

impl Body for Odd {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match self.sent.take() {
            Some(bytes) => Poll::Ready(Some(Ok(Frame::data(bytes.into())))),
            None if self.ends => Poll::Ready(None),
            None => Poll::Pending,
        }
    }

    fn size_hint(&self) -> SizeHint {
        self.declared
            .map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

/// A member's connection, without the manners of [`node::transport::PeerClient`].
async fn rude(server: &PeerServer, member: &TlsIdentity) -> SendRequest<Odd> {
    let mut roots = RootCertStore::empty();
    roots.add(member.root.clone().into()).unwrap();
    let key = rustls_pki_types::PrivatePkcs8KeyDer::from(member.key.pkcs8().to_vec());
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .with_root_certificates(roots)
        .with_client_auth_cert(vec![member.certificate.clone().into()], key.into())
        .unwrap();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let stream = TcpStream::connect(server.address()).await.unwrap();
    let name = "b.pvn".try_into().unwrap();
    let connector = TlsConnector::from(Arc::new(config));
    let stream = connector.connect(name, stream).await.unwrap();
    let (requests, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
        .await
        .unwrap();
    tokio::spawn(connection);
    requests
}

fn request(method: Method, body: Odd) -> Request<Odd> {
    let request = Request::builder().method(method).uri("https://b.pvn/x");
    request.body(body).unwrap()
}

#[tokio::test]
async fn requests_that_are_too_large_too_slow_or_odd_are_turned_away() {
    let network = Network::new();
    let limits = ServerLimits {
        body_bytes_max: 10,
        body: SOON,
        ..ServerLimits::default()
    };
    let server = serve_with(&network.credentials("B"), Admit::Members, limits, echo).await;
    let odd = |declared, sent, ends| Odd {
        declared,
        sent,
        ends,
    };
    let ten = Some(&b"0123456789"[..]);
    let cases = [
        (
            "as large as may be",
            Method::POST,
            odd(Some(10), ten, true),
            200,
        ),
        ("not a POST", Method::GET, odd(Some(10), ten, true), 405),
        ("no length", Method::POST, odd(None, ten, true), 411),
        ("too large", Method::POST, odd(Some(11), ten, false), 413),
        (
            "far too large",
            Method::POST,
            odd(Some(1 << 40), None, false),
            413,
        ),
        (
            "never finished",
            Method::POST,
            odd(Some(10), None, false),
            408,
        ),
    ];
    let member = network.identity("A");
    for (case, method, body, expected) in cases {
        let mut requests = rude(&server, &member).await;
        let answer = timeout(WAIT, requests.send_request(request(method, body)));
        let status = answer.await.unwrap().unwrap().status();
        assert_eq!(status, StatusCode::from_u16(expected).unwrap(), "{case}");
    }
}

#[tokio::test]
async fn a_body_that_differs_from_its_length_never_reaches_the_handler() {
    let network = Network::new();
    let limits = ServerLimits::default();
    let credentials = network.credentials("B");
    let server = serve_with(&credentials, Admit::Members, limits, |_| async {
        panic!("nothing may arrive")
    })
    .await;
    let member = network.identity("A");
    for declared in [1, 5] {
        let mut requests = rude(&server, &member).await;
        let body = Odd {
            declared: Some(declared),
            sent: Some(b"abc"),
            ends: true,
        };
        let answer = timeout(WAIT, requests.send_request(request(Method::POST, body)));
        let refused = match answer.await.unwrap() {
            Ok(response) => !response.status().is_success(),
            Err(_) => true,
        };
        assert!(refused, "{declared} bytes declared, 3 sent");
    }
}

#[tokio::test]
async fn who_does_not_shake_hands_is_put_down() {
    let network = Network::new();
    let limits = ServerLimits {
        handshake: SOON,
        ..ServerLimits::default()
    };
    let server = serve_with(&network.credentials("B"), Admit::Members, limits, echo).await;
    let mut silent = TcpStream::connect(server.address()).await.unwrap();
    let mut bytes = Vec::new();
    let ended = timeout(WAIT, silent.read_to_end(&mut bytes)).await;
    assert_eq!(ended.unwrap().unwrap(), 0);
}

#[tokio::test]
async fn one_party_cannot_take_all_connections() {
    let network = Network::new();
    let limits = ServerLimits {
        connections_per_party_max: 2,
        ..ServerLimits::default()
    };
    let server = serve_with(&network.credentials("B"), Admit::Members, limits, echo).await;
    let greedy = network.credentials("A");
    let first = client("B", &server, &greedy);
    let second = client("B", &server, &greedy);
    let third = client("B", &server, &greedy);
    first.post("/", "x").await.unwrap();
    second.post("/", "x").await.unwrap();
    assert!(third.post("/", "x").await.is_err());
    let other = client("B", &server, &network.credentials("C"));
    other.post("/", "x").await.unwrap();
    first.post("/", "x").await.unwrap();
}

#[tokio::test]
async fn beyond_the_limit_connections_wait_for_their_turn() {
    let network = Network::new();
    let limits = ServerLimits {
        connections_max: 1,
        ..ServerLimits::default()
    };
    let server = serve_with(&network.credentials("B"), Admit::Members, limits, echo).await;
    let first = client("B", &server, &network.credentials("A"));
    first.post("/", "x").await.unwrap();
    let second = client("B", &server, &network.credentials("C"));
    let mut waiting = Box::pin(second.post("/", "x"));
    assert!(timeout(SOON, &mut waiting).await.is_err(), "it has to wait");
    drop(first);
    assert_eq!(
        timeout(WAIT, waiting).await.unwrap().unwrap(),
        PeerReply::ok("Member(Party(\"C\")) / x")
    );
}

#[tokio::test]
async fn idle_and_old_connections_are_closed_and_made_again_unnoticed() {
    let network = Network::new();
    let cases = [
        ServerLimits {
            idle: SOON,
            ..ServerLimits::default()
        },
        ServerLimits {
            age: SOON,
            ..ServerLimits::default()
        },
    ];
    for limits in cases {
        let server = serve_with(&network.credentials("B"), Admit::Members, limits, echo).await;
        let mut requests = rude(&server, &network.identity("C")).await;
        let client = client("B", &server, &network.credentials("A"));
        client.post("/", "x").await.unwrap();
        let closed = async {
            while requests.ready().await.is_ok() {
                tokio::task::yield_now().await;
            }
        };
        timeout(WAIT, closed).await.unwrap();
        client.post("/", "x").await.unwrap();
    }
}

#[tokio::test]
async fn who_announces_bodies_and_sends_nothing_holds_up_nobody_else() {
    let network = Network::new();
    let limits = ServerLimits {
        body_bytes_max: 40,
        bodies_bytes_max: 100,
        party_bodies_bytes_max: 40,
        // Longer than any test: nobody is saved by the clock.
        body: Duration::from_secs(3_600),
        ..ServerLimits::default()
    };
    let server = serve_with(&network.credentials("B"), Admit::Members, limits, echo).await;
    let greedy = network.identity("A");
    let mut connections = Vec::new();
    for _ in 0..4 {
        let mut requests = rude(&server, &greedy).await;
        let silent = Odd {
            declared: Some(40),
            sent: None,
            ends: false,
        };
        let waiting = tokio::spawn(requests.send_request(request(Method::POST, silent)));
        // The server has seen the request before it when it answers the next one.
        let empty = Odd {
            declared: Some(0),
            sent: None,
            ends: true,
        };
        let answer = requests.send_request(request(Method::GET, empty)).await;
        assert_eq!(answer.unwrap().status(), StatusCode::METHOD_NOT_ALLOWED);
        connections.push((requests, waiting));
    }
    let other = client("B", &server, &network.credentials("C"));
    let answer = timeout(WAIT, other.post("/", vec![b'x'; 40])).await;
    assert_eq!(answer.unwrap().unwrap().status, StatusCode::OK);
}

/// An answer that says when its memory is free again.
struct Noticed {
    bytes: Vec<u8>,
    gone: UnboundedSender<()>,
}

impl AsRef<[u8]> for Noticed {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Noticed {
    fn drop(&mut self) {
        // The test may have ended.
        let _ = self.gone.send(());
    }
}

#[tokio::test]
async fn who_does_not_take_its_answers_loses_its_connection_and_their_memory_is_free() {
    let network = Network::new();
    let limits = ServerLimits {
        body: SOON,
        ..ServerLimits::default()
    };
    let (gone, mut freed) = unbounded_channel();
    let answer = move |request: PeerRequest| {
        let gone = gone.clone();
        async move {
            let large = matches!(&request.caller, Caller::Member(from) if from.as_str() == "A");
            let bytes = vec![0; if large { 16 << 20 } else { 1 }];
            PeerReply::ok(Bytes::from_owner(Noticed { bytes, gone }))
        }
    };
    let server = serve_with(&network.credentials("B"), Admit::Members, limits, answer).await;
    let mut requests = rude(&server, &network.identity("A")).await;
    let empty = Odd {
        declared: Some(0),
        sent: None,
        ends: true,
    };
    let unread = requests.send_request(request(Method::POST, empty)).await;
    assert_eq!(unread.as_ref().unwrap().status(), StatusCode::OK);
    assert_eq!(timeout(WAIT, freed.recv()).await, Ok(Some(())));
    // Who takes them keeps it.
    let quick = client("B", &server, &network.credentials("C"));
    let answer = timeout(WAIT, quick.post("/", "")).await;
    assert_eq!(answer.unwrap().unwrap().body.len(), 1);
}

#[tokio::test]
async fn strangers_have_few_places_and_none_of_the_members() {
    let network = Network::new();
    let limits = ServerLimits {
        connections_max: 1,
        stranger_connections_max: 2,
        ..ServerLimits::default()
    };
    let server = serve_with(
        &network.credentials(REGISTRAR),
        Admit::Strangers,
        limits,
        echo,
    )
    .await;
    let root = network.root.fingerprint();
    let stranger = async || {
        let counters = Counters::default();
        let mut client =
            AdmissionClient::connect(&server.address().to_string(), root, &counters).await?;
        client.post("/", "x").await.map(|reply| (client, reply))
    };
    let first = stranger().await.unwrap();
    let second = stranger().await.unwrap();
    assert_eq!(second.1, PeerReply::ok("Stranger / x"));
    assert!(stranger().await.is_err(), "there is no third place");
    let member = client(REGISTRAR, &server, &network.credentials("A"));
    let answer = timeout(WAIT, member.post("/", "x")).await.unwrap().unwrap();
    assert_eq!(answer, PeerReply::ok("Member(Party(\"A\")) / x"));
    drop(first);
    // Its place is free once the server has noticed.
    while stranger().await.is_err() {
        tokio::task::yield_now().await;
    }
}
