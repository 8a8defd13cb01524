//! What an observer or attestor adds up: money issued, and money by holder and attributes, from the facts it was shown.

use std::collections::{BTreeMap, BTreeSet};

use ledger::codec;
use ledger::fact::Fact;
use ledger::tearoff::{SeenView, TearOff};
use ledger::trust::ContractBook;
use ledger::validity::{ENVELOPE_INFO, Standing, check};
use ledger::view::{Command, View};
use ledger::{ContractId, envelope};
use minicbor::{Decode, Encode};

use super::core::{Node, NodeError};
use super::pending::{Pending, all};
use super::purse::PurseKey;
use super::records::StoredTransaction;
use crate::message::Observation;
use crate::store::{Store, StoreError, Table};

/// One row: a sort of money and how much of it there is, in minor units.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct MoneyTotal {
    /// The contract.
    #[n(0)]
    pub contract: ContractId,
    /// The kind of money.
    #[n(1)]
    pub kind: u16,
    /// The holder; none for what was ever issued.
    #[n(2)]
    pub holder: Option<String>,
    /// The canonical bytes of the attributes.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub attributes: Vec<u8>,
    /// Minor units.
    #[n(4)]
    pub minor: i64,
}

type Row = (ContractId, u16, Option<String>, Vec<u8>);

/// Sums over everything shown, kept up to date transaction by transaction.
#[derive(Debug, Default)]
pub struct Totals {
    scope: &'static str,
    rows: BTreeMap<Row, i64>,
    changed: BTreeSet<Row>,
}

impl Totals {
    pub(crate) fn load(store: &impl Store, scope: &'static str) -> Result<Self, StoreError> {
        let prefix = format!("total/{scope}/").into_bytes();
        let rows = all::<MoneyTotal>(store, Table::Index, &prefix)?
            .into_iter()
            .map(|(_, t)| ((t.contract, t.kind, t.holder, t.attributes), t.minor))
            .collect();
        Ok(Self {
            scope,
            rows,
            changed: BTreeSet::new(),
        })
    }

    pub(crate) fn save(&mut self, pending: &mut Pending) {
        for row in std::mem::take(&mut self.changed) {
            let mut key = format!("total/{}/", self.scope).into_bytes();
            key.extend(codec::encode(&(
                row.0,
                row.1,
                &row.2,
                minicbor::bytes::ByteVec::from(row.3.clone()),
            )));
            let minor = self.rows.get(&row).copied().unwrap_or_default();
            let (contract, kind, holder, attributes) = row;
            pending.put(
                Table::Index,
                key,
                &MoneyTotal {
                    contract,
                    kind,
                    holder,
                    attributes,
                    minor,
                },
            );
        }
    }

    /// Every row, in order.
    pub fn rows(&self) -> impl Iterator<Item = MoneyTotal> + '_ {
        self.rows
            .iter()
            .map(|((contract, kind, holder, attributes), minor)| MoneyTotal {
                contract: *contract,
                kind: *kind,
                holder: holder.clone(),
                attributes: attributes.clone(),
                minor: *minor,
            })
    }

    /// For each kind of money, minor units issued and minor units that all holders have, whatever their state.
    #[must_use]
    pub fn balances(&self) -> Vec<(u16, i128, i128)> {
        let mut sums: BTreeMap<(ContractId, u16), (i128, i128)> = BTreeMap::new();
        for ((contract, kind, holder, _), minor) in &self.rows {
            let sum = sums.entry((*contract, *kind)).or_default();
            *(if holder.is_none() {
                &mut sum.0
            } else {
                &mut sum.1
            }) += i128::from(*minor);
        }
        sums.into_iter()
            .map(|((_, kind), (issued, held))| (kind, issued, held))
            .collect()
    }

    fn change(&mut self, row: Row, by: i64) {
        *self.rows.entry(row.clone()).or_default() += by;
        self.changed.insert(row);
    }

    fn count(&mut self, fact: &Fact, book: &ContractBook, sign: i64) {
        let Some((key, minor)) = book.get(&fact.contract).and_then(|c| PurseKey::of(fact, c))
        else {
            return;
        };
        self.change(
            (
                key.contract,
                key.kind,
                Some(key.holder.as_str().to_owned()),
                key.attributes,
            ),
            sign * minor,
        );
    }

    /// Adds what a money view changes. Money made from nothing counts as issued.
    pub(crate) fn apply(&mut self, view: &View, book: &ContractBook) {
        if !matches!(view.command, Command::Move(_)) {
            return;
        }
        for input in &view.consumed {
            self.count(&input.fact, book, -1);
        }
        for fact in &view.created {
            self.count(fact, book, 1);
            if view.consumed.is_empty() {
                let issued = book.get(&fact.contract).and_then(|c| PurseKey::of(fact, c));
                if let Some((key, minor)) = issued {
                    self.change((key.contract, key.kind, None, key.attributes), minor);
                }
            }
        }
    }
}

impl<S: Store> Node<S> {
    /// Opens the envelopes for parties hosted here, checks what they show, and adds it up, once.
    pub(crate) fn observed(&mut self, observation: Observation) -> Result<(), NodeError> {
        let id = observation.opening.id();
        // One view may come before or after another of the same transaction.
        let key_of = |view: u32| {
            let key = super::core::under(b"seen/", id.bytes());
            super::core::under(&key, &view.to_be_bytes())
        };
        let mut views: Vec<SeenView> = observation
            .opening
            .roots
            .iter()
            .map(|root| SeenView::Hidden(*root))
            .collect();
        for sealed in &observation.envelopes {
            let key = key_of(sealed.view);
            let known = self.pending.bytes(&self.store, Table::Observed, &key)?;
            if known.is_some() || !self.hosts(&sealed.observer) {
                continue;
            }
            let secret = envelope_secret(&self.setup.secret, &sealed.observer);
            let aad = sealed.observer.as_str().as_bytes();
            let opened = envelope::open(&secret, &sealed.envelope, ENVELOPE_INFO, aad);
            let committed = observation
                .opening
                .header
                .views
                .get(sealed.view as usize)
                .is_some_and(|view| view.envelopes.contains(&sealed.envelope.hash()));
            let view: Option<View> = opened
                .ok()
                .filter(|_| committed)
                .and_then(|plain| codec::decode(&plain).ok());
            let (Some(view), Some(slot)) = (view, views.get_mut(sealed.view as usize)) else {
                return Ok(());
            };
            *slot = SeenView::Whole(view);
        }
        let directory = self.as_of(&observation.certificate);
        let seen = TearOff {
            header: observation.opening.header.clone(),
            views,
            vouchers: Vec::new(),
        };
        if seen.opening() != observation.opening {
            return Ok(());
        }
        let Ok(checked) = check(
            &seen,
            Standing::Observer,
            &self.setup.book,
            &self.setup.home,
            &directory,
        ) else {
            return Ok(());
        };
        let (network, signatures) = (&self.setup.home.network, &observation.signatures);
        let Ok(signatures) = checked.relied_on(network, signatures, &[], &directory) else {
            return Ok(());
        };
        let (terms, certificate) = (&observation.opening.header.terms, observation.certificate);
        if self.certified(&id, terms, &certificate).is_err() {
            return Ok(());
        }
        self.note_files(&seen, &checked)?;
        let stored = StoredTransaction {
            seen,
            signatures,
            certificate,
        };
        for (ordinal, view) in (0u32..).zip(&stored.seen.views) {
            if let SeenView::Whole(view) = view {
                self.totals.apply(view, &self.setup.book);
                self.pending.put(Table::Observed, key_of(ordinal), &stored);
            }
        }
        Ok(())
    }
}

/// The secret with which envelopes for a party are opened.
#[must_use]
pub fn envelope_secret(node_secret: &[u8; 32], party: &deed::Party) -> [u8; 32] {
    ledger::digest::hmac_sha256(
        node_secret,
        &[b"envelope key/v1", party.as_str().as_bytes()],
    )
    .0
}
