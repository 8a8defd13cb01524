use std::sync::Arc;

use node::pki::Fingerprint;
use node::transport::{
    AdmissionClient, AdmissionError, Admit, Counters, LinkError, PeerReply, ServerLimits,
    StatusCode,
};

use super::{client, echo, serve, serve_with};
use crate::network::{Network, REGISTRAR, party};

#[tokio::test]
async fn a_newcomer_who_knows_the_roots_fingerprint_reaches_the_registrar() {
    let network = Network::new();
    let limits = ServerLimits::default();
    let registrar = network.credentials(REGISTRAR);
    let server = serve_with(&registrar, Admit::Strangers, limits, echo).await;
    let mut stranger = AdmissionClient::connect(
        &server.address().to_string(),
        network.root.fingerprint(),
        &Counters::default(),
    )
    .await
    .unwrap();
    assert_eq!(stranger.registrar(), &party(REGISTRAR));
    assert_eq!(stranger.root(), network.root.certificate());
    for body in ["first", "second"] {
        let answer = stranger.post("/join", body).await.unwrap();
        assert_eq!(answer, PeerReply::ok(format!("Stranger /join {body}")));
    }
    let large = vec![b'x'; limits.stranger_body_bytes_max + 1];
    let answer = stranger.post("/join", large).await.unwrap();
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_member_is_known_where_strangers_may_come() {
    let network = Network::new();
    let registrar = network.credentials(REGISTRAR);
    let limits = ServerLimits::default();
    let server = serve_with(&registrar, Admit::Strangers, limits, echo).await;
    let member = client(REGISTRAR, &server, &network.credentials("A"));
    let answer = member.post("/map", "x").await.unwrap();
    assert_eq!(answer, PeerReply::ok("Member(Party(\"A\")) /map x"));

    // A certificate that proves nothing is no better than none: it is refused, not ignored.
    let foreign = Network::new();
    let mut identity = foreign.identity("A");
    identity.root = network.root.certificate().to_vec();
    let foreign = node::transport::Credentials::new(&identity).unwrap();
    let impostor = client(REGISTRAR, &server, &Arc::new(foreign));
    assert!(impostor.post("/map", "x").await.is_err());
}

#[tokio::test]
async fn what_is_not_the_pinned_registrar_is_refused() {
    let network = Network::new();
    let other = Network::new();
    let cases = [
        ("another network's registrar", other.credentials(REGISTRAR)),
        ("a member who plays the registrar", network.credentials("A")),
    ];
    for (case, credentials) in cases {
        let server = serve(&credentials, |_| async { panic!("nothing may arrive") }).await;
        let connected = AdmissionClient::connect(
            &server.address().to_string(),
            network.root.fingerprint(),
            &Counters::default(),
        )
        .await;
        match connected {
            Err(AdmissionError::Unreachable {
                source: LinkError::Tls(_),
                ..
            }) => {}
            other => panic!("{case}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_stranger_is_turned_away_by_members() {
    let network = Network::new();
    let server = serve(&network.credentials(REGISTRAR), |_| async {
        panic!("nothing may arrive")
    })
    .await;
    let fingerprint: Fingerprint = network.root.fingerprint();
    let address = server.address().to_string();
    let connected = AdmissionClient::connect(&address, fingerprint, &Counters::default()).await;
    match connected {
        // TLS 1.3: the client has finished before the server looks at its certificate.
        Ok(mut stranger) => assert!(stranger.post("/join", "x").await.is_err()),
        Err(AdmissionError::Unreachable { .. }) => {}
        Err(error) => panic!("{error:?}"),
    }
}
