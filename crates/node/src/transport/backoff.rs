//! Pauses between attempts: doubling, bounded, and random, so that peers of a node that comes back don't all arrive at
//! once.

use std::time::Duration;

use aws_lc_rs::rand;

use crate::limits::{RETRY_FIRST_MS, RETRY_MAX_MS};

/// How many attempts in a row have failed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Backoff {
    failures: u32,
}

impl Backoff {
    /// Counts a failure and says how long to wait: between half and all of the present step.
    pub fn failed(&mut self) -> Duration {
        let doubled = 1_u64.checked_shl(self.failures).unwrap_or(u64::MAX);
        let step = RETRY_FIRST_MS.saturating_mul(doubled).min(RETRY_MAX_MS);
        self.failures = self.failures.saturating_add(1).min(u64::BITS);
        Duration::from_millis(step / 2 + random_below(step / 2 + 1))
    }

    /// Starts over after a success.
    pub fn succeeded(&mut self) {
        self.failures = 0;
    }
}

/// A number below `bound`. Without randomness it is 0: pauses are then equal, which is no reason to fail.
pub(super) fn random_below(bound: u64) -> u64 {
    let mut bytes = [0; 8];
    match rand::fill(&mut bytes) {
        Ok(()) => u64::from_le_bytes(bytes) % bound.max(1),
        Err(_) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_limit_and_start_over() {
        let mut backoff = Backoff::default();
        for step in [50, 100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000] {
            let pause = backoff.failed();
            let expected = Duration::from_millis(step / 2)..=Duration::from_millis(step);
            assert!(expected.contains(&pause), "{pause:?} at step {step}");
        }
        for _ in 0..100 {
            assert!(backoff.failed() <= Duration::from_millis(RETRY_MAX_MS));
        }
        backoff.succeeded();
        assert!(backoff.failed() <= Duration::from_millis(50));
    }
}
