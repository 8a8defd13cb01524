//! Transparency log: what makes a log's history checkable by anyone who doesn't trust its operator.
//!
//! - **Tree** (RFC 6962, RFC 9162): [`leaf_hash`], [`node_hash`]; [`MerkleTree`], [`merkle_root`],
//!   [`merkle_path`] for trees in memory.
//! - **Log**: [`Frontier`] appends; [`completed_by`] and [`tiles_grown`] tell what to store;
//!   [`prove_inclusion`], [`prove_consistency`] build proofs from stored nodes or, through
//!   [`TileReader`], from tiles.
//! - **Verification**: [`verify_inclusion`], [`verify_consistency`], [`root_from_path`].
//! - **Notes** (C2SP signed-note): [`Note`], signed by a [`NoteSigner`], verified against
//!   [`VerifierKey`]s.
//! - **Checkpoints** (C2SP tlog-checkpoint, tlog-cosignature): [`Checkpoint`], cosigned by a
//!   [`Cosigner`], believed when enough of its log's keys signed: [`Note::verify_enough`].
//! - **Witnesses** (C2SP tlog-witness): [`witness`]; what shows that a log has two histories: [`Fork`].
//! - **Files** (C2SP tlog-tiles): [`Tile`], [`EntryBundle`], [`TilePath`], [`encode_entries`].
//!
//! Parsing is strict everywhere: one value has one encoding, and what is read gives the same bytes
//! back.
//!
//! This crate knows no ledger. It has no clock, randomness, files, sockets or async runtime, and
//! never will: times and seeds are arguments, stored nodes come through closures.
//!
//! ```
//! use std::collections::BTreeMap;
//! use tlog::{Checkpoint, Cosigner, Frontier, KeyName, NoteSigner, Origin};
//! use tlog::{leaf_hash, prove_inclusion, verify_inclusion};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // The notary appends entries, keeps the completed nodes and signs.
//! let (mut frontier, mut nodes) = (Frontier::new(), BTreeMap::new());
//! for entry in ["first", "second", "third"] {
//!     frontier.append_with(leaf_hash(entry.as_bytes()), |node, hash| {
//!         nodes.insert(node, hash);
//!     });
//! }
//! let log = NoteSigner::from_seed(KeyName::new("log.example")?, &[1; 32])?;
//! let witness = Cosigner::from_seed(KeyName::new("witness.example")?, &[2; 32])?;
//! let checkpoint = Checkpoint::new(Origin::new("log.example")?, frontier.size(), frontier.root())?;
//! let mut note = checkpoint.sign(&log)?;
//! note.add(witness.cosign(&checkpoint, 1_795_132_800)?)?;
//! let proof = prove_inclusion(1, frontier.size(), |node| nodes.get(&node).copied().ok_or(std::fmt::Error))?;
//!
//! // A reader believes the checkpoint, and then the proof.
//! let keys = [log.verifier_key().clone(), witness.verifier_key().clone()];
//! let trusted = Checkpoint::parse(note.verify_enough(&keys, 2)?.text.as_str())?;
//! verify_inclusion(leaf_hash(b"second"), 1, trusted.size(), &proof, trusted.root())?;
//! # Ok(())
//! # }
//! ```
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod limits;

mod checkpoint;
mod cosignature;
mod ed25519;
mod entries;
mod frontier;
mod hash;
pub mod hybrid;
mod key_name;
mod node;
mod note;
mod note_signature;
mod note_text;
mod note_verify;
mod prove;
mod public_key;
mod signer;
mod split_view;
mod tile;
mod tile_path;
mod tile_reader;
mod tree;
mod verifier_key;
mod verify;
pub mod witness;

pub use checkpoint::{Checkpoint, CheckpointError, Origin, OriginError};
pub use cosignature::{
    COSIGNATURE_BYTES, Cosignature, CosignatureError, SIGNATURE_BYTES, cosigned_message,
};
pub use ed25519::{Ed25519Key, Signed, verify_each};
pub use entries::{DecodeEntriesError, EncodeEntriesError, encode_entries};
pub use frontier::{Frontier, FrontierError};
pub use hash::{HASH_BYTES, Hash, HexError, leaf_hash, node_hash};
pub use key_name::{KeyName, KeyNameError};
pub use node::{Node, TileSlot, completed_by, subtrees};
pub use note::{AddSignatureError, Note, NoteParseError};
pub use note_signature::{NoteSignature, SignatureLineError};
pub use note_text::{NoteText, NoteTextError};
pub use note_verify::{NoteVerifyError, VerifiedNote, VerifiedSignature};
pub use prove::{ProveError, prove_consistency, prove_inclusion, stored_root};
pub use public_key::{KEY_BYTES, PublicKey, PublicKeyError, has_small_order};
pub use signer::{CosignError, Cosigner, NoteSigner, SignError, SignerError};
pub use split_view::{Fork, ForkError};
pub use tile::{EntryBundle, Tile, TileBytesError, TileError, build_tiles, tiles_grown};
pub use tile_path::{TilePath, TilePathError};
pub use tile_reader::{TileReadError, TileReader};
pub use tree::{EMPTY_ROOT, MerkleTree, merkle_path, merkle_root};
pub use verifier_key::{KeyId, SignatureType, VerifierKey, VerifierKeyError};
pub use verify::{
    ConsistencyError, InclusionError, root_from_path, verify_consistency, verify_inclusion,
};
