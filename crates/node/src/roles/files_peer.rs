//! Giving files to other nodes: only to those whose parties have a part in a fact that names the file. To everybody else a
//! file that is here looks like one that isn't.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use deed::Party;
use ledger::codec;
use ledger::limits::CHUNK_BYTES;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::files::FilesError;
use super::files_elsewhere::{Asked, CHUNK_PATH, Elsewhere, TREE_PATH};
use crate::attachments::Attachments;
use crate::limits::{BODY_MS, FILE_REPLIES_MAX, FILE_REPLIES_PER_PARTY_MAX};
use crate::transport::{PeerReply, StatusCode};

/// What gives files to other nodes.
pub(crate) struct Giving {
    kept: Arc<Attachments>,
    elsewhere: Arc<Elsewhere>,
    /// Places for answers in memory: of all nodes together, and of each.
    all: Arc<Semaphore>,
    each: Mutex<BTreeMap<Party, Arc<Semaphore>>>,
}

/// An answer that keeps its places until the network has taken it: who doesn't take its answers gets no more of them.
struct Placed {
    bytes: Bytes,
    _places: [OwnedSemaphorePermit; 2],
}

impl AsRef<[u8]> for Placed {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Giving {
    pub(crate) fn new(kept: Arc<Attachments>, elsewhere: Arc<Elsewhere>) -> Self {
        Self {
            kept,
            elsewhere,
            all: Arc::new(Semaphore::new(FILE_REPLIES_MAX)),
            each: Mutex::default(),
        }
    }

    /// Whether a path is about files.
    pub(crate) fn is_asked(path: &str) -> bool {
        [TREE_PATH, CHUNK_PATH].contains(&path)
    }

    /// Answers a member's node.
    pub(crate) async fn answer(&self, from: &Party, path: &str, body: &[u8]) -> PeerReply {
        let Ok(asked) = codec::decode::<Asked>(body) else {
            return PeerReply::new(StatusCode::BAD_REQUEST, "not a piece of a file");
        };
        let Some(places) = self.places(from).await else {
            return PeerReply::new(StatusCode::SERVICE_UNAVAILABLE, "too much is on its way");
        };
        match self.piece(from, path, asked).await {
            Ok(Some(bytes)) => PeerReply::ok(Bytes::from_owner(Placed {
                bytes,
                _places: places,
            })),
            Ok(None) => PeerReply::new(StatusCode::NOT_FOUND, "nothing here"),
            Err(error) => {
                tracing::warn!(%error, "a file can't be given now");
                PeerReply::new(StatusCode::SERVICE_UNAVAILABLE, "not now")
            }
        }
    }

    async fn places(&self, from: &Party) -> Option<[OwnedSemaphorePermit; 2]> {
        let own = {
            let mut each = self.each.lock().unwrap_or_else(PoisonError::into_inner);
            let own = each
                .entry(from.clone())
                .or_insert_with(|| Arc::new(Semaphore::new(FILE_REPLIES_PER_PARTY_MAX)));
            Arc::clone(own)
        };
        let both = async {
            let own = own.acquire_owned().await.ok()?;
            let common = Arc::clone(&self.all).acquire_owned().await.ok()?;
            Some([own, common])
        };
        timeout(Duration::from_millis(BODY_MS), both).await.ok()?
    }

    async fn piece(
        &self,
        from: &Party,
        path: &str,
        asked: Asked,
    ) -> Result<Option<Bytes>, FilesError> {
        let address = asked.address();
        if !self.elsewhere.may_have(from, address).await? {
            return Ok(None);
        }
        let Some(tree) = self.kept.tree(address).await? else {
            return Ok(None);
        };
        if path == CHUNK_PATH {
            return Ok(self.kept.chunk(&tree, asked.index).await?);
        }
        let hashes = tree.leaves().iter().flat_map(|leaf| leaf.0);
        let before = asked.index.saturating_mul(CHUNK_BYTES as u64);
        let before = usize::try_from(before).unwrap_or(usize::MAX);
        let piece: Vec<u8> = hashes.skip(before).take(CHUNK_BYTES).collect();
        Ok((!piece.is_empty()).then(|| piece.into()))
    }
}
