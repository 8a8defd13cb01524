//! The same rows for narrow screens: one bar for each row of text, cut by where the money ended.

use std::collections::BTreeMap;

use super::sources::href;
use crate::portal::description::Description;
use crate::portal::figures::{PaidRow, SourceRow, TONE_PLAIN, ends_in_order};

/// Bars under one heading.
pub(crate) struct Stack {
    pub(crate) label: String,
    pub(crate) href: String,
    pub(crate) amount: i64,
    pub(crate) bars: Vec<Bar>,
}

/// One bar.
pub(crate) struct Bar {
    pub(crate) label: String,
    pub(crate) href: String,
    pub(crate) amount: i64,
    /// Pieces from left to right: tone, left edge and width in thousandths.
    pub(crate) pieces: Vec<(&'static str, u32, u32)>,
}

/// Bars of functions under each payer, all to one scale.
pub(super) fn paid_stacks(description: &Description, rows: &[PaidRow]) -> Vec<Stack> {
    let mut bars = BTreeMap::<(&str, &str), Vec<&PaidRow>>::new();
    for row in rows {
        bars.entry((&row.payer, &row.function))
            .or_default()
            .push(row);
    }
    let size = |rows: &[&PaidRow]| rows.iter().map(|row| row.sum.amount.abs()).sum::<i64>();
    let longest = bars
        .values()
        .map(|rows| size(rows))
        .max()
        .unwrap_or(0)
        .max(1);
    let ends = ends_in_order(description);
    let mut stacks = BTreeMap::<&str, Stack>::new();
    for ((payer, function), rows) in &bars {
        let stack = stacks.entry(payer).or_insert_with(|| Stack {
            label: rows
                .first()
                .map(|row| row.payer_name.clone())
                .unwrap_or_default(),
            href: format!("/spending/{payer}"),
            amount: 0,
            bars: Vec::new(),
        });
        let amount = rows.iter().map(|row| row.sum.amount).sum::<i64>();
        let slug = description.functions.slug(function);
        let in_order = ends
            .iter()
            .filter_map(|end| rows.iter().find(|row| row.end == *end));
        let sizes = in_order.map(|row| (row.end.tone(description), row.sum.amount.abs()));
        stack.amount += amount;
        stack.bars.push(Bar {
            label: description.functions.name(function),
            href: format!("/payments?payer={payer}&function={slug}"),
            amount,
            pieces: pieces(sizes, longest),
        });
    }
    let mut stacks: Vec<Stack> = stacks.into_values().collect();
    stacks.sort_by_key(|stack| -stack.amount);
    stacks
        .iter_mut()
        .for_each(|stack| stack.bars.sort_by_key(|bar| -bar.amount));
    stacks
}

/// Bars of receivers under each giver.
pub(super) fn source_stacks(rows: &[SourceRow], publishes: impl Fn(&str) -> bool) -> Vec<Stack> {
    let mut stacks: Vec<Stack> = Vec::new();
    let longest = rows.iter().map(|row| row.amount).max().unwrap_or(0).max(1);
    for row in rows {
        let tone = if publishes(row.to.id()) {
            "first"
        } else {
            TONE_PLAIN
        };
        let from = format!("/spending/{}", row.giver);
        if stacks.last().is_none_or(|stack| stack.href != from) {
            stacks.push(Stack {
                label: row.giver_name.clone(),
                href: from,
                amount: 0,
                bars: Vec::new(),
            });
        }
        if let Some(stack) = stacks.last_mut() {
            stack.amount += row.amount;
            stack.bars.push(Bar {
                label: row.to_words(),
                href: href(row.to.id()),
                amount: row.amount,
                pieces: pieces([(tone, row.amount)].into_iter(), longest),
            });
        }
    }
    stacks
}

fn pieces(
    sizes: impl Iterator<Item = (&'static str, i64)>,
    longest: i64,
) -> Vec<(&'static str, u32, u32)> {
    let mut left = 0;
    let piece = |(tone, size): (&'static str, i64)| {
        // At least two thousandths, so that the smallest piece still shows.
        let width = ((i128::from(size) * 1000 / i128::from(longest)) as u32).max(2);
        left += width;
        (tone, left - width, width)
    };
    sizes.filter(|(_, size)| *size > 0).map(piece).collect()
}
