//! Files that facts name by address, kept chunk by chunk in an object store: a folder of this disk, or a bucket elsewhere.
//!
//! A chunk is an object named by its hash, so that what two files share is kept once; a file is the list of its chunks' hashes.
//! Nothing is kept that was not checked against an address, and nothing is held in memory but a few chunks. The room knows
//! neither who may see a file nor which fact names it.
//!
//! The store is trusted for nothing but keeping: what it gives is checked again, and what is damaged counts as missing.

mod error;
mod place;
mod remove;
mod store;

pub use error::{AttachmentError, PlaceError};
pub use place::{Bucket, Place};
pub use store::Attachments;
