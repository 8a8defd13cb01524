use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use node::transport::{CallError, Credentials, CredentialsError, LinkError, PeerReply};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::{client, echo, serve};
use crate::network::{DAY, Network};

/// What a call that must not succeed ends with.
fn verdict(answer: Result<PeerReply, CallError>) -> &'static str {
    match answer {
        Ok(_) => "answered",
        Err(CallError::Unreachable { source, .. }) => match source {
            LinkError::Tls(_) => "tls",
            LinkError::WrongParty { .. } => "wrong party",
            _ => "unreachable",
        },
        // TLS 1.3: the server's verdict on the caller's certificate comes with the first answer.
        Err(CallError::Broken { .. }) => "broken",
        Err(_) => "other",
    }
}

#[tokio::test]
async fn certificates_that_prove_nothing_are_refused_on_either_side() {
    let network = Network::new();
    let other_network = Network::new();
    let now = Timestamp::now();
    let hours = SignedDuration::from_hours;
    let expired = network.identity_at("old", now - hours(48), DAY);
    let future = network.identity_at("early", now + hours(3), DAY);
    let skewed = network.identity_at("ahead", now + hours(1), DAY);
    let make = |identity| Arc::new(Credentials::new(&identity).unwrap());
    let (expired, future, skewed) = (make(expired), make(future), make(skewed));
    let foreign = other_network.credentials("A");
    let good = network.credentials("A");
    let server = network.credentials("B");
    let cases = [
        ("members", &server, "B", &good, "answered"),
        (
            "a clock an hour behind",
            &skewed,
            "ahead",
            &skewed,
            "answered",
        ),
        (
            "the server is another party",
            &server,
            "C",
            &good,
            "wrong party",
        ),
        (
            "it differs in case only",
            &server,
            "b",
            &good,
            "wrong party",
        ),
        ("the server's has expired", &expired, "old", &good, "tls"),
        (
            "the server's is not valid yet",
            &future,
            "early",
            &good,
            "tls",
        ),
        (
            "the server is of another network",
            &foreign,
            "A",
            &good,
            "tls",
        ),
        ("the caller's has expired", &server, "B", &expired, "broken"),
        (
            "the caller's is not valid yet",
            &server,
            "B",
            &future,
            "broken",
        ),
    ];
    for (case, server, dialled, caller, expected) in cases {
        let server = serve(server, echo).await;
        let client = client(dialled, &server, caller);
        assert_eq!(verdict(client.post("/", "x").await), expected, "{case}");
        let failures = u64::from(expected != "answered");
        assert_eq!(client.reach().failures, failures, "{case}");
        assert_eq!(
            client.reach().last_failure.is_some(),
            failures > 0,
            "{case}"
        );
    }
}

#[tokio::test]
async fn a_caller_without_tls_1_3_or_without_a_certificate_gets_nothing() {
    let network = Network::new();
    let server = serve(&network.credentials("B"), |_| async {
        panic!("nothing may arrive")
    })
    .await;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut roots = RootCertStore::empty();
    roots
        .add(network.root.certificate().to_vec().into())
        .unwrap();
    for (case, versions) in [
        ("no certificate", &[&rustls::version::TLS13]),
        ("TLS 1.2", &[&rustls::version::TLS12]),
    ] {
        let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(versions)
            .unwrap()
            .with_root_certificates(roots.clone())
            .with_no_client_auth();
        let stream = TcpStream::connect(server.address()).await.unwrap();
        let connector = TlsConnector::from(Arc::new(config));
        let name = "b.pvn".try_into().unwrap();
        let refused = match connector.connect(name, stream).await {
            Err(_) => true,
            Ok(mut stream) => {
                let mut byte = [0];
                tokio::io::AsyncReadExt::read_exact(&mut stream, &mut byte)
                    .await
                    .is_err()
            }
        };
        assert!(refused, "{case}");
    }
}

#[tokio::test]
async fn a_renewed_certificate_is_shown_without_a_restart() {
    let network = Network::new();
    let now = Timestamp::now();
    let old = network.identity_at("B", now - SignedDuration::from_hours(48), DAY);
    let credentials = Credentials::new(&old).unwrap();
    let server = serve(&credentials, echo).await;
    let client = client("B", &server, &network.credentials("A"));
    assert_eq!(verdict(client.post("/", "x").await), "tls");

    let renewed = network.identity_at("B", now, DAY);
    credentials.replace(&renewed).unwrap();
    assert_eq!(credentials.leaf(), renewed.leaf);
    client.retry_now().await;
    assert_eq!(verdict(client.post("/", "x").await), "answered");

    let elsewhere = Network::new().identity("B");
    assert!(matches!(
        credentials.replace(&elsewhere),
        Err(CredentialsError::RootChanged)
    ));
}

#[tokio::test]
async fn a_certificate_for_another_key_is_noticed_at_once() {
    let network = Network::new();
    let mut identity = network.identity("A");
    identity.certificate = network.identity("B").certificate;
    assert!(matches!(
        Credentials::new(&identity),
        Err(CredentialsError::Unusable(_))
    ));
}

#[tokio::test]
async fn nobody_listening_is_told_from_somebody_else() {
    let network = Network::new();
    let server = serve(&network.credentials("B"), echo).await;
    let client = client("B", &server, &network.credentials("A"));
    assert!(server.shutdown(Duration::from_secs(5)).await);
    assert_eq!(verdict(client.post("/", "x").await), "unreachable");
}
