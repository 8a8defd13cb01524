//! What was kept in a list comes back from an old copy.

use protocol::store::{Table, WriteBatch};

use crate::world::World;

impl World {
    /// Now and then, where the world is so, every machine's list of business keys is one from before the first: what they forget,
    /// the notary remembers.
    pub(crate) fn restore_old_lists(&mut self) {
        if !self.options.old_lists || !self.rng.percent(10) {
            return;
        }
        for machine in &self.machines {
            let mut batch = WriteBatch::new();
            for (key, _) in machine.disk.pairs(Table::Index) {
                if key.starts_with(b"unique/") {
                    batch.delete(Table::Index, key);
                }
            }
            machine.disk.tamper(batch);
        }
    }
}
