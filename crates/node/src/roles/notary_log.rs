//! A notary's log as everybody reads it: checkpoint and tiles, as C2SP static files.
//!
//! Readers need no certificate, so they get nothing of the notary's own thread: what they read was published by it after it was
//! durable, and a handful of threads read for all of them.

use std::sync::{Arc, PoisonError, RwLock};

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use protocol::notary::MarksRoot;
use tlog::TilePath;
use tokio::sync::Semaphore;

use super::current;
use crate::limits::LOG_READERS_MAX;
use crate::store::NotaryLog;

/// What everybody may read now.
#[derive(Clone)]
pub(crate) struct Shelf {
    on_it: Arc<RwLock<Shown>>,
    /// The newest checkpoint with its witnesses' lines, if it has witnesses.
    witnessed: Arc<RwLock<Option<String>>>,
    pub(super) readers: Arc<Semaphore>,
}

#[derive(Clone, Default)]
pub(super) struct Shown {
    pub(super) checkpoint: String,
    /// Entries under the checkpoint: nothing beyond is shown, even if it is there.
    pub(super) size: u64,
    /// None while the store is being opened again.
    pub(super) log: Option<NotaryLog>,
    /// The latest root over the used marks.
    pub(super) root: Option<MarksRoot>,
}

impl Shelf {
    pub(crate) fn new() -> Self {
        Self {
            on_it: Arc::default(),
            witnessed: Arc::default(),
            readers: Arc::new(Semaphore::new(LOG_READERS_MAX)),
        }
    }

    /// Shows a checkpoint, the log up to it and the latest root in it, all of which must be durable.
    pub(crate) fn publish(
        &self,
        checkpoint: &str,
        size: u64,
        log: NotaryLog,
        root: Option<MarksRoot>,
    ) {
        let shown = Shown {
            checkpoint: checkpoint.to_owned(),
            size,
            log: Some(log),
            root,
        };
        *self.on_it.write().unwrap_or_else(PoisonError::into_inner) = shown;
    }

    /// Lets go of the log, so that its store can be opened again. The checkpoint stays: what it says was durable.
    pub(crate) fn let_go(&self) {
        let mut shown = self.on_it.write().unwrap_or_else(PoisonError::into_inner);
        shown.log = None;
    }

    pub(super) fn shown(&self) -> Shown {
        let shown = self.on_it.read().unwrap_or_else(PoisonError::into_inner);
        shown.clone()
    }

    /// Shows a checkpoint that was published, with the lines of its witnesses.
    pub(crate) fn witness(&self, checkpoint: String) {
        let mut witnessed = self
            .witnessed
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *witnessed = Some(checkpoint);
    }

    /// The checkpoint published last, and a reader of the tree's nodes under it; nothing while the store is being opened again.
    pub(crate) fn tree(
        &self,
    ) -> Option<(String, impl Fn(tlog::Node) -> Option<tlog::Hash> + use<>)> {
        let Shown {
            checkpoint, log, ..
        } = self.shown();
        let log = log?;
        let read = move |node: tlog::Node| log.node(node.level, node.index).ok()?.map(tlog::Hash);
        Some((checkpoint, read))
    }

    /// The latest checkpoint published.
    pub(crate) fn checkpoint(&self) -> String {
        let shown = self.on_it.read().unwrap_or_else(PoisonError::into_inner);
        shown.checkpoint.clone()
    }

    /// The routes of the log.
    pub(crate) fn router(self) -> Router {
        Router::new()
            .route("/checkpoint", get(checkpoint))
            .route("/tile/{*path}", get(tile))
            // The same log for whoever wants to see it witnessed: a prefix of its own, as C2SP's readers take one.
            .route("/witnessed/checkpoint", get(witnessed))
            .route("/witnessed/tile/{*path}", get(tile))
            .route("/current/{mark}", get(current::one))
            .route("/current", post(current::several))
            .route("/health", get(health))
            .with_state(self)
    }
}

async fn checkpoint(State(shelf): State<Shelf>) -> Response {
    note_response(shelf.checkpoint())
}

/// 404 where no witness has answered yet.
async fn witnessed(State(shelf): State<Shelf>) -> Response {
    let witnessed = shelf
        .witnessed
        .read()
        .unwrap_or_else(PoisonError::into_inner);
    match witnessed.clone() {
        Some(note) => note_response(note),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn note_response(note: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, note).into_response()
}

/// 503 while the notary can't decide because its store has to be opened again.
async fn health(State(shelf): State<Shelf>) -> Response {
    match shelf.shown().log {
        Some(_) => checkpoint(State(shelf)).await,
        None => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

async fn tile(State(shelf): State<Shelf>, Path(path): Path<String>) -> Response {
    let Ok(path) = TilePath::parse(&format!("tile/{path}")) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    // Beyond the limit readers wait, and their connections are limited.
    let Ok(_reading) = shelf.readers.acquire().await else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let Shown { size, log, .. } = shelf.shown();
    let Some(log) = log else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    match tokio::task::spawn_blocking(move || tile_bytes(&log, size, &path)).await {
        Ok(Some(bytes)) => {
            let headers = [
                (header::CONTENT_TYPE, "application/octet-stream"),
                (header::CACHE_CONTROL, "max-age=31536000, immutable"),
            ];
            (headers, bytes).into_response()
        }
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

fn tile_bytes(log: &NotaryLog, size: u64, path: &TilePath) -> Option<Vec<u8>> {
    const WIDTH: u64 = tlog::limits::TILE_WIDTH as u64;
    match path {
        TilePath::Hashes(tile) => {
            let level = tile.level().checked_mul(tlog::limits::TILE_HEIGHT)?;
            let first = tile.index().checked_mul(WIDTH)?;
            let end = first.checked_add(u64::from(tile.width()))?;
            // Nodes of this level that are complete under the checkpoint.
            (end <= size.checked_shr(u32::from(level)).unwrap_or(0)).then_some(())?;
            let hashes = (first..end)
                .map(|index| log.node(level, index).ok()?.map(tlog::Hash))
                .collect::<Option<Vec<_>>>()?;
            Some(tlog::Tile::encode(&hashes))
        }
        TilePath::Entries(bundle) => {
            let first = bundle.index().checked_mul(WIDTH)?;
            let end = first.checked_add(u64::from(bundle.width()))?;
            (end <= size).then_some(())?;
            let entries = (first..end)
                .map(|index| log.entry(index).ok()?)
                .collect::<Option<Vec<_>>>()?;
            tlog::encode_entries(&entries).ok()
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::Request;
    use http_body_util::BodyExt as _;
    use protocol::notary::store::{NotaryBatch, NotaryStore as _};
    use tower::ServiceExt as _;

    use super::*;
    use crate::store::{DataFolder, FjallNotaryStore};

    async fn read(shelf: &Shelf, path: &str) -> (u16, Vec<u8>) {
        let request = Request::get(path).body(Body::empty()).expect("a request");
        let answer = shelf
            .clone()
            .router()
            .oneshot(request)
            .await
            .expect("an answer");
        let status = answer.status().as_u16();
        let body = answer
            .into_body()
            .collect()
            .await
            .expect("a body")
            .to_bytes();
        (status, body.to_vec())
    }

    #[tokio::test]
    async fn readers_see_what_was_published_and_need_nobody_for_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let data = DataFolder::take(folder.path()).expect("ours");
        let mut store = FjallNotaryStore::open(&data).expect("opens");
        store
            .commit(NotaryBatch {
                entries: (0..3).map(|at| (at, vec![at as u8; 2])).collect(),
                nodes: (0..3).map(|at| ((0, at), [at as u8; 32])).collect(),
                ..NotaryBatch::new()
            })
            .expect("commits");
        let shelf = Shelf::new();
        assert_eq!(read(&shelf, "/health").await.0, 503);
        shelf.publish("the second", 2, store.log(), None);
        let hashes = [[0; 32], [1; 32]].concat();
        let table = [
            ("/checkpoint", 200, b"the second".to_vec()),
            ("/health", 200, b"the second".to_vec()),
            ("/tile/0/000.p/2", 200, hashes),
            ("/tile/entries/000.p/2", 200, vec![0, 2, 0, 0, 0, 2, 1, 1]),
            // They are on the disk, and not published yet.
            ("/tile/0/000.p/3", 404, Vec::new()),
            ("/tile/entries/000.p/3", 404, Vec::new()),
            ("/tile/1/000.p/1", 404, Vec::new()),
            ("/tile/0/../1", 404, Vec::new()),
        ];
        for (path, status, body) in table {
            assert_eq!(read(&shelf, path).await, (status, body), "{path}");
        }
        drop(store);
        shelf.let_go();
        let store = FjallNotaryStore::open(&data).expect("nobody holds it any more");
        let kept = (200, b"the second".to_vec());
        assert_eq!(read(&shelf, "/checkpoint").await, kept);
        assert_eq!(read(&shelf, "/health").await.0, 503);
        assert_eq!(read(&shelf, "/tile/0/000.p/2").await.0, 503);
        shelf.publish("the third", 3, store.log(), None);
        assert_eq!(read(&shelf, "/tile/0/000.p/3").await.0, 200);
    }

    #[tokio::test]
    async fn more_readers_than_the_limit_wait_for_each_other() {
        let shelf = Shelf::new();
        let all = LOG_READERS_MAX.try_into().expect("a small number");
        let taken = shelf.readers.acquire_many(all).await.expect("open");
        let mut waiting = Box::pin(read(&shelf, "/tile/0/000.p/1"));
        tokio::select! {
            biased;
            _ = &mut waiting => panic!("it has to wait"),
            () = std::future::ready(()) => {}
        }
        // A checkpoint needs no thread, and waits for nobody.
        assert_eq!(read(&shelf, "/checkpoint").await.0, 200);
        drop(taken);
        assert_eq!(waiting.await.0, 503);
    }
}
