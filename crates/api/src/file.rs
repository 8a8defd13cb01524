//! Files that facts name by address.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How much of a file is at the node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FileState {
    /// The file's address, as a fact names it.
    pub address: String,
    /// The chunks that are still to be sent, ascending; none when the whole file is there.
    pub missing: Vec<ChunkRange>,
}

/// Chunks that follow one another, numbered from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChunkRange {
    /// The first one.
    pub start: u64,
    /// The one after the last.
    pub end: u64,
}
