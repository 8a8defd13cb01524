//! The validators of the tests: their keys, their disks, and the log that they were given.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use cluster::{Committee, ConsensusKey};
use deed::Party;
use ledger::authorities::{Authorities, Validator};
use ledger::log_keys::LogKeys;
use ledger::{Digest, Token};
use protocol::notary::store::{Mark, MemoryNotaryStore, NotaryBatch, NotaryStore};
use protocol::notary::{Machine, Notary, Proposal, Published};
use protocol::store::{Fault, StoreError};
use tlog::{Cosigner, KeyName, MerkleTree, Note, NoteSigner, NoteText, Origin};

use crate::asked::{NOON_MS, ORIGIN, home, noise};

/// A validator's disk: it stays when the validator goes, and can fail at a commit.
#[derive(Clone, Default)]
pub(crate) struct Disk(Arc<Mutex<(MemoryNotaryStore, Option<Fault>)>>);

impl Disk {
    fn platter(&self) -> std::sync::MutexGuard<'_, (MemoryNotaryStore, Option<Fault>)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn fail_next(&self, fault: Fault) {
        self.platter().1 = Some(fault);
    }

    /// Puts one entry more into the log than was decided.
    pub(crate) fn forge(&self, entry: &str) {
        let statement = noise(entry);
        let mut machine = Machine::open(home(), founders_key(), self.clone()).expect("opens");
        let agreed = machine.agreed().clone();
        let forged = Proposal {
            statements: vec![statement],
            ..Proposal::default()
        };
        // Its height is given back, so that the next block is applied on top of the forgery.
        let position = self.platter().0.meta("position").expect("reads");
        let number = machine.blocks() + 1;
        let decided = machine.decide(&forged.block(number, agreed));
        decided.expect("is decided");
        let position = position.map(|bytes| ("position".to_owned(), bytes));
        let mut batch = NotaryBatch::new();
        batch.meta.extend(position);
        self.platter().0.commit(batch).expect("is written");
    }

    /// Another disk with the same on it.
    pub(crate) fn copy(&self) -> Self {
        let platter = self.platter().0.clone();
        Self(Arc::new(Mutex::new((platter, None))))
    }

    /// The log's entries.
    pub(crate) fn entries(&self) -> Vec<Vec<u8>> {
        let platter = self.platter();
        (0..)
            .map_while(|index| platter.0.entry(index).expect("reads"))
            .collect()
    }
}

impl NotaryStore for Disk {
    fn token(&self, token: &[u8; 32]) -> Result<Option<[u8; 32]>, StoreError> {
        self.platter().0.token(token)
    }

    fn marks(&self, like: &Token, bits: usize) -> Result<Vec<Mark>, StoreError> {
        self.platter().0.marks(like, bits)
    }

    fn entry(&self, index: u64) -> Result<Option<Vec<u8>>, StoreError> {
        self.platter().0.entry(index)
    }

    fn node(&self, level: u8, index: u64) -> Result<Option<[u8; 32]>, StoreError> {
        self.platter().0.node(level, index)
    }

    fn meta(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.platter().0.meta(name)
    }

    fn commit(&mut self, batch: NotaryBatch) -> Result<(), StoreError> {
        let mut platter = self.platter();
        match platter.1.take() {
            None => platter.0.commit(batch),
            Some(Fault::Before(error)) => Err(error),
            Some(Fault::After(error)) => {
                platter.0.commit(batch)?;
                Err(error)
            }
        }
    }
}

/// What a validator keeps to itself.
pub(crate) struct Keys {
    pub(crate) consensus: ConsensusKey,
    pub(crate) cosigner_seed: [u8; 32],
}

pub(crate) fn cosigner(party: &str, seed: &[u8; 32]) -> Cosigner {
    let name = KeyName::new(&format!("{party}.town")).expect("a name");
    Cosigner::from_seed(name, seed).expect("a cosigner")
}

pub(crate) fn signer(name: &str) -> NoteSigner {
    let seed = noise(&format!("signer {name}")).0;
    NoteSigner::from_seed(KeyName::new(name).expect("a name"), &seed).expect("a signer")
}

pub(crate) fn founders_key() -> LogKeys {
    LogKeys::from(signer(ORIGIN).verifier_key().clone())
}

pub(crate) fn log_root(entries: &[Vec<u8>]) -> Digest {
    let leaves = entries.iter().map(|entry| tlog::leaf_hash(entry)).collect();
    MerkleTree::new(leaves).root().into()
}

/// A log that its founder handed over.
pub(crate) struct Founded {
    /// By consensus key.
    pub(crate) keys: BTreeMap<[u8; 32], Keys>,
    pub(crate) committee: Committee,
    /// What the founder's disk holds, and each validator's in the beginning.
    pub(crate) first: Disk,
    /// The founder's last checkpoint.
    pub(crate) handed_over: Published,
}

/// A founder hands its log over to so many validators.
pub(crate) fn found(validators: usize) -> Founded {
    let mut keys = BTreeMap::new();
    let mut known = Vec::new();
    for place in 0..validators {
        let party = Party::new(&format!("body{place}")).expect("a party");
        let consensus = ConsensusKey::from_seed(&noise(&format!("vote {place}")).0);
        let consensus = consensus.expect("a key");
        let cosigner_seed = noise(&format!("cosign {place}")).0;
        known.push(Validator {
            cosigner: cosigner(party.as_str(), &cosigner_seed)
                .verifier_key()
                .clone(),
            authority: signer(&format!("{party}.town")).verifier_key().clone(),
            party,
            consensus: consensus.public(),
        });
        let own = Keys {
            cosigner_seed,
            consensus: consensus.clone(),
        };
        keys.insert(consensus.public(), own);
    }
    let origin = Origin::new(ORIGIN).expect("an origin");
    let authorities = Authorities::new(origin.clone(), 1, known).expect("authorities");
    let first = Disk::default();
    let founder = Notary::open(home(), signer(ORIGIN), origin, first.clone());
    let mut founder = founder.expect("opens");
    let text = NoteText::new(authorities.to_string()).expect("a text");
    let mut decision = Note::new(text.clone(), signer(ORIGIN).sign(&text).expect("signs"));
    for validator in authorities.validators() {
        let by = signer(&format!("{}.town", validator.party));
        decision.add(by.sign(&text).expect("signs")).expect("added");
    }
    let change = founder.hand_over(NOON_MS, &decision.to_string());
    change.expect("decides").expect("is handed over");
    let handed_over = Published {
        size: founder.size(),
        root: log_root(&first.entries()),
        note: founder.checkpoint().to_owned(),
    };
    let machine = Machine::open(home(), founders_key(), first.clone()).expect("opens");
    let committee = Committee::of(machine.keys()).expect("a committee");
    Founded {
        keys,
        committee,
        first,
        handed_over,
    }
}
