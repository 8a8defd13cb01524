//! Every route about files: what it answers, and every refusal with its code and reason.

use axum::http::{Method, Request};
use ledger::file::FileBuilder;
use object_store::memory::InMemory;
use tower::ServiceExt as _;

use super::*;
use crate::attachments::Attachments;

const TOKEN: &str = "open sesame";

fn api(kept: Attachments) -> Router {
    router(FilesApi {
        files: Files::new(kept, None),
        token: TOKEN.into(),
    })
}

fn in_memory() -> Router {
    api(Attachments::new(Arc::new(InMemory::new()), None))
}

/// A file of two chunks and a bit.
fn file() -> (FileTree, Vec<u8>) {
    let bytes: Vec<u8> = (0..2 * CHUNK_BYTES + 10)
        .map(|at| (at % 251) as u8)
        .collect();
    let mut builder = FileBuilder::default();
    for chunk in bytes.chunks(CHUNK_BYTES) {
        builder.add(chunk).expect("a chunk");
    }
    (builder.finish(), bytes)
}

/// Status, headers and body of the answer to a request with the token.
async fn ask(
    api: &Router,
    method: Method,
    path: &str,
    range: Option<&str>,
    body: impl Into<Body>,
) -> (u16, HeaderMap, Vec<u8>) {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::AUTHORIZATION, format!("Bearer {TOKEN}"));
    let request = match range {
        Some(range) => request.header(header::RANGE, range),
        None => request,
    };
    let request = request.body(body.into()).expect("a request");
    let answer = api.clone().oneshot(request).await.expect("an answer");
    let (head, body) = answer.into_parts();
    let body = to_bytes(body, 64 << 20).await.expect("a body");
    (head.status.as_u16(), head.headers, body.to_vec())
}

async fn put_(api: &Router, path: &str, body: &[u8]) -> (u16, Vec<u8>) {
    let (status, _, body) = ask(api, Method::PUT, path, None, body.to_vec()).await;
    (status, body)
}

/// Code and reason.
fn refusal(body: &[u8]) -> (ErrorCode, String) {
    let problem: api::Problem = serde_json::from_slice(body).expect("a problem");
    (problem.code, problem.detail)
}

async fn sent(api: &Router) -> (String, Vec<u8>) {
    let (tree, bytes) = file();
    let path = format!("/v1/files/{}", tree.address());
    assert_eq!(put_(api, &path, &tree.hashes()).await.0, 200);
    for (index, chunk) in bytes.chunks(CHUNK_BYTES).enumerate() {
        let (status, _) = put_(api, &format!("{path}/chunks/{index}"), chunk).await;
        assert_eq!(status, 204);
    }
    assert_eq!(put_(api, &path, &tree.hashes()).await.0, 200);
    (path, bytes)
}

#[tokio::test]
async fn sending_says_what_is_missing() {
    let api = in_memory();
    let (tree, bytes) = file();
    let path = format!("/v1/files/{}", tree.address());
    let state = async || {
        let (status, body) = put_(&api, &path, &tree.hashes()).await;
        assert_eq!(status, 200);
        serde_json::from_slice::<FileState>(&body).expect("a state")
    };
    let range = |start, end| ChunkRange { start, end };
    assert_eq!(state().await.missing, [range(0, 3)]);
    let chunk = &bytes[CHUNK_BYTES..2 * CHUNK_BYTES];
    assert_eq!(put_(&api, &format!("{path}/chunks/1"), chunk).await.0, 204);
    let now = state().await;
    assert_eq!(now.missing, [range(0, 1), range(2, 3)]);
    assert_eq!(now.address, tree.address().to_string());
}

#[tokio::test]
async fn a_file_is_fetched_whole_or_in_part() {
    let api = in_memory();
    let (path, bytes) = sent(&api).await;
    let all = bytes.len();
    let cases = [
        (None, 200, 0..all),
        (Some("bytes=0-"), 206, 0..all),
        (Some("bytes=5-9"), 206, 5..10),
        (
            Some("bytes=1048570-1048580"),
            206,
            CHUNK_BYTES - 6..CHUNK_BYTES + 5,
        ),
        (Some("bytes=1048576-"), 206, CHUNK_BYTES..all),
        (Some("bytes=-3"), 206, all - 3..all),
    ];
    for (range, status, part) in cases {
        let (got, headers, body) = ask(&api, Method::GET, &path, range, Body::empty()).await;
        assert_eq!(got, status, "{range:?}");
        assert!(body == bytes[part.clone()], "{range:?}");
        let length = headers.get(header::CONTENT_LENGTH).expect("a length");
        assert_eq!(length, &part.len().to_string(), "{range:?}");
        let said = headers
            .get(header::CONTENT_RANGE)
            .map(|said| said.to_str().expect("text").to_owned());
        let expected =
            (status == 206).then(|| format!("bytes {}-{}/{all}", part.start, part.end - 1));
        assert_eq!(said, expected, "{range:?}");
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_request_is_said() {
    let api = in_memory();
    let (tree, bytes) = file();
    let path = format!("/v1/files/{}", tree.address());
    let other = format!("/v1/files/sha256-tree:{}:5", "0".repeat(64));
    let huge = format!("/v1/files/sha256-tree:{}:68719476737", "0".repeat(64));
    let chunk = &bytes[..CHUNK_BYTES];
    assert_eq!(put_(&api, &path, &tree.hashes()).await.0, 200);
    let address =
        "a file is written `sha256-tree:`, 64 digits of 0-9 and a-f, a colon and its bytes";
    type Case<'a> = (&'a str, Method, String, &'a [u8], u16, ErrorCode, String);
    let cases: [Case<'_>; 11] = [
        (
            "no address",
            Method::PUT,
            "/v1/files/survey.pdf".to_owned(),
            &[],
            400,
            ErrorCode::AddressMalformed,
            address.to_owned(),
        ),
        (
            "fetching no address",
            Method::GET,
            "/v1/files/survey.pdf".to_owned(),
            &[],
            400,
            ErrorCode::AddressMalformed,
            address.to_owned(),
        ),
        (
            "no number",
            Method::PUT,
            format!("{path}/chunks/first"),
            chunk,
            400,
            ErrorCode::AddressMalformed,
            "chunks are numbered from 0: \"first\" is no number".to_owned(),
        ),
        (
            "too large a file",
            Method::PUT,
            huge,
            &[0; 32],
            413,
            ErrorCode::TooLarge,
            "a file has at most 68719476736 bytes, this one has more: 68719476737".to_owned(),
        ),
        (
            "more hashes than chunks",
            Method::PUT,
            path.clone(),
            &[0; 97],
            413,
            ErrorCode::TooLarge,
            "at most 96 bytes are taken here".to_owned(),
        ),
        (
            "other hashes",
            Method::PUT,
            path.clone(),
            &[0; 96],
            422,
            ErrorCode::HashesWrong,
            format!("these hashes of chunks are not those of {}", tree.address()),
        ),
        (
            "another chunk",
            Method::PUT,
            format!("{path}/chunks/1"),
            chunk,
            422,
            ErrorCode::ChunkWrong,
            "these are not the bytes of chunk 1".to_owned(),
        ),
        (
            "more than a chunk",
            Method::PUT,
            format!("{path}/chunks/1"),
            &bytes[..=CHUNK_BYTES],
            413,
            ErrorCode::TooLarge,
            "at most 1048576 bytes are taken here".to_owned(),
        ),
        (
            "a chunk of a file that has not begun",
            Method::PUT,
            format!("{other}/chunks/0"),
            b"12345",
            404,
            ErrorCode::NotFound,
            format!(
                "{} is not known here: send the hashes of its chunks first",
                other.trim_start_matches("/v1/files/")
            ),
        ),
        (
            "a file that is not here",
            Method::GET,
            other,
            &[],
            404,
            ErrorCode::NotFound,
            "no such file is known here".to_owned(),
        ),
        (
            "a file of which the first chunk is still to come",
            Method::GET,
            path,
            &[],
            503,
            ErrorCode::Unavailable,
            "chunk 0 of the file is not here yet; try again".to_owned(),
        ),
    ];
    for (case, method, path, body, status, code, reason) in cases {
        let (got, _, answer) = ask(&api, method, &path, None, body.to_vec()).await;
        assert_eq!(got, status, "{case}");
        assert_eq!(refusal(&answer), (code, reason), "{case}");
    }
}

#[tokio::test]
async fn beyond_the_end_there_is_nothing() {
    let api = in_memory();
    let (path, bytes) = sent(&api).await;
    let range = format!("bytes={}-", bytes.len());
    let (status, _, body) = ask(&api, Method::GET, &path, Some(&range), Body::empty()).await;
    assert_eq!(status, 416);
    let reason = format!("the file has {} bytes", bytes.len());
    assert_eq!(refusal(&body), (ErrorCode::RangeBeyondEnd, reason));
}

#[tokio::test]
async fn a_disk_that_runs_low_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let api = api(Attachments::in_folder(folder.path(), u64::MAX).expect("a store"));
    let (tree, _) = file();
    let path = format!("/v1/files/{}", tree.address());
    let (status, body) = put_(&api, &path, &tree.hashes()).await;
    assert_eq!(status, 507);
    let reason = "the disk that files are kept on has too little room left".to_owned();
    assert_eq!(refusal(&body), (ErrorCode::DiskLow, reason));
}

#[tokio::test]
async fn without_the_token_no_route_does_anything() {
    let api = in_memory();
    let (path, bytes) = sent(&api).await;
    let chunk = format!("{path}/chunks/0");
    for (method, path) in [
        (Method::PUT, &path),
        (Method::PUT, &chunk),
        (Method::GET, &path),
    ] {
        for token in [None, Some("Bearer guessed"), Some(TOKEN)] {
            let request = Request::builder().method(&method).uri(path);
            let request = match token {
                Some(token) => request.header(header::AUTHORIZATION, token),
                None => request,
            };
            let request = request.body(Body::from(bytes.clone())).expect("a request");
            let answer = api.clone().oneshot(request).await.expect("an answer");
            assert_eq!(answer.status(), 401, "{method} {path} {token:?}");
        }
    }
}
