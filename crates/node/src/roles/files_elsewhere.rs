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

    /// The nodes of the parties that may have a file; `None` if no fact seen here names it.
    async fn nodes(&self, address: FileAddress) -> Result<Option<Vec<Party>>, EngineError> {
        let parties = self.engine.ask(move |node| node.parties_of_file(&address));
        let parties = parties.await??;
        let members = self.link.members();
        let mut nodes: Vec<Party> = parties
            .iter()
            .filter_map(|party| members.host(party).cloned())
            .collect();
        nodes.sort();
        nodes.dedup();
        Ok((!parties.is_empty()).then_some(nodes))
    }

    /// Whether a member's node may have a file.
    pub(super) async fn may_have(
        &self,
        member: &Party,
        address: FileAddress,
    ) -> Result<bool, EngineError> {
        let nodes = self.nodes(address).await?;
        Ok(nodes.is_some_and(|nodes| nodes.contains(member)))
    }

    /// Whether a fact seen here names a file.
    pub(super) async fn is_named(&self, address: FileAddress) -> Result<bool, EngineError> {
        Ok(self.nodes(address).await?.is_some())
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
        let hashes = 32 * chunks(address.bytes.min(FILE_BYTES_MAX));
        let pieces = hashes.div_ceil(CHUNK_BYTES as u64);
        let Some(nodes) = self.nodes(address).await? else {
            return Ok(None);
        };
        let mut said = String::new();
        'nodes: for node in self.others(nodes) {
            let mut hashes = Vec::new();
            for index in 0..pieces {
                match self.ask(&node, TREE_PATH, Asked::of(address, index)).await {
                    Ok(piece) => hashes.extend_from_slice(&piece),
                    Err(reason) => {
                        said = reason;
                        continue 'nodes;
                    }
                }
            }
            match FileTree::read(address, &hashes) {
                Ok(tree) => return Ok(Some(tree)),
                Err(error) => said = wrong(&node, &error.to_string()),
            }
        }
        Err(FilesError::Elsewhere(said))
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
        for node in self.others(nodes) {
            let asked = Asked::of(tree.address(), index);
            match self.ask(&node, CHUNK_PATH, asked).await {
                Ok(chunk) => match tree.check(index, &chunk) {
                    Ok(()) => return Ok(Some(chunk)),
                    Err(error) => said = wrong(&node, &error.to_string()),
                },
                Err(reason) => said = reason,
            }
        }
        Err(FilesError::Elsewhere(said))
    }

    fn others(&self, nodes: Vec<Party>) -> impl Iterator<Item = Party> {
        nodes.into_iter().filter(|node| *node != self.link.party)
    }

    async fn ask(&self, node: &Party, path: &str, asked: Asked) -> Result<Bytes, String> {
        let client = self
            .client(node)
            .ok_or_else(|| format!("{node} is not in the directory"))?;
        let _room = self.room.acquire().await.map_err(|e| e.to_string())?;
        let reply = client.post(path, codec::encode(&asked)).await;
        let reply = reply.map_err(|error| error.to_string())?;
        match reply.status {
            StatusCode::OK => Ok(reply.body),
            status => Err(format!("{node} answers {status}")),
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
