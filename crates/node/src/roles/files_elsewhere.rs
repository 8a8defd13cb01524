//! Files that other nodes keep: who may have which, and asking for them.
//!
//! The nodes asked are those of the parties with a part in a fact that names the file. What they say is checked against the
//! address before it counts, so that whoever gives something else only wastes time.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use deed::{FileAddress, Party};
use ledger::codec;
use ledger::file::{FileTree, chunks};
use ledger::limits::{CHUNK_BYTES, FILE_BYTES_MAX};
use minicbor::{Decode, Encode};
use protocol::node::Input;
use tokio::sync::Semaphore;

use super::engine::{Engine, EngineError};
use super::files::FilesError;
use super::link::Link;
use crate::limits::CHUNKS_FETCHED_MAX;
use crate::transport::{PeerClient, StatusCode};

/// Where a peer is asked for a file's tree.
pub(super) const TREE_PATH: &str = "/peer/v1/files/tree";
/// Where a peer is asked for a chunk.
pub(super) const CHUNK_PATH: &str = "/peer/v1/files/chunk";

/// A piece of a file that a peer is asked for: a chunk by its number, or a MiB of the hashes of all chunks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(super) struct Asked {
    #[cbor(n(0), with = "minicbor::bytes")]
    root: [u8; 32],
    #[n(1)]
    bytes: u64,
    #[n(2)]
    pub(super) index: u64,
}

impl Asked {
    fn of(FileAddress { root, bytes }: FileAddress, index: u64) -> Self {
        Self { root, bytes, index }
    }

    pub(super) fn address(&self) -> FileAddress {
        let Self { root, bytes, .. } = *self;
        FileAddress { root, bytes }
    }
}

/// Why a node gives nothing.
#[derive(Debug, thiserror::Error)]
enum NotGiven {
    /// It says that it doesn't, or gives something else.
    #[error("{0}")]
    Refused(String),
    /// It can't be reached, or can't now.
    #[error("{0}")]
    Silent(String),
}

/// Other nodes, as far as files go.
pub(crate) struct Elsewhere {
    engine: Engine,
    link: Arc<Link>,
    /// Connections of their own: files don't hold up messages.
    clients: Mutex<BTreeMap<Party, Arc<PeerClient>>>,
    /// Places for answers that are on their way.
    room: Semaphore,
}

impl Elsewhere {
    pub(crate) fn new(engine: Engine, link: Arc<Link>) -> Self {
        Self {
            engine,
            link,
            clients: Mutex::default(),
            room: Semaphore::new(CHUNKS_FETCHED_MAX),
        }
    }

    /// The other nodes that may have a file; `None` if no fact seen here names it.
    pub(super) async fn nodes(
        &self,
        address: FileAddress,
    ) -> Result<Option<Vec<Party>>, EngineError> {
        let nodes = self.engine.ask(move |node| {
            let named = node.is_file_named(&address)?;
            named.then(|| node.nodes_of_file(&address)).transpose()
        });
        Ok(nodes.await??)
    }

    /// Whether a member's node may have a file from this one.
    pub(super) async fn may_have(
        &self,
        member: &Party,
        address: FileAddress,
    ) -> Result<bool, EngineError> {
        let member = member.clone();
        let may = self
            .engine
            .ask(move |node| node.may_have_file(&address, &member));
        Ok(may.await??)
    }

    /// Whether a fact seen here names a file.
    pub(super) async fn is_named(&self, address: FileAddress) -> Result<bool, EngineError> {
        let named = self.engine.ask(move |node| node.is_file_named(&address));
        Ok(named.await??)
    }

    /// Up to so many files after this one that may not be kept here yet.
    pub(super) async fn wanted(
        &self,
        after: Option<FileAddress>,
        limit: usize,
    ) -> Result<Vec<FileAddress>, EngineError> {
        let wanted = self
            .engine
            .ask(move |node| node.wanted_files(after.as_ref(), limit));
        Ok(wanted.await??)
    }

    /// Notes that a file is kept here, whole.
    pub(super) fn note_kept(&self, address: FileAddress) -> Result<(), EngineError> {
        self.engine.tell(vec![Input::FileKept(address)])
    }

    /// The tree of a file; `None` if no fact seen here names it.
    pub(super) async fn tree(&self, address: FileAddress) -> Result<Option<FileTree>, FilesError> {
        let Some(nodes) = self.nodes(address).await? else {
            return Ok(None);
        };
        let mut said = String::new();
        for node in nodes {
            match self.shown_by(&node, address).await? {
                Ok(tree) => return Ok(Some(tree)),
                Err(refused) => said = refused.to_string(),
            }
        }
        Err(FilesError::Elsewhere(said))
    }

    /// Asks those who share a file, and have yet to show that they have it, for its hashes; whether all have answered. Until
    /// then this node, which has the file from somebody else, doesn't give it to those with whom they share it.
    pub(super) async fn settle_doubts(&self, address: FileAddress) -> Result<bool, FilesError> {
        let doubted = self.engine.ask(move |node| node.doubted_sharers(&address));
        let mut all = true;
        for node in doubted.await?.map_err(EngineError::from)? {
            let shown = self.shown_by(&node, address).await?;
            all &= !matches!(shown, Err(NotGiven::Silent(_)));
        }
        Ok(all)
    }

    /// The tree of a file as a node gives it, which thereby shows that it has the file.
    async fn shown_by(
        &self,
        node: &Party,
        address: FileAddress,
    ) -> Result<Result<FileTree, NotGiven>, EngineError> {
        let bytes = 32 * chunks(address.bytes.min(FILE_BYTES_MAX));
        let mut hashes = Vec::new();
        for index in 0..bytes.div_ceil(CHUNK_BYTES as u64) {
            match self.ask(node, TREE_PATH, Asked::of(address, index)).await {
                Ok(piece) => hashes.extend_from_slice(&piece),
                Err(refused) => return Ok(Err(refused)),
            }
        }
        match FileTree::read(address, &hashes) {
            Ok(tree) => {
                let shown = Input::FileShown(address, node.clone());
                self.engine.tell(vec![shown])?;
                Ok(Ok(tree))
            }
            Err(error) => Ok(Err(NotGiven::Refused(wrong(node, &error.to_string())))),
        }
    }

    /// A chunk of a file; `None` if no fact seen here names the file.
    pub(super) async fn chunk(
        &self,
        tree: &FileTree,
        index: u64,
    ) -> Result<Option<Bytes>, FilesError> {
        let Some(nodes) = self.nodes(tree.address()).await? else {
            return Ok(None);
        };
        let mut said = String::new();
        for node in nodes {
            let asked = Asked::of(tree.address(), index);
            match self.ask(&node, CHUNK_PATH, asked).await {
                Ok(chunk) => match tree.check(index, &chunk) {
                    Ok(()) => return Ok(Some(chunk)),
                    Err(error) => said = wrong(&node, &error.to_string()),
                },
                Err(refused) => said = refused.to_string(),
            }
        }
        Err(FilesError::Elsewhere(said))
    }

    async fn ask(&self, node: &Party, path: &str, asked: Asked) -> Result<Bytes, NotGiven> {
        let Some(client) = self.client(node) else {
            let reason = format!("{node} is not in the directory");
            return Err(NotGiven::Refused(reason));
        };
        let silent = |reason: String| NotGiven::Silent(reason);
        let room = self.room.acquire().await;
        let _room = room.map_err(|error| silent(error.to_string()))?;
        let reply = client.post(path, codec::encode(&asked)).await;
        let reply = reply.map_err(|error| silent(error.to_string()))?;
        match reply.status {
            StatusCode::OK => Ok(reply.body),
            status if status.is_server_error() => {
                Err(NotGiven::Silent(format!("{node} answers {status}")))
            }
            status => Err(NotGiven::Refused(format!("{node} answers {status}"))),
        }
    }

    /// The way to a node, where the directory has it now.
    fn client(&self, node: &Party) -> Option<Arc<PeerClient>> {
        let members = self.link.members();
        let address = &members.get(node)?.details.endpoint;
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        let known = clients.get(node).filter(|c| c.address() == address);
        if let Some(client) = known {
            return Some(Arc::clone(client));
        }
        let client = Arc::new(self.link.at(node, address.clone()));
        clients.insert(node.clone(), Arc::clone(&client));
        Some(client)
    }
}

fn wrong(node: &Party, what: &str) -> String {
    tracing::warn!(%node, what, "a node gave something else than the file");
    format!("{node} gave something else: {what}")
}
