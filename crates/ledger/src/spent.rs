//! That a mark was used up, and by what: what a notary answers with when a token comes a second time.
//!
//! It tells the mark, which whoever asks knows, and what the mark was used for, blinded by whoever used it. Of the batch it tells
//! how many marks it has and when it was, and hashes.

use minicbor::{Decode, Encode};

use crate::certificate::{BatchEntry, TOKENS, spent_leaf};
use crate::codec;
use crate::digest::{Digest, Token};
use crate::log_keys::{LogKeys, verify_checkpoint};
use crate::tree::TreePlace;

/// That a mark was used up in a batch of the notary's log.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Spent {
    /// The batch.
    #[n(0)]
    pub entry: BatchEntry,
    /// Place among the batch's marks, ascending.
    #[n(1)]
    pub place: TreePlace,
    /// Path from the batch, whose height is its place, to the log's root.
    #[cbor(n(2), with = "codec::path")]
    pub log_path: Vec<Digest>,
    /// The signed checkpoint of the log, a C2SP signed note.
    #[cbor(n(3), with = "codec::text")]
    pub checkpoint: String,
}

/// Why a proof doesn't show that a mark was used up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotSpent {
    /// The mark, used so, isn't in the batch.
    #[error("the mark is not among those that the batch uses up")]
    NotInBatch,
    /// The batch isn't in the log.
    #[error("the batch is not in the notary's log")]
    NotInLog,
    /// The checkpoint isn't the notary's.
    #[error("its checkpoint: {0}")]
    Checkpoint(String),
}

impl Spent {
    /// Checks that the mark was used up on this, blinded. Every byte counts.
    ///
    /// # Errors
    /// [`NotSpent`].
    pub fn verify(&self, mark: &Token, on: &Digest, notary: &LogKeys) -> Result<(), NotSpent> {
        if self.place.root(TOKENS, spent_leaf(mark, on)) != Some(self.entry.tokens_root) {
            return Err(NotSpent::NotInBatch);
        }
        let checkpoint = verify_checkpoint(&self.checkpoint, notary)
            .map_err(|error| NotSpent::Checkpoint(error.to_string()))?;
        let leaf = tlog::leaf_hash(&codec::encode(&self.entry));
        let path: Vec<tlog::Hash> = self.log_path.iter().map(|h| (*h).into()).collect();
        let (size, root) = (checkpoint.size(), checkpoint.root());
        tlog::verify_inclusion(leaf, self.entry.height, size, &path, root)
            .map_err(|_| NotSpent::NotInLog)
    }
}

/// The marks of one batch, of which any can be shown.
pub struct SpentTree<'b> {
    spent: &'b [(Token, Digest)],
    tree: tlog::MerkleTree,
}

impl<'b> SpentTree<'b> {
    /// The tree over a batch's marks, ascending, with what each was used up on.
    #[must_use]
    pub fn new(spent: &'b [(Token, Digest)]) -> Self {
        let leaves = spent.iter().map(|(mark, on)| spent_leaf(mark, on).into());
        Self {
            tree: tlog::MerkleTree::new(leaves.collect()),
            spent,
        }
    }

    /// What a mark was used up on, and where it stands; nothing if it isn't there.
    #[must_use]
    pub fn place(&self, mark: &Token) -> Option<(Digest, TreePlace)> {
        let index = self.spent.binary_search_by_key(mark, |(mark, _)| *mark);
        let index = index.ok()?;
        let (_, on) = self.spent.get(index)?;
        let place = TreePlace {
            index: u32::try_from(index).ok()?,
            count: u32::try_from(self.spent.len()).ok()?,
            path: self
                .tree
                .path(index)?
                .into_iter()
                .map(Digest::from)
                .collect(),
        };
        Some((*on, place))
    }
}
