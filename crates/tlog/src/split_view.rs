//! Evidence that a log showed two histories: two signed checkpoints that can't both be true of one log.

use crate::checkpoint::Checkpoint;
use crate::hash::Hash;
use crate::verify::verify_consistency;

/// What shows that the longer of two checkpoints doesn't continue the shorter one: the root that the longer one has at the
/// shorter one's size. Nothing of it need be trusted: the proof leads from that root to the longer checkpoint's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fork {
    /// The longer checkpoint's root at the shorter one's size.
    pub root: Hash,
    /// RFC 6962 §2.1.2 consistency proof from it to the longer checkpoint; empty where both are of one size.
    pub proof: Vec<Hash>,
}

/// Why two checkpoints are no evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ForkError {
    /// Of two logs.
    #[error("the two checkpoints are of different logs")]
    TwoLogs,
    /// The first is the longer one, or empty.
    #[error("the first checkpoint must not be empty, nor longer than the second")]
    Order,
    /// The second continues the first.
    #[error("the second checkpoint continues the first")]
    Consistent,
    /// The proof doesn't lead from the root to the second checkpoint.
    #[error("the proof does not lead to the second checkpoint")]
    Proof,
}

impl Fork {
    /// Whether these checkpoints, which the log must be known to have signed, show two histories.
    ///
    /// # Errors
    /// [`ForkError`].
    pub fn check(&self, first: &Checkpoint, second: &Checkpoint) -> Result<(), ForkError> {
        if first.origin() != second.origin() {
            return Err(ForkError::TwoLogs);
        }
        if first.size() == 0 || first.size() > second.size() {
            return Err(ForkError::Order);
        }
        if self.root == first.root() {
            return Err(ForkError::Consistent);
        }
        let led = match first.size() == second.size() {
            true => self.root == second.root() && self.proof.is_empty(),
            false => verify_consistency(
                first.size(),
                self.root,
                second.size(),
                second.root(),
                &self.proof,
            )
            .is_ok(),
        };
        led.then_some(()).ok_or(ForkError::Proof)
    }
}
