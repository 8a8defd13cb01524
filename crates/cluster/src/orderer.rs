//! What is proposed, and what is voted for.

use std::sync::Arc;

use commonware_consensus::marshal::ancestry::Ancestry;
use commonware_consensus::simplex::scheme::ed25519::Scheme;
use commonware_consensus::{Application, Heightable as _};
use commonware_cryptography::{Digested, Digestible as _};
use commonware_runtime::Clock;
use futures_util::{FutureExt as _, StreamExt as _, select_biased};
use ledger::log_keys::LogKeys;
use protocol::notary::{Agreed, Proposal};
use tokio::sync::watch;

use crate::block::{Block, Context};
use crate::committee::Committee;
use crate::limits::{BEHIND_MS_MAX, CATCH_UP, HEARTBEAT};
use crate::pool::Pool;

/// The newest checkpoint of the network map that this validator has, as the registrar signed it.
pub(crate) type MapNotes = watch::Receiver<String>;

/// Proposes what clients asked; votes for what is well formed, whatever the clock says.
#[derive(Clone)]
pub(crate) struct Orderer {
    pub(crate) pool: Arc<Pool>,
    pub(crate) committee: Arc<Committee>,
    pub(crate) registrar: Arc<LogKeys>,
    pub(crate) maps: MapNotes,
    /// What is agreed as far as this validator has applied.
    pub(crate) agreed: watch::Receiver<Agreed>,
}

impl Orderer {
    /// What a block asks, and of whom; nothing if no honest validator would vote for it. The same at every validator, for ever.
    pub(crate) fn read(&self, block: &Block) -> Option<(usize, Proposal)> {
        let leader = self.committee.place_of(block.leader())?;
        let proposal = Proposal::read(block.proposal()).ok()?;
        let validators = self.committee.validators().len();
        let anything = Agreed::at_epoch(0, Agreed::default().map(), validators);
        proposal.follow(&anything, leader, &self.registrar).ok()?;
        Some((leader, proposal))
    }

    /// Whether the time that counts is far behind our clock, as it is when validators begin, or come back together. What clients
    /// asked would be refused as too early; a few blocks that only bring readings make up for it. If it is our clock that is wrong,
    /// our clients have to ask others.
    fn is_late(&self, reading_ms: u64) -> bool {
        self.agreed.borrow().time_ms() + BEHIND_MS_MAX < reading_ms
    }

    /// The note to carry, if the map that we know is newer than the one pinned.
    fn map(&self) -> String {
        let note = self.maps.borrow().clone();
        let pinned = self.agreed.borrow().map().size;
        match protocol::notary::map_pinned_by(&note, &self.registrar) {
            Ok(pin) if pin.size > pinned => note,
            _ => String::new(),
        }
    }
}

impl<E: Clock> Application<E> for Orderer {
    type SigningScheme = Scheme;
    type Context = Context;
    type Block = Block;
    type Input = ();

    async fn propose(
        &mut self,
        (runtime, context): (E, Context),
        mut ancestry: impl Ancestry<Block>,
        (): (),
    ) -> Option<Digested<Block>> {
        let parent = ancestry.next().await?;
        select_biased! {
            () = self.pool.reason().fuse() => {}
            () = runtime.sleep(HEARTBEAT).fuse() => {}
        }
        self.pool.lead();
        let reading_ms = unix_ms(&runtime);
        let asked = match self.is_late(reading_ms) {
            false => self.pool.take(),
            true => {
                runtime.sleep(CATCH_UP).await;
                Vec::new()
            }
        };
        let proposal = Proposal {
            reading_ms,
            map: self.map(),
            requests: asked
                .iter()
                .flat_map(|asked| asked.asking.requests.iter().cloned())
                .collect(),
            statements: asked
                .iter()
                .flat_map(|asked| asked.asking.statements.iter().copied())
                .collect(),
            decision: asked
                .iter()
                .map(|asked| asked.asking.decision.as_str())
                .collect(),
        };
        let height = parent.height().next();
        let block = Block::on(context, parent.digest(), height, proposal.to_bytes());
        let digest = block.digest();
        self.pool.proposed(height.get(), digest, asked);
        Some(Digested::precomputed(block, digest))
    }

    async fn verify(&mut self, _: (E, Context), mut ancestry: impl Ancestry<Block>) -> bool {
        match ancestry.next().await {
            Some(block) => self.read(block.inner()).is_some(),
            None => false,
        }
    }
}

pub(crate) fn unix_ms(runtime: &impl Clock) -> u64 {
    let since = runtime.current().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| since.as_millis() as u64)
}
