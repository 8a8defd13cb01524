//! Asks the portal as a browser would, without a socket.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use node::portal::{Portal, router};
use tower::Service;

use super::fixture;

/// A portal of the fixture, with the folder it lives in.
pub(crate) struct Server {
    pub(crate) portal: Portal,
    router: Router,
    folder: tempfile::TempDir,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Server {
    pub(crate) fn full() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self::of(fixture::portal(folder.path()), folder)
    }

    pub(crate) fn of(portal: Portal, folder: tempfile::TempDir) -> Self {
        let router = router(portal.clone());
        Self {
            portal,
            router,
            folder,
        }
    }

    pub(crate) fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    pub(crate) async fn get(&self, address: &str) -> Answer {
        self.ask(Method::GET, address).await
    }

    /// How many bytes come back, and in which encoding, for a browser that takes compressed answers.
    pub(crate) async fn compressed(&self, address: &str) -> (usize, String) {
        let request = Request::builder().uri(address);
        let request = request
            .header("accept-encoding", "gzip")
            .body(Body::empty());
        let answer = self.router.clone().call(request.unwrap()).await.unwrap();
        let encoding = answer.headers()["content-encoding"]
            .to_str()
            .unwrap()
            .to_owned();
        let bytes = answer.into_body().collect().await.unwrap().to_bytes();
        (bytes.len(), encoding)
    }

    /// The page, which must be there.
    pub(crate) async fn page(&self, address: &str) -> String {
        let answer = self.get(address).await;
        assert_eq!(answer.status, StatusCode::OK, "{address}");
        answer.text
    }

    pub(crate) async fn ask(&self, method: Method, address: &str) -> Answer {
        let request = Request::builder().method(method).uri(address);
        let request = request.body(Body::empty()).unwrap();
        let answer = self.router.clone().call(request).await.unwrap();
        let (parts, body) = answer.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Answer {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    /// The answer's frames as they come, for streams that don't end.
    pub(crate) async fn stream(&self, address: &str, last_event_id: Option<u64>) -> Body {
        let mut request = Request::builder().uri(address);
        if let Some(id) = last_event_id {
            request = request.header("last-event-id", id);
        }
        let request = request.body(Body::empty()).unwrap();
        let answer = self.router.clone().call(request).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        answer.into_body()
    }

    /// A file, read as rows by the names of its columns.
    pub(crate) async fn csv(
        &self,
        address: &str,
    ) -> Vec<std::collections::BTreeMap<String, String>> {
        let text = self.page(address).await;
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        reader.deserialize().map(Result::unwrap).collect()
    }

    pub(crate) async fn json(&self, address: &str) -> serde_json::Value {
        serde_json::from_str(&self.page(address).await).unwrap()
    }
}
