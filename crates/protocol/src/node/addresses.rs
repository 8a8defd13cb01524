//! One-time keys: those that peers gave us, and those that we gave out, each for its purpose.

use std::collections::{BTreeMap, VecDeque};

use deed::Party;
use ledger::Digest;
use ledger::address::{Purpose, Sheet, Voucher};
use ledger::control::{OneTimeKey, OneTimeSecret};
use ledger::presentation::HolderSecret;
use ledger::signature::KeyError;

use super::core::{Node, NodeError};
use super::waiting::Cause;
use crate::limits::{SHEET_KEYS, SHEET_REQUESTS_PER_SECOND, SHEETS_KEPT, SHEETS_PER_REQUEST};
use crate::message::Message;
use crate::store::{Store, Table};

/// The unused one-time keys of other nodes' parties. In memory only: after a restart, new ones are asked for.
#[derive(Debug, Default)]
pub(crate) struct Addresses {
    sheets: BTreeMap<(Party, Purpose), VecDeque<(Sheet, u32)>>,
    asked: BTreeMap<(Party, Purpose), u64>,
    /// Requests granted to each peer in the second in which it asked last.
    granted: BTreeMap<Party, (u64, u32)>,
}

impl Addresses {
    /// Whether a peer may have more keys now: each costs a row for ever.
    fn may_give(&mut self, to: &Party, now_ms: u64) -> bool {
        let (second, count) = self.granted.entry(to.clone()).or_default();
        if *second != now_ms / 1_000 {
            (*second, *count) = (now_ms / 1_000, 0);
        }
        *count += 1;
        *count <= SHEET_REQUESTS_PER_SECOND
    }

    /// Keeps a verified sheet.
    pub(crate) fn add(&mut self, sheet: Sheet) {
        let whose = (sheet.party.clone(), sheet.purpose);
        self.asked.remove(&whose);
        self.sheets.entry(whose).or_default().push_back((sheet, 0));
    }

    /// Drops the sheets that don't meet a condition.
    fn retain(&mut self, meets: impl Fn(&Sheet) -> bool) {
        for sheets in self.sheets.values_mut() {
            sheets.retain(|(sheet, _)| meets(sheet));
        }
    }

    /// How many keys of the party are left.
    pub(crate) fn left(&self, whose: &(Party, Purpose)) -> usize {
        let sheets = self.sheets.get(whose).into_iter().flatten();
        sheets
            .map(|(sheet, used)| sheet.keys.len() - *used as usize)
            .sum()
    }

    /// Takes an unused key, with the voucher for it.
    pub(crate) fn take(
        &mut self,
        whose: &(Party, Purpose),
    ) -> Option<(OneTimeKey, Option<Voucher>)> {
        let sheets = self.sheets.get_mut(whose)?;
        let (sheet, used) = sheets.front_mut()?;
        let key = *sheet.keys.get(*used as usize)?;
        let voucher = sheet.voucher(*used);
        *used += 1;
        if *used as usize == sheet.keys.len() {
            sheets.pop_front();
        }
        Some((key, voucher))
    }

    /// Whether it is time to ask for keys of the party (again).
    pub(crate) fn ask(&mut self, whose: &(Party, Purpose), now_ms: u64, retry_ms: u64) -> bool {
        let due = self
            .asked
            .get(whose)
            .is_none_or(|at| now_ms >= at + retry_ms);
        if due {
            self.asked.insert(whose.clone(), now_ms);
        }
        due
    }
}

/// The row of a key that was given out.
fn row(purpose: Purpose, key: &OneTimeKey) -> Vec<u8> {
    match purpose {
        Purpose::Control => key.0.to_vec(),
        Purpose::Holder => [b"holder/".as_slice(), &key.0].concat(),
    }
}

impl<S: Store> Node<S> {
    /// The secret with which facts are used up whose key follows from this nonce.
    pub(crate) fn one_time(&self, nonce: &Digest) -> Result<OneTimeSecret, NodeError> {
        OneTimeSecret::derive(&self.setup.secret, &nonce.0)
            .ok_or(NodeError::Key(KeyError::Unusable))
    }

    /// The secret with which facts are shown whose key follows from this nonce.
    pub(crate) fn to_show(&self, nonce: &Digest) -> Result<HolderSecret, NodeError> {
        HolderSecret::derive(&self.setup.secret, &nonce.0).ok_or(NodeError::Key(KeyError::Unusable))
    }

    /// The key of this nonce.
    pub(crate) fn own_key(
        &self,
        purpose: Purpose,
        nonce: &Digest,
    ) -> Result<OneTimeKey, NodeError> {
        Ok(match purpose {
            Purpose::Control => self.one_time(nonce)?.public(),
            Purpose::Holder => self.to_show(nonce)?.public(),
        })
    }

    /// The nonce of a key that was given out here for this purpose.
    pub(crate) fn nonce_of(
        &self,
        purpose: Purpose,
        key: &OneTimeKey,
    ) -> Result<Option<Digest>, NodeError> {
        let given = self
            .pending
            .bytes(&self.store, Table::Keys, &row(purpose, key))?;
        Ok(given.and_then(|nonce| nonce.try_into().ok()).map(Digest))
    }

    /// Gives one-time keys of a party hosted here to a peer.
    pub(crate) fn give_addresses(
        &mut self,
        from: &Party,
        party: &Party,
        purpose: Purpose,
    ) -> Result<(), NodeError> {
        if !self.hosts(party) || !self.addresses.may_give(from, self.now_ms) {
            return Ok(());
        }
        for _ in 0..SHEETS_PER_REQUEST {
            let mut keys = Vec::with_capacity(SHEET_KEYS as usize);
            for _ in 0..SHEET_KEYS {
                let nonce = self.random();
                let key = self.own_key(purpose, &nonce)?;
                let row = row(purpose, &key);
                self.pending.put_bytes(Table::Keys, row, nonce.0.to_vec());
                keys.push(key);
            }
            let Some(signing) = self.key_of(party) else {
                return Ok(());
            };
            let network = &self.setup.home.network;
            let sheet = Sheet::sign(signing, network, party, purpose, keys)?;
            self.strokes += 1;
            self.send(from, &Message::Addresses(sheet));
        }
        Ok(())
    }

    /// Drops one-time keys that their owner would vouch for otherwise now: with a stronger key, after which the older one
    /// goes.
    pub(crate) fn forget_addresses(&mut self) {
        let members = &self.members;
        self.addresses.retain(|sheet| {
            let record = members.get(&sheet.party);
            let strongest = record.and_then(|record| record.keys.strongest());
            strongest.is_some_and(|key| key.suite() == sheet.suite)
        });
    }

    /// Keeps one-time keys that a peer gave, if their owner vouches for them.
    pub(crate) fn keep_addresses(&mut self, from: &Party, sheet: Sheet) {
        let record = self.members.get(&sheet.party);
        let genuine = record.is_some_and(|r| {
            let key = r.keys.of(sheet.suite);
            let genuine = |key| sheet.verifies(key, &self.setup.home.network);
            r.details.host == *from && key.is_some_and(genuine)
        });
        let whose = (sheet.party.clone(), sheet.purpose);
        let room = self.addresses.left(&whose) < SHEETS_KEPT * SHEET_KEYS as usize;
        if genuine && room {
            self.waiting.wake(&Cause::Party(sheet.party.clone()));
            self.addresses.add(sheet);
        }
    }
}
