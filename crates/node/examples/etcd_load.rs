//! The load of `scripts/bench-peers` on etcd: 32-byte keys put if they are absent, by clients that each wait for their answer.
//! etcd speaks gRPC over HTTP/2, so it is asked with the very HTTP/2 client that nodes use, without TLS.
//!
//! `etcd_load ADDRESS CLIENTS CONNECTIONS OPERATIONS SECONDS`: transactions of so many operations; prints operations a second.

#![expect(clippy::unwrap_used, reason = "a measurement may panic")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::Request;
use hyper::client::conn::http2::{self, SendRequest};
use hyper_util::rt::{TokioExecutor, TokioIo};
use ledger::Digest;
use tokio::net::TcpStream;

#[tokio::main(worker_threads = 2)]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize| arguments[at].parse::<u64>().unwrap();
    let (address, clients, connections) = (&arguments[0], number(1), number(2));
    let (operations, span) = (number(3), Duration::from_secs(number(4)));
    let mut open = Vec::new();
    for _ in 0..connections {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let io = TokioIo::new(stream);
        let (requests, connection) = http2::handshake(TokioExecutor::new(), io).await.unwrap();
        tokio::spawn(connection);
        open.push(requests);
    }
    // Keys of no earlier run.
    let run = std::time::UNIX_EPOCH.elapsed().unwrap().as_nanos();
    let next = Arc::new(AtomicU64::new(0));
    let began = Instant::now();
    let asking: Vec<_> = (0..clients)
        .zip(open.iter().cycle())
        .map(|(_, requests)| {
            let (requests, next, address) = (requests.clone(), Arc::clone(&next), address.clone());
            tokio::spawn(async move {
                let mut done = 0;
                while began.elapsed() < span {
                    let first = next.fetch_add(operations, Ordering::Relaxed);
                    let body = transaction(run, first..first + operations);
                    ask(requests.clone(), &address, body).await;
                    done += operations;
                }
                done
            })
        })
        .collect();
    let mut done = 0;
    for client in asking {
        done += client.await.unwrap();
    }
    println!("{:.0}", done as f64 / began.elapsed().as_secs_f64());
}

async fn ask(mut requests: SendRequest<Full<Bytes>>, address: &str, body: Vec<u8>) {
    let request = Request::post(format!("http://{address}/etcdserverpb.KV/Txn"))
        .header("content-type", "application/grpc")
        .header("te", "trailers")
        .body(Full::new(Bytes::from(body)))
        .unwrap();
    requests.ready().await.unwrap();
    let answer = requests.send_request(request).await.unwrap();
    let collected = answer.into_body().collect().await.unwrap();
    let status = collected
        .trailers()
        .and_then(|t| t.get("grpc-status").cloned());
    assert_eq!(status.unwrap(), "0", "{:?}", collected.trailers());
    // TxnResponse { header = 1, succeeded = 2 (bool), .. } behind five bytes of framing.
    let bytes = collected.to_bytes();
    let header = usize::from(bytes[6]);
    assert_eq!(bytes[7 + header..9 + header], [0x10, 1], "absent, and put");
}

/// A `TxnRequest` in its gRPC frame: if none of the keys was ever created, put them all.
fn transaction(run: u128, keys: std::ops::Range<u64>) -> Vec<u8> {
    let mut message = Vec::new();
    let keys: Vec<[u8; 32]> = keys
        .map(|n| Digest::of(&[&run.to_be_bytes(), &n.to_be_bytes()]).0)
        .collect();
    for key in &keys {
        // Compare { result = 1: EQUAL, target = 2: CREATE, key = 3, create_revision = 5: 0 }.
        let mut compare = vec![0x08, 0, 0x10, 1];
        field(&mut compare, 3, key);
        compare.extend([0x28, 0]);
        field(&mut message, 1, &compare);
    }
    for key in &keys {
        // RequestOp { request_put = 2: PutRequest { key = 1, value = 2 } }.
        let (mut put, mut operation) = (Vec::new(), Vec::new());
        field(&mut put, 1, key);
        field(&mut put, 2, key);
        field(&mut operation, 2, &put);
        field(&mut message, 2, &operation);
    }
    let mut frame = vec![0];
    frame.extend((message.len() as u32).to_be_bytes());
    frame.extend(message);
    frame
}

/// A length-delimited field of Protocol Buffers; nothing here is longer than 127 bytes.
fn field(to: &mut Vec<u8>, number: u8, bytes: &[u8]) {
    to.extend([number << 3 | 2, bytes.len() as u8]);
    to.extend(bytes);
}
