//! What happened, for whoever has to find out why.

use std::collections::VecDeque;

/// Lines kept: enough to see what led to a failure.
const LINES_MAX: usize = 600;
/// The moment at which worlds begin.
pub(crate) const DAWN_MS: u64 = 1_795_176_000_000;

/// The latest lines of a world's history.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    lines: VecDeque<String>,
    dropped: usize,
}

impl Trace {
    pub(crate) fn add(&mut self, now_ms: u64, line: impl AsRef<str>) {
        if self.lines.len() == LINES_MAX {
            self.lines.pop_front();
            self.dropped += 1;
        }
        let since = now_ms.saturating_sub(DAWN_MS);
        self.lines.push_back(format!(
            "{:4}.{:03}  {}",
            since / 1000,
            since % 1000,
            line.as_ref()
        ));
    }
}

impl std::fmt::Display for Trace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.dropped > 0 {
            writeln!(f, "({} earlier lines)", self.dropped)?;
        }
        self.lines.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}
