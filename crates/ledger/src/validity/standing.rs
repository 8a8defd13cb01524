//! Who checks, and where a transaction must belong.

use crate::digest::{Lineage, NetworkId};

/// In what capacity somebody checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Takes part, and may sign what it checked.
    Party,
    /// Was shown views through sealed envelopes, and never signs: dues may be hidden from it, and the envelopes are not
    /// sealed again.
    Observer,
}

/// Where a transaction must belong.
#[derive(Debug, Clone, Copy)]
pub struct Home {
    /// The network.
    pub network: NetworkId,
    /// The notary.
    pub notary: Lineage,
}
