//! What all handlers share.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use super::assets::AssetNames;
use super::description::Description;
use super::limits::{EVENT_STREAMS_MAX, READS_MAX};
use super::pages::PageError;
use super::store::{PortalStore, Snapshot};

/// Whom the figures cover, and when the log was looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Members of the network, in the order in which pages list them.
    pub organisations: Vec<Organisation>,
    /// Entries of the log when it was last looked at. Not all of them need have arrived here.
    pub log_size: u64,
    /// When the log was last looked at with success, Unix milliseconds.
    pub log_read_at: Option<i64>,
    /// Since when the log can't be read, Unix milliseconds; None while it can.
    pub unreachable_since: Option<i64>,
}

/// A member of the network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organisation {
    /// Party id.
    pub id: String,
    /// Name in the network map.
    pub name: String,
    /// What it does here, in plain words: one sentence.
    pub role: String,
    /// Whether it is expected to publish payments, as the service's description says.
    pub reports: bool,
}

/// The portal: an index, a coverage, and the doors to both. Cheap to clone.
#[derive(Clone)]
pub struct Portal(Arc<Inner>);

struct Inner {
    store: Arc<PortalStore>,
    coverage: watch::Sender<Coverage>,
    closed: watch::Sender<bool>,
    reads: Semaphore,
    streams: Arc<Semaphore>,
    assets: AssetNames,
    /// The network's trust file.
    trust: watch::Sender<Option<String>>,
}

impl Portal {
    /// A portal over an index, of a network with this trust file, if it is known already. Facts are handed to [`PortalStore::ingest`]; pages and
    /// events follow.
    #[must_use]
    pub fn new(store: Arc<PortalStore>, coverage: Coverage, trust: Option<String>) -> Self {
        Self(Arc::new(Inner {
            store,
            coverage: watch::Sender::new(coverage),
            closed: watch::Sender::new(false),
            reads: Semaphore::new(READS_MAX),
            streams: Arc::new(Semaphore::new(EVENT_STREAMS_MAX)),
            assets: AssetNames::embedded(),
            trust: watch::Sender::new(trust),
        }))
    }

    /// Sets whom the figures cover, and when the log was looked at.
    pub fn set_coverage(&self, coverage: Coverage) {
        self.0.coverage.send_replace(coverage);
    }

    /// Sets the network's trust file; none while it isn't known which keys sign.
    pub fn set_trust(&self, trust: Option<String>) {
        self.0.trust.send_replace(trust);
    }

    /// Ends all event streams, now and from now on: they would keep a server from stopping.
    pub fn close(&self) {
        self.0.closed.send_replace(true);
    }

    /// The index.
    #[must_use]
    pub fn store(&self) -> &Arc<PortalStore> {
        &self.0.store
    }

    pub(crate) fn description(&self) -> &Arc<Description> {
        self.0.store.description()
    }

    pub(crate) fn coverage(&self) -> Coverage {
        self.0.coverage.borrow().clone()
    }

    pub(crate) fn assets(&self) -> &AssetNames {
        &self.0.assets
    }

    pub(crate) fn trust(&self) -> Option<String> {
        self.0.trust.borrow().clone()
    }

    pub(crate) fn closed(&self) -> watch::Receiver<bool> {
        self.0.closed.subscribe()
    }

    /// A place among the readers of events, if one is free.
    pub(crate) fn stream_place(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.0.streams).try_acquire_owned().ok()
    }

    /// Reads one moment of the index away from the threads that serve the network.
    pub(crate) async fn read<T, F>(&self, read: F) -> Result<T, PageError>
    where
        T: Send + 'static,
        F: FnOnce(&Snapshot<'_>) -> Result<T, PageError> + Send + 'static,
    {
        let _place = self
            .0
            .reads
            .acquire()
            .await
            .map_err(|_| PageError::Stopping)?;
        let store = Arc::clone(&self.0.store);
        tokio::task::spawn_blocking(move || store.read(read))
            .await
            .unwrap_or(Err(PageError::Stopping))
    }
}
