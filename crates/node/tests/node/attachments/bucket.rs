//! Files in a bucket: against a small server that speaks as much of the S3 protocol as a node asks for. No real service is
//! tested here.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use futures_util::TryStreamExt;
use node::attachments::{Attachments, Bucket, Place, PlaceError};

use super::{DAY_MS, file, only, send, whole};

/// The objects by key.
type Objects = Arc<Mutex<BTreeMap<String, Bytes>>>;

const SENT: &str = "Fri, 20 Nov 2026 12:00:00 GMT";

/// One request as the protocol has it: objects under `/county-files/`, and the two that are about many of them.
async fn serve(
    State(objects): State<Objects>,
    method: Method,
    uri: Uri,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let signed = headers.get("authorization").map(|v| v.to_str().unwrap());
    if !signed.is_some_and(|v| v.starts_with("AWS4-HMAC-SHA256 Credential=the-id/")) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let key = uri
        .path()
        .trim_start_matches("/county-files")
        .trim_start_matches('/');
    let query = query.unwrap_or_default();
    let mut objects = objects.lock().unwrap();
    match method {
        Method::PUT => {
            objects.insert(key.to_owned(), body);
            [("etag", "\"e\"")].into_response()
        }
        Method::POST if query.starts_with("delete") => {
            let text = String::from_utf8(body.to_vec()).unwrap();
            let keys = text.split("<Key>").skip(1);
            let keys = keys.filter_map(|rest| rest.split('<').next());
            let deleted = keys.map(|key| {
                objects.remove(key);
                format!("<Deleted><Key>{key}</Key></Deleted>")
            });
            let deleted: String = deleted.collect();
            format!("<DeleteResult>{deleted}</DeleteResult>").into_response()
        }
        Method::GET if key.is_empty() => {
            let prefix = query.split('&').find_map(|p| p.strip_prefix("prefix="));
            let prefix = prefix.unwrap_or_default().replace("%2F", "/");
            let listed = objects.iter().filter(|(key, _)| key.starts_with(&prefix));
            let listed: String = listed
                .map(|(key, bytes)| {
                    let size = bytes.len();
                    format!(
                        "<Contents><Key>{key}</Key><LastModified>2026-11-20T12:00:00.000Z</LastModified>\
                         <ETag>\"e\"</ETag><Size>{size}</Size></Contents>"
                    )
                })
                .collect();
            format!("<ListBucketResult>{listed}</ListBucketResult>").into_response()
        }
        _ => match objects.get(key) {
            Some(bytes) => {
                ([("etag", "\"e\""), ("last-modified", SENT)], bytes.clone()).into_response()
            }
            None => StatusCode::NOT_FOUND.into_response(),
        },
    }
}

async fn bucket(credentials: &Path) -> (Place, Objects) {
    let objects = Objects::default();
    let app = Router::new()
        .fallback(serve)
        .with_state(Arc::clone(&objects));
    let app = app.layer(axum::extract::DefaultBodyLimit::disable());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    let place = Place::Bucket(Box::new(Bucket {
        endpoint,
        bucket: "county-files".to_owned(),
        region: "eu-west-2".to_owned(),
        credentials: credentials.to_owned(),
    }));
    (place, objects)
}

#[tokio::test]
async fn a_bucket_keeps_files_as_a_folder_does() {
    let folder = tempfile::tempdir().unwrap();
    let credentials = folder.path().join("s3");
    std::fs::write(&credentials, "the-id\nthe-secret\n").unwrap();
    let (place, objects) = bucket(&credentials).await;
    let kept = Attachments::at(&place).unwrap();
    let file = file(1, 3);
    let address = file.0.address();
    let missing = kept.begin(address, &file.0.hashes()).await.unwrap();
    assert_eq!(missing, only(0..3));
    send(&kept, &file).await;
    assert!(kept.holds(address).await.unwrap());
    // Another process, which has not seen it yet.
    let again = Attachments::at(&place).unwrap();
    assert_eq!(whole(&again, address).await, Some(file.1.concat()));
    // The server says that everything was sent at noon on 20 November 2026.
    let noon_ms = 1_795_176_000_000;
    let old: Vec<_> = again.old(noon_ms + DAY_MS - 1).try_collect().await.unwrap();
    assert_eq!(old, []);
    let old: Vec<_> = again.old(noon_ms + DAY_MS).try_collect().await.unwrap();
    assert_eq!(old, [address]);
    again.remove(&old, noon_ms + DAY_MS).await.unwrap();
    assert_eq!(*objects.lock().unwrap(), BTreeMap::new());
}

#[tokio::test]
async fn credentials_that_cannot_be_used_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s3");
    let (place, _) = bucket(&path).await;
    let refused = || Attachments::at(&place).unwrap_err();
    assert!(matches!(refused(), PlaceError::Credentials { .. }));
    for text in ["", "the-id\n", "the-id\nthe-secret\nmore\n"] {
        std::fs::write(&path, text).unwrap();
        assert_eq!(
            refused().to_string(),
            PlaceError::Lines { path: path.clone() }.to_string(),
            "{text:?}"
        );
    }
}
