//! Watching logs from outside: witnesses that cosign what continues, mirrors that copy and check, monitors that compare what
//! different people are shown.
//!
//! Whoever watches needs no admission and no certificate: the log is public. Nothing that a source says is believed unless the
//! log signed it, or its hash leads to what the log signed.

mod alarm;
mod believe;
mod feed;
mod mirror;
mod monitor;
mod source;
mod witness;

pub use alarm::{Alarm, AlarmCode, Evidence, EvidenceError};
pub(crate) use feed::{Asked, gather};
pub use feed::{WitnessAddress, WitnessAddressError};
pub use mirror::{Mirror, MirrorError};
pub use monitor::{Monitor, MonitorError, Round};
pub use source::{Source, SourceError};
pub use witness::{WitnessError, WitnessHome, run_witness};
