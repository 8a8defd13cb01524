//! Signing keys that have left the directory: what was certified while they stood in it is read with them, and nothing else.

use std::collections::BTreeMap;

use deed::Party;
use ledger::certificate::Certificate;
use ledger::codec;
use ledger::envelope::EnvelopeKey;
use ledger::map::MemberKeys;
use ledger::signature::{PublicKey, Suite};
use ledger::validity::Directory;
use minicbor::{Decode, Encode};

use super::core::{Node, NodeError};
use super::pending::Pending;
use crate::directory::Members;
use crate::store::{Store, StoreError, Table};

const KEPT: &[u8] = b"members' keys";

/// A key that left.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
struct Gone {
    #[cbor(n(0), with = "codec::party")]
    party: Party,
    #[n(1)]
    key: PublicKey,
    /// Entries of the map's log before the first directory that was seen without it.
    #[n(2)]
    size: u64,
}

/// A member's keys.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
struct Listed {
    #[cbor(n(0), with = "codec::party")]
    party: Party,
    #[n(1)]
    keys: MemberKeys,
}

/// The keys of the last directory, and those that left.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub(crate) struct PastKeys {
    #[n(0)]
    size: u64,
    #[n(1)]
    listed: Vec<Listed>,
    #[n(2)]
    gone: Vec<Gone>,
}

impl PastKeys {
    /// What the store kept.
    pub(crate) fn load(store: &impl Store) -> Result<Self, StoreError> {
        let bytes = store.get(Table::Meta, KEPT)?;
        let kept = bytes.map(|bytes| {
            codec::decode(&bytes).map_err(|_| StoreError::Corrupt("members' keys".to_owned()))
        });
        Ok(kept.transpose()?.unwrap_or_default())
    }

    /// Takes up another directory: keys that are no longer in it are kept apart.
    pub(crate) fn follow(&mut self, members: &Members, pending: &mut Pending) {
        let records = members.snapshot().records.iter();
        let listed: Vec<Listed> = records
            .map(|record| Listed {
                party: record.party.clone(),
                keys: record.keys.clone(),
            })
            .collect();
        if listed == self.listed && members.size() == self.size {
            return;
        }
        let before = std::mem::replace(&mut self.listed, listed);
        self.size = members.size();
        // Which of the entries in between was the first without it isn't known here: to all of them it may belong.
        let size = members.size().saturating_sub(1);
        let keys = before
            .iter()
            .flat_map(|listed| listed.keys.iter().map(|key| (&listed.party, key)));
        for (party, key) in keys {
            let record = members.get(party);
            let stays = record.is_some_and(|r| r.keys.of(key.suite()) == Some(key));
            if !stays {
                self.gone.push(Gone {
                    party: party.clone(),
                    key: key.clone(),
                    size,
                });
            }
        }
        pending.put(Table::Meta, KEPT, self);
    }

    /// Takes up keys of an earlier directory that the one in force lacks: of members that came and went, or went over to others,
    /// while this node was away.
    pub(crate) fn learn(&mut self, earlier: &Members, now: &Members, pending: &mut Pending) {
        let size = earlier.size();
        let records = earlier.snapshot().records.iter();
        for record in records.filter(|record| record.revoked_ms.is_none()) {
            let (party, keys) = (&record.party, record.keys.iter());
            for key in keys.filter(|key| now.key(party, key.suite()).as_ref() != Some(*key)) {
                let known = self
                    .gone
                    .iter_mut()
                    .find(|gone| gone.party == *party && gone.key == *key);
                match known {
                    Some(gone) => gone.size = gone.size.max(size),
                    None => self.gone.push(Gone {
                        party: party.clone(),
                        key: key.clone(),
                        size,
                    }),
                }
            }
        }
        pending.put(Table::Meta, KEPT, self);
    }
}

/// The directory for reading what was certified under the map that a batch pinned.
pub(crate) struct AsOf<'a> {
    members: &'a Members,
    gone: BTreeMap<(&'a Party, Suite), &'a PublicKey>,
}

impl Directory for AsOf<'_> {
    fn key(&self, party: &Party, suite: Suite) -> Option<PublicKey> {
        let now = self.members.key(party, suite);
        now.or_else(|| self.gone.get(&(party, suite)).copied().cloned())
    }

    fn envelope_key(&self, party: &Party) -> Option<EnvelopeKey> {
        self.members.envelope_key(party)
    }
}

impl<S: Store> Node<S> {
    /// The directory for reading what this certificate certifies.
    pub(crate) fn as_of(&self, certificate: &Certificate) -> AsOf<'_> {
        let size = certificate.entry.map.size;
        let gone = self.past_keys.gone.iter().filter(|gone| size <= gone.size);
        AsOf {
            members: &self.members,
            gone: gone
                .map(|gone| ((&gone.party, gone.key.suite()), &gone.key))
                .collect(),
        }
    }

    /// Works with another directory from now on.
    pub(crate) fn follow(&mut self, members: Members) -> Result<(), NodeError> {
        self.past_keys.follow(&members, &mut self.pending);
        self.members = members;
        self.forget_addresses();
        self.draft_again_what_is_behind()
    }
}
