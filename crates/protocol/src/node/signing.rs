//! Signing: whatever one step has to sign is signed at one stroke for each party.

use deed::Party;
use ledger::digest::hmac_sha256;
use ledger::limits::SIGNED_TOGETHER_MAX;
use ledger::signature::{KeyError, Role, Scope, ScopedSignature, SigningKey, ToSign};
use ledger::tearoff::Audience;
use ledger::validity::Checked;
use ledger::{Digest, TransactionId};

use super::core::{DRIVEN, Node, NodeError, SIGNED, Signed, under};
use super::records::{StoredFlow, StoredSigned};
use crate::directory::Members;
use crate::message::Message;
use crate::store::{Store, Table};

/// A party whose facts this node keeps, with its signing keys.
pub struct Hosted {
    /// The party.
    pub party: Party,
    /// Its key, and perhaps one of a stronger suite, ascending.
    pub keys: Vec<SigningKey>,
}

impl Hosted {
    /// The key that a directory asks for: the one of the highest suite in the party's own record. The first one, if none is
    /// there: then nobody believes any of them.
    pub(crate) fn key(&self, members: &Members) -> Option<&SigningKey> {
        let record = members.get(&self.party);
        let listed = |key: &&SigningKey| {
            let public = key.public();
            record.is_some_and(|record| record.keys.of(public.suite()) == Some(public))
        };
        let listed = self.keys.iter().rev().find(listed);
        listed.or(self.keys.first())
    }
}

/// A transaction that is checked and waits for the signatures of parties hosted here.
pub(crate) struct Unsigned {
    pub(crate) checked: Checked,
    pub(crate) scopes: Vec<(Party, Vec<Scope>)>,
    pub(crate) then: Then,
}

/// What to do with the signatures.
pub(crate) enum Then {
    /// Drive the flow, for which it is to be kept.
    Drive(StoredFlow, Vec<Audience>),
    /// Answer the proposal, which is to be kept.
    Answer(StoredSigned),
}

impl<S: Store> Node<S> {
    /// What each party hosted here is to sign of what was checked: agreeing to it and, if it is to `vouch`, everything else that
    /// is asked of it.
    pub(crate) fn scopes_of_hosted(
        &self,
        checked: &Checked,
        vouch: bool,
    ) -> Vec<(Party, Vec<Scope>)> {
        let hosted = self.setup.hosted.iter().map(|hosted| {
            let mut scopes = checked.scopes(&hosted.party);
            scopes.retain(|scope| vouch || scope.role != Role::Attestor);
            (hosted.party.clone(), scopes)
        });
        hosted.filter(|(_, scopes)| !scopes.is_empty()).collect()
    }

    /// Whether a transaction's outcome is open here.
    pub(crate) fn is_open(&self, id: &TransactionId) -> bool {
        self.signed.contains_key(id) || self.flows.contains_key(id) || self.is_to_be_signed(id)
    }

    /// Whether a transaction waits for this step's signatures.
    pub(crate) fn is_to_be_signed(&self, id: &TransactionId) -> bool {
        self.unsigned
            .iter()
            .any(|unsigned| unsigned.checked.id == *id)
    }

    /// Signs everything that waits for it, and goes on with it.
    pub(crate) fn sign_all(&mut self) -> Result<(), NodeError> {
        let mut unsigned = std::mem::take(&mut self.unsigned);
        let mut own: Vec<Vec<ScopedSignature>> = vec![Vec::new(); unsigned.len()];
        for hosted in &self.setup.hosted {
            let mut theirs: Vec<(usize, TransactionId, Vec<Scope>)> = Vec::new();
            for (at, one) in unsigned.iter_mut().enumerate() {
                let mine = one
                    .scopes
                    .iter_mut()
                    .find(|(party, _)| *party == hosted.party);
                if let Some((_, scopes)) = mine {
                    theirs.push((at, one.checked.id, std::mem::take(scopes)));
                }
            }
            for together in theirs.chunks_mut(SIGNED_TOGETHER_MAX) {
                let network = &self.setup.home.network;
                let transactions = together.iter_mut().map(|(_, id, scopes)| ToSign {
                    id: *id,
                    scope: std::mem::take(scopes),
                    salt: scope_salt(&self.setup.secret, id, &hosted.party),
                });
                let transactions = transactions.collect();
                let key = hosted.key(&self.members).ok_or(KeyError::Unusable)?;
                let signed = key.sign(&hosted.party, network, transactions)?;
                self.strokes += 1;
                for ((at, ..), signature) in together.iter().zip(signed) {
                    own[*at].push(signature);
                }
            }
        }
        for (Unsigned { checked, then, .. }, own) in unsigned.into_iter().zip(own) {
            match then {
                Then::Drive(mut stored, audiences) => {
                    stored.own = own;
                    let key = under(DRIVEN, checked.id.bytes());
                    self.pending.put(Table::Flows, key, &stored);
                    self.drive(stored, audiences, checked, None)?;
                }
                Then::Answer(mut stored) => {
                    stored.own = own;
                    self.answer(stored, checked)?;
                }
            }
        }
        Ok(())
    }

    fn answer(&mut self, stored: StoredSigned, checked: Checked) -> Result<(), NodeError> {
        let id = checked.id;
        if self.transaction(&id)?.is_some() {
            return Ok(());
        }
        let key = under(SIGNED, id.bytes());
        self.pending.put(Table::Flows, key, &stored);
        let (from, own) = (stored.from.clone(), stored.own.clone());
        let signed = Signed {
            stored,
            checked: Some(checked),
            asked_ms: self.now_ms,
        };
        self.signed.insert(id, signed);
        self.send(&from, &Message::Signed(id, own));
        Ok(())
    }
}

/// What blinds the scopes of a party's signature from strangers: the same every time it signs the same transaction.
fn scope_salt(node_secret: &[u8; 32], id: &TransactionId, party: &Party) -> Digest {
    let party = party.as_str().as_bytes();
    hmac_sha256(node_secret, &[b"pvn scope salt/1\0", id.bytes(), party])
}
