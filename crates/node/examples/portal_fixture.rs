//! The portal over a fixture, for tests in a browser.
//!
//! `portal_fixture FOLDER [PORT] [empty] [behind]` serves an index in FOLDER, filled at the first
//! start unless `empty`, and prints its address. With `behind`, the log counts as unreachable.
//! Each line on its input is one more payment; the end of its input ends it.

#![expect(clippy::unwrap_used, reason = "a fixture of tests may panic")]
#![allow(dead_code, reason = "the tests beside use the rest of the fixture")]

use std::io::BufRead;
use std::path::PathBuf;

use node::portal::{Coverage, Portal, router};

#[path = "../tests/node/portal/fixture.rs"]
mod fixture;

const SIGNED: &str = include_str!("../../ledger/tests/vectors/signed.hex");

/// A proof that holds under the fixture's trust file, though of another payment.
fn proof() -> Vec<u8> {
    let hex = SIGNED
        .lines()
        .find_map(|line| line.strip_prefix("proof bundle: "));
    let pairs = hex.unwrap().as_bytes().chunks(2);
    let byte = |pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap();
    pairs.map(byte).collect()
}

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |word: &str| arguments.iter().any(|argument| argument == word);
    let folder = PathBuf::from(&arguments[0]);
    let port: u16 = arguments
        .get(1)
        .and_then(|port| port.parse().ok())
        .unwrap_or(0);
    let store = fixture::store(&folder);
    let mut coverage = fixture::coverage();
    if has("empty") {
        coverage = Coverage {
            log_read_at: Some(fixture::NOW),
            ..Coverage::default()
        };
    } else {
        let mut facts = fixture::facts();
        for fact in &mut facts {
            fact.proof = proof();
        }
        store.ingest(&facts).unwrap();
    }
    if has("behind") {
        coverage.unreachable_since = Some(fixture::NOW);
    }
    let portal = Portal::new(store.clone(), coverage, Some(fixture::trust()));
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port))
        .await
        .unwrap();
    println!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines() {
            line.unwrap();
            let number = 1_000 + *store.watch().borrow();
            let fact = fixture::payment(100, number);
            store.ingest(std::slice::from_ref(&fact)).unwrap();
            println!("{}", fact.id);
        }
        std::process::exit(0);
    });
    axum::serve(listener, router(portal)).await.unwrap();
}
