//! The notary's log: append-only, and every certificate is in it.

use ledger::codec;
use ledger::log_keys::verify_checkpoint;
use protocol::notary::store::NotaryStore as _;
use tlog::{Checkpoint, Node, verify_consistency};

use super::Oracles;
use crate::news::News;
use crate::world::World;

fn checkpoint(world: &World, note: &str) -> Result<Checkpoint, String> {
    verify_checkpoint(note, &world.town.trust.notary).map_err(|error| error.to_string())
}

/// Whatever anybody keeps as certified lies in the log, as the log is now.
pub(super) fn every_certificate_in_the_log(
    oracles: &mut Oracles,
    world: &World,
    news: &[News],
) -> Result<(), String> {
    let answered = news.iter().filter_map(|one| match one {
        News::Certified {
            id, certificate, ..
        } => Some((*id, &**certificate, "the notary".to_owned())),
        _ => None,
    });
    let kept = oracles.fresh.iter().map(|kept| {
        let who = world.name_of(kept.at);
        (kept.id, &kept.stored.certificate, who)
    });
    for (id, certificate, who) in answered.chain(kept) {
        let checkpoint = checkpoint(world, &certificate.checkpoint)?;
        let (size, root) = (checkpoint.size(), checkpoint.root());
        certificate
            .check_paths(&id, size, &root.into())
            .map_err(|error| format!("{id} at {who}: {error}"))?;
        // The notary signs before it writes: a batch whose commit failed may have left no trace.
        let index = usize::try_from(certificate.entry.height).unwrap_or(usize::MAX);
        if oracles.logged(world, index).as_deref()
            != Some(codec::encode(&certificate.entry).as_slice())
        {
            return Err(format!("{id} at {who}: the log has another entry {index}"));
        }
        if oracles.root_at(world, size) != Some(root) {
            return Err(format!(
                "{id} at {who}: the log of {size} entries has another root"
            ));
        }
    }
    Ok(())
}

/// Each new checkpoint is consistent with the one before, and no entry ever changes.
pub(super) fn log_append_only(
    oracles: &mut Oracles,
    world: &World,
    news: &[News],
) -> Result<(), String> {
    for one in news {
        let News::Logged { batch } = one else {
            continue;
        };
        for (index, bytes) in &batch.entries {
            let next = oracles.entries.len() as u64;
            if *index != next {
                return Err(format!("entry {index} was written when {next} was to come"));
            }
            oracles.entries.push(bytes.clone());
        }
        let frontier = batch.meta.iter().find(|(name, _)| name == "frontier");
        let frontier = frontier.ok_or("a batch without a frontier")?;
        let new = tlog::Frontier::from_bytes(&frontier.1).map_err(|e| e.to_string())?;
        let before = oracles
            .roots
            .last_key_value()
            .map(|(size, root)| (*size, *root));
        if let Some((size, root)) = before {
            let read = |node: Node| match world.notary.disk.node(node.level, node.index) {
                Ok(Some(hash)) => Ok(tlog::Hash(hash)),
                _ => Err(node),
            };
            let proof = tlog::prove_consistency(size, new.size(), read)
                .map_err(|error| format!("no proof from {size} to {}: {error}", new.size()))?;
            verify_consistency(size, root, new.size(), new.root(), &proof)
                .map_err(|error| format!("from {size} to {}: {error}", new.size()))?;
        }
        if new.size() != oracles.entries.len() as u64 {
            return Err(format!(
                "a frontier of {} for {} entries",
                new.size(),
                oracles.entries.len()
            ));
        }
        oracles.roots.insert(new.size(), new.root());
    }
    Ok(())
}

impl Oracles {
    /// The entry as the log has it, written in this event or earlier.
    fn logged(&self, world: &World, index: usize) -> Option<Vec<u8>> {
        match self.entries.get(index) {
            Some(bytes) => Some(bytes.clone()),
            None => world.notary.disk.entry(index as u64).ok().flatten(),
        }
    }

    fn root_at(&self, world: &World, size: u64) -> Option<tlog::Hash> {
        match self.roots.get(&size) {
            Some(root) => Some(*root),
            None => {
                let read = |node: Node| match world.notary.disk.node(node.level, node.index) {
                    Ok(Some(hash)) => Ok(tlog::Hash(hash)),
                    _ => Err(()),
                };
                tlog::stored_root(size, read).ok()
            }
        }
    }
}
