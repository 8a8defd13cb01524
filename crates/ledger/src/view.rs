//! Views: one command with its facts, the unit that a party sees whole or not at all.

use aws_lc_rs::hmac;
use deed::Value;
use minicbor::{Decode, Encode};

use crate::codec;
use crate::digest::{ContractId, Digest, ViewRoot, keyed};
use crate::fact::{Fact, FactRef};
use crate::tree::{padded, root};

/// A stated intent: one action of one contract.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub enum Command {
    /// An action of the contract, by position, with its arguments in the declared order.
    #[n(0)]
    Action(
        #[n(0)] u16,
        #[cbor(n(1), with = "codec::values")] Vec<Value>,
    ),
    /// Money changes hands: the built-in command of the money kind at this position.
    #[n(1)]
    Move(#[n(0)] u16),
}

/// A fact that a view consumes or references, and where it was created.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub struct Input {
    /// The creating transaction, view and output.
    #[n(0)]
    pub at: FactRef,
    /// The fact, whole.
    #[n(1)]
    pub fact: Fact,
}

/// One command with its consumed, referenced and created facts.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub struct View {
    /// Position in the transaction, from 0: a view can't be replayed at another.
    #[n(0)]
    pub ordinal: u32,
    /// 32 random bytes from which the salts of the view's own leaves are derived.
    #[n(1)]
    pub salt: Digest,
    /// The contract whose rules decide.
    #[n(2)]
    pub contract: ContractId,
    /// What is to be done.
    #[n(3)]
    pub command: Command,
    /// Facts used up.
    #[cbor(n(4), with = "codec::list")]
    pub consumed: Vec<Input>,
    /// Facts relied on and left as they are.
    #[cbor(n(5), with = "codec::list")]
    pub referenced: Vec<Input>,
    /// Facts made.
    #[cbor(n(6), with = "codec::list")]
    pub created: Vec<Fact>,
}

/// A view's two parts as hashes: what strangers never open, and the facts that they may be shown one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ViewSkeleton {
    /// Hash of ordinal, contract, command and inputs.
    #[n(0)]
    pub rest: Digest,
    /// Root over created facts.
    #[n(1)]
    pub outputs: Digest,
}

impl ViewSkeleton {
    /// The view's root.
    #[must_use]
    pub fn root(&self) -> ViewRoot {
        ViewRoot(Digest::of(&[&[0x20], &self.rest.0, &self.outputs.0]))
    }
}

/// Tag of the level of a view's created facts.
pub(crate) const OUTPUTS: u8 = 0x22;

/// The root over a view's created facts, fillers included.
#[must_use]
pub fn outputs_root(commitments: &[Digest]) -> Digest {
    root(OUTPUTS, commitments)
}

/// A view's hashes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ViewHashes {
    /// Its two parts.
    pub skeleton: ViewSkeleton,
    /// The commitments of the facts that it creates, in order, and fillers up to the next power of two: how many facts were
    /// made together is not for everyone who is shown one.
    pub commitments: Vec<Digest>,
}

impl View {
    /// Its parts as hashes, and the created facts' commitments: dear, so computed once and passed on.
    #[must_use]
    pub fn hashes(&self) -> ViewHashes {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.salt.0);
        let created = self.created.iter().map(Fact::commitment).collect();
        let commitments = padded(created, |output| {
            let inner = keyed(&key, &[b"filler/v2", &output.to_be_bytes()]);
            Digest::of(&[&[0x27], &inner.0])
        });
        let inputs = |inputs: &[Input]| -> Vec<(FactRef, Digest)> {
            let inputs = inputs.iter();
            inputs.map(|i| (i.at, i.fact.commitment())).collect()
        };
        let rest = codec::encode(&(
            self.ordinal,
            self.contract,
            &self.command,
            inputs(&self.consumed),
            inputs(&self.referenced),
        ));
        let skeleton = ViewSkeleton {
            rest: Digest::of(&[&[0x28], &keyed(&key, &[b"rest/v2"]).0, &rest]),
            outputs: outputs_root(&commitments),
        };
        ViewHashes {
            skeleton,
            commitments,
        }
    }

    /// The view's root.
    #[must_use]
    pub fn root(&self) -> ViewRoot {
        self.hashes().skeleton.root()
    }
}
