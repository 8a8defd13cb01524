//! How fast nodes talk, both ends in this process: `cargo bench -p node --bench transport`. Prints one line a figure.

#![expect(clippy::unwrap_used, reason = "a measurement may panic")]

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use deed::Party;
use jiff::Timestamp;
use node::pki::{RegistrarRoot, Request, TlsIdentity, new_request};
use node::transport::{
    Admit, Counters, Credentials, Outbox, PeerClient, PeerReply, PeerServer, ServerLimits,
};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

const SPAN: Duration = Duration::from_secs(3);

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let folder = tempfile::tempdir().unwrap();
    let registrar = Party::new("registrar").unwrap();
    let now = Timestamp::now();
    let root = RegistrarRoot::create(folder.path(), "bench", &registrar, now).unwrap();
    let server = credentials(&root, folder.path(), "B");
    let caller = credentials(&root, folder.path(), "A");
    let server = PeerServer::start(
        TcpListener::bind("127.0.0.1:0").await.unwrap(),
        &server,
        Admit::Members,
        ServerLimits {
            connections_per_party_max: usize::MAX,
            ..ServerLimits::default()
        },
        Arc::new(Counters::default()),
        |_| async { PeerReply::ok("taken") },
    )
    .unwrap();
    let client = || {
        Arc::new(PeerClient::new(
            Party::new("B").unwrap(),
            server.address().to_string(),
            Arc::clone(&caller),
            Arc::new(Counters::default()),
        ))
    };

    let mut handshakes = Vec::new();
    for _ in 0..200 {
        let client = client();
        let start = Instant::now();
        client.post("/", "x").await.unwrap();
        handshakes.push(start.elapsed());
    }
    println!("handshake and first answer: {}", spread(handshakes));

    for (callers, bytes) in [(1, 200), (16, 200), (64, 200), (64, 2_000), (16, 100_000)] {
        let client = client();
        let body = bytes::Bytes::from(vec![7; bytes]);
        let start = Instant::now();
        let mut calls = JoinSet::new();
        for _ in 0..callers {
            let (client, body) = (Arc::clone(&client), body.clone());
            calls.spawn(async move {
                let mut spans = Vec::new();
                while start.elapsed() < SPAN {
                    let before = Instant::now();
                    client.post("/x", body.clone()).await.unwrap();
                    spans.push(before.elapsed());
                }
                spans
            });
        }
        let spans: Vec<Duration> = calls.join_all().await.concat();
        let per_second = spans.len() as f64 / start.elapsed().as_secs_f64();
        let spread = spread(spans);
        println!("{callers} at a time, {bytes} bytes: {per_second:.0} POSTs/s, {spread}");
    }

    const MESSAGES: u64 = 300_000;
    let (acknowledge, acknowledged) = mpsc::channel();
    let outbox = Outbox::start(client(), Arc::new(Counters::default()), move |seqs| {
        acknowledge.send(seqs.len()).unwrap();
    });
    let start = Instant::now();
    for seq in 0..MESSAGES {
        outbox.push(seq, vec![7; 300]).unwrap();
    }
    let mut left = MESSAGES as usize;
    tokio::task::spawn_blocking(move || {
        while left > 0 {
            left -= acknowledged.recv().unwrap();
        }
    })
    .await
    .unwrap();
    let per_second = MESSAGES as f64 / start.elapsed().as_secs_f64();
    println!("outbox, messages of 300 bytes: {per_second:.0} messages/s");
}

fn credentials(root: &RegistrarRoot, folder: &Path, id: &str) -> Arc<Credentials> {
    let folder = folder.join(id);
    let key = TlsIdentity::key(&folder).unwrap();
    let request = new_request(&Party::new(id).unwrap(), &key).unwrap();
    let request = Request::parse(&request).unwrap();
    let life = Duration::from_hours(24);
    let certificate = root.issue(&request, Timestamp::now(), life).unwrap();
    TlsIdentity::save(&folder, &certificate, root.certificate()).unwrap();
    let identity = TlsIdentity::load(&folder).unwrap().unwrap();
    Arc::new(Credentials::new(&identity).unwrap())
}

fn spread(mut spans: Vec<Duration>) -> String {
    spans.sort();
    let [p50, p99] = [50, 99].map(|part| spans[spans.len() * part / 100]);
    format!("p50 {p50:?}, p99 {p99:?}")
}
