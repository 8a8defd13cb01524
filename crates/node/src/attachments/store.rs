//! Keeping files and giving them: chunk by chunk, each checked on its way in and on its way out.

use std::collections::VecDeque;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use deed::FileAddress;
use futures_util::{StreamExt, TryStreamExt, stream};
use ledger::Digest;
use ledger::file::FileTree;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use tokio::sync::RwLock;

use super::error::AttachmentError;
use crate::files::disk_bytes;
use crate::limits::{CHUNKS_LOOKED_FOR_MAX, TREES_KNOWN_MAX};

/// Files of which all chunks are there.
pub(super) const WHOLE: &str = "files";
/// Files of which chunks may be missing.
pub(super) const BEGUN: &str = "begun";

/// The files kept at one place.
#[derive(Debug)]
pub struct Attachments {
    pub(super) objects: Arc<dyn ObjectStore>,
    /// The folder whose disk may run full, and how much of it stays free.
    disk: Option<(PathBuf, u64)>,
    /// The trees used last: each chunk of a file needs its tree.
    known: Mutex<VecDeque<Arc<FileTree>>>,
    /// Taken alone while files are removed, so that no chunk goes that has just been found to be there.
    pub(super) removing: RwLock<()>,
}

pub(super) fn chunk_path(leaf: &Digest) -> Path {
    let hex = leaf.hex();
    let (folder, _) = hex.split_at(2);
    Path::from_iter(["chunks", folder, &hex])
}

pub(super) fn file_path(folder: &str, address: &FileAddress) -> Path {
    let name = format!("{}-{}", Digest(address.root), address.bytes);
    Path::from_iter([folder, &name])
}

/// The file that an object of [`file_path`] is about.
pub(super) fn address_of(path: &Path) -> Option<FileAddress> {
    let (root, bytes) = path.filename()?.split_once('-')?;
    format!("sha256-tree:{root}:{bytes}").parse().ok()
}

/// The object's bytes; `None` if there is none.
pub(super) async fn read(
    objects: &dyn ObjectStore,
    path: &Path,
) -> Result<Option<Bytes>, AttachmentError> {
    match objects.get(path).await {
        Ok(found) => Ok(Some(found.bytes().await?)),
        Err(object_store::Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

impl Attachments {
    /// Files in an object store, and the folder whose disk it fills, if it is one, with what is to stay free there.
    #[must_use]
    pub fn new(objects: Arc<dyn ObjectStore>, disk: Option<(PathBuf, u64)>) -> Self {
        Self {
            objects,
            disk,
            known: Mutex::default(),
            removing: RwLock::default(),
        }
    }

    /// Takes the hashes of a file's chunks, one after the other, and says which chunks are missing: of all equal ones, all. A
    /// file without missing ones is kept from then on. Saying the same again is harmless, and how sending goes on after a break.
    ///
    /// # Errors
    /// [`AttachmentError`].
    pub async fn begin(
        &self,
        address: FileAddress,
        hashes: &[u8],
    ) -> Result<Vec<Range<u64>>, AttachmentError> {
        let tree = Arc::new(FileTree::read(address, hashes)?);
        let _keeping = self.removing.read().await;
        // Also what is there already: it counts as sent today.
        let begun = file_path(BEGUN, &address);
        self.write(&begun, tree.hashes().into()).await?;
        let missing = self.missing(&tree).await?;
        if missing.is_empty() {
            self.write(&file_path(WHOLE, &address), tree.hashes().into())
                .await?;
            self.objects.delete(&begun).await?;
        }
        self.know(tree);
        Ok(missing)
    }

    async fn missing(&self, tree: &FileTree) -> Result<Vec<Range<u64>>, AttachmentError> {
        let there = stream::iter(tree.leaves().to_vec())
            .map(|leaf| async move { self.there(&chunk_path(&leaf)).await })
            .buffered(CHUNKS_LOOKED_FOR_MAX);
        let there: Vec<bool> = there.try_collect().await?;
        let mut missing: Vec<Range<u64>> = Vec::new();
        for (index, _) in (0..).zip(&there).filter(|(_, there)| !**there) {
            match missing.last_mut().filter(|last| last.end == index) {
                Some(last) => last.end = index + 1,
                None => missing.push(index..index + 1),
            }
        }
        Ok(missing)
    }

    /// Keeps a chunk of a file that has begun, if it is the one at this place.
    ///
    /// # Errors
    /// [`AttachmentError`].
    pub async fn put(
        &self,
        address: FileAddress,
        index: u64,
        chunk: Bytes,
    ) -> Result<(), AttachmentError> {
        let _keeping = self.removing.read().await;
        let tree = self.tree(address).await?;
        let tree = tree.ok_or(AttachmentError::Unknown { address })?;
        tree.check(index, &chunk)?;
        let leaf = usize::try_from(index)
            .ok()
            .and_then(|at| tree.leaves().get(at));
        let path = chunk_path(leaf.ok_or(AttachmentError::Unknown { address })?);
        if self.there(&path).await? {
            return Ok(());
        }
        self.write(&path, chunk).await
    }

    /// Whether the whole file is here.
    ///
    /// # Errors
    /// [`AttachmentError::Store`].
    pub async fn holds(&self, address: FileAddress) -> Result<bool, AttachmentError> {
        self.there(&file_path(WHOLE, &address)).await
    }

    /// The tree of a file that is here, or has begun to be.
    ///
    /// # Errors
    /// [`AttachmentError::Store`].
    pub async fn tree(
        &self,
        address: FileAddress,
    ) -> Result<Option<Arc<FileTree>>, AttachmentError> {
        let known = {
            let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            known.iter().find(|tree| tree.address() == address).cloned()
        };
        if known.is_some() {
            return Ok(known);
        }
        for folder in [WHOLE, BEGUN] {
            if let Some(hashes) = read(&*self.objects, &file_path(folder, &address)).await?
                && let Ok(tree) = FileTree::read(address, &hashes)
            {
                let tree = Arc::new(tree);
                self.know(Arc::clone(&tree));
                return Ok(Some(tree));
            }
        }
        Ok(None)
    }

    /// A chunk of a file; `None` if it isn't here. What is damaged isn't here either: it is put away, so that it can come again.
    ///
    /// # Errors
    /// [`AttachmentError::Store`].
    pub async fn chunk(
        &self,
        tree: &FileTree,
        index: u64,
    ) -> Result<Option<Bytes>, AttachmentError> {
        let at = usize::try_from(index).ok();
        let Some(leaf) = at.and_then(|at| tree.leaves().get(at)) else {
            return Ok(None);
        };
        let path = chunk_path(leaf);
        let chunk = read(&*self.objects, &path).await?;
        if let Some(chunk) = &chunk
            && tree.check(index, chunk).is_err()
        {
            tracing::error!(%path, "a chunk of a file is damaged and counts as missing");
            let _keeping = self.removing.read().await;
            self.objects.delete(&path).await?;
            self.take_back(tree).await?;
            return Ok(None);
        }
        Ok(chunk)
    }

    /// A file that was whole has a chunk less: it is one that has begun.
    async fn take_back(&self, tree: &FileTree) -> Result<(), AttachmentError> {
        let address = tree.address();
        self.write(&file_path(BEGUN, &address), tree.hashes().into())
            .await?;
        match self.objects.delete(&file_path(WHOLE, &address)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    async fn there(&self, path: &Path) -> Result<bool, AttachmentError> {
        match self.objects.head(path).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Writes an object, unless what stays free of the disk would be too little for everything else that a node writes.
    async fn write(&self, path: &Path, bytes: Bytes) -> Result<(), AttachmentError> {
        if let Some((folder, reserve)) = &self.disk {
            let free = disk_bytes(folder).map_or(u64::MAX, |(free, _)| free);
            if free < reserve.saturating_add(bytes.len() as u64) {
                return Err(AttachmentError::DiskLow);
            }
        }
        self.objects.put(path, bytes.into()).await?;
        Ok(())
    }

    fn know(&self, tree: Arc<FileTree>) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|other| other.address() != tree.address());
        known.truncate(TREES_KNOWN_MAX - 1);
        known.push_front(tree);
    }

    /// Forgets a tree that is no longer kept.
    pub(super) fn forget(&self, address: &FileAddress) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|tree| tree.address() != *address);
    }
}
