//! Styles, scripts and pictures, built from `web/` and embedded in the binary, compressed when built.

use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
struct Dist;

/// Addresses of the assets that every page names. They carry the content's hash, so that browsers
/// keep a file for good and still get a new one at once.
pub(crate) struct AssetNames {
    pub(crate) style: String,
    pub(crate) script: String,
    /// Of the page that checks proofs, in the place of the other.
    pub(crate) check: String,
    pub(crate) icon: String,
}

impl AssetNames {
    pub(crate) fn embedded() -> Self {
        Self {
            style: address("portal.css"),
            script: address("portal.js"),
            check: hashed("check"),
            icon: address("icon.svg"),
        }
    }
}

fn address(name: &str) -> String {
    let hash = Dist::get(name)
        .map(|file| file.metadata.sha256_hash())
        .unwrap_or_default();
    let version: String = hash
        .iter()
        .take(6)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("/assets/{name}?v={version}")
}

/// The address of a script that loads others: the build puts the hash into their names, by which they know each other.
fn hashed(stem: &str) -> String {
    let is_it = |name: &str| {
        let rest = name
            .strip_prefix(stem)
            .and_then(|rest| rest.strip_prefix('-'));
        rest.is_some_and(|rest| rest.ends_with(".js"))
    };
    let name = Dist::iter().find(|name| is_it(name)).unwrap_or_default();
    format!("/assets/{name}")
}

/// One asset, in the best encoding that the build made and the browser takes.
pub(crate) async fn asset(Path(name): Path<String>, asked: HeaderMap) -> Response {
    let Some(media_type) = media_type(&name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let accepted = asked
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let accepts = |encoding: &str| {
        accepted.split(',').any(|one| {
            one.trim() == encoding
                || one.trim().starts_with(&format!("{encoding};")) && !one.contains("q=0")
        })
    };
    let encoded = [("br", "br"), ("gzip", "gz")]
        .into_iter()
        .filter(|(encoding, _)| accepts(encoding));
    let found = encoded
        .filter_map(|(encoding, suffix)| {
            Dist::get(&format!("{name}.{suffix}")).map(|file| (Some(encoding), file))
        })
        .next();
    let Some((encoding, file)) = found.or_else(|| Dist::get(&name).map(|file| (None, file))) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=31536000, immutable"),
    );
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(encoding) = encoding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    (headers, file.data).into_response()
}

/// The types of files that the build makes; other files are not served.
fn media_type(name: &str) -> Option<&'static str> {
    match name.rsplit_once('.')?.1 {
        "css" => Some("text/css; charset=utf-8"),
        "js" => Some("text/javascript; charset=utf-8"),
        "svg" => Some("image/svg+xml"),
        "txt" => Some("text/plain; charset=utf-8"),
        _ => None,
    }
}
