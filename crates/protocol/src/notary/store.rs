//! What the notary keeps, and the one atomic step in which it changes.
//!
//! Consumed tokens, the log's leaf entries, the tree's nodes and the notary's own position (frontier, applied height)
//! move together: a token without its entry, or an entry without its token, would be a lie to somebody. The store is
//! trusted for nothing that the log can prove; losing a consumed token from it would allow one double consumption.

mod memory;

use ledger::Token;
pub use memory::MemoryNotaryStore;

use crate::store::StoreError;

/// A SHA-256 digest: a token, what a token was spent on, or a node of the tree.
pub type Digest = [u8; 32];

/// A used mark, and the place in the log of the entry by which it was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The name under which the notary remembers a used token.
    pub mark: Token,
    /// The entry's index.
    pub height: u64,
}

/// The first and the last of the digests that share so many first bits with this one.
#[must_use]
pub fn sharing(like: &Digest, bits: usize) -> (Digest, Digest) {
    let (mut first, mut last) = (*like, *like);
    for (at, (low, high)) in first.iter_mut().zip(&mut last).enumerate() {
        let free = match bits.saturating_sub(8 * at) {
            0 => 0xff,
            kept @ 1..8 => 0xff >> kept,
            _ => 0,
        };
        *low &= !free;
        *high |= free;
    }
    (first, last)
}

/// Writes that become durable together or not at all.
///
/// There is no delete: nothing that the notary has recorded is ever forgotten. Giving a different value to a token,
/// entry or complete node that is there already is a mistake of the caller, which stores need not notice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NotaryBatch {
    /// Token consumed -> what it was consumed by, blinded.
    pub tokens: Vec<(Digest, Digest)>,
    /// Marks used, once more and in an order of their own, without what else is remembered among the tokens.
    pub marks: Vec<Mark>,
    /// Index in the log -> the leaf's entry bytes.
    pub entries: Vec<(u64, Vec<u8>)>,
    /// (level, index in the level) -> hash of a complete subtree; level 0 are the leaves.
    pub nodes: Vec<((u8, u64), Digest)>,
    /// Named singletons, overwritten: frontier, applied height.
    pub meta: Vec<(String, Vec<u8>)>,
}

impl NotaryBatch {
    /// An empty batch.
    pub fn new() -> Self {
        Self::default()
    }

    /// The number of writes of all sorts.
    pub fn len(&self) -> usize {
        let log = self.entries.len() + self.nodes.len();
        self.tokens.len() + self.marks.len() + log + self.meta.len()
    }

    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Storage of a notary.
pub trait NotaryStore {
    /// What `token` was consumed by; `None` while it is unused.
    fn token(&self, token: &Digest) -> Result<Option<Digest>, StoreError>;

    /// The used marks that share so many first bits with this one, ascending.
    fn marks(&self, like: &Token, bits: usize) -> Result<Vec<Mark>, StoreError>;

    /// The log's leaf entry at `index`.
    fn entry(&self, index: u64) -> Result<Option<Vec<u8>>, StoreError>;

    /// The hash of the complete subtree at `index` of `level`.
    fn node(&self, level: u8, index: u64) -> Result<Option<Digest>, StoreError>;

    /// The singleton called `name`.
    fn meta(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError>;

    /// Applies the batch whole, and returns only once it would survive loss of power.
    fn commit(&mut self, batch: NotaryBatch) -> Result<(), StoreError>;
}
