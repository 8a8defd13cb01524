//! Published amounts that nobody holds: they explain a published total and are part of no figure.

use serde::Deserialize;

/// The signed lines between what was issued and what was published as the total.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Adjustments {
    /// Heading.
    pub heading: String,
    /// Paragraphs.
    pub text: Vec<String>,
    /// The published table.
    pub source: String,
    /// Its licence.
    pub licence: String,
    /// Name of what the lines are taken from.
    pub issued_name: String,
    /// What the lines are taken from, as published; the ledger's own total is shown beside it where they differ.
    pub issued_minor: i64,
    /// The lines.
    pub lines: Vec<SignedLine>,
    /// Name of what is left.
    pub net_name: String,
    /// Name of the total as published.
    pub published_name: String,
    /// The total as published.
    pub published_minor: i64,
    /// Name of the difference.
    pub rounding_name: String,
    /// Why there is a difference.
    pub rounding_text: String,
}

/// One line with a sign.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedLine {
    /// Name, as published.
    pub name: String,
    /// Amount in the smallest unit, negative where it lowers the total.
    pub minor: i64,
}

impl Adjustments {
    /// What is left after the lines.
    #[must_use]
    pub fn net_minor(&self) -> i64 {
        self.issued_minor + self.lines.iter().map(|line| line.minor).sum::<i64>()
    }

    /// What the published total has more than the lines add up to.
    #[must_use]
    pub fn rounding_minor(&self) -> i64 {
        self.published_minor - self.net_minor()
    }
}
