//! The chart of sources: issued to whom, and passed on to whom.

use std::collections::BTreeMap;

use super::bands::BandIn;
use super::layout::{Chart, NodeIn, lay_out};
use crate::portal::description::Description;
use crate::portal::figures::{SourceEnd, SourceRow, TONE_PLAIN};

const HEADS: [&str; 4] = ["Issued by", "Given to", "Passed on to", "And on to"];
/// Width of the cards for charts of two columns, and of more.
const CARD_WIDTHS: (f64, f64) = (420.0, 330.0);

/// Draws the rows, one band each. An organisation stands in the column after its giver; chains deeper
/// than there are columns are in the table only.
pub(super) fn sources_chart(
    description: &Description,
    rows: &[SourceRow],
    publishes: impl Fn(&str) -> bool,
) -> Chart {
    let drawn = rows.iter().filter(|row| row.depth + 1 < HEADS.len());
    let mut nodes = Nodes::default();
    let tone = |id: &str| if publishes(id) { "first" } else { TONE_PLAIN };
    let mut bands = Vec::new();
    let mut deepest = 0;
    for row in drawn {
        deepest = deepest.max(row.depth);
        let from = nodes.at(row.depth, &row.giver, &row.giver_name, &row.giver);
        let to = match &row.to {
            SourceEnd::Party(id, _) => nodes.at(row.depth + 1, id, &row.to_words(), id),
            several => nodes.at(
                row.depth + 1,
                &format!(" {} {}", row.giver, row.step),
                &several.name(),
                "",
            ),
        };
        nodes.gave(from, row.amount);
        nodes.received(to, row.amount);
        nodes.nodes[to].beside = (row.depth > 0).then_some(from);
        let amount = description.currency.exact(row.amount);
        bands.push(BandIn {
            from,
            to,
            amount: row.amount,
            tone: tone(row.to.id()),
            title: format!("{} to {}: {amount}", row.giver_name, row.to.name()),
        });
    }
    let nodes = nodes.nodes.into_iter().map(|node| NodeIn {
        column: node.column,
        amount: description.currency.brief(node.received.max(node.gave)),
        href: href(&node.id),
        tone: tone(&node.id),
        beside: node.beside,
        label: node.label,
    });
    let card_width = if deepest == 0 {
        CARD_WIDTHS.0
    } else {
        CARD_WIDTHS.1
    };
    lay_out(&HEADS[..deepest + 2], card_width, nodes.collect(), bands)
}

/// Those who stand for several parties, or for none, lead to the list of all.
pub(super) fn href(id: &str) -> String {
    match id {
        "" => "/spending#sources".to_owned(),
        id => format!("/spending/{id}"),
    }
}

/// A party in a column.
struct Node {
    column: usize,
    label: String,
    id: String,
    beside: Option<usize>,
    gave: i64,
    received: i64,
}

#[derive(Default)]
struct Nodes {
    nodes: Vec<Node>,
    keys: BTreeMap<(usize, String), usize>,
}

impl Nodes {
    fn at(&mut self, column: usize, key: &str, label: &str, id: &str) -> usize {
        *self
            .keys
            .entry((column, key.to_owned()))
            .or_insert_with(|| {
                self.nodes.push(Node {
                    column,
                    label: label.to_owned(),
                    id: id.to_owned(),
                    beside: None,
                    gave: 0,
                    received: 0,
                });
                self.nodes.len() - 1
            })
    }

    fn gave(&mut self, at: usize, amount: i64) {
        self.nodes[at].gave += amount;
    }

    fn received(&mut self, at: usize, amount: i64) {
        self.nodes[at].received += amount;
    }
}
