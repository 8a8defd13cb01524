//! Business keys (`one per`): an attestor lets each be used once.

use std::collections::BTreeSet;

use ledger::fact::Fact;
use ledger::tearoff::{SeenView, TearOff};
use ledger::validity::Checked;
use ledger::{Digest, TransactionId};

use super::core::{Node, NodeError, UNIQUE, under};
use super::purse::encode_values;
use crate::store::{Store, Table};

/// Whether the business keys of a transaction are to be had.
pub(crate) enum Claim {
    /// Nobody has them.
    Free,
    /// A transaction has them whose outcome is open.
    Open,
    /// They are used up.
    Used,
}

impl Claim {
    /// The code of a refusal.
    pub(crate) const CODE: &str = "one_per_business_key";
    /// The reason of a refusal.
    pub(crate) const REASON: &str = "a fact with the same business key exists already";
}

impl<S: Store> Node<S> {
    /// Whether a transaction can have these business keys.
    pub(crate) fn claim(&self, keys: &[Vec<u8>], id: &TransactionId) -> Result<Claim, NodeError> {
        let mut claim = Claim::Free;
        if keys.iter().collect::<BTreeSet<_>>().len() < keys.len() {
            return Ok(Claim::Used);
        }
        for key in keys {
            let by = self.pending.bytes(&self.store, Table::Index, key)?;
            let Some(by) = by.filter(|by| by != id.bytes()) else {
                continue;
            };
            let open = <[u8; 32]>::try_from(by.as_slice()).is_ok_and(|by| {
                let by = TransactionId(Digest(by));
                self.is_open(&by)
            });
            if !open {
                return Ok(Claim::Used);
            }
            claim = Claim::Open;
        }
        Ok(claim)
    }

    /// Gives back the business keys of a transaction that can't be certified any more.
    pub(crate) fn release(&mut self, seen: &TearOff, checked: &Checked) {
        for key in self.business_keys(seen, checked) {
            self.pending.delete(Table::Index, key);
        }
    }

    /// The index keys of the business keys that a transaction claims, for kinds attested here.
    pub(crate) fn business_keys(&self, seen: &TearOff, checked: &Checked) -> Vec<Vec<u8>> {
        let mut keys = Vec::new();
        for (view, meaning) in seen.views.iter().zip(&checked.meanings) {
            let (SeenView::Whole(view), Some(meaning)) = (view, meaning) else {
                continue;
            };
            let Some(contract) = self.setup.book.get(&view.contract) else {
                continue;
            };
            let key = |fact: &Fact| {
                let kind = contract.kinds().get(usize::from(fact.kind))?;
                let values = kind.one_per.iter();
                let values = values.filter_map(|f| fact.fields.get(usize::from(*f)).cloned());
                let values = encode_values(&values.collect::<Vec<_>>());
                let id = [fact.contract.bytes(), &fact.kind.to_be_bytes()[..], &values];
                (!kind.one_per.is_empty()).then(|| Digest::of(&id))
            };
            // A fact that goes on keeps its key, once.
            let consumed = view.consumed.iter();
            let mut kept: Vec<Digest> = consumed.filter_map(|input| key(&input.fact)).collect();
            for (fact, roles) in view.created.iter().zip(&meaning.created) {
                let attests = roles.attestors.iter().any(|party| self.hosts(party));
                let Some(key) = key(fact).filter(|_| attests) else {
                    continue;
                };
                match kept.iter().position(|known| *known == key) {
                    Some(at) => drop(kept.swap_remove(at)),
                    None => keys.push(under(UNIQUE, &key.0)),
                }
            }
        }
        keys
    }
}
