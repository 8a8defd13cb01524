//! One connection of another node, from the handshake to its end.

use std::convert::Infallible;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use deed::Party;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::header::{CONTENT_LENGTH, DATE};
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use jiff::{SignedDuration, Timestamp};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::backoff::random_below;
use super::counters::Counters;
use super::reach::ahead;
use super::server::ServerLimits;
use super::slots::{Slot, Slots};
use super::unread::Unread;
use crate::limits::{
    CONNECTION_WINDOW_BYTES, DRAIN_SECONDS, HEADER_BYTES_MAX, PING_SECONDS, STREAM_WINDOW_BYTES,
};
use crate::pki::Leaf;

/// Who sent a request, as TLS has established it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Caller {
    /// The holder of a certificate of the registrar's root.
    Member(Party),
    /// Somebody without a certificate.
    Stranger,
}

/// A request of another node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerRequest {
    /// Who sent it.
    pub caller: Caller,
    /// The path of its URL, with the query if there is one.
    pub path: String,
    /// How far its sender's clock is ahead of ours (negative: behind), by the date that it wrote.
    pub clock_ahead: Option<SignedDuration>,
    /// What it says.
    pub body: Bytes,
}

/// The answer to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerReply {
    /// HTTP status.
    pub status: StatusCode,
    /// What it says.
    pub body: Bytes,
}

impl PeerReply {
    /// 200 with a body.
    pub fn ok(body: impl Into<Bytes>) -> PeerReply {
        Self::new(StatusCode::OK, body)
    }

    /// Any status with a body.
    pub fn new(status: StatusCode, body: impl Into<Bytes>) -> PeerReply {
        PeerReply {
            status,
            body: body.into(),
        }
    }
}

/// What all connections of a server share.
pub(super) struct Serving<H> {
    pub(super) acceptor: TlsAcceptor,
    /// Bytes for all members' bodies together.
    pub(super) bodies: Arc<Semaphore>,
    /// Places for members' connections.
    pub(super) places: Arc<Semaphore>,
    pub(super) slots: Slots,
    pub(super) limits: ServerLimits,
    pub(super) counters: Arc<Counters>,
    pub(super) handler: H,
}

/// Serves one connection until it ends or the server stops. It keeps its place at the door until it has one inside.
pub(super) async fn serve<H, F>(
    stream: TcpStream,
    serving: Arc<Serving<H>>,
    mut stop: watch::Receiver<bool>,
    door: OwnedSemaphorePermit,
) where
    H: Fn(PeerRequest) -> F + Send + Sync + 'static,
    F: Future<Output = PeerReply> + Send + 'static,
{
    let shaking = shake_hands(stream, &serving);
    let (stream, caller) = tokio::select! {
        _ = stop.wait_for(|stop| *stop) => return,
        Some(shaken) = shaking => shaken,
        else => return,
    };
    let Some(slot) = serving.slots.take(&caller).map(Arc::new) else {
        return tracing::warn!(?caller, "too many connections");
    };
    let _place = match &caller {
        Caller::Stranger => None,
        Caller::Member(_) => {
            // Whoever waits longer than for a handshake makes room at the door.
            let place = Arc::clone(&serving.places).acquire_owned();
            let place = timeout(serving.limits.handshake, place);
            tokio::select! {
                _ = stop.wait_for(|stop| *stop) => return,
                Ok(Ok(place)) = place => Some(place),
                else => return,
            }
        }
    };
    drop(door);
    let last_use = Arc::new(LastUse::new());
    let limits = serving.limits;
    let age = match &caller {
        Caller::Member(_) => limits.age,
        Caller::Stranger => limits.stranger_age,
    };
    let used = Arc::clone(&last_use);
    let unread = Arc::new(Unread::default());
    let given = Arc::clone(&unread);
    let service = service_fn(move |request| {
        used.touch();
        let answer = answer(
            request,
            caller.clone(),
            Arc::clone(&slot),
            Arc::clone(&serving),
        );
        let (used, given) = (Arc::clone(&used), Arc::clone(&given));
        async move {
            let PeerReply { status, body } = answer.await;
            used.touch();
            let mut response = Response::new(Full::new(given.watch(body)));
            *response.status_mut() = status;
            Ok::<_, Infallible>(response)
        }
    });
    let connection = builder(&limits).serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    tokio::select! {
        ended = &mut connection => return log(ended),
        // Whoever doesn't take its answers would keep their memory, and the places of those who wait for some.
        () = unread.waited_for(limits.body) => {
            return tracing::debug!("a connection ends whose answers are not taken");
        }
        _ = stop.wait_for(|stop| *stop) => {}
        () = last_use.idle_for(limits.idle) => {}
        () = sleep(jittered(age)) => {}
    }
    connection.as_mut().graceful_shutdown();
    if let Ok(ended) = timeout(Duration::from_secs(DRAIN_SECONDS), connection).await {
        log(ended);
    }
}

async fn shake_hands<H>(
    stream: TcpStream,
    serving: &Serving<H>,
) -> Option<(TlsStream<TcpStream>, Caller)> {
    let shaken = async {
        stream.set_nodelay(true).ok()?;
        let stream = serving.acceptor.accept(stream).await.ok()?;
        let caller = match stream.get_ref().1.peer_certificates() {
            None | Some([]) => Caller::Stranger,
            Some([leaf, ..]) => Caller::Member(Leaf::parse(leaf).ok()?.party),
        };
        Some((stream, caller))
    };
    let shaken = timeout(serving.limits.handshake, shaken)
        .await
        .ok()
        .flatten();
    serving.counters.handshake(shaken.is_some());
    shaken
}

fn builder(limits: &ServerLimits) -> http2::Builder<TokioExecutor> {
    let mut builder = http2::Builder::new(TokioExecutor::new());
    builder
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits.streams_max)
        .max_header_list_size(HEADER_BYTES_MAX)
        .initial_stream_window_size(STREAM_WINDOW_BYTES)
        .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
        .keep_alive_interval(Duration::from_secs(PING_SECONDS))
        .keep_alive_timeout(Duration::from_secs(PING_SECONDS));
    builder
}

async fn answer<H, F>(
    request: Request<Incoming>,
    caller: Caller,
    slot: Arc<Slot>,
    serving: Arc<Serving<H>>,
) -> PeerReply
where
    H: Fn(PeerRequest) -> F + Send + Sync + 'static,
    F: Future<Output = PeerReply> + Send + 'static,
{
    match read(request, caller, &slot, &serving).await {
        Ok((request, _room)) => {
            serving.counters.request_served();
            (serving.handler)(request).await
        }
        Err(status) => {
            serving.counters.request_refused();
            PeerReply::new(status, Bytes::new())
        }
    }
}

/// The memory that a body takes: of its sender's share, and for members of what all have together.
type Room = (OwnedSemaphorePermit, Option<OwnedSemaphorePermit>);

/// Room for a body as long as its sender says it is. Nobody can hold more than its share by saying so, and whoever waits for
/// its own share waits there, not before others.
async fn room<H>(
    caller: &Caller,
    slot: &Slot,
    serving: &Serving<H>,
    bytes: u32,
) -> Result<Room, StatusCode> {
    let take = async |from: &Arc<Semaphore>| {
        let room = Arc::clone(from).acquire_many_owned(bytes).await;
        room.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)
    };
    let own = take(&slot.bodies).await?;
    let common = match caller {
        Caller::Member(_) => Some(take(&serving.bodies).await?),
        Caller::Stranger => None,
    };
    Ok((own, common))
}

/// Reads a request whole. What comes with it is the memory its body takes.
async fn read<H>(
    request: Request<Incoming>,
    caller: Caller,
    slot: &Slot,
    serving: &Serving<H>,
) -> Result<(PeerRequest, Room), StatusCode> {
    if request.method() != Method::POST {
        return Err(StatusCode::METHOD_NOT_ALLOWED);
    }
    let length = request.headers().get(CONTENT_LENGTH);
    let length: usize = length
        .and_then(|length| length.to_str().ok()?.parse().ok())
        .ok_or(StatusCode::LENGTH_REQUIRED)?;
    let length_max = match caller {
        Caller::Member(_) => serving.limits.body_bytes_max,
        Caller::Stranger => serving.limits.stranger_body_bytes_max,
    };
    if length > length_max {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let permits = u32::try_from(length).map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
    let path = request
        .uri()
        .path_and_query()
        .map_or_else(String::new, |path| path.as_str().to_owned());
    let date = request
        .headers()
        .get(DATE)
        .and_then(|date| date.to_str().ok());
    let clock_ahead = date.and_then(|date| ahead(date, Timestamp::now()));
    let arrived = async {
        let room = room(&caller, slot, serving, permits).await?;
        let body = Limited::new(request.into_body(), length).collect().await;
        let body = body.map_err(|_| StatusCode::BAD_REQUEST)?.to_bytes();
        Ok::<_, StatusCode>((body, room))
    };
    let (body, room) = timeout(serving.limits.body, arrived)
        .await
        .map_err(|_| StatusCode::REQUEST_TIMEOUT)??;
    let request = PeerRequest {
        caller,
        path,
        clock_ahead,
        body,
    };
    Ok((request, room))
}

/// Up to a tenth less, so that connections made together don't end together.
fn jittered(span: Duration) -> Duration {
    let tenth = u64::try_from(span.as_millis() / 10).unwrap_or(u64::MAX);
    span - Duration::from_millis(random_below(tenth + 1))
}

fn log(ended: hyper::Result<()>) {
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection broke");
    }
}

/// When a connection last carried a request.
struct LastUse {
    since: Instant,
    millis: AtomicU64,
}

impl LastUse {
    fn new() -> Self {
        Self {
            since: Instant::now(),
            millis: AtomicU64::new(0),
        }
    }

    fn touch(&self) {
        let millis = u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.millis.store(millis, Ordering::Relaxed);
    }

    async fn idle_for(&self, span: Duration) {
        loop {
            let last = Duration::from_millis(self.millis.load(Ordering::Relaxed));
            let end = self.since + last + span;
            if end <= Instant::now() {
                return;
            }
            sleep_until(end).await;
        }
    }
}
