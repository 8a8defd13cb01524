//! The notary's process: requests from members go into batches; the log goes out to everybody.
//!
//! Its files hold tokens and hashes. The bytes that a transaction publishes pass through its memory and are not kept.

use std::future::Future;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode as HttpStatus, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use ledger::codec;
use protocol::limits::BATCH_REQUESTS_MAX;
use protocol::notary::store::NotaryStore as _;
use protocol::notary::{Notary, Request, Verdict};
use tlog::{Origin, TilePath};
use tokio::sync::oneshot;

use super::engine::now_ms;
use super::home::Home;
use super::http::{RunError, listen, serve};
use super::link::Link;
use crate::store::{DataFolder, FjallNotaryStore};
use crate::transport::{
    Admit, Caller, PeerReply, PeerRequest, PeerServer, ServerLimits, StatusCode,
};

/// Where members submit.
pub(crate) const SUBMIT_PATH: &str = "/notary/v1/submit";
/// Where members read the latest checkpoint.
pub(crate) const CHECKPOINT_PATH: &str = "/notary/v1/checkpoint";
/// Requests that wait for the notary.
const WAITING_MAX: usize = 1_024;
const GRACE: Duration = Duration::from_secs(5);

/// What a notary needs to start.
#[derive(Clone, Debug)]
pub struct NotarySettings {
    /// The data folder.
    pub data: PathBuf,
    /// Where members connect.
    pub peer_listen: SocketAddr,
    /// Where the log is served to everybody.
    pub http_listen: SocketAddr,
    /// Where the registrar listens, `host:port`.
    pub registrar: String,
}

type DiskNotary = Notary<FjallNotaryStore>;

enum Work {
    Decide(Vec<Request>, oneshot::Sender<Vec<Verdict>>),
    Ask(Box<dyn FnOnce(&DiskNotary) + Send>),
    Stop,
}

/// Runs a notary until `stop` is done.
///
/// # Errors
/// [`RunError`], only before the notary is up.
pub async fn run_notary(
    settings: NotarySettings,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), RunError> {
    let home = Home::at(&settings.data)?;
    let folder = DataFolder::take(&settings.data)?;
    let link = Arc::new(
        Link::connect(
            home.clone(),
            &settings.registrar,
            settings.peer_listen.to_string(),
        )
        .await?,
    );
    let (_, key) = link.notary()?;
    let signer = home.log_key(key.name().as_str())?;
    let origin = Origin::new(key.name().as_str()).map_err(RunError::start)?;
    let belongs = link.belongs()?;
    let open = move || -> Result<DiskNotary, RunError> {
        let store = FjallNotaryStore::open(&folder)?;
        Notary::open(belongs, signer.clone(), origin.clone(), store).map_err(RunError::start)
    };
    let notary = open()?;
    let peers = listen(settings.peer_listen).await?;
    let readers = listen(settings.http_listen).await?;
    let (work, waiting) = sync_channel(WAITING_MAX);
    let thread = {
        let link = Arc::clone(&link);
        std::thread::spawn(move || run(notary, &open, &waiting, &link))
    };
    let handler = {
        let (work, link) = (work.clone(), Arc::clone(&link));
        move |request: PeerRequest| answer(work.clone(), Arc::clone(&link), request)
    };
    let server = PeerServer::start(
        peers,
        &link.credentials,
        Admit::Members,
        ServerLimits::default(),
        Arc::clone(&link.counters),
        handler,
    )
    .map_err(RunError::start)?;
    let fresh = tokio::spawn(Arc::clone(&link).keep_fresh(|_| {}));
    let (stopping, mut stopped) = tokio::sync::watch::channel(());
    let http = tokio::spawn(serve(readers, log_router(work.clone()), async move {
        // The sender going away means the same as its message.
        let _ = stopped.changed().await;
    }));
    tracing::info!(members = %settings.peer_listen, log = %settings.http_listen, "notary is up");
    stop.await;
    fresh.abort();
    drop(stopping);
    server.shutdown(GRACE).await;
    drop(tokio::time::timeout(GRACE, http).await);
    // A closed queue has stopped already.
    drop(work.send(Work::Stop));
    drop(tokio::task::spawn_blocking(move || thread.join()).await);
    Ok(())
}

async fn answer(work: SyncSender<Work>, link: Arc<Link>, request: PeerRequest) -> PeerReply {
    if !matches!(request.caller, Caller::Member(_)) {
        return PeerReply::new(StatusCode::FORBIDDEN, "members only");
    }
    if request.path == CHECKPOINT_PATH {
        return match ask(&work, |notary| notary.checkpoint().to_owned()).await {
            Some(note) => PeerReply::ok(note),
            None => PeerReply::new(StatusCode::SERVICE_UNAVAILABLE, "the notary is busy"),
        };
    }
    if request.path != SUBMIT_PATH {
        return PeerReply::new(StatusCode::NOT_FOUND, "nothing here");
    }
    let requests: Vec<Request> = match codec::decode(&request.body) {
        Ok(requests) => requests,
        Err(error) => return PeerReply::new(StatusCode::BAD_REQUEST, error.to_string()),
    };
    if requests.len() > BATCH_REQUESTS_MAX {
        return PeerReply::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too many requests in one batch",
        );
    }
    let newest = requests.iter().filter_map(Request::map_size).max();
    if let Some(size) = newest.filter(|size| *size > link.members().size()) {
        link.reach(size).await;
    }
    let (reply, verdicts) = oneshot::channel();
    if work.try_send(Work::Decide(requests, reply)).is_err() {
        return PeerReply::new(StatusCode::SERVICE_UNAVAILABLE, "the notary is busy");
    }
    match verdicts.await {
        Ok(verdicts) => PeerReply::ok(codec::encode(&verdicts)),
        Err(_) => PeerReply::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "the notary can't decide now",
        ),
    }
}

/// Decides whatever is waiting as one batch: one sync and one signature for all of it. After a failed batch nobody knows what
/// reached the disk, so the notary is opened again before it decides anything else.
fn run(
    notary: DiskNotary,
    open: &impl Fn() -> Result<DiskNotary, RunError>,
    waiting: &Receiver<Work>,
    link: &Link,
) {
    let mut open_notary = Some(notary);
    while let Ok(first) = waiting.recv() {
        if open_notary.is_none() {
            open_notary = open()
                .inspect_err(|error| tracing::error!(%error, "the notary can't be opened again"))
                .ok();
        }
        let mut requests = Vec::new();
        let mut callers = Vec::new();
        let mut next = Some(first);
        while let Some(work) = next.take() {
            match (work, &open_notary) {
                (Work::Stop, _) => return,
                (Work::Decide(given, reply), Some(_)) => {
                    callers.push((given.len(), reply));
                    requests.extend(given);
                }
                (Work::Ask(question), Some(notary)) => question(notary),
                // Dropping a question, or a reply, tells whoever waits that there is no answer now.
                (Work::Decide(..) | Work::Ask(_), None) => {}
            }
            if requests.len() < BATCH_REQUESTS_MAX {
                next = waiting.try_recv().ok();
            }
        }
        let Some(notary) = open_notary.as_mut().filter(|_| !callers.is_empty()) else {
            continue;
        };
        match notary.apply(now_ms(), link.members().pin(), &requests) {
            Ok(verdicts) => {
                let mut verdicts = verdicts.into_iter();
                for (count, reply) in callers {
                    // Whoever asked may have gone away; asking again gives the same answer.
                    drop(reply.send(verdicts.by_ref().take(count).collect()));
                }
            }
            Err(error) => {
                tracing::error!(%error, "a batch could not be decided; opening the store again");
                drop(callers);
                open_notary = None;
            }
        }
    }
}

/// The log as C2SP static files: checkpoint and tiles.
fn log_router(work: SyncSender<Work>) -> Router {
    Router::new()
        .route("/checkpoint", get(checkpoint))
        .route("/tile/{*path}", get(tile))
        .route("/health", get(checkpoint))
        .with_state(work)
}

async fn ask<T: Send + 'static>(
    work: &SyncSender<Work>,
    question: impl FnOnce(&DiskNotary) -> T + Send + 'static,
) -> Option<T> {
    let (reply, answer) = oneshot::channel();
    let question = Work::Ask(Box::new(move |notary| drop(reply.send(question(notary)))));
    work.try_send(question).ok()?;
    answer.await.ok()
}

async fn checkpoint(State(work): State<SyncSender<Work>>) -> Response {
    match ask(&work, |notary| notary.checkpoint().to_owned()).await {
        Some(note) => (
            [
                (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
                (header::CACHE_CONTROL, "no-cache"),
            ],
            note,
        )
            .into_response(),
        None => HttpStatus::SERVICE_UNAVAILABLE.into_response(),
    }
}

async fn tile(State(work): State<SyncSender<Work>>, Path(path): Path<String>) -> Response {
    let Ok(path) = TilePath::parse(&format!("tile/{path}")) else {
        return HttpStatus::NOT_FOUND.into_response();
    };
    match ask(&work, move |notary| tile_bytes(notary, &path)).await {
        Some(Some(bytes)) => (
            [
                (header::CONTENT_TYPE, "application/octet-stream"),
                (header::CACHE_CONTROL, "max-age=31536000, immutable"),
            ],
            bytes,
        )
            .into_response(),
        Some(None) => HttpStatus::NOT_FOUND.into_response(),
        None => HttpStatus::SERVICE_UNAVAILABLE.into_response(),
    }
}

fn tile_bytes(notary: &DiskNotary, path: &TilePath) -> Option<Vec<u8>> {
    const WIDTH: u64 = tlog::limits::TILE_WIDTH as u64;
    match path {
        TilePath::Hashes(tile) => {
            let level = tile.level().checked_mul(tlog::limits::TILE_HEIGHT)?;
            let first = tile.index().checked_mul(WIDTH)?;
            let hashes = (first..first.checked_add(u64::from(tile.width()))?)
                .map(|index| notary.store().node(level, index).ok()?.map(tlog::Hash))
                .collect::<Option<Vec<_>>>()?;
            Some(tlog::Tile::encode(&hashes))
        }
        TilePath::Entries(bundle) => {
            let first = bundle.index().checked_mul(WIDTH)?;
            let entries = (first..first.checked_add(u64::from(bundle.width()))?)
                .map(|index| notary.store().entry(index).ok()?)
                .collect::<Option<Vec<_>>>()?;
            tlog::encode_entries(&entries).ok()
        }
    }
}
