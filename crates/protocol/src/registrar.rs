//! The registrar: who is a member, and the verifiable log of that directory.
//!
//! Every change appends one entry that commits the whole directory after it, so that no one can be shown a different
//! directory without it being in the log. Whom an invitation admits is decided here; who gets one, by people.

mod invitation;
mod keys;

pub use invitation::{AdmissionRefusal, Claim, Invitation, role_name};

use std::collections::BTreeMap;

use deed::Party;
use ledger::codec;
use ledger::digest::Digest;
use ledger::log_keys::LogKeys;
use ledger::map::{MapProof, MemberDetails, MemberRecord, MemberRole, map_entry};
use tlog::{Checkpoint, MerkleTree, Origin, VerifierKey};

use crate::directory::Snapshot;
use crate::limits::{DIRECTORY_BYTES_MAX, ENDPOINT_CHANGE_MS, MEMBERS_MAX, SIGNED_AGAIN_MAX};
use crate::log_signer::LogSigner;
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
    /// Members could not read a directory of this size.
    #[error(
        "the directory would have {members} entries in {bytes} bytes; members can read {MEMBERS_MAX} in {DIRECTORY_BYTES_MAX}"
    )]
    Full {
        /// Entries.
        members: usize,
        /// Bytes of the directory with its proof.
        bytes: usize,
    },
}

/// The note with the notary's party.
pub const NOTARY: &str = "notary";
/// The note with the hybrid key of the notary's log, with which it may sign beside the other.
pub const NOTARY_HYBRID: &str = "notary hybrid key";
/// The note with the key of the notary's log.
pub const NOTARY_KEY: &str = "notary key";

/// The note that an invitation was used; its value is by whom.
fn used(code: &Digest) -> String {
    format!("used/{code}")
}

type Note = (String, Vec<u8>);

/// The directory and its log.
pub struct Registrar<S> {
    store: S,
    signer: LogSigner,
    origin: Origin,
    records: BTreeMap<Party, MemberRecord>,
    leaves: Vec<tlog::Hash>,
    latest: Option<Snapshot>,
    /// When each host last changed its endpoint, since this registrar was opened.
    moved_ms: BTreeMap<Party, u64>,
    /// When it was first asked to give each party's weaker key up, since this registrar was opened.
    given_up_ms: BTreeMap<Party, u64>,
    /// Checkpoints of earlier sizes, as the log signs now.
    signed_again: BTreeMap<u64, String>,
    in_doubt: bool,
}

impl<S: Store> Registrar<S> {
    /// Opens the registrar where its store left off.
    ///
    /// # Errors
    /// [`RegistrarError`].
    pub fn open(
        store: S,
        signer: impl Into<LogSigner>,
        origin: Origin,
    ) -> Result<Self, RegistrarError> {
        let mut registrar = Self {
            store,
            signer: signer.into(),
            origin,
            records: BTreeMap::new(),
            leaves: Vec::new(),
            latest: None,
            moved_ms: BTreeMap::new(),
            given_up_ms: BTreeMap::new(),
            signed_again: BTreeMap::new(),
            in_doubt: false,
        };
        registrar.read()?;
        Ok(registrar)
    }

    /// Takes up what the store holds beyond what is known here.
    fn read(&mut self) -> Result<(), StoreError> {
        let mut size = self.leaves.len() as u64;
        while let Some(snapshot) = self.published(size + 1)? {
            let leaf = tlog::leaf_hash(&codec::encode(&snapshot.proof.entry));
            self.leaves.push(leaf);
            size += 1;
        }
        self.latest = self.at(size)?;
        if let Some(latest) = &self.latest {
            self.records = latest
                .records
                .iter()
                .map(|r| (r.party.clone(), r.clone()))
                .collect();
        }
        self.in_doubt = false;
        Ok(())
    }

    /// Looks at the store again after a commit that failed and may be there all the same: the log is never rewritten.
    fn settle(&mut self) -> Result<(), StoreError> {
        if self.in_doubt { self.read() } else { Ok(()) }
    }

    fn commit(&mut self, batch: WriteBatch) -> Result<(), StoreError> {
        self.in_doubt = true;
        self.store.commit(batch)?;
        self.in_doubt = false;
        Ok(())
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
    pub fn at(&mut self, size: u64) -> Result<Option<Snapshot>, StoreError> {
        let Some(mut snapshot) = self.published(size)? else {
            return Ok(None);
        };
        if let Some(signed) = self.signed_again.get(&size) {
            snapshot.proof.checkpoint.clone_from(signed);
            return Ok(Some(snapshot));
        }
        // Signed as the log signs now: a key that was added since vouches for what was signed before, and for nothing else.
        let root = snapshot.proof.log_root(size);
        let checkpoint =
            root.and_then(|root| Checkpoint::new(self.origin.clone(), size, root.into()).ok());
        let signed = checkpoint
            .filter(|same| snapshot.proof.checkpoint.starts_with(&same.to_string()))
            .and_then(|checkpoint| self.signer.sign(&checkpoint));
        let signed = signed.ok_or_else(|| StoreError::Corrupt("a directory's proof".to_owned()))?;
        if self.signed_again.len() == SIGNED_AGAIN_MAX {
            self.signed_again.pop_first();
        }
        self.signed_again.insert(size, signed.clone());
        snapshot.proof.checkpoint = signed;
        Ok(Some(snapshot))
    }

    /// The directory at a size of the log, signed as it was then.
    fn published(&self, size: u64) -> Result<Option<Snapshot>, StoreError> {
        let bytes = self.store.get(Table::Published, &size.to_be_bytes())?;
        let snapshot = bytes.map(|bytes| codec::decode(&bytes)).transpose();
        snapshot.map_err(|_| StoreError::Corrupt("an unreadable directory".to_owned()))
    }

    /// Admits whom an invitation names and nobody else, and marks it as used, in one commit. The same newcomer asking again
    /// gets the same answer, and nothing changes.
    ///
    /// # Errors
    /// [`AdmissionRefusal`]; nothing is changed then.
    pub fn admit_invited(&mut self, claim: Claim<'_>, now_ms: u64) -> Result<(), AdmissionRefusal> {
        invitation::check(&claim, now_ms)?;
        self.settle().map_err(RegistrarError::from)?;
        let note = used(&claim.code);
        match self.get(&note).map_err(RegistrarError::from)? {
            Some(by) if by == claim.keys.0 => return self.in_force(claim.party),
            Some(_) => return Err(AdmissionRefusal::Used),
            None => {}
        }
        let mut notes = vec![(note, claim.keys.0.to_vec())];
        if claim.invitation.role == MemberRole::Notary {
            notes.extend(self.notary_notes(&claim)?);
        }
        let mut records = Vec::with_capacity(claim.records.len());
        for record in claim.records {
            let known = self.records.get(&record.party);
            if known.is_some_and(|known| {
                known.keys != record.keys || known.details.host != record.details.host
            }) {
                return Err(AdmissionRefusal::Taken(record.party));
            }
            records.push(MemberRecord {
                admitted_ms: known.map_or(now_ms, |known| known.admitted_ms),
                revoked_ms: None,
                ..record
            });
        }
        Ok(self.put(records, notes, now_ms)?)
    }

    fn notary_notes(&self, claim: &Claim<'_>) -> Result<Vec<Note>, AdmissionRefusal> {
        let keys = claim.log_key.iter().chain(&claim.log_hybrid);
        let keys = keys.map(|text| VerifierKey::parse(text).ok());
        let keys = keys.collect::<Option<Vec<_>>>();
        let keys = keys.and_then(|keys| LogKeys::new(keys).ok());
        let keys = keys.ok_or(AdmissionRefusal::NoLogKey)?;
        let party = claim.party.as_str().as_bytes().to_vec();
        let named = [NOTARY_KEY, NOTARY_HYBRID].into_iter().zip(keys.keys());
        let named = named.map(|(name, key)| (name.to_owned(), key.to_string().into_bytes()));
        let notes: Vec<Note> = std::iter::once((NOTARY.to_owned(), party))
            .chain(named)
            .collect();
        for (name, value) in &notes {
            let known = self.get(name).map_err(RegistrarError::from)?;
            if known.is_some_and(|known| known != *value) {
                return Err(AdmissionRefusal::SecondNotary);
            }
        }
        Ok(notes)
    }

    fn in_force(&self, party: &Party) -> Result<(), AdmissionRefusal> {
        match self.records.get(party) {
            Some(record) if record.revoked_ms.is_none() => Ok(()),
            _ => Err(AdmissionRefusal::NotMember(party.clone())),
        }
    }

    /// A member says where its node is reached now: in its own entry and in those of the parties it hosts.
    ///
    /// # Errors
    /// [`AdmissionRefusal`]; nothing is changed then.
    pub fn move_endpoint(
        &mut self,
        host: &Party,
        endpoint: &str,
        now_ms: u64,
    ) -> Result<(), AdmissionRefusal> {
        self.settle().map_err(RegistrarError::from)?;
        self.in_force(host)?;
        invitation::check_endpoint(host, endpoint)?;
        let theirs = |r: &&MemberRecord| r.details.host == *host && r.revoked_ms.is_none();
        let moved: Vec<MemberRecord> = self
            .records
            .values()
            .filter(theirs)
            .filter(|record| record.details.endpoint != endpoint)
            .map(|record| MemberRecord {
                details: MemberDetails {
                    endpoint: endpoint.to_owned(),
                    ..record.details.clone()
                },
                ..record.clone()
            })
            .collect();
        if moved.is_empty() {
            return Ok(());
        }
        let last = self.moved_ms.get(host).copied();
        if last.is_some_and(|last| now_ms < last.saturating_add(ENDPOINT_CHANGE_MS)) {
            return Err(AdmissionRefusal::TooSoon);
        }
        self.put(moved, Vec::new(), now_ms)?;
        self.moved_ms.insert(host.clone(), now_ms);
        Ok(())
    }

    /// Puts records into the directory, replacing those of the same party. No change, no entry.
    ///
    /// # Errors
    /// [`RegistrarError`]; nothing is changed then.
    pub fn admit(&mut self, records: Vec<MemberRecord>, now_ms: u64) -> Result<(), RegistrarError> {
        self.put(records, Vec::new(), now_ms)
    }

    /// Records and notes in one commit.
    fn put(
        &mut self,
        records: Vec<MemberRecord>,
        notes: Vec<Note>,
        now_ms: u64,
    ) -> Result<(), RegistrarError> {
        self.settle()?;
        let mut batch = WriteBatch::new();
        for (name, value) in notes {
            batch.put(Table::Meta, name.into_bytes(), value);
        }
        let mut next = self.records.clone();
        for record in records {
            next.insert(record.party.clone(), record);
        }
        if next == self.records {
            return Ok(self.commit(batch)?);
        }
        let listed: Vec<MemberRecord> = next.values().cloned().collect();
        let entry = map_entry(&listed, now_ms);
        let mut leaves = self.leaves.clone();
        leaves.push(tlog::leaf_hash(&codec::encode(&entry)));
        let tree = MerkleTree::new(leaves.clone());
        let size = leaves.len() as u64;
        let checkpoint = Checkpoint::new(self.origin.clone(), size, tree.root()).ok();
        let checkpoint = checkpoint.and_then(|checkpoint| self.signer.sign(&checkpoint));
        let checkpoint = checkpoint.ok_or(RegistrarError::Sign)?;
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
                path,
                checkpoint,
            },
        };
        let encoded = codec::encode(&snapshot);
        let (members, bytes) = (snapshot.records.len(), encoded.len());
        if members > MEMBERS_MAX || bytes > DIRECTORY_BYTES_MAX {
            return Err(RegistrarError::Full { members, bytes });
        }
        batch.put(Table::Published, size.to_be_bytes(), encoded);
        self.commit(batch)?;
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
