//! Where a fact stands: the path from its commitment to the transaction id.

use minicbor::{Decode, Encode};

use crate::codec;
use crate::digest::{Digest, TransactionId, ViewRoot};
use crate::transaction::{IdOpening, Terms, VIEWS};
use crate::tree::{merkle_path, root_from_path};
use crate::view::{OUTPUTS, ViewHashes, ViewSkeleton};

/// The path from a fact's commitment to the transaction id.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Place {
    /// The transaction's terms.
    #[n(0)]
    pub terms: Terms,
    /// Hash of its tokens and commitments.
    #[n(1)]
    pub load: Digest,
    /// Ordinal of the view.
    #[n(2)]
    pub view: u32,
    /// Path from the view's root to the root over views.
    #[cbor(n(3), with = "codec::path")]
    pub view_path: Vec<Digest>,
    /// Hash of everything in the view but the facts that it creates.
    #[n(4)]
    pub rest: Digest,
    /// Number of facts that the view creates, rounded up to a power of two.
    #[n(5)]
    pub outputs: u32,
    /// Position of the fact among them.
    #[n(6)]
    pub output: u32,
    /// Path from the fact's commitment to the root over created facts.
    #[cbor(n(7), with = "codec::path")]
    pub output_path: Vec<Digest>,
}

impl Place {
    /// The place of `output` of the view with these hashes.
    #[must_use]
    pub fn of(opening: &IdOpening, view: u32, hashes: &ViewHashes, output: u32) -> Option<Self> {
        let ViewHashes {
            skeleton,
            commitments,
        } = hashes;
        let roots: Vec<Digest> = opening.roots.iter().map(|r| r.0).collect();
        Some(Self {
            terms: opening.header.terms.clone(),
            load: opening.header.load(),
            view,
            view_path: merkle_path(&roots, view as usize)?,
            rest: skeleton.rest,
            outputs: commitments.len() as u32,
            output,
            output_path: merkle_path(commitments, output as usize)?,
        })
    }

    /// The view's root and the transaction id, if a fact with this commitment stands here.
    #[must_use]
    pub fn resolve(&self, commitment: Digest) -> Option<(ViewRoot, TransactionId)> {
        let outputs = root_from_path(
            OUTPUTS,
            commitment,
            self.output,
            self.outputs,
            &self.output_path,
        )?;
        let skeleton = ViewSkeleton {
            rest: self.rest,
            outputs,
        };
        let root = skeleton.root();
        let views = root_from_path(VIEWS, root.0, self.view, self.terms.views, &self.view_path)?;
        Some((root, self.terms.id(&self.load, &views)))
    }
}
