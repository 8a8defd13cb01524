//! Removing files that nobody needs, and of their chunks those that no other file has.

use std::collections::BTreeSet;

use deed::FileAddress;
use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt};
use ledger::Digest;
use ledger::file::FileTree;
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt};

use super::error::AttachmentError;
use super::store::{Attachments, BEGUN, WHOLE, address_of, chunk_path, file_path, read};
use crate::limits::UNREFERENCED_FILE_MS;

/// Files that are being removed: their chunks may be gone already.
const GOING: &str = "going";

fn is_old(meta: &ObjectMeta, now_ms: u64) -> bool {
    let sent_ms = u64::try_from(meta.last_modified.timestamp_millis()).unwrap_or(0);
    sent_ms.saturating_add(UNREFERENCED_FILE_MS) <= now_ms
}

impl Attachments {
    /// Files that were sent so long before `now_ms` that they are to go unless a fact names them.
    pub fn old(&self, now_ms: u64) -> BoxStream<'_, Result<FileAddress, AttachmentError>> {
        let listed = [WHOLE, BEGUN].map(|folder| self.objects.list(Some(&Path::from(folder))));
        futures_util::stream::iter(listed)
            .flatten()
            .map_err(AttachmentError::from)
            .try_filter_map(move |meta| async move {
                Ok(address_of(&meta.location).filter(|_| is_old(&meta, now_ms)))
            })
            .boxed()
    }

    /// Removes files that are still old, and what an earlier removal that broke off has left. Of their chunks go those that no
    /// other file has.
    ///
    /// # Errors
    /// [`AttachmentError`]; what is left goes the next time.
    pub async fn remove(&self, files: &[FileAddress], now_ms: u64) -> Result<(), AttachmentError> {
        let _alone = self.removing.write().await;
        for address in files {
            let paths = [WHOLE, BEGUN].map(|folder| file_path(folder, address));
            let mut found = Vec::new();
            for path in &paths {
                match self.objects.head(path).await {
                    Ok(meta) => found.push(meta),
                    Err(object_store::Error::NotFound { .. }) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            // Whoever has just sent it again wants it.
            if found.iter().any(|meta| !is_old(meta, now_ms)) {
                continue;
            }
            self.forget(address);
            for meta in found {
                let hashes = read(&*self.objects, &meta.location)
                    .await?
                    .unwrap_or_default();
                let to = file_path(GOING, address);
                self.objects.put(&to, hashes.into()).await?;
                self.objects.delete(&meta.location).await?;
            }
        }
        let going = self.listed(GOING).await?;
        let mut leaves = BTreeSet::new();
        for path in &going {
            leaves.extend(self.leaves(path).await?);
        }
        for folder in [WHOLE, BEGUN] {
            // One page of names and one file's hashes at a time: there may be many files.
            let mut listed = self.objects.list(Some(&Path::from(folder)));
            while !leaves.is_empty()
                && let Some(meta) = listed.try_next().await?
            {
                for leaf in self.leaves(&meta.location).await? {
                    leaves.remove(&leaf);
                }
            }
        }
        for path in leaves.iter().map(chunk_path).chain(going) {
            match self.objects.delete(&path).await {
                Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    async fn listed(&self, folder: &str) -> Result<Vec<Path>, AttachmentError> {
        let listed = self.objects.list(Some(&Path::from(folder)));
        let paths = listed.map_ok(|meta| meta.location).try_collect();
        Ok(paths.await?)
    }

    async fn leaves(&self, path: &Path) -> Result<Vec<Digest>, AttachmentError> {
        let hashes = read(&*self.objects, path).await?.unwrap_or_default();
        let tree = address_of(path).and_then(|address| FileTree::read(address, &hashes).ok());
        Ok(tree.map_or(Vec::new(), |tree| tree.leaves().to_vec()))
    }
}
