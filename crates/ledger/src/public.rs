//! The public part of a view: exactly the fields that the contract publishes, with the salts that prove them.
//!
//! It follows from the view, so every party that sees the view whole recomputes it and nobody can leave one out.

use deed::Contract;
use minicbor::{Decode, Encode};

use crate::codec;
use crate::digest::Digest;
use crate::fact::{FIXED_LEAVES, Opening};
use crate::view::View;

/// One published fact of a view.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub struct PublicFact {
    /// Its position among the view's created facts.
    #[n(0)]
    pub output: u32,
    /// The published fields; the others stay hidden.
    #[n(1)]
    pub opening: Opening,
}

/// Everything that a view publishes.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub struct PublicPart {
    /// The published facts, by output.
    #[cbor(n(0), with = "codec::list")]
    pub facts: Vec<PublicFact>,
}

impl PublicPart {
    /// What `contract` publishes of the view; `None` if nothing.
    #[must_use]
    pub fn of(view: &View, contract: &Contract) -> Option<Self> {
        let facts: Vec<PublicFact> = view
            .created
            .iter()
            .enumerate()
            .filter_map(|(output, fact)| {
                let public = &contract.kinds().get(usize::from(fact.kind))?.public;
                let shown = |leaf: usize| {
                    leaf == 0
                        || leaf
                            .checked_sub(FIXED_LEAVES)
                            .is_some_and(|f| public.iter().any(|p| usize::from(*p) == f))
                };
                (!public.is_empty()).then(|| PublicFact {
                    output: output as u32,
                    opening: fact.open(shown),
                })
            })
            .collect();
        (!facts.is_empty()).then_some(Self { facts })
    }

    /// The hash that the header commits.
    #[must_use]
    pub fn hash(&self) -> Digest {
        Self::hash_bytes(&codec::encode(self))
    }

    /// The hash of a public part's bytes, for the notary, which only passes them on.
    #[must_use]
    pub fn hash_bytes(bytes: &[u8]) -> Digest {
        Digest::of(&[&[0x40], bytes])
    }
}
