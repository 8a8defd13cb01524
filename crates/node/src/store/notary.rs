//! The notary's store on an LSM tree (`fjall`): durable batches stay fast however many tokens there are.

use std::path::{Path, PathBuf};

use fjall::{Database, Keyspace, KeyspaceCreateOptions, PersistMode};
use ledger::Token;
use protocol::notary::store::{Digest, Mark, NotaryBatch, NotaryStore, sharing};
use protocol::store::StoreError;

use super::{DataFolder, NOTARY_FOLDER, OpenError};
use crate::files::{create_folder, disk_bytes};
use crate::limits::{NOTARY_CACHE_BYTES, NOTARY_DISK_RESERVE_BYTES};

/// Beside the caller's singletons, whose keys [`meta_key`] keeps apart from it.
const FORMAT_KEY: &str = "format";
const FORMAT: i64 = 2;

/// The log's part of a notary's store, and the used marks, to be read from any thread while the notary writes. As long as a copy is alive the
/// store can't be opened again.
#[derive(Clone)]
pub struct NotaryLog {
    entries: Keyspace,
    nodes: Keyspace,
    marks: Keyspace,
}

impl NotaryLog {
    /// The encoded entry at `index`.
    pub fn entry(&self, index: u64) -> Result<Option<Vec<u8>>, StoreError> {
        get(&self.entries, &index.to_be_bytes())
    }

    /// A node of the log's tree.
    pub fn node(&self, level: u8, index: u64) -> Result<Option<Digest>, StoreError> {
        digest("tree node", get(&self.nodes, &node_key(level, index))?)
    }

    /// The used marks that share so many first bits with this one, ascending.
    pub fn marks(&self, like: &Token, bits: usize) -> Result<Vec<Mark>, StoreError> {
        let (first, last) = sharing(like.bytes(), bits);
        let marks = self.marks.range(first..=last).map(|pair| {
            let (mark, height) = pair.into_inner().map_err(|error| store_error(&error))?;
            match (mark[..].try_into(), height[..].try_into()) {
                (Ok(mark), Ok(height)) => Ok(Mark {
                    mark: Token(ledger::Digest(mark)),
                    height: u64::from_be_bytes(height),
                }),
                _ => Err(StoreError::Corrupt("an unreadable mark".to_owned())),
            }
        });
        marks.collect()
    }
}

/// The one process's hold on a notary's store.
pub struct FjallNotaryStore {
    _folder: DataFolder,
    path: PathBuf,
    database: Database,
    tokens: Keyspace,
    log: NotaryLog,
    meta: Keyspace,
    disk_reserve_bytes: u64,
    syncs: u64,
}

impl FjallNotaryStore {
    /// Opens the notary's store in `folder`, creating it when there is none.
    pub fn open(folder: &DataFolder) -> Result<FjallNotaryStore, OpenError> {
        let path = folder.path().join(NOTARY_FOLDER);
        create_folder(&path).map_err(|source| OpenError::File {
            path: path.clone(),
            source,
        })?;
        let store = open(folder, &path).map_err(|error| OpenError::Store {
            path: path.clone(),
            source: store_error(&error),
        })?;
        store.check_format()?;
        Ok(store)
    }

    /// Refuses writes while the disk has less than this free, in bytes; the default is
    /// [`NOTARY_DISK_RESERVE_BYTES`].
    pub fn with_disk_reserve(mut self, bytes: u64) -> Self {
        self.disk_reserve_bytes = bytes;
        self
    }

    /// Disk syncs waited for: one for each batch.
    pub fn syncs(&self) -> u64 {
        self.syncs
    }

    /// The log, to be read beside the notary.
    pub fn log(&self) -> NotaryLog {
        self.log.clone()
    }

    fn check_format(&self) -> Result<(), OpenError> {
        let failed = |error: &fjall::Error| OpenError::Store {
            path: self.path.clone(),
            source: store_error(error),
        };
        let found = self.meta.get(FORMAT_KEY).map_err(|error| failed(&error))?;
        match found {
            None => {
                let mut batch = self.database.batch().durability(Some(PersistMode::SyncAll));
                batch.insert(&self.meta, FORMAT_KEY, FORMAT.to_be_bytes());
                batch.commit().map_err(|error| failed(&error))
            }
            Some(bytes) if *bytes == FORMAT.to_be_bytes() => Ok(()),
            Some(bytes) => Err(OpenError::UnknownVersion {
                path: self.path.clone(),
                found: <[u8; 8]>::try_from(&*bytes).map_or(-1, i64::from_be_bytes),
                known: FORMAT,
            }),
        }
    }

    fn check_room(&self) -> Result<(), StoreError> {
        let (free, _) =
            disk_bytes(&self.path).map_err(|error| StoreError::Io(error.to_string()))?;
        match free < self.disk_reserve_bytes {
            true => Err(StoreError::Full),
            false => Ok(()),
        }
    }
}

fn open(folder: &DataFolder, path: &Path) -> fjall::Result<FjallNotaryStore> {
    let database = Database::builder(path)
        .cache_size(NOTARY_CACHE_BYTES)
        .open()?;
    let keyspace = |name| database.keyspace(name, KeyspaceCreateOptions::default);
    Ok(FjallNotaryStore {
        _folder: folder.clone(),
        path: path.to_owned(),
        tokens: keyspace("tokens")?,
        log: NotaryLog {
            entries: keyspace("entries")?,
            nodes: keyspace("nodes")?,
            marks: keyspace("marks")?,
        },
        meta: keyspace("meta")?,
        database,
        disk_reserve_bytes: NOTARY_DISK_RESERVE_BYTES,
        syncs: 0,
    })
}

impl NotaryStore for FjallNotaryStore {
    fn token(&self, token: &Digest) -> Result<Option<Digest>, StoreError> {
        digest("token", get(&self.tokens, token)?)
    }

    fn marks(&self, like: &Token, bits: usize) -> Result<Vec<Mark>, StoreError> {
        self.log.marks(like, bits)
    }

    fn entry(&self, index: u64) -> Result<Option<Vec<u8>>, StoreError> {
        self.log.entry(index)
    }

    fn node(&self, level: u8, index: u64) -> Result<Option<Digest>, StoreError> {
        self.log.node(level, index)
    }

    fn meta(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        get(&self.meta, &meta_key(name))
    }

    /// [`StoreError::Full`] is answered before anything is written. Any other failure makes every later commit fail
    /// until the store is opened again.
    fn commit(&mut self, batch: NotaryBatch) -> Result<(), StoreError> {
        if batch.is_empty() {
            return Ok(());
        }
        self.check_room()?;
        let mut writes = self.database.batch().durability(Some(PersistMode::SyncAll));
        for (token, consumer) in batch.tokens {
            writes.insert(&self.tokens, token, consumer);
        }
        for mark in batch.marks {
            let height = mark.height.to_be_bytes();
            writes.insert(&self.log.marks, mark.mark.bytes(), height);
        }
        for (index, entry) in batch.entries {
            writes.insert(&self.log.entries, index.to_be_bytes(), entry);
        }
        for ((level, index), hash) in batch.nodes {
            writes.insert(&self.log.nodes, node_key(level, index), hash);
        }
        for (name, value) in batch.meta {
            writes.insert(&self.meta, meta_key(&name), value);
        }
        writes.commit().map_err(|error| store_error(&error))?;
        self.syncs += 1;
        Ok(())
    }
}

fn node_key(level: u8, index: u64) -> [u8; 9] {
    let mut key = [level; 9];
    key[1..].copy_from_slice(&index.to_be_bytes());
    key
}

fn meta_key(name: &str) -> Vec<u8> {
    [b"named/", name.as_bytes()].concat()
}

fn get(keyspace: &Keyspace, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
    let found = keyspace.get(key).map_err(|error| store_error(&error))?;
    Ok(found.map(|value| value.to_vec()))
}

fn digest(what: &str, found: Option<Vec<u8>>) -> Result<Option<Digest>, StoreError> {
    let Some(value) = found else { return Ok(None) };
    let length = value.len();
    Digest::try_from(value)
        .map(Some)
        .map_err(|_| StoreError::Corrupt(format!("a {what} of {length} bytes, expected 32")))
}

fn store_error(error: &fjall::Error) -> StoreError {
    use fjall::Error as E;
    match error {
        E::JournalRecovery(_)
        | E::InvalidVersion(_)
        | E::Decompress(_)
        | E::InvalidTrailer
        | E::InvalidTag(_)
        | E::Unrecoverable => StoreError::Corrupt(error.to_string()),
        _ => StoreError::Io(error.to_string()),
    }
}
