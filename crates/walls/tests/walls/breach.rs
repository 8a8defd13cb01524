//! How a wall reports.

/// Why a wall stands, and what to do when it is hit.
pub(crate) struct Wall {
    /// What goes wrong without it.
    pub(crate) reason: &'static str,
    /// How to mend a breach.
    pub(crate) remedy: &'static str,
}

impl Wall {
    /// Fails with every breach, the reason and the remedy; passes when there is none.
    #[track_caller]
    pub(crate) fn stands(&self, breaches: &[String]) {
        let (reason, remedy) = (self.reason, self.remedy);
        assert!(
            breaches.is_empty(),
            "\n\n{} breach(es):\n  {}\n\nWhy the wall is there: {reason}\nWhat to do: {remedy}\n",
            breaches.len(),
            breaches.join("\n  "),
        );
    }
}
