//! A block as the engine knows it: a proposal in its place, with who led when it was made.

use bytes::{BufMut, Bytes};
use commonware_codec::{
    Buf, Encode as _, EncodeSize, Error, FixedSize as _, MaxEncodeSize as _, RangeCfg, Read,
    ReadExt as _, Write,
};
use commonware_consensus::simplex::types;
use commonware_consensus::types::{Height, Round, View};
use commonware_consensus::{BoundedBlock, CertifiableBlock, Heightable};
use commonware_cryptography::ed25519::PublicKey;
use commonware_cryptography::sha256::{Digest, Sha256};
use commonware_cryptography::{Digest as _, Digestible, Hasher as _};

use crate::committee::Committee;
use crate::limits::PROPOSAL_BYTES_MAX;

pub(crate) type Context = types::Context<Digest, PublicKey>;

/// A block of the engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    context: Context,
    parent: Digest,
    height: Height,
    /// An encoded proposal. Whoever verifies the block reads it: its bytes alone make the block what it is.
    proposal: Bytes,
}

/// Bytes that a proposal may have, and a head for its length.
fn proposal_bytes() -> RangeCfg<usize> {
    RangeCfg::from(0..=PROPOSAL_BYTES_MAX)
}

impl Block {
    pub(crate) fn on(context: Context, parent: Digest, height: Height, proposal: Vec<u8>) -> Self {
        Self {
            context,
            parent,
            height,
            proposal: proposal.into(),
        }
    }

    /// What an epoch begins with: nothing is proposed, and no other log or epoch begins with it.
    pub(crate) fn genesis(
        committee: &Committee,
        epoch: commonware_consensus::types::Epoch,
    ) -> Self {
        let leader = &committee.keys()[0];
        Self {
            context: Context {
                round: Round::new(epoch, View::zero()),
                leader: leader.clone(),
                parent: (View::zero(), Digest::EMPTY),
            },
            parent: Sha256::hash(&[&committee.namespace()]),
            height: Height::zero(),
            proposal: Bytes::new(),
        }
    }

    pub(crate) fn leader(&self) -> &PublicKey {
        &self.context.leader
    }

    pub(crate) fn proposal(&self) -> &[u8] {
        &self.proposal
    }
}

impl Write for Block {
    fn write(&self, buf: &mut impl BufMut) {
        self.context.write(buf);
        self.parent.write(buf);
        self.height.write(buf);
        self.proposal.write(buf);
    }
}

impl EncodeSize for Block {
    fn encode_size(&self) -> usize {
        self.context.encode_size()
            + self.parent.encode_size()
            + self.height.encode_size()
            + self.proposal.encode_size()
    }
}

impl Read for Block {
    type Cfg = ();

    fn read_cfg(buf: &mut impl Buf, (): &()) -> Result<Self, Error> {
        Ok(Self {
            context: Context::read(buf)?,
            parent: Digest::read(buf)?,
            height: Height::read(buf)?,
            proposal: Bytes::read_cfg(buf, &proposal_bytes())?,
        })
    }
}

impl Digestible for Block {
    type Digest = Digest;

    fn digest(&self) -> Digest {
        Sha256::hash(&[&self.encode()])
    }
}

impl Heightable for Block {
    fn height(&self) -> Height {
        self.height
    }
}

impl commonware_consensus::Block for Block {
    fn parent(&self) -> Digest {
        self.parent
    }
}

impl CertifiableBlock for Block {
    type Context = Context;

    fn context(&self) -> Context {
        self.context.clone()
    }
}

impl BoundedBlock for Block {
    fn max_encode_size((): &()) -> usize {
        const LENGTH_BYTES_MAX: usize = 10;
        Context::MAX_ENCODE_SIZE
            + Digest::SIZE
            + Height::MAX_ENCODE_SIZE
            + LENGTH_BYTES_MAX
            + PROPOSAL_BYTES_MAX
    }
}
