//! The chart of published payments: who paid, what for, where it ended.

use std::collections::BTreeMap;

use super::bands::BandIn;
use super::layout::{Chart, NodeIn, lay_out};
use crate::portal::description::Description;
use crate::portal::figures::{End, PaidRow, TONE_PLAIN, TONE_UNKNOWN, ends_in_order};

const CARD_WIDTH: f64 = 216.0;

/// Draws the rows, two bands each: from the payer to the function, and on to the end.
pub(super) fn paid_chart(description: &Description, rows: &[PaidRow]) -> Chart {
    let mut nodes = Nodes {
        description,
        nodes: Vec::new(),
    };
    let payers = nodes.column(
        0,
        largest_first(rows, |row| row.payer.as_str(), |_| false),
        |payer| {
            let name = rows
                .iter()
                .find(|row| row.payer == payer)
                .map(|row| row.payer_name.clone());
            (
                name.unwrap_or_default(),
                format!("/spending/{payer}"),
                TONE_PLAIN,
            )
        },
    );
    let functions = nodes.column(
        1,
        largest_first(
            rows,
            |row| row.function.as_str(),
            |function| function.is_empty(),
        ),
        |function| {
            let tone = if function.is_empty() {
                TONE_UNKNOWN
            } else {
                TONE_PLAIN
            };
            (
                description.functions.name(function),
                format!("/spending/{}", description.functions.slug(function)),
                tone,
            )
        },
    );
    let totals = totals(rows, |row| row.end.clone());
    let ends = ends_in_order(description)
        .into_iter()
        .filter_map(|end| totals.get(&end).map(|money| (end, *money)));
    let ends = nodes.column(2, ends.collect(), |end: End| {
        (
            end.name(description),
            format!("/payments?{}", end.query()),
            end.tone(description),
        )
    });
    let mut bands = Vec::new();
    for row in rows {
        let (payer, function, end) = (
            payers[row.payer.as_str()],
            functions[row.function.as_str()],
            ends[&row.end],
        );
        let amount = description.currency.exact(row.sum.amount);
        let title = format!(
            "{} for {}, {}: {amount}",
            row.payer_name,
            description.functions.name(&row.function),
            row.end.name(description)
        );
        let tone = row.end.tone(description);
        bands.push(BandIn {
            from: payer,
            to: function,
            amount: row.sum.amount.abs(),
            tone,
            title: title.clone(),
        });
        bands.push(BandIn {
            from: function,
            to: end,
            amount: row.sum.amount.abs(),
            tone,
            title,
        });
    }
    lay_out(
        &["Paid by", "For", "Where it ended"],
        CARD_WIDTH,
        nodes.nodes,
        bands,
    )
}

struct Nodes<'a> {
    description: &'a Description,
    nodes: Vec<NodeIn>,
}

impl Nodes<'_> {
    fn column<K: Ord + Clone>(
        &mut self,
        column: usize,
        keys: Vec<(K, i64)>,
        words: impl Fn(K) -> (String, String, &'static str),
    ) -> BTreeMap<K, usize> {
        let mut at = BTreeMap::new();
        for (key, money) in keys {
            let (label, href, tone) = words(key.clone());
            at.insert(key, self.nodes.len());
            self.nodes.push(NodeIn {
                column,
                label,
                amount: self.description.currency.brief(money),
                href,
                tone,
                beside: None,
            });
        }
        at
    }
}

fn totals<'a, K: Ord>(rows: &'a [PaidRow], key: impl Fn(&'a PaidRow) -> K) -> BTreeMap<K, i64> {
    let mut totals = BTreeMap::new();
    for row in rows {
        *totals.entry(key(row)).or_default() += row.sum.amount;
    }
    totals
}

fn largest_first<'a, K: Ord + Clone>(
    rows: &'a [PaidRow],
    key: impl Fn(&'a PaidRow) -> K,
    last: impl Fn(&K) -> bool,
) -> Vec<(K, i64)> {
    let mut totals: Vec<_> = totals(rows, key).into_iter().collect();
    totals.sort_by_key(|(key, money)| (last(key), -money, key.clone()));
    totals
}
