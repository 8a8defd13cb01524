//! Opening a body's node over its store: to run it, and to look at it as it was at one moment.

use std::sync::Arc;

use api::Audit;
use deed::Party;
use ledger::trust::ContractBook;
use protocol::node::{Hosted, Node, Output, Setup};
use tokio::sync::Semaphore;

use super::engine::{DiskNode, EngineOpenError, now_ms};
use super::home::Home;
use super::ledger_keys::LedgerKeys;
use super::link::Link;
use super::status::audit;
use crate::limits::AUDITS_MAX;
use crate::store::{DataFolder, SqliteReader, SqliteStore, StoreOptions};

/// What opening the node takes, again and again if need be.
pub(crate) struct Opening {
    pub(crate) home: Home,
    pub(crate) keys: Arc<LedgerKeys>,
    pub(crate) link: Arc<Link>,
    pub(crate) me: Party,
    pub(crate) hosted: Vec<Party>,
    pub(crate) book: Arc<ContractBook>,
    pub(crate) window_ms: u64,
    pub(crate) folder: DataFolder,
    pub(crate) options: StoreOptions,
}

fn failed(error: impl ToString) -> EngineOpenError {
    EngineOpenError::Setup(error.to_string())
}

impl Opening {
    fn setup(&self) -> Result<Setup, EngineOpenError> {
        let mut hosted = Vec::new();
        for party in std::iter::once(&self.me).chain(&self.hosted) {
            hosted.push(Hosted {
                party: party.clone(),
                keys: self.keys.all(party).map_err(failed)?,
            });
        }
        Ok(Setup {
            me: self.me.clone(),
            hosted,
            secret: self.home.secret().map_err(failed)?,
            home: self.link.belongs().map_err(failed)?,
            notary: self.link.notary().map_err(failed)?.1,
            registrar: Some(self.link.map_keys()),
            book: Arc::clone(&self.book),
            window_ms: self.window_ms,
        })
    }

    /// The node over its store, and what it has to send since it stopped.
    pub(crate) fn open(&self) -> Result<(DiskNode, Vec<Output>), EngineOpenError> {
        let store = SqliteStore::open(&self.folder, self.options)?;
        Ok(Node::open(
            self.setup()?,
            (*self.link.members()).clone(),
            store,
            now_ms(),
        )?)
    }

    /// Audits the store as it is now, beside the engine.
    fn audit(&self) -> Result<Audit, EngineOpenError> {
        let store = SqliteReader::open(self.folder.path())?
            .snapshot()
            .map_err(failed)?;
        let taken_at_ms = now_ms();
        // The directory is no older than the snapshot; what a second node would send is the first one's to send.
        let members = (*self.link.members()).clone();
        let (mut node, _) = Node::open(self.setup()?, members, store, taken_at_ms)?;
        Ok(Audit {
            taken_at_ms,
            findings: audit(&mut node),
        })
    }
}

/// Audits of a running node: each over a snapshot on a thread of its own, while payments go on.
pub(crate) struct Audits {
    opening: Arc<Opening>,
    running: Semaphore,
}

impl Audits {
    pub(crate) fn new(opening: Arc<Opening>) -> Self {
        Self {
            opening,
            running: Semaphore::new(AUDITS_MAX),
        }
    }

    /// Audits the store as it is when its turn comes.
    pub(crate) async fn run(&self) -> Result<Audit, EngineOpenError> {
        let _turn = self.running.acquire().await.map_err(failed)?;
        let opening = Arc::clone(&self.opening);
        tokio::task::spawn_blocking(move || opening.audit())
            .await
            .map_err(failed)?
    }
}
