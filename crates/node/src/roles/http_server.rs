//! Serving HTTP to callers whom nobody knows: how many at once, and how long each may take to say what it wants.
//!
//! HTTP/1.1 without TLS: browsers and clients come through a proxy, or from this machine.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::limits::{
    CONNECTION_AGE_SECONDS, DRAIN_SECONDS, HTTP_CONNECTIONS_MAX, HTTP_HEAD_BYTES_MAX, HTTP_HEAD_MS,
};
use crate::transport::next_connection;

/// What a server takes on at once.
#[derive(Clone, Copy)]
struct Bounds {
    connections_max: usize,
    /// Time for a request's head to arrive, also on a connection that carried requests before.
    head: Duration,
    /// Time until a connection is closed in any case: whoever takes no answer keeps its place no longer.
    age: Duration,
    /// Time that a connection which is being closed has for its last answer.
    drain: Duration,
}

/// Serves until `stop` is done, then finishes requests under way.
pub(crate) async fn serve(listener: TcpListener, router: Router, stop: impl Future<Output = ()>) {
    let bounds = Bounds {
        connections_max: HTTP_CONNECTIONS_MAX,
        head: Duration::from_millis(HTTP_HEAD_MS),
        age: Duration::from_secs(CONNECTION_AGE_SECONDS),
        drain: Duration::from_secs(DRAIN_SECONDS),
    };
    serve_within(bounds, listener, router, stop).await;
}

async fn serve_within(
    bounds: Bounds,
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()>,
) {
    let places = Arc::new(Semaphore::new(bounds.connections_max));
    let (closing, closed) = watch::channel(());
    let mut connections = JoinSet::new();
    let mut stop = pin!(stop);
    loop {
        let next = async {
            // Beyond the limit callers wait in the operating system's queue.
            let place = Arc::clone(&places).acquire_owned().await.ok()?;
            Some((next_connection(&listener).await, place))
        };
        let (stream, place) = tokio::select! {
            () = &mut stop => break,
            Some(next) = next => next,
            else => break,
        };
        while connections.try_join_next().is_some() {}
        connections.spawn(one(bounds, stream, router.clone(), closed.clone(), place));
    }
    drop(listener);
    drop(closing);
    while connections.join_next().await.is_some() {}
}

async fn one(
    bounds: Bounds,
    stream: TcpStream,
    router: Router,
    mut closed: watch::Receiver<()>,
    _place: OwnedSemaphorePermit,
) {
    if let Err(error) = stream.set_nodelay(true) {
        return tracing::debug!(%error, "a connection was gone before it was served");
    }
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(bounds.head)
        .max_buf_size(HTTP_HEAD_BYTES_MAX)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    let mut connection = pin!(connection);
    tokio::select! {
        ended = &mut connection => return log(ended),
        // The sender going away means that the server closes.
        _ = closed.changed() => {}
        () = sleep(bounds.age) => {}
    }
    connection.as_mut().graceful_shutdown();
    if let Ok(ended) = timeout(bounds.drain, connection).await {
        log(ended);
    }
}

fn log(ended: hyper::Result<()>) {
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection broke");
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use axum::routing::get;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::sync::oneshot;

    use super::*;

    const WAIT: Duration = Duration::from_secs(20);
    const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n";

    /// A server, where it is, and what stops it.
    async fn start(
        connections_max: usize,
        head: Duration,
        router: Router,
    ) -> (
        std::net::SocketAddr,
        oneshot::Sender<()>,
        tokio::task::JoinHandle<()>,
    ) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (stop, stopped) = oneshot::channel();
        let bounds = Bounds {
            connections_max,
            head,
            age: WAIT,
            drain: WAIT,
        };
        let serving = tokio::spawn(serve_within(bounds, listener, router, async move {
            drop(stopped.await);
        }));
        (address, stop, serving)
    }

    /// Everything that the server says until it closes the connection.
    async fn rest(stream: &mut TcpStream) -> String {
        let mut said = Vec::new();
        let ended = timeout(WAIT, stream.read_to_end(&mut said)).await;
        ended.expect("the server ends it").expect("cleanly");
        String::from_utf8(said).expect("text")
    }

    #[tokio::test]
    async fn who_does_not_say_what_it_wants_is_put_down() {
        let soon = Duration::from_millis(50);
        let router = Router::new().route("/", get(async || "here"));
        let (address, _stop, _serving) = start(9, soon, router).await;
        let begun: [(&str, &[u8]); 3] = [
            ("nothing", b""),
            ("half a line", b"GET / HT"),
            (
                "headers without an end",
                b"GET / HTTP/1.1\r\nhost: here\r\n",
            ),
        ];
        for (case, bytes) in begun {
            let mut stream = TcpStream::connect(address).await.expect("connects");
            stream.write_all(bytes).await.expect("takes it");
            let said = rest(&mut stream).await;
            assert!(!said.contains(" 200 "), "{case}: {said}");
        }
        // After an answer a connection may wait for the next request, and no longer.
        for request in [REQUEST, b"GET / HTTP/1.1\r\nhost: here\r\n\r\n"] {
            let mut stream = TcpStream::connect(address).await.expect("connects");
            stream.write_all(request).await.expect("takes it");
            assert!(rest(&mut stream).await.ends_with("here"));
        }
    }

    #[tokio::test]
    async fn who_takes_no_answer_does_not_keep_its_place() {
        let endless = async || {
            let pieces =
                futures_util::stream::repeat_with(|| Ok::<_, Infallible>(vec![0_u8; 65_536]));
            axum::body::Body::from_stream(pieces)
        };
        let router = Router::new().route("/", get(endless));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let soon = Duration::from_millis(50);
        let bounds = Bounds {
            connections_max: 1,
            head: WAIT,
            age: soon,
            drain: soon,
        };
        let never = std::future::pending();
        let _serving = tokio::spawn(serve_within(bounds, listener, router, never));
        let mut silent = TcpStream::connect(address).await.expect("connects");
        silent.write_all(REQUEST).await.expect("takes it");
        let mut next = TcpStream::connect(address).await.expect("connects");
        next.write_all(REQUEST).await.expect("takes it");
        let mut first = [0; 15];
        let answered = timeout(WAIT, next.read_exact(&mut first)).await;
        answered.expect("its turn comes").expect("an answer");
        assert_eq!(&first, b"HTTP/1.1 200 OK");
        drop(silent);
    }

    #[tokio::test]
    async fn no_more_connections_are_served_at_once_than_the_limit() {
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let counted = {
            let (now, most) = (Arc::clone(&now), Arc::clone(&most));
            async move || {
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                for _ in 0..100 {
                    tokio::task::yield_now().await;
                }
                now.fetch_sub(1, Ordering::SeqCst);
                "here"
            }
        };
        let router = Router::new().route("/", get(counted));
        let (address, stop, serving) = start(2, WAIT, router).await;
        let mut streams = Vec::new();
        for _ in 0..20 {
            let mut stream = TcpStream::connect(address).await.expect("connects");
            stream.write_all(REQUEST).await.expect("takes it");
            streams.push(stream);
        }
        for stream in &mut streams {
            assert!(rest(stream).await.ends_with("here"));
        }
        assert_eq!(most.load(Ordering::SeqCst), 2);
        stop.send(()).expect("it runs");
        timeout(WAIT, serving).await.expect("stops").expect("well");
        assert!(TcpStream::connect(address).await.is_err(), "nobody listens");
    }
}
