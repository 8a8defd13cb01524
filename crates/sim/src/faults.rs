//! How bad the weather is.

use crate::rng::Rng;

/// Chances in a hundred, and spans in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// A message is lost.
    pub loss: u64,
    /// A message comes twice.
    pub twice: u64,
    /// A message takes up to twenty seconds, and so overtakes or is overtaken.
    pub slow: u64,
    /// A machine dies after a step: before or after its outputs have left, or in the commit.
    pub crash: u64,
    /// The notary dies at a batch.
    pub notary_crash: u64,
    /// The network falls apart, at each second.
    pub split: u64,
    /// Clocks are wrong by up to so much.
    pub skew_ms: u64,
}

impl Faults {
    /// Nothing goes wrong.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// The weather of a seed: from calm to stormy, often with one fault that stands out.
    pub fn of(rng: &mut Rng) -> Self {
        let level = rng.between(0, 4);
        let mut up_to = |most: u64| {
            if level == 0 {
                0
            } else {
                rng.between(0, most * level / 3 + 1)
            }
        };
        Self {
            loss: up_to(20),
            twice: up_to(20),
            slow: up_to(20),
            crash: up_to(6),
            notary_crash: up_to(10),
            split: up_to(4),
            skew_ms: up_to(14_000),
        }
    }
}
