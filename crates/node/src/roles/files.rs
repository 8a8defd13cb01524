//! The files of a body's node: what is kept here, what others have, and what is done about it as time goes by.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use deed::FileAddress;
use futures_util::TryStreamExt as _;
use ledger::file::FileTree;
use tokio::sync::Semaphore;

use super::engine::{EngineError, now_ms};
use super::files_elsewhere::Elsewhere;
use crate::attachments::{AttachmentError, Attachments};
use crate::limits::{FILE_REQUESTS_MAX, FILES_REMOVED_MAX, FILES_TIDIED_SECONDS};

/// Why a file can't be had.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FilesError {
    /// What is kept here.
    #[error(transparent)]
    Kept(#[from] AttachmentError),
    /// The node.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// Nobody who may have it gives it now.
    #[error("none of those who share a fact that names the file gives it now: {0}")]
    Elsewhere(String),
    /// Part of it hasn't been sent yet.
    #[error("chunk {0} of the file is not here yet; try again")]
    Missing(u64),
}

/// The files of a body's node. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Files {
    pub(crate) kept: Arc<Attachments>,
    /// Other nodes, and what this one knows of who has a part in what.
    pub(super) elsewhere: Option<Arc<Elsewhere>>,
    /// Places for clients that send or fetch.
    pub(super) places: Arc<Semaphore>,
}

impl Files {
    pub(crate) fn new(kept: Attachments, elsewhere: Option<Arc<Elsewhere>>) -> Self {
        Self {
            kept: Arc::new(kept),
            elsewhere,
            places: Arc::new(Semaphore::new(FILE_REQUESTS_MAX)),
        }
    }

    /// The tree of a file; `None` for a file that is neither here nor named by a fact.
    pub(super) async fn tree(
        &self,
        address: FileAddress,
    ) -> Result<Option<Arc<FileTree>>, FilesError> {
        let kept = self.kept.tree(address).await?;
        let Some(elsewhere) = self.elsewhere.as_ref().filter(|_| kept.is_none()) else {
            return Ok(kept);
        };
        let Some(tree) = elsewhere.tree(address).await? else {
            return Ok(None);
        };
        self.kept.begin(address, &tree.hashes()).await?;
        Ok(Some(Arc::new(tree)))
    }

    /// A chunk of a file: kept here, or fetched and kept from now on.
    pub(super) async fn chunk(&self, tree: &FileTree, index: u64) -> Result<Bytes, FilesError> {
        if let Some(chunk) = self.kept.chunk(tree, index).await? {
            return Ok(chunk);
        }
        let elsewhere = self.elsewhere.as_ref().ok_or(FilesError::Missing(index))?;
        let chunk = elsewhere.chunk(tree, index).await?;
        let chunk = chunk.ok_or(FilesError::Missing(index))?;
        self.kept.put(tree.address(), index, chunk.clone()).await?;
        Ok(chunk)
    }

    /// Whether all of a file is kept here by now.
    pub(super) async fn settle(&self, tree: &FileTree) -> Result<bool, FilesError> {
        let address = tree.address();
        if self.kept.holds(address).await? {
            return Ok(true);
        }
        let missing = self.kept.begin(address, &tree.hashes()).await?;
        Ok(missing.is_empty())
    }

    /// Removes what nobody needs, for as long as the process runs.
    pub(crate) async fn keep_tidy(self) {
        loop {
            tokio::time::sleep(Duration::from_secs(FILES_TIDIED_SECONDS)).await;
            if let Err(error) = self.tidy(now_ms()).await {
                tracing::warn!(%error, "files that nobody needs could not be removed; trying again");
            }
        }
    }

    async fn tidy(&self, now_ms: u64) -> Result<(), FilesError> {
        let mut old = self.kept.old(now_ms);
        let mut unneeded = Vec::new();
        while let Some(address) = old.try_next().await? {
            let needed = match &self.elsewhere {
                Some(elsewhere) => elsewhere.is_named(address).await?,
                None => false,
            };
            if !needed {
                unneeded.push(address);
            }
            if unneeded.len() == FILES_REMOVED_MAX {
                self.kept.remove(&unneeded, now_ms).await?;
                unneeded.clear();
            }
        }
        Ok(self.kept.remove(&unneeded, now_ms).await?)
    }
}
