//! Calling another node: one connection that is made when needed, kept, and made again.

use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use bytes::Bytes;
use deed::Party;
use http_body_util::{BodyExt, Full, Limited};
use hyper::header::DATE;
use hyper::http::uri::PathAndQuery;
use hyper::{Request, Uri};
use jiff::Timestamp;
use rustls_pki_types::ServerName;
use tokio::time::{Instant, timeout};

use super::backoff::Backoff;
use super::call_error::CallError;
use super::connection::PeerReply;
use super::counters::Counters;
use super::credentials::Credentials;
use super::link::{LinkError, Requests, is_wrong_name, open};
use super::reach::{Reach, http_date};
use crate::limits::{BODY_BYTES_MAX, CALL_MS};
use crate::pki::dns_name;

/// The way to one other node.
#[derive(Debug)]
pub struct PeerClient {
    party: Party,
    address: String,
    name: ServerName<'static>,
    authority: String,
    credentials: Arc<Credentials>,
    counters: Arc<Counters>,
    open: RwLock<Option<(u64, Requests)>>,
    dialling: tokio::sync::Mutex<Dialling>,
    reach: Mutex<Reach>,
}

#[derive(Debug, Default)]
struct Dialling {
    backoff: Backoff,
    not_before: Option<Instant>,
    connections: u64,
}

impl PeerClient {
    /// The way to `party` at `address` (host and port). Nothing is dialled before the first call.
    pub fn new(
        party: Party,
        address: String,
        credentials: Arc<Credentials>,
        counters: Arc<Counters>,
    ) -> PeerClient {
        let authority = dns_name(&party);
        PeerClient {
            name: server_name(&authority),
            authority,
            party,
            address,
            credentials,
            counters,
            open: RwLock::new(None),
            dialling: tokio::sync::Mutex::default(),
            reach: Mutex::default(),
        }
    }

    /// Whom this calls.
    pub fn party(&self) -> &Party {
        &self.party
    }

    /// Where it calls.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// How reachable the peer has been.
    pub fn reach(&self) -> Reach {
        self.reach
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Sends a request and waits for the answer, whatever its status.
    ///
    /// A request on a kept connection that breaks is sent once more on a new one, so it may arrive twice: what is
    /// called must be idempotent.
    pub async fn post(&self, path: &str, body: impl Into<Bytes>) -> Result<PeerReply, CallError> {
        let uri = self.uri(path)?;
        let body = body.into();
        let call = self.call(uri, body);
        let answer = timeout(Duration::from_millis(CALL_MS), call)
            .await
            .unwrap_or_else(|_| {
                self.forget(None);
                Err(CallError::Timeout {
                    party: self.party.clone(),
                })
            });
        let mut reach = self.reach.lock().unwrap_or_else(PoisonError::into_inner);
        match &answer {
            Ok(_) => reach.answered(Timestamp::now()),
            Err(CallError::Paused { .. }) => {}
            Err(error) => reach.failed(Timestamp::now(), error),
        }
        answer
    }

    /// Makes the next call dial at once, pause or not: for when the peer has been heard of.
    pub async fn retry_now(&self) {
        let mut dialling = self.dialling.lock().await;
        dialling.not_before = None;
        dialling.backoff.succeeded();
    }

    async fn call(&self, uri: Uri, body: Bytes) -> Result<PeerReply, CallError> {
        let kept = self.kept();
        if let Some((connection, requests)) = kept {
            match self.send(requests, &uri, &body).await {
                Err(CallError::Broken { .. }) => self.forget(Some(connection)),
                answered => return answered,
            }
        }
        let (connection, requests) = self.connect().await?;
        let answer = self.send(requests, &uri, &body).await;
        if matches!(answer, Err(CallError::Broken { .. })) {
            self.forget(Some(connection));
        }
        answer
    }

    fn kept(&self) -> Option<(u64, Requests)> {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        open.clone().filter(|(_, requests)| !requests.is_closed())
    }

    fn forget(&self, connection: Option<u64>) {
        let mut open = self.open.write().unwrap_or_else(PoisonError::into_inner);
        if connection.is_none() || open.as_ref().map(|(number, _)| *number) == connection {
            *open = None;
        }
    }

    /// One caller dials, the others wait for what it gets.
    async fn connect(&self) -> Result<(u64, Requests), CallError> {
        let mut dialling = self.dialling.lock().await;
        if let Some(kept) = self.kept() {
            return Ok(kept);
        }
        if let Some(retry_in) = dialling
            .not_before
            .and_then(|due| due.checked_duration_since(Instant::now()))
            .filter(|left| !left.is_zero())
        {
            return Err(CallError::Paused {
                party: self.party.clone(),
                retry_in,
            });
        }
        match self.dial().await {
            Ok(requests) => {
                dialling.backoff.succeeded();
                dialling.not_before = None;
                dialling.connections += 1;
                let opened = (dialling.connections, requests);
                let mut open = self.open.write().unwrap_or_else(PoisonError::into_inner);
                *open = Some(opened.clone());
                Ok(opened)
            }
            Err(source) => {
                dialling.not_before = Some(Instant::now() + dialling.backoff.failed());
                Err(CallError::Unreachable {
                    party: self.party.clone(),
                    source,
                })
            }
        }
    }

    async fn dial(&self) -> Result<Requests, LinkError> {
        let tls = self.credentials.client();
        let wrong = |found| LinkError::WrongParty {
            expected: self.party.clone(),
            found,
        };
        match open(&self.address, tls, self.name.clone(), &self.counters).await {
            Ok((requests, leaf)) if leaf.party == self.party => Ok(requests),
            Ok((_, leaf)) => Err(wrong(Some(leaf.party))),
            Err(LinkError::Tls(error)) if is_wrong_name(&error) => Err(wrong(None)),
            Err(error) => Err(error),
        }
    }

    async fn send(
        &self,
        mut requests: Requests,
        uri: &Uri,
        body: &Bytes,
    ) -> Result<PeerReply, CallError> {
        let broken = |source| CallError::Broken {
            party: self.party.clone(),
            source,
        };
        let mut request = Request::new(Full::new(body.clone()));
        *request.method_mut() = hyper::Method::POST;
        *request.uri_mut() = uri.clone();
        let asked = Timestamp::now();
        if let Some(date) = http_date(asked) {
            request.headers_mut().insert(DATE, date);
        }
        requests.ready().await.map_err(broken)?;
        let response = requests.send_request(request).await.map_err(broken)?;
        let date = response.headers().get(DATE).cloned();
        let status = response.status();
        let body = Limited::new(response.into_body(), BODY_BYTES_MAX)
            .collect()
            .await
            .map_err(|source| CallError::Answer {
                party: self.party.clone(),
                source,
            })?
            .to_bytes();
        self.counters.request_sent();
        if let Some(date) = date.as_ref().and_then(|date| date.to_str().ok()) {
            let mut reach = self.reach.lock().unwrap_or_else(PoisonError::into_inner);
            reach.dated(date, asked, Timestamp::now());
        }
        Ok(PeerReply { status, body })
    }

    fn uri(&self, path: &str) -> Result<Uri, CallError> {
        peer_uri(&self.authority, path).ok_or_else(|| CallError::Path {
            path: path.to_owned(),
        })
    }
}

/// The URL of a request; its authority is the peer's name in its certificate.
pub(super) fn peer_uri(authority: &str, path: &str) -> Option<Uri> {
    let path = path.starts_with('/').then(|| path.parse::<PathAndQuery>());
    Uri::builder()
        .scheme("https")
        .authority(authority)
        .path_and_query(path?.ok()?)
        .build()
        .ok()
}

fn server_name(authority: &str) -> ServerName<'static> {
    match ServerName::try_from(authority.to_owned()) {
        Ok(name) => name,
        // `dns_name` gives nothing else than DNS names; a wrong name would only fail the handshake.
        Err(_) => ServerName::IpAddress(std::net::Ipv4Addr::UNSPECIFIED.into()),
    }
}
