//! Views: one command with its facts, the unit that a party sees whole or not at all.

use deed::Value;
use minicbor::{Decode, Encode};

use crate::codec;
use crate::digest::{ContractId, Digest, ViewRoot, hmac_sha256};
use crate::fact::{Fact, FactRef, outputs_root, root};

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
    #[n(4)]
    pub consumed: Vec<Input>,
    /// Facts relied on and left as they are.
    #[n(5)]
    pub referenced: Vec<Input>,
    /// Facts made.
    #[n(6)]
    pub created: Vec<Fact>,
}

/// A view's four parts as hashes, with as much of them open as somebody may see: enough to recompute the root.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ViewSkeleton {
    /// Hash of ordinal and contract.
    #[n(0)]
    pub head: Digest,
    /// Hash of the command.
    #[n(1)]
    pub command: Digest,
    /// Root over consumed and referenced facts.
    #[n(2)]
    pub inputs: Digest,
    /// Root over created facts.
    #[n(3)]
    pub outputs: Digest,
}

impl ViewSkeleton {
    /// The view's root.
    #[must_use]
    pub fn root(&self) -> ViewRoot {
        ViewRoot(Digest::of(&[
            &[0x20],
            &self.head.0,
            &self.command.0,
            &self.inputs.0,
            &self.outputs.0,
        ]))
    }
}

/// A view's hashes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ViewHashes {
    /// Its four parts.
    pub skeleton: ViewSkeleton,
    /// The commitments of the facts that it creates, in order.
    pub commitments: Vec<Digest>,
}

/// The head's hash: ordinal and contract under a salt.
#[must_use]
pub fn head_hash(salt: &Digest, ordinal: u32, contract: &ContractId) -> Digest {
    Digest::of(&[&[0x23], &salt.0, &ordinal.to_be_bytes(), contract.bytes()])
}

impl View {
    /// The salt of one part of the view.
    #[must_use]
    pub fn part_salt(&self, part: &str) -> Digest {
        hmac_sha256(&self.salt.0, &[b"view/v1", part.as_bytes()])
    }

    /// The four parts as hashes, and the created facts' commitments: dear, so computed once and passed on.
    #[must_use]
    pub fn hashes(&self) -> ViewHashes {
        let commitments = self.commitments();
        let command = Digest::of(&[
            &[0x24],
            &self.part_salt("command").0,
            &codec::encode(&self.command),
        ]);
        let salt = self.part_salt("inputs");
        let inputs: Vec<Digest> = self
            .consumed
            .iter()
            .map(|input| (0x25, input))
            .chain(self.referenced.iter().map(|input| (0x26, input)))
            .map(|(tag, input)| {
                Digest::of(&[
                    &[tag],
                    &salt.0,
                    &codec::encode(&input.at),
                    &input.fact.commitment().0,
                ])
            })
            .collect();
        let skeleton = ViewSkeleton {
            head: head_hash(&self.part_salt("head"), self.ordinal, &self.contract),
            command,
            inputs: root(0x21, &inputs),
            outputs: outputs_root(&commitments),
        };
        ViewHashes {
            skeleton,
            commitments,
        }
    }

    /// The four parts as hashes.
    #[must_use]
    pub fn skeleton(&self) -> ViewSkeleton {
        self.hashes().skeleton
    }

    /// The commitments of the created facts, in order.
    #[must_use]
    pub fn commitments(&self) -> Vec<Digest> {
        self.created.iter().map(Fact::commitment).collect()
    }

    /// The view's root.
    #[must_use]
    pub fn root(&self) -> ViewRoot {
        self.skeleton().root()
    }
}
