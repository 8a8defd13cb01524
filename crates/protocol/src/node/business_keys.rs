//! Business keys (`one per`): an attestor lets each be used once.

use std::collections::BTreeSet;

use ledger::business_key::BusinessKey;
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
        let views = seen.views.iter().zip(&checked.meanings);
        let whole = views.filter_map(|(view, meaning)| match view {
            SeenView::Whole(view) => Some((view, meaning.as_ref()?)),
            SeenView::Outputs(_) | SeenView::Hidden(_) => None,
        });
        whole
            .flat_map(|(view, meaning)| {
                let attested = meaning.taken.iter().filter(|taken| {
                    let roles = meaning.created.get(taken.output);
                    let mut attestors = roles.into_iter().flat_map(|roles| &roles.attestors);
                    attestors.any(|party| self.hosts(party))
                });
                attested.map(|taken| {
                    let BusinessKey { kind, values } = &taken.key;
                    let (kind, values) = (kind.to_be_bytes(), encode_values(values));
                    let key = Digest::of(&[view.contract.bytes(), &kind, &values]);
                    under(UNIQUE, &key.0)
                })
            })
            .collect()
    }
}
