//! Charts of flowing money, laid out here and written as SVG by a template: no script, every node a
//! link, positions as presentation attributes. Wide screens get columns joined by bands, narrow ones
//! the same rows as bars under each other.

mod bands;
mod layout;
mod paid;
mod pennies;
mod sources;
mod stacks;

use std::collections::BTreeSet;

pub(crate) use layout::Chart;
pub(crate) use pennies::{Pennies, pennies};
pub(crate) use stacks::Stack;

use super::description::Description;
use super::figures::{PaidRow, SourceRow};

/// Rows, and both drawings of them.
pub(crate) struct Drawn<R> {
    pub(crate) rows: Vec<R>,
    pub(crate) chart: Chart,
    pub(crate) stacks: Vec<Stack>,
}

/// Draws where published payments went.
pub(crate) fn draw_paid(description: &Description, rows: Vec<PaidRow>) -> Drawn<PaidRow> {
    let (chart, stacks) = (
        paid::paid_chart(description, &rows),
        stacks::paid_stacks(description, &rows),
    );
    Drawn {
        rows,
        chart,
        stacks,
    }
}

/// Draws where money came from; those that publish payments stand out.
pub(crate) fn draw_sources(
    description: &Description,
    rows: Vec<SourceRow>,
    payers: &BTreeSet<&str>,
) -> Drawn<SourceRow> {
    let publishes = |id: &str| payers.contains(id);
    let (chart, stacks) = (
        sources::sources_chart(description, &rows, publishes),
        stacks::source_stacks(&rows, publishes),
    );
    Drawn {
        rows,
        chart,
        stacks,
    }
}
