//! An analyst who is handed everything that the notary has, and asks which transaction made what another used up.
//!
//! It learns on worlds whose truth it is told, and is marked on others. What nobody can hide (ages, counts, batches, and
//! who asked) makes the baseline; the bytes come on top. If they help, the difference says by how much: that is the
//! advantage, and it should be none. [`Leak`] puts faults in, so that an analyst who finds nothing is known not to be blind.

mod evidence;
mod leak;
mod learn;
mod market;
mod question;
mod recipe;
mod strings;

pub use evidence::{Asked, Entry, Evidence};
pub use leak::Leak;
pub use learn::{Belief, Learnt};
pub use market::watch;
pub use question::Question;
pub use recipe::Lore;
pub use strings::strings_shown;

/// How often the analyst named the right transaction, world by world.
#[derive(Clone, Debug, Default)]
pub struct Marks {
    /// Tokens asked about in all.
    pub tokens: usize,
    /// Shares of right answers, from 0 to 1: without the bytes, and with them.
    pub worlds: Vec<(f64, f64)>,
}

impl Marks {
    /// Has what was learnt in some worlds answer in others.
    #[must_use]
    pub fn of(learnt: &Learnt, unknown: &[Evidence], belief: Belief) -> Self {
        let mut marks = Self::default();
        for evidence in unknown {
            let rights = learnt.answers(evidence, belief);
            if !rights.is_empty() {
                marks.tokens += rights.len();
                let (without, with): (Vec<f64>, Vec<f64>) = rights.into_iter().unzip();
                marks.worlds.push((mean(&without), mean(&with)));
            }
        }
        marks
    }

    /// Mean shares without the bytes and with them.
    #[must_use]
    pub fn means(&self) -> (f64, f64) {
        let (without, with): (Vec<f64>, Vec<f64>) = self.worlds.iter().copied().unzip();
        (mean(&without), mean(&with))
    }

    /// What the bytes add, and half the width of its 95% interval over worlds.
    #[must_use]
    pub fn advantage(&self) -> (f64, f64) {
        let gains: Vec<f64> = self.worlds.iter().map(|(base, all)| all - base).collect();
        let middle = mean(&gains);
        let free = gains.len().saturating_sub(1).max(1) as f64;
        let squares: f64 = gains.iter().map(|gain| (gain - middle).powi(2)).sum();
        // Student's t at 97.5%, by its expansion around the normal distribution (Cornish and Fisher 1938).
        let t = 1.96 + 2.37 / free + 2.82 / free.powi(2) + 2.56 / free.powi(3);
        let error = (squares / free / gains.len().max(1) as f64).sqrt();
        (middle, t * error)
    }
}

fn mean(shares: &[f64]) -> f64 {
    shares.iter().sum::<f64>() / shares.len().max(1) as f64
}
