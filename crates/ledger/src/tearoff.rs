//! Tear-offs: a transaction as one recipient may see it, with everything else behind hashes.

use std::collections::{BTreeMap, BTreeSet};

use deed::Party;
use minicbor::{Decode, Encode};

use crate::address::Voucher;
use crate::codec;
use crate::digest::{Digest, TransactionId, ViewRoot};
use crate::fact::{Fact, Opening};
use crate::transaction::{Header, IdOpening, Transaction};
use crate::view::{View, ViewSkeleton, outputs_root};

/// What is shown of a created fact.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub enum ShownOutput {
    /// All of it, to those who may use it.
    #[n(0)]
    Whole(#[n(0)] Fact),
    /// Some leaves, to those who must see that a due was discharged.
    #[n(1)]
    Part(#[n(0)] Opening),
}

impl ShownOutput {
    /// The fact, when shown whole.
    #[must_use]
    pub fn whole(&self) -> Option<&Fact> {
        match self {
            Self::Whole(fact) => Some(fact),
            Self::Part(_) => None,
        }
    }

    /// The fact's commitment; `None` for a malformed opening.
    #[must_use]
    pub fn commitment(&self) -> Option<Digest> {
        match self {
            Self::Whole(fact) => Some(fact.commitment()),
            Self::Part(opening) => opening.commitment(),
        }
    }
}

/// What is shown of a view.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub enum SeenView {
    /// All of it.
    #[n(0)]
    Whole(#[n(0)] View),
    /// Some of the created facts only.
    #[n(1)]
    Outputs(#[n(0)] SeenOutputs),
    /// Nothing but its root.
    #[n(2)]
    Hidden(#[n(0)] ViewRoot),
}

/// Created facts shown without their view.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub struct SeenOutputs {
    /// The view's two parts as hashes.
    #[n(0)]
    pub skeleton: ViewSkeleton,
    /// The commitments of all created facts, in order, with the fillers behind them.
    #[cbor(n(1), with = "codec::hashes")]
    pub commitments: Vec<Digest>,
    /// Those that are shown, by output.
    #[n(2)]
    pub shown: BTreeMap<u32, ShownOutput>,
}

impl SeenOutputs {
    /// Whether what is shown belongs to the view that the skeleton describes.
    #[must_use]
    pub fn hangs_together(&self) -> bool {
        outputs_root(&self.commitments) == self.skeleton.outputs
            && self.shown.iter().all(|(output, shown)| {
                let commitment = self.commitments.get(*output as usize).copied();
                commitment.is_some() && commitment == shown.commitment()
            })
    }
}

/// The proof, by its owner's signature, that a key in a created fact is the recipient's own.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub struct Vouched {
    /// The view.
    #[n(0)]
    pub view: u32,
    /// The output.
    #[n(1)]
    pub output: u32,
    /// The voucher for the key, which says what for.
    #[n(2)]
    pub voucher: Voucher,
}

/// A transaction as one recipient may see it.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub struct TearOff {
    /// The header.
    #[n(0)]
    pub header: Header,
    /// The views, in order.
    #[cbor(n(1), with = "codec::list")]
    pub views: Vec<SeenView>,
    /// Vouchers for the keys of recipients that don't sign, for those facts that are shown whole.
    #[cbor(n(2), with = "codec::list")]
    pub vouchers: Vec<Vouched>,
}

impl SeenView {
    /// The view's root.
    #[must_use]
    pub fn root(&self) -> ViewRoot {
        match self {
            Self::Whole(view) => view.root(),
            Self::Outputs(outputs) => outputs.skeleton.root(),
            Self::Hidden(root) => *root,
        }
    }
}

impl TearOff {
    /// Header and view roots, which give the id.
    #[must_use]
    pub fn opening(&self) -> IdOpening {
        IdOpening {
            header: self.header.clone(),
            roots: self.views.iter().map(SeenView::root).collect(),
        }
    }

    /// The transaction's id.
    #[must_use]
    pub fn id(&self) -> TransactionId {
        self.opening().id()
    }

    /// The whole view at `ordinal`, when shown whole.
    #[must_use]
    pub fn whole(&self, ordinal: u32) -> Option<&View> {
        match self.views.get(ordinal as usize) {
            Some(SeenView::Whole(view)) => Some(view),
            _ => None,
        }
    }
}

/// The leaves shown to whom a due is owed: policy and keys are nobody's business but the owner's.
#[must_use]
pub fn to_creditors(leaf: usize) -> bool {
    !matches!(leaf, 1 | 2 | 4)
}

/// Who sees what of one view.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Audience {
    /// See it whole.
    pub whole: BTreeSet<Party>,
    /// See it whole through a sealed envelope, without taking part.
    pub observers: BTreeSet<Party>,
    /// May use or show a created fact, so see that fact whole.
    pub owners: BTreeMap<u32, BTreeSet<Party>>,
    /// Must see that a due was discharged, so see the due and the fields of the created fact.
    pub creditors: BTreeMap<u32, BTreeSet<Party>>,
}

impl Audience {
    /// Whether any of the viewers sees anything of the view.
    #[must_use]
    pub fn shows(&self, viewers: &BTreeSet<Party>) -> bool {
        let outputs = self.owners.values().chain(self.creditors.values());
        std::iter::once(&self.whole)
            .chain(outputs)
            .any(|some| !some.is_disjoint(viewers))
    }
}

impl Transaction {
    /// The transaction as `viewers` (the parties of one node) together may see it.
    #[must_use]
    pub fn tear_off(
        &self,
        audiences: &[Audience],
        viewers: &BTreeSet<Party>,
        vouchers: &[Vouched],
    ) -> TearOff {
        let among = |set: Option<&BTreeSet<Party>>| set.is_some_and(|s| !s.is_disjoint(viewers));
        let views: Vec<SeenView> = self
            .views
            .iter()
            .zip(audiences)
            .map(|(view, audience)| {
                if among(Some(&audience.whole)) {
                    return SeenView::Whole(view.clone());
                }
                let shown: BTreeMap<u32, ShownOutput> = (0u32..)
                    .zip(&view.created)
                    .filter_map(|(output, fact)| {
                        if among(audience.owners.get(&output)) {
                            Some((output, ShownOutput::Whole(fact.clone())))
                        } else if among(audience.creditors.get(&output)) {
                            Some((output, ShownOutput::Part(fact.open(to_creditors))))
                        } else {
                            None
                        }
                    })
                    .collect();
                if shown.is_empty() {
                    SeenView::Hidden(view.root())
                } else {
                    let hashes = view.hashes();
                    SeenView::Outputs(SeenOutputs {
                        skeleton: hashes.skeleton,
                        commitments: hashes.commitments,
                        shown,
                    })
                }
            })
            .collect();
        // A voucher names its owner: it goes only where the fact that it is about is shown.
        let vouchers = vouchers
            .iter()
            .filter(|vouched| match views.get(vouched.view as usize) {
                Some(SeenView::Whole(_)) => true,
                Some(SeenView::Outputs(outputs)) => matches!(
                    outputs.shown.get(&vouched.output),
                    Some(ShownOutput::Whole(_))
                ),
                Some(SeenView::Hidden(_)) | None => false,
            })
            .cloned()
            .collect();
        TearOff {
            header: self.header.clone(),
            views,
            vouchers,
        }
    }
}
