//! The simulator: a whole network in one thread, in virtual time, from one seed.
//!
//! The nodes and the notary are the very state machines that run in production, over disks in memory that fail when told to.
//! The network delays, loses, repeats, reorders and falls apart; machines die in the middle of their steps; clocks are wrong;
//! [`town::MALLORY`] drafts, submits and delivers what she likes. After every event the named invariants of
//! [`oracle::invariants`] are checked. A world that fails says its seed and what led there; the seed replays it.
//!
//! Tests only: nothing here runs for users.
#![forbid(unsafe_code)]

pub mod analyst;
mod backup;
mod clients;
pub mod disk;
pub mod economy;
mod event;
pub mod faults;
pub mod keys;
mod machine;
mod mallory;
mod news;
mod notary_room;
pub mod oracle;
pub mod portal;
pub mod rng;
pub mod saboteur;
pub mod town;
pub mod trace;
mod wires;
pub mod world;

pub use economy::Economy;
pub use faults::Faults;
pub use mallory::Trick;
pub use saboteur::Sabotage;
pub use world::{Failure, Options, Report, Violation, World};
