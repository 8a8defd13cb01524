//! Where a log's files are read from: a server, a folder, a bucket.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{ObjectStore, ObjectStoreExt as _};

use crate::limits::{LOG_FILE_BYTES_MAX, LOG_FILE_SECONDS};

/// A place from which a log's C2SP files are read: `checkpoint`, `tile/…`.
#[derive(Clone, Debug)]
pub struct Source {
    name: String,
    files: Files,
}

#[derive(Clone, Debug)]
enum Files {
    Server(reqwest::Client),
    Store(Arc<dyn ObjectStore>),
}

/// Why a file of a log couldn't be read or written.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The place isn't one.
    #[error(
        "{place} is no place of a log's files: give http://…, https://…, s3://bucket/prefix, or a folder"
    )]
    Place {
        /// What was given.
        place: String,
        /// What the library said.
        #[source]
        source: Option<object_store::Error>,
    },
    /// The server doesn't answer, or not as it should.
    #[error("{url} can't be read: is it up?")]
    Unreachable {
        /// What was asked.
        url: String,
        /// What the library said.
        #[source]
        source: Box<reqwest::Error>,
    },
    /// The server answers with an error.
    #[error("{url} answers {status}")]
    Status {
        /// What was asked.
        url: String,
        /// The status.
        status: u16,
    },
    /// The file is longer than any of a log.
    #[error("{name} is longer than any file of a log")]
    TooLong {
        /// The file.
        name: String,
    },
    /// The folder or bucket failed.
    #[error("{place}: a file of the log can't be read or written")]
    Store {
        /// The place.
        place: String,
        /// What the library said.
        #[source]
        source: object_store::Error,
    },
    /// A server can't be written to.
    #[error("{place} is a server, which can't be written to: give a folder or s3://bucket/prefix")]
    ReadOnly {
        /// The place.
        place: String,
    },
}

impl Source {
    /// The place of this name: a URL (`http`, `https`), a bucket (`s3://bucket/prefix`, whose keys come from the environment as
    /// for AWS's own tools), or a folder, which is made if it isn't there.
    ///
    /// # Errors
    /// [`SourceError::Place`].
    pub fn open(place: &str) -> Result<Self, SourceError> {
        let name = place.trim_end_matches('/').to_owned();
        let wrong = |source| SourceError::Place {
            place: place.to_owned(),
            source,
        };
        let files = if name.starts_with("http://") || name.starts_with("https://") {
            Files::Server(client().map_err(|_| wrong(None))?)
        } else if let Some(rest) = name.strip_prefix("s3://") {
            let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
            let bucket = AmazonS3Builder::from_env().with_bucket_name(bucket).build();
            let bucket = bucket.map_err(|source| wrong(Some(source)))?;
            Files::Store(Arc::new(PrefixStore::new(bucket, prefix)))
        } else {
            let folder = PathBuf::from(&name);
            crate::files::create_folder(&folder).map_err(|_| wrong(None))?;
            let store = LocalFileSystem::new_with_prefix(&folder);
            let store = store.map_err(|source| wrong(Some(source)))?;
            Files::Store(Arc::new(store.with_fsync(true)))
        };
        Ok(Self { name, files })
    }

    /// The place, as it was given.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A file; nothing if there is none.
    ///
    /// # Errors
    /// [`SourceError`].
    pub async fn read(&self, path: &str) -> Result<Option<Bytes>, SourceError> {
        match &self.files {
            Files::Server(client) => self.fetch(client, path).await,
            Files::Store(store) => match store.get(&Path::from(path)).await {
                Ok(found) if found.meta.size > LOG_FILE_BYTES_MAX => Err(SourceError::TooLong {
                    name: path.to_owned(),
                }),
                Ok(found) => found.bytes().await.map(Some).map_err(|e| self.failed(e)),
                Err(object_store::Error::NotFound { .. }) => Ok(None),
                Err(error) => Err(self.failed(error)),
            },
        }
    }

    /// Writes a file, whole or not at all.
    ///
    /// # Errors
    /// [`SourceError`].
    pub async fn write(&self, path: &str, bytes: Bytes) -> Result<(), SourceError> {
        match &self.files {
            Files::Server(_) => Err(SourceError::ReadOnly {
                place: self.name.clone(),
            }),
            Files::Store(store) => {
                let written = store.put(&Path::from(path), bytes.into()).await;
                written.map(drop).map_err(|error| self.failed(error))
            }
        }
    }

    fn failed(&self, source: object_store::Error) -> SourceError {
        SourceError::Store {
            place: self.name.clone(),
            source,
        }
    }

    async fn fetch(
        &self,
        client: &reqwest::Client,
        path: &str,
    ) -> Result<Option<Bytes>, SourceError> {
        let url = format!("{}/{path}", self.name);
        let unreachable = |source: reqwest::Error| SourceError::Unreachable {
            url: url.clone(),
            source: Box::new(source),
        };
        let mut answer = client.get(&url).send().await.map_err(unreachable)?;
        match answer.status().as_u16() {
            200 => {}
            404 => return Ok(None),
            status => return Err(SourceError::Status { url, status }),
        }
        let mut bytes = Vec::new();
        while let Some(part) = answer.chunk().await.map_err(unreachable)? {
            bytes.extend_from_slice(&part);
            if bytes.len() as u64 > LOG_FILE_BYTES_MAX {
                return Err(SourceError::TooLong { name: url });
            }
        }
        Ok(Some(bytes.into()))
    }
}

/// A client for what anybody may read: it follows no redirection, so that what is said to be a source's is the source's.
pub(super) fn client() -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder()
        .timeout(Duration::from_secs(LOG_FILE_SECONDS))
        .redirect(reqwest::redirect::Policy::none())
        .build()
}
