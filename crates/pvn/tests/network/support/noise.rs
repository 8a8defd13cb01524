//! Files that are never on a disk before they are sent: noise from a seed, so that nothing in them can be left out or packed.

use ledger::file::{FileBuilder, FileTree, chunks};
use ledger::limits::CHUNK_BYTES;

/// A file of noise.
#[derive(Clone, Copy)]
pub(crate) struct Noise {
    pub(crate) seed: u64,
    pub(crate) bytes: u64,
}

impl Noise {
    /// A chunk of it.
    pub(crate) fn chunk(self, index: u64) -> Vec<u8> {
        let begin = index * CHUNK_BYTES as u64;
        let bytes = (self.bytes - begin).min(CHUNK_BYTES as u64);
        // xorshift64*, begun anew for each chunk.
        let mut state = (self.seed ^ (index + 1)).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let mut chunk = Vec::with_capacity(CHUNK_BYTES + 8);
        while (chunk.len() as u64) < bytes {
            state ^= state >> 12;
            state ^= state << 25;
            state ^= state >> 27;
            chunk.extend(state.wrapping_mul(0x2545_f491_4f6c_dd1d).to_le_bytes());
        }
        chunk.truncate(usize::try_from(bytes).expect("a chunk"));
        chunk
    }

    pub(crate) fn tree(self) -> FileTree {
        let mut builder = FileBuilder::default();
        for index in 0..chunks(self.bytes) {
            builder.add(&self.chunk(index)).expect("a chunk");
        }
        builder.finish()
    }

    /// All of it, for small ones.
    pub(crate) fn whole(self) -> Vec<u8> {
        (0..chunks(self.bytes))
            .flat_map(|index| self.chunk(index))
            .collect()
    }
}
