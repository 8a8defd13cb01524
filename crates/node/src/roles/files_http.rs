//! The client API's part about files: sending one chunk by chunk, and fetching it, whole or in part.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use api::{ChunkRange, ErrorCode, FileState};
use axum::body::{Body, to_bytes};
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::put;
use axum::{Json, Router};
use bytes::Bytes;
use deed::FileAddress;
use futures_util::{StreamExt, TryStreamExt, stream};
use ledger::file::{FileError, FileTree, chunks};
use ledger::limits::{CHUNK_BYTES, FILE_BYTES_MAX};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::timeout;

use super::byte_range::{Asked, asked};
use super::files::{Files, FilesError};
use super::http::{Failure, authorised};
use crate::attachments::AttachmentError;
use crate::limits::{BODY_MS, CHUNKS_AHEAD_MAX};

/// What the handlers share.
#[derive(Clone)]
pub(crate) struct FilesApi {
    pub(crate) files: Files,
    pub(crate) token: Arc<str>,
}

/// The routes.
pub(crate) fn router(api: FilesApi) -> Router {
    Router::new()
        .route("/v1/files/{address}", put(begin).get(fetch))
        .route("/v1/files/{address}/chunks/{index}", put(send))
        // Each route says itself how much it takes, once it knows who asks.
        .layer(DefaultBodyLimit::disable())
        .with_state(api)
}

impl FilesApi {
    /// Lets in who has the token, when there is a place: only then is anything of the request taken into memory.
    async fn place(&self, headers: &HeaderMap) -> Result<OwnedSemaphorePermit, Failure> {
        authorised(headers, &self.token)?;
        let place = Arc::clone(&self.files.places).acquire_owned().await;
        place.map_err(|_| Failure::new(ErrorCode::Unavailable, "the node is stopping"))
    }
}

impl From<AttachmentError> for Failure {
    fn from(error: AttachmentError) -> Self {
        let code = match &error {
            AttachmentError::File(FileError::TooLarge { .. }) => ErrorCode::TooLarge,
            AttachmentError::File(FileError::OtherFile { .. }) => ErrorCode::HashesWrong,
            AttachmentError::File(_) => ErrorCode::ChunkWrong,
            AttachmentError::Unknown { .. } => ErrorCode::NotFound,
            AttachmentError::DiskLow => ErrorCode::DiskLow,
            AttachmentError::Store(_) => ErrorCode::Unavailable,
        };
        Self::new(code, error.to_string())
    }
}

impl From<FilesError> for Failure {
    fn from(error: FilesError) -> Self {
        match error {
            FilesError::Kept(error) => error.into(),
            FilesError::Engine(error) => error.into(),
            FilesError::Elsewhere(_) | FilesError::Missing(_) => {
                Self::new(ErrorCode::Unavailable, error.to_string())
            }
        }
    }
}

fn read(text: &str) -> Result<FileAddress, Failure> {
    text.parse().map_err(|error: deed::FileAddressError| {
        Failure::new(ErrorCode::AddressMalformed, error.to_string())
    })
}

/// A body of at most so many bytes, if it comes in time.
async fn body(body: Body, bytes_max: usize) -> Result<Bytes, Failure> {
    let late = |_| {
        Failure::new(
            ErrorCode::MalformedRequest,
            "the body did not arrive in time",
        )
    };
    let arrived = timeout(Duration::from_millis(BODY_MS), to_bytes(body, bytes_max)).await;
    arrived.map_err(late)?.map_err(|_| {
        let detail = format!("at most {bytes_max} bytes are taken here");
        Failure::new(ErrorCode::TooLarge, detail)
    })
}

/// Takes the hashes of a file's chunks and says which are missing.
async fn begin(
    State(api): State<FilesApi>,
    headers: HeaderMap,
    Path(address): Path<String>,
    hashes: Body,
) -> Result<Json<FileState>, Failure> {
    let _place = api.place(&headers).await?;
    let address = read(&address)?;
    let count = chunks(address.bytes.min(FILE_BYTES_MAX));
    let hashes = body(hashes, usize::try_from(32 * count).unwrap_or(0)).await?;
    let missing = api.files.kept.begin(address, &hashes).await?;
    let missing = missing.into_iter();
    Ok(Json(FileState {
        address: address.to_string(),
        missing: missing
            .map(|Range { start, end }| ChunkRange { start, end })
            .collect(),
    }))
}

/// Takes a chunk.
async fn send(
    State(api): State<FilesApi>,
    headers: HeaderMap,
    Path((address, index)): Path<(String, String)>,
    chunk: Body,
) -> Result<StatusCode, Failure> {
    let _place = api.place(&headers).await?;
    let address = read(&address)?;
    let index = index.parse().map_err(|_| {
        let detail = format!("chunks are numbered from 0: {index:?} is no number");
        Failure::new(ErrorCode::AddressMalformed, detail)
    })?;
    let chunk = body(chunk, CHUNK_BYTES).await?;
    api.files.kept.put(address, index, chunk).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives a file, or the part of it that is asked for.
async fn fetch(
    State(api): State<FilesApi>,
    headers: HeaderMap,
    Path(address): Path<String>,
) -> Result<Response, Failure> {
    let place = api.place(&headers).await?;
    let address = read(&address)?;
    let tree = api.files.tree(address).await?;
    let tree =
        tree.ok_or_else(|| Failure::new(ErrorCode::NotFound, "no such file is known here"))?;
    let range = headers
        .get(header::RANGE)
        .and_then(|range| range.to_str().ok());
    let (status, part) = match asked(range, address.bytes) {
        Asked::Whole => (StatusCode::OK, 0..address.bytes),
        Asked::Part(part) => (StatusCode::PARTIAL_CONTENT, part),
        Asked::Nowhere => {
            let detail = format!("the file has {} bytes", address.bytes);
            return Err(Failure::new(ErrorCode::RangeBeyondEnd, detail));
        }
    };
    let mut response = (
        status,
        [
            (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
            (header::ACCEPT_RANGES, "bytes".to_owned()),
            (header::CONTENT_LENGTH, (part.end - part.start).to_string()),
        ],
    )
        .into_response();
    if status == StatusCode::PARTIAL_CONTENT {
        let text = format!("bytes {}-{}/{}", part.start, part.end - 1, address.bytes);
        if let Ok(text) = text.parse() {
            response.headers_mut().insert(header::CONTENT_RANGE, text);
        }
    }
    // Asked before anything is answered, so that a file that can't be had is refused and not cut.
    let first = api.files.piece(&tree, part.clone(), 0).await?;
    *response.body_mut() = streamed(api.files, tree, part, first, place);
    Ok(response)
}

/// The bytes of a part of a file, a few chunks ahead of whoever takes them.
fn streamed(
    files: Files,
    tree: Arc<FileTree>,
    part: Range<u64>,
    first: Bytes,
    place: OwnedSemaphorePermit,
) -> Body {
    let count = pieces(&part);
    let rest = {
        let (files, tree) = (files.clone(), Arc::clone(&tree));
        let piece = move |nth| {
            let (files, tree, part) = (files.clone(), Arc::clone(&tree), part.clone());
            async move { files.piece(&tree, part, nth).await }
        };
        stream::iter(1..count).map(piece).buffered(CHUNKS_AHEAD_MAX)
    };
    // What was fetched for this is kept: the last piece may have made the file whole.
    let last = stream::once(async move {
        let _held = place;
        files.settle(&tree).await?;
        Ok(Bytes::new())
    });
    let cut = |Failure(problem): Failure| std::io::Error::other(problem.detail);
    let pieces = stream::iter([Ok(first)]).chain(rest).chain(last);
    Body::from_stream(pieces.map_err(cut))
}

const CHUNK: u64 = CHUNK_BYTES as u64;

/// How many chunks a part of a file touches.
fn pieces(part: &Range<u64>) -> u64 {
    part.end.div_ceil(CHUNK) - part.start / CHUNK
}

impl Files {
    /// What the nth chunk that a part touches has of it.
    async fn piece(&self, tree: &FileTree, part: Range<u64>, nth: u64) -> Result<Bytes, Failure> {
        if part.is_empty() {
            return Ok(Bytes::new());
        }
        let index = part.start / CHUNK + nth;
        let chunk = self.chunk(tree, index).await?;
        let begin = index * CHUNK;
        let within = |at: u64| usize::try_from(at.saturating_sub(begin)).unwrap_or(CHUNK_BYTES);
        let end = within(part.end).min(chunk.len());
        Ok(chunk.slice(within(part.start).min(end)..end))
    }
}

#[cfg(test)]
mod tests;
