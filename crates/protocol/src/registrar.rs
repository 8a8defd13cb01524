//! The registrar: who is a member, and the verifiable log of that directory.
//!
//! Every change appends one entry that commits the whole directory after it, so that no one can be shown a different
//! directory without it being in the log. Whether a body may be admitted is decided before it comes here.

use std::collections::BTreeMap;

use deed::Party;
use ledger::codec;
use ledger::map::{MapProof, MemberRecord, map_entry};
use tlog::{Checkpoint, MerkleTree, NoteSigner, Origin};

use crate::directory::Snapshot;
use crate::store::{Store, StoreError, Table, WriteBatch};

/// Why the registrar can't go on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegistrarError {
    /// The store failed; nothing was changed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The checkpoint couldn't be signed.
    #[error("the map's checkpoint could not be signed")]
    Sign,
}

/// The directory and its log.
pub struct Registrar<S> {
    store: S,
    signer: NoteSigner,
    origin: Origin,
    records: BTreeMap<Party, MemberRecord>,
    leaves: Vec<tlog::Hash>,
    latest: Option<Snapshot>,
}

impl<S: Store> Registrar<S> {
    /// Opens the registrar where its store left off.
    ///
    /// # Errors
    /// [`RegistrarError`].
    pub fn open(store: S, signer: NoteSigner, origin: Origin) -> Result<Self, RegistrarError> {
        let mut registrar = Self {
            store,
            signer,
            origin,
            records: BTreeMap::new(),
            leaves: Vec::new(),
            latest: None,
        };
        while let Some(snapshot) = registrar.at(registrar.leaves.len() as u64 + 1)? {
            registrar
                .leaves
                .push(tlog::leaf_hash(&codec::encode(&snapshot.proof.entry)));
            registrar.latest = Some(snapshot);
        }
        if let Some(latest) = &registrar.latest {
            registrar.records = latest
                .records
                .iter()
                .map(|r| (r.party.clone(), r.clone()))
                .collect();
        }
        Ok(registrar)
    }

    /// The directory in force; none before the first member.
    #[must_use]
    pub fn latest(&self) -> Option<&Snapshot> {
        self.latest.as_ref()
    }

    /// The directory that was in force at a size of the log.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn at(&self, size: u64) -> Result<Option<Snapshot>, StoreError> {
        let bytes = self.store.get(Table::Published, &size.to_be_bytes())?;
        bytes
            .map(|b| {
                codec::decode(&b)
                    .map_err(|_| StoreError::Corrupt("an unreadable directory".to_owned()))
            })
            .transpose()
    }

    /// Puts records into the directory, replacing those of the same party. No change, no entry.
    ///
    /// # Errors
    /// [`RegistrarError`]; nothing is changed then.
    pub fn admit(&mut self, records: Vec<MemberRecord>, now_ms: u64) -> Result<(), RegistrarError> {
        let mut next = self.records.clone();
        for record in records {
            next.insert(record.party.clone(), record);
        }
        if next == self.records {
            return Ok(());
        }
        let listed: Vec<MemberRecord> = next.values().cloned().collect();
        let entry = map_entry(&listed, now_ms);
        let mut leaves = self.leaves.clone();
        leaves.push(tlog::leaf_hash(&codec::encode(&entry)));
        let tree = MerkleTree::new(leaves.clone());
        let size = leaves.len() as u64;
        let checkpoint = Checkpoint::new(self.origin.clone(), size, tree.root())
            .ok()
            .and_then(|checkpoint| checkpoint.sign(&self.signer).ok())
            .ok_or(RegistrarError::Sign)?
            .to_string();
        let path = tree
            .path(leaves.len() - 1)
            .unwrap_or_default()
            .into_iter()
            .map(Into::into)
            .collect();
        let snapshot = Snapshot {
            records: listed,
            proof: MapProof {
                entry,
                size,
                path,
                checkpoint,
            },
        };
        let mut batch = WriteBatch::new();
        batch.put(
            Table::Published,
            size.to_be_bytes(),
            codec::encode(&snapshot),
        );
        self.store.commit(batch)?;
        self.records = next;
        self.leaves = leaves;
        self.latest = Some(snapshot);
        Ok(())
    }

    /// The record of a party, in force or not.
    #[must_use]
    pub fn record(&self, party: &Party) -> Option<&MemberRecord> {
        self.records.get(party)
    }

    /// A named note of the operator's, such as the notary's key.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn set(&mut self, name: &str, value: &[u8]) -> Result<(), StoreError> {
        let mut batch = WriteBatch::new();
        batch.put(Table::Meta, name.as_bytes(), value);
        self.store.commit(batch)
    }

    /// Reads what [`Self::set`] kept.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn get(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.store.get(Table::Meta, name.as_bytes())
    }
}
