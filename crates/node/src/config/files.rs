//! Where a node keeps the files that facts name, and which it fetches.

use std::path::{Path, PathBuf};

use hyper::Uri;
use toml::Spanned;

use super::raw::{RawBucket, RawFiles};
use super::values::Values;
use crate::attachments::{Bucket, Place};

/// What a node does about files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Files {
    /// Where it keeps them.
    pub place: Place,
    /// Which of other nodes' files it fetches.
    pub fetch: Fetch,
}

/// Which files a node fetches from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fetch {
    /// Those that its own clients ask for.
    Asked,
    /// All that it may have, as soon as it hears of them.
    All,
}

impl Files {
    /// What a node with this data folder does unless it is told otherwise.
    #[must_use]
    pub fn of(data: &Path) -> Self {
        Self {
            place: Place::Folder(folder_of_files(data)),
            fetch: Fetch::Asked,
        }
    }
}

/// The folder of files in a data folder.
pub(super) fn folder_of_files(data: &Path) -> PathBuf {
    data.join("files")
}

/// Settles the section `[files]`.
pub(super) fn files(
    raw: Option<Spanned<RawFiles>>,
    data: Option<&Path>,
    values: &mut Values<'_>,
) -> Option<Files> {
    let Some(raw) = raw.map(Spanned::into_inner) else {
        return data.map(Files::of);
    };
    let fetch = match &raw.fetch {
        None => Some(Fetch::Asked),
        Some(text) => match text.get_ref().as_str() {
            "asked" => Some(Fetch::Asked),
            "all" => Some(Fetch::All),
            _ => {
                values.wrong("fetch", text, "either \"asked\" or \"all\"");
                None
            }
        },
    };
    let place = match (&raw.folder, raw.s3) {
        (Some(folder), Some(_)) => {
            let expected = "files are kept in a folder or in a bucket, not in both";
            values.wrong("folder", folder, expected);
            None
        }
        (Some(folder), None) => values.folder_to_be("folder", folder).map(Place::Folder),
        (None, Some(bucket)) => {
            let bucket = self::bucket(bucket.get_ref(), values);
            bucket.map(|bucket| Place::Bucket(Box::new(bucket)))
        }
        (None, None) => data.map(|data| Place::Folder(folder_of_files(data))),
    };
    Some(Files {
        place: place?,
        fetch: fetch?,
    })
}

fn bucket(raw: &RawBucket, values: &mut Values<'_>) -> Option<Bucket> {
    let endpoint = values.needed("endpoint", raw.endpoint.as_ref(), url);
    let bucket = values.needed("bucket", raw.bucket.as_ref(), Values::words);
    let region = values.needed("region", raw.region.as_ref(), Values::words);
    let credentials = values.needed("credentials", raw.credentials.as_ref(), Values::file);
    Some(Bucket {
        endpoint: endpoint?,
        bucket: bucket?,
        region: region?,
        credentials: credentials?,
    })
}

/// An https URL, or an http one of this machine: credentials and files don't cross a network in the clear.
fn url(values: &mut Values<'_>, key: &'static str, raw: &Spanned<String>) -> Option<String> {
    let url: Option<Uri> = raw.get_ref().parse().ok();
    let is_safe = url.is_some_and(|url| {
        let here = matches!(url.host(), Some("127.0.0.1" | "[::1]" | "localhost"));
        let scheme = url.scheme_str();
        url.host().is_some() && (scheme == Some("https") || scheme == Some("http") && here)
    });
    if !is_safe {
        let expected = "a URL that begins with https:// (http:// only for this machine)";
        values.wrong(key, raw, expected);
    }
    is_safe.then(|| raw.get_ref().trim_end_matches('/').to_owned())
}
