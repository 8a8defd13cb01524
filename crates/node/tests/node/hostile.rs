//! Bytes from strangers that are no CBOR, damaged: certificates and requests for them, batches, configurations, queries.

#[path = "../../../../fuzz/src/choices.rs"]
#[allow(unreachable_pub, reason = "the fuzz targets see it too")]
mod choices;
#[path = "../../../../fuzz/src/wire/text.rs"]
#[allow(unreachable_pub, reason = "the fuzz targets see it too")]
mod text;

use std::time::Duration;

use axum::http::StatusCode;
use jiff::Timestamp;
use node::config::Config;
use node::pki::{KeyKind, Leaf, Request, SecretKey, new_request, registrar_of};
use node::transport::{Batch, decode_batch};

use crate::network::{Network, party};
use crate::portal::server::Server;
use choices::Bytes;

/// Changed copies, the same in every run.
struct Damaged<'s> {
    seeds: Vec<&'s [u8]>,
    state: u64,
}

impl<'s> Damaged<'s> {
    fn of(seeds: Vec<&'s [u8]>) -> Self {
        Self { seeds, state: 301 }
    }

    fn byte(&mut self) -> u8 {
        // Knuth's MMIX generator; its upper bits are good enough to choose by.
        self.state = self
            .state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        self.state.to_be_bytes()[0]
    }
}

impl Iterator for Damaged<'_> {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        let choices: Vec<u8> = (0..24).map(|_| self.byte()).collect();
        let mut bytes = Bytes(&choices);
        let (seed, other) = (*bytes.one_of(&self.seeds), *bytes.one_of(&self.seeds));
        let mut damaged = seed.to_vec();
        for _ in 0..*bytes.one_of(&[1, 1, 2]) {
            text::damage(&mut damaged, other, &mut bytes);
        }
        Some(damaged)
    }
}

/// A request is signed by its key: changed, it is refused, or says the same of the same key.
#[test]
fn a_damaged_certificate_request_asks_for_nothing_else() {
    let key = SecretKey::generate(KeyKind::P256).unwrap();
    let der = new_request(&party("ALICE"), &key).unwrap();
    let honest = Request::parse(&der).unwrap();
    for damaged in Damaged::of(vec![&der]).take(4_000) {
        match Request::parse(&damaged) {
            Ok(request) => {
                assert_eq!(request.party(), honest.party());
                assert_eq!(request.public_key(), honest.public_key());
            }
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
}

#[test]
fn a_damaged_certificate_is_read_or_refused() {
    let network = Network::new();
    let identity = network.identity_at("ALICE", Timestamp::now(), Duration::from_secs(3_600));
    let seeds: Vec<&[u8]> = vec![&identity.certificate, &identity.root];
    let read = Damaged::of(seeds).take(4_000);
    let read = read.filter(|der| {
        let _ = registrar_of(der);
        match Leaf::parse(der) {
            Ok(leaf) => leaf.not_before < leaf.not_after,
            Err(error) => {
                assert!(!error.to_string().is_empty());
                false
            }
        }
    });
    assert!(
        read.count() > 100,
        "a changed name or signature is read here"
    );
}

#[test]
fn a_damaged_batch_is_packed_again_as_it_was_or_refused() {
    let mut batch = Batch::new();
    for length in [1, 3, 40, 700] {
        assert!(batch.push(&vec![7; length]));
    }
    let bytes = batch.into_bytes();
    for damaged in Damaged::of(vec![&bytes]).take(20_000) {
        match decode_batch(damaged.clone().into()) {
            Ok(messages) => {
                let mut again = Batch::new();
                assert!(messages.iter().all(|message| again.push(message)));
                assert_eq!(again.into_bytes(), damaged);
            }
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
}

#[test]
fn a_damaged_configuration_is_read_or_complained_about() {
    let folder = crate::config::folder();
    let path = folder.path().join("pvn.toml");
    let seeds = crate::config::EVERY_ROLE.map(str::as_bytes).to_vec();
    let mut read = 0;
    for damaged in Damaged::of(seeds).take(6_000) {
        match Config::parse(&String::from_utf8_lossy(&damaged), &path) {
            Ok(_) => read += 1,
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
    assert!(read > 100, "some are read: {read}");
}

#[tokio::test]
async fn a_damaged_query_is_answered() {
    let server = Server::full();
    let seeds: Vec<&[u8]> = vec![
        b"/payments?q=caf%C3%A9&payer=GB-LAE-LDS&function=10.2&min=1.00&max=2000&sort=amount&page=2",
        b"/payments?period=2024-06&source=spend&treatment=front_line&line=Bins&page=18446744073709551615",
        b"/data/payments.csv?q=%22&min=-1&max=1e9",
        b"/data/flows.csv?payer=GB-LAE-LDS",
        b"/data/flows.csv?grouped",
        b"/organisations/GB-LAE-LDS",
    ];
    for damaged in Damaged::of(seeds).take(300) {
        // What no server is handed: what isn't an address.
        let text = String::from_utf8_lossy(&damaged);
        let Some(address) = text
            .starts_with('/')
            .then(|| text.parse::<axum::http::Uri>())
        else {
            continue;
        };
        let Ok(address) = address else { continue };
        let answer = server.get(&address.to_string()).await;
        assert!(
            answer.status != StatusCode::INTERNAL_SERVER_ERROR,
            "{address}: {}",
            answer.text
        );
    }
}
