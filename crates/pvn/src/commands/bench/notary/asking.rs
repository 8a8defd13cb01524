//! Clients that ask the notary, each waiting for its answer before it asks again.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use ledger::codec::{self, list::List};
use node::roles::SUBMIT_PATH;
use node::transport::{PeerClient, StatusCode};
use protocol::notary::Verdict;

use super::process::cpu_time;
use super::town::Town;

mod requests;

/// More than clients get through in a second, since what they ask is made before the clock starts: bodies of one client, requests of
/// all, signed tokens, and tokens that need no signature.
const BODIES_OF_ONE: f64 = 4_000.0;
const REQUESTS_MOST: f64 = 60_000.0;
const SIGNED_MOST: f64 = 300_000.0;
const KEYS_MOST: f64 = 1_000_000.0;

/// What is asked, and by how many.
#[derive(Clone, Copy)]
pub(super) struct Load {
    /// Bodies under way at once.
    pub(super) clients: usize,
    /// Connections, shared among the clients.
    pub(super) connections: usize,
    /// Transactions in one body.
    pub(super) requests: usize,
    /// Tokens that each transaction uses up.
    pub(super) tokens: usize,
    /// Whether each token is a fact's, with its controller's signature; otherwise one is, and the rest are business keys.
    pub(super) signed: bool,
    pub(super) span: Duration,
}

/// What came of it.
pub(super) struct Measured {
    pub(super) requests_per_second: f64,
    pub(super) tokens_per_second: f64,
    /// How long each body took, ascending.
    pub(super) times: Vec<Duration>,
    /// Processor time of the notary's process for one transaction, in microseconds.
    pub(super) notary_cpu_us: f64,
    /// The same of the clients.
    pub(super) clients_cpu_us: f64,
}

impl Measured {
    pub(super) fn quantile_ms(&self, permille: usize) -> f64 {
        super::super::flow::quantile_ms(&self.times, permille)
    }
}

impl Town {
    /// Asks for a while.
    pub(super) async fn ask(&mut self, load: &Load) -> Result<Measured, Box<dyn Error>> {
        let seconds = load.span.as_secs_f64();
        let tokens = (load.requests * load.tokens) as f64;
        let tokens_most = if load.signed { SIGNED_MOST } else { KEYS_MOST };
        let count = [
            BODIES_OF_ONE * load.clients as f64,
            REQUESTS_MOST / load.requests as f64,
            tokens_most / tokens,
        ];
        let count = (count.into_iter().fold(f64::INFINITY, f64::min) * seconds) as usize;
        let bodies = Arc::new(requests::bodies(self, load, count)?);
        let connections = self.connections(load.connections);
        // Nobody's handshake is measured.
        for connection in &connections {
            connection.post("/", Bytes::new()).await?;
        }
        let next = Arc::new(AtomicUsize::new(0));
        let notary = self.notary_pid();
        let before = (notary.and_then(cpu_time), cpu_time(std::process::id()));
        let began = Instant::now();
        let clients: Vec<_> = (0..load.clients)
            .zip(connections.iter().cycle())
            .map(|(_, connection)| {
                let client = Client {
                    connection: Arc::clone(connection),
                    bodies: Arc::clone(&bodies),
                    next: Arc::clone(&next),
                    requests: load.requests,
                    until: began + load.span,
                };
                tokio::spawn(client.ask())
            })
            .collect();
        let mut times = Vec::new();
        for client in clients {
            times.extend(client.await??);
        }
        let took = began.elapsed().as_secs_f64();
        let after = (notary.and_then(cpu_time), cpu_time(std::process::id()));
        times.sort();
        let requests = (times.len() * load.requests) as f64;
        let micros = |before: Option<Duration>, after: Option<Duration>| {
            let spent = after.zip(before).map(|(after, before)| after - before);
            spent.map_or(0.0, |spent| spent.as_secs_f64() * 1e6 / requests)
        };
        Ok(Measured {
            requests_per_second: requests / took,
            tokens_per_second: requests * load.tokens as f64 / took,
            times,
            notary_cpu_us: micros(before.0, after.0),
            clients_cpu_us: micros(before.1, after.1),
        })
    }
}

struct Client {
    connection: Arc<PeerClient>,
    bodies: Arc<Vec<Bytes>>,
    next: Arc<AtomicUsize>,
    requests: usize,
    until: Instant,
}

impl Client {
    async fn ask(self) -> Result<Vec<Duration>, String> {
        let mut times = Vec::new();
        while Instant::now() < self.until {
            let Some(body) = self.bodies.get(self.next.fetch_add(1, Ordering::Relaxed)) else {
                return Err(
                    "the clients ran out of requests: measure for a shorter time".to_owned(),
                );
            };
            let began = Instant::now();
            let reply = self.connection.post(SUBMIT_PATH, body.clone()).await;
            let reply = reply.map_err(|error| error.to_string())?;
            if reply.status != StatusCode::OK {
                let text = String::from_utf8_lossy(&reply.body);
                return Err(format!("the notary said {}: {text}", reply.status));
            }
            let List(verdicts) = codec::decode::<List<Verdict>>(&reply.body)
                .map_err(|error| format!("an unreadable answer: {error}"))?;
            let certified = |verdict: &&Verdict| matches!(verdict, Verdict::Certified(_));
            if verdicts.iter().filter(certified).count() != self.requests {
                return Err(format!("not everything was certified: {verdicts:?}"));
            }
            times.push(began.elapsed());
        }
        Ok(times)
    }
}
