//! Figures of the pages, from the totals of the index. One set of rows makes chart, table and file,
//! so that they can't differ.

mod ends;
mod sources;

use std::collections::BTreeMap;

pub(crate) use ends::{End, PaidRow, ends_in_order, paid_rows};
pub(crate) use sources::{SourceEnd, SourceRow, source_rows};

use super::description::{Description, Treatment};
use super::share::hundredths;
use super::store::SpendRow;

/// Number and sum of payments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sum {
    pub(crate) payments: u64,
    pub(crate) amount: i64,
}

impl Sum {
    pub(crate) fn add(&mut self, payments: u64, amount: i64) {
        self.payments += payments;
        self.amount += amount;
    }
}

/// Sums the rows that share a key.
pub(crate) fn grouped<'a, K: Ord>(
    rows: impl IntoIterator<Item = &'a SpendRow>,
    key: impl Fn(&'a SpendRow) -> K,
) -> BTreeMap<K, Sum> {
    let mut sums = BTreeMap::<K, Sum>::new();
    for row in rows {
        sums.entry(key(row))
            .or_default()
            .add(row.payments, row.amount);
    }
    sums
}

/// Sums all rows.
pub(crate) fn summed<'a>(rows: impl IntoIterator<Item = &'a SpendRow>) -> Sum {
    grouped(rows, |_| ()).remove(&()).unwrap_or_default()
}

/// The rows whose money left the network.
pub(crate) fn spent(rows: &[SpendRow]) -> impl Iterator<Item = &SpendRow> {
    rows.iter().filter(|row| row.treatment == Treatment::Spent)
}

/// A part of a whole, with its share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) label: String,
    pub(crate) href: String,
    pub(crate) tone: &'static str,
    pub(crate) sum: Sum,
    /// Hundredths of the whole; those of all parts add up to 100.
    pub(crate) share: u32,
    /// Length of its bar in thousandths of the longest.
    pub(crate) width: u32,
}

impl Part {
    pub(crate) fn new(label: String, href: String, tone: &'static str, sum: Sum) -> Self {
        Self {
            label,
            href,
            tone,
            sum,
            share: 0,
            width: 0,
        }
    }

    /// The share in words: money that rounds to nothing is not nothing.
    pub(crate) fn share_words(&self, unit: &str) -> String {
        if self.share == 0 && self.sum.amount > 0 {
            format!("under 1{unit}")
        } else {
            format!("{}{unit}", self.share)
        }
    }
}

/// Parts of a whole and their total.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Parts {
    pub(crate) rows: Vec<Part>,
    pub(crate) total: Sum,
}

impl Parts {
    /// Computes shares; keeps the order.
    pub(crate) fn of(mut rows: Vec<Part>) -> Self {
        let amounts: Vec<i64> = rows.iter().map(|row| row.sum.amount).collect();
        let longest = amounts.iter().copied().max().unwrap_or(0).max(1);
        let mut total = Sum::default();
        for (row, share) in rows.iter_mut().zip(hundredths(&amounts)) {
            row.share = share;
            row.width = (i128::from(row.sum.amount.max(0)) * 1000 / i128::from(longest)) as u32;
            total.add(row.sum.payments, row.sum.amount);
        }
        Self { rows, total }
    }

    /// The largest first, but those without a class last, however large.
    pub(crate) fn largest_first(mut rows: Vec<Part>) -> Self {
        rows.sort_by(|a, b| {
            (a.tone == TONE_UNKNOWN, -a.sum.amount, &a.label).cmp(&(
                b.tone == TONE_UNKNOWN,
                -b.sum.amount,
                &b.label,
            ))
        });
        Self::of(rows)
    }
}

/// The look of what can't be classified: never colour alone.
pub(crate) const TONE_UNKNOWN: &str = "unknown";
/// The look of everything that has no look of its own.
pub(crate) const TONE_PLAIN: &str = "plain";
const TONES: [&str; 3] = ["first", "second", "third"];

/// The look of a line.
pub(crate) fn line_tone(description: &Description, choice: &str) -> &'static str {
    let at = description
        .lines
        .iter()
        .position(|line| line.choice == choice);
    match at {
        Some(at) if !description.lines[at].unclassified => TONES[at.min(TONES.len() - 1)],
        _ => TONE_UNKNOWN,
    }
}

/// Rows by line, in the order of the description; every line is there, with zero if need be.
pub(crate) fn by_line<'a>(
    description: &Description,
    rows: impl IntoIterator<Item = &'a SpendRow>,
    query: &str,
) -> Parts {
    let sums = grouped(rows, |row| row.line.as_str());
    let part = |line: &crate::portal::description::Line| {
        let href = format!("/payments?{query}line={}", line.choice);
        let sum = sums.get(line.choice.as_str()).copied().unwrap_or_default();
        Part::new(
            line.name.clone(),
            href,
            line_tone(description, &line.choice),
            sum,
        )
    };
    Parts::of(description.lines.iter().map(part).collect())
}

/// Rows by function at the top, the largest first, the unclassified last.
pub(crate) fn by_function<'a>(
    description: &Description,
    rows: impl IntoIterator<Item = &'a SpendRow>,
    href: impl Fn(&str) -> String,
) -> Parts {
    let functions = &description.functions;
    let sums = grouped(rows, |row| functions.top(&row.function));
    let part = |(code, sum): (&str, Sum)| {
        let tone = if code.is_empty() {
            TONE_UNKNOWN
        } else {
            TONE_PLAIN
        };
        Part::new(functions.name(code), href(&functions.slug(code)), tone, sum)
    };
    Parts::largest_first(sums.into_iter().map(part).collect())
}

/// Rows by payer, the largest first.
pub(crate) fn by_payer<'a>(
    rows: impl IntoIterator<Item = &'a SpendRow>,
    href: impl Fn(&str) -> String,
) -> Parts {
    let sums = grouped(rows, |row| (row.payer.as_str(), row.payer_name.as_str()));
    let part = |((payer, name), sum): ((&str, &str), Sum)| {
        Part::new(name.to_owned(), href(payer), TONE_PLAIN, sum)
    };
    Parts::largest_first(sums.into_iter().map(part).collect())
}
