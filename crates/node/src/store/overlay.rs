//! Recent writes: durable in the journal, not yet settled in their tables.
//!
//! There are two generations. The old one settles a little with each commit; what the young one has overwritten or
//! deleted meanwhile needs no settling, so that queues which fill and empty within seconds never reach a table.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::ops::Bound;

use protocol::store::{Table, Write};

/// Bytes counted for a row beside its key and value: about what a map takes for it.
const ROW_BYTES: usize = 64;

/// A row that is written, or deleted where there is no value.
pub(super) type Row<'a> = (Table, &'a [u8], Option<&'a [u8]>);

/// What is known of a key: its value, or `None` when it has been deleted.
pub(super) type Entry<'a> = (&'a [u8], Option<&'a [u8]>);

/// Rows by table.
#[derive(Debug, Default)]
struct Generation {
    tables: [BTreeMap<Vec<u8>, Option<Vec<u8>>>; Table::ALL.len()],
    bytes: usize,
}

impl Generation {
    fn apply(&mut self, writes: Vec<Write>) {
        for (table, key, value) in writes {
            let keys = key.len();
            self.bytes += row_bytes(keys, value.as_deref());
            if let Some(before) = self.tables[table as usize].insert(key, value) {
                self.bytes -= row_bytes(keys, before.as_deref());
            }
        }
    }

    fn get(&self, table: Table, key: &[u8]) -> Option<Option<&[u8]>> {
        self.tables[table as usize].get(key).map(Option::as_deref)
    }

    fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        Table::ALL.into_iter().flat_map(|table| {
            let rows = self.tables[table as usize].iter();
            rows.map(move |(key, value)| (table, key.as_slice(), value.as_deref()))
        })
    }

    fn range(
        &self,
        table: Table,
        start: &[u8],
        end: Option<&[u8]>,
    ) -> impl Iterator<Item = Entry<'_>> {
        // A range that ends before it starts is empty, not a mistake.
        let end = end.map_or(Bound::Unbounded, |end| Bound::Excluded(end.max(start)));
        self.tables[table as usize]
            .range::<[u8], _>((Bound::Included(start), end))
            .map(|(key, value)| (key.as_slice(), value.as_deref()))
    }

    fn drop_first(&mut self, mut count: usize) {
        for rows in &mut self.tables {
            while count > 0
                && let Some((key, value)) = rows.pop_first()
            {
                self.bytes -= row_bytes(key.len(), value.as_deref());
                count -= 1;
            }
        }
    }
}

/// Bytes that writes count for.
pub(super) fn weight(writes: &[Write]) -> usize {
    let bytes = writes.iter();
    let bytes = bytes.map(|(_, key, value)| row_bytes(key.len(), value.as_deref()));
    bytes.sum()
}

fn row_bytes(key: usize, value: Option<&[u8]>) -> usize {
    ROW_BYTES + key + value.map_or(0, <[u8]>::len)
}

/// Recent writes in two generations.
#[derive(Debug, Default)]
pub(super) struct Overlay {
    young: Generation,
    old: Generation,
}

/// The rows that settle next.
pub(super) struct Due<'a> {
    /// Those that must be written.
    pub(super) rows: Vec<Row<'a>>,
    /// How many of the old generation are thereby done with.
    pub(super) count: usize,
    /// Whether nothing is left of it afterwards.
    pub(super) all: bool,
}

impl Overlay {
    /// Takes in writes that have become durable.
    pub(super) fn apply(&mut self, writes: Vec<Write>) {
        self.young.apply(writes);
    }

    /// What is known of a key; `None` when its table decides.
    pub(super) fn get(&self, table: Table, key: &[u8]) -> Option<Option<&[u8]>> {
        let young = self.young.get(table, key);
        young.or_else(|| self.old.get(table, key))
    }

    /// What is known of the keys from `start` up to `end`, ascending.
    pub(super) fn range(
        &self,
        table: Table,
        start: &[u8],
        end: Option<&[u8]>,
    ) -> impl Iterator<Item = Entry<'_>> {
        let young = self.young.range(table, start, end);
        let old = self.old.range(table, start, end);
        Layers::new(young, old)
    }

    /// Bytes in the young generation.
    pub(super) fn young_bytes(&self) -> usize {
        self.young.bytes
    }

    /// Whether everything of the old generation has settled.
    pub(super) fn settled(&self) -> bool {
        self.old.bytes == 0
    }

    /// About `bytes` of the old generation.
    pub(super) fn due(&self, bytes: usize) -> Due<'_> {
        let mut due = Due {
            rows: Vec::new(),
            count: 0,
            all: false,
        };
        let mut seen = 0;
        let mut rows = self.old.rows();
        while seen < bytes {
            let Some((table, key, value)) = rows.next() else {
                break;
            };
            seen += row_bytes(key.len(), value);
            due.count += 1;
            if self.young.get(table, key).is_none() {
                due.rows.push((table, key, value));
            }
        }
        due.all = rows.next().is_none();
        due
    }

    /// Everything, in the order in which it applies.
    pub(super) fn everything(&self) -> impl Iterator<Item = Row<'_>> {
        self.old.rows().chain(self.young.rows())
    }

    /// Forgets the first `count` rows of the old generation: they have settled.
    pub(super) fn forget(&mut self, count: usize) {
        self.old.drop_first(count);
    }

    /// The young generation becomes the old one, which has settled.
    pub(super) fn age(&mut self) {
        self.old = std::mem::take(&mut self.young);
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        *self = Overlay::default();
    }
}

/// Two ascending layers as one; where both know a key the upper one counts.
pub(super) struct Layers<U: Iterator, L: Iterator> {
    upper: Peekable<U>,
    lower: Peekable<L>,
}

impl<U: Iterator, L: Iterator> Layers<U, L> {
    pub(super) fn new(upper: U, lower: L) -> Self {
        Layers {
            upper: upper.peekable(),
            lower: lower.peekable(),
        }
    }
}

impl<'a, U, L> Iterator for Layers<U, L>
where
    U: Iterator<Item = Entry<'a>>,
    L: Iterator<Item = Entry<'a>>,
{
    type Item = Entry<'a>;

    fn next(&mut self) -> Option<Entry<'a>> {
        let (Some((upper, _)), Some((lower, _))) = (self.upper.peek(), self.lower.peek()) else {
            return self.upper.next().or_else(|| self.lower.next());
        };
        match upper.cmp(lower) {
            std::cmp::Ordering::Less => self.upper.next(),
            std::cmp::Ordering::Greater => self.lower.next(),
            std::cmp::Ordering::Equal => {
                self.lower.next();
                self.upper.next()
            }
        }
    }
}
