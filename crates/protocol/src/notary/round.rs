//! What one block adds: batches of the log, with the tokens that they use up and the nodes of the tree.

use std::collections::BTreeMap;

use ledger::certificate::{BatchEntry, MapPin, ids_root, tokens_root};
use ledger::codec;
use ledger::{Digest, Token, TransactionId};
use tlog::{Frontier, Node};

use super::agreed::Agreed;
use super::past::{Body, Place, body_name, certified_key};
use super::store::NotaryBatch;
use crate::limits::{BATCH_REQUESTS_MAX, BATCH_TOKENS_MAX};

/// Entries to be added to the log, with what becomes durable together with them.
pub(super) struct Addition {
    pub(super) frontier: Frontier,
    pub(super) batch: NotaryBatch,
}

impl Addition {
    pub(super) fn to(frontier: &Frontier) -> Self {
        Self {
            frontier: frontier.clone(),
            batch: NotaryBatch::new(),
        }
    }

    /// Adds an entry, and says its place.
    pub(super) fn entry(&mut self, bytes: Vec<u8>) -> u64 {
        let height = self.frontier.size();
        let nodes = &mut self.batch.nodes;
        self.frontier
            .append_with(tlog::leaf_hash(&bytes), |node: Node, hash| {
                nodes.push(((node.level, node.index), hash.0));
            });
        self.batch.entries.push((height, bytes));
        height
    }
}

/// What a block adds, batch by batch.
pub(super) struct Round {
    pub(super) time_ms: u64,
    pub(super) map: MapPin,
    pub(super) addition: Addition,
    /// Marks used up by this block, in all of its batches.
    pub(super) fresh: BTreeMap<Token, Digest>,
    /// Ids certified by this block.
    pub(super) placed: BTreeMap<TransactionId, Place>,
    /// What is gathered for the next batch.
    body: Body,
    pub(super) batches: BTreeMap<u64, (BatchEntry, Body)>,
}

impl Round {
    pub(super) fn begin(frontier: &Frontier, agreed: &Agreed) -> Self {
        Self {
            time_ms: agreed.time_ms(),
            map: agreed.map(),
            addition: Addition::to(frontier),
            fresh: BTreeMap::new(),
            placed: BTreeMap::new(),
            body: Body::default(),
            batches: BTreeMap::new(),
        }
    }

    /// Certifies an id in the batch that is gathered, and says its place.
    pub(super) fn certify(&mut self, id: TransactionId, marks: Vec<Token>, on: Digest) -> Place {
        self.spend(marks, on);
        let place = Place {
            height: self.addition.frontier.size(),
            index: self.body.ids.len() as u32,
        };
        self.body.ids.push(id);
        self.placed.insert(id, place);
        place
    }

    /// Uses up the marks of one transaction, all in one batch: what has no room begins another.
    pub(super) fn spend(&mut self, marks: Vec<Token>, on: Digest) {
        let Body { ids, spent } = &self.body;
        if ids.len() >= BATCH_REQUESTS_MAX || spent.len() + marks.len() > BATCH_TOKENS_MAX {
            self.close();
        }
        let marks = marks.into_iter().map(|mark| (mark, on));
        self.fresh.extend(marks.clone());
        self.body.spent.extend(marks);
    }

    /// Makes an entry of the log of what was gathered: tokens, ids and entry go together.
    pub(super) fn close(&mut self) {
        let mut body = std::mem::take(&mut self.body);
        if body.spent.is_empty() && body.ids.is_empty() {
            return;
        }
        body.spent.sort_unstable_by_key(|(mark, _)| *mark);
        let entry = BatchEntry {
            height: self.addition.frontier.size(),
            time_ms: self.time_ms,
            map: self.map,
            ids: body.ids.len() as u32,
            ids_root: ids_root(&body.ids),
            tokens_root: tokens_root(&body.spent),
        };
        let height = self.addition.entry(codec::encode(&entry));
        let batch = &mut self.addition.batch;
        batch
            .tokens
            .extend(body.spent.iter().map(|(token, on)| (*token.bytes(), on.0)));
        batch.marks.extend(body.marks(height));
        let places = (0u32..)
            .zip(&body.ids)
            .map(|(index, id)| (certified_key(id), Place { height, index }.to_bytes()));
        batch.tokens.extend(places);
        batch.meta.push((body_name(height), codec::encode(&body)));
        self.batches.insert(height, (entry, body));
    }
}
