//! Tests of the transparency log, by topic, through its public interface only.
#![allow(clippy::unwrap_used, reason = "a test that can't go on fails")]

#[path = "tlog/support.rs"]
mod support;

#[path = "tlog/checkpoint.rs"]
mod checkpoint;
#[path = "tlog/consistency.rs"]
mod consistency;
#[path = "tlog/ed25519.rs"]
mod ed25519;
#[path = "tlog/edges.rs"]
mod edges;
#[path = "tlog/frontier.rs"]
mod frontier;
#[path = "tlog/hash.rs"]
mod hash;
#[path = "tlog/hybrid.rs"]
mod hybrid;
#[path = "tlog/inclusion.rs"]
mod inclusion;
#[path = "tlog/keys.rs"]
mod keys;
#[path = "tlog/note.rs"]
mod note;
#[path = "tlog/note_verify.rs"]
mod note_verify;
#[path = "tlog/tile_paths.rs"]
mod tile_paths;
#[path = "tlog/tiles.rs"]
mod tiles;
#[path = "tlog/tree.rs"]
mod tree;
#[path = "tlog/vectors.rs"]
mod vectors;
#[path = "tlog/witness.rs"]
mod witness;
