//! Where files are kept: a folder of this machine's, or a bucket that speaks the S3 protocol.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;

use super::error::PlaceError;
use super::store::Attachments;
use crate::files::create_folder;
use crate::limits::FILES_DISK_RESERVE_BYTES;

/// Where files are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A folder, made when it isn't there.
    Folder(PathBuf),
    /// A bucket.
    Bucket(Box<Bucket>),
}

/// A bucket that speaks the S3 protocol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// The URL of the service.
    pub endpoint: String,
    /// The bucket's name.
    pub bucket: String,
    /// The region that requests are signed for.
    pub region: String,
    /// A file of two lines: the access key's id and its secret.
    pub credentials: PathBuf,
}

impl Attachments {
    /// The files that are kept at a place.
    ///
    /// # Errors
    /// [`PlaceError`].
    pub fn at(place: &Place) -> Result<Self, PlaceError> {
        match place {
            Place::Folder(folder) => Self::in_folder(folder, FILES_DISK_RESERVE_BYTES),
            Place::Bucket(bucket) => Self::in_bucket(bucket),
        }
    }

    /// The files in a folder, on a disk of which so many bytes are to stay free.
    ///
    /// # Errors
    /// [`PlaceError::Folder`] and [`PlaceError::Settings`].
    pub fn in_folder(folder: &Path, reserve_bytes: u64) -> Result<Self, PlaceError> {
        create_folder(folder).map_err(|source| PlaceError::Folder {
            folder: folder.to_owned(),
            source,
        })?;
        // A chunk that was acknowledged is on the disk: whoever sent it may forget it.
        let objects = LocalFileSystem::new_with_prefix(folder)?.with_fsync(true);
        Ok(Self::new(
            Arc::new(objects),
            Some((folder.to_owned(), reserve_bytes)),
        ))
    }

    fn in_bucket(place: &Bucket) -> Result<Self, PlaceError> {
        let path = || place.credentials.clone();
        let credentials = fs::read_to_string(&place.credentials).map_err(|source| {
            let path = path();
            PlaceError::Credentials { path, source }
        })?;
        let mut lines = credentials
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty());
        let (Some(id), Some(secret), None) = (lines.next(), lines.next(), lines.next()) else {
            return Err(PlaceError::Lines { path: path() });
        };
        let objects = AmazonS3Builder::new()
            .with_endpoint(&place.endpoint)
            .with_bucket_name(&place.bucket)
            .with_region(&place.region)
            .with_access_key_id(id)
            .with_secret_access_key(secret)
            // For a service on this machine; elsewhere the configuration asks for https.
            .with_allow_http(place.endpoint.starts_with("http://"))
            .build()?;
        Ok(Self::new(Arc::new(objects), None))
    }
}
