//! Rows of cells under a row of column titles, wherever that row stands.

use super::error::Found;
use super::limits::PREAMBLE_ROWS_MAX;
use super::problem::Problem;
use super::text::{clean, nearest};

/// One row of figures: the cells of the wanted columns, in the order in which they were asked for.
pub(super) struct Record {
    /// Line (in a workbook: row) on which it starts, counted from 1.
    pub(super) line: u64,
    pub(super) values: Vec<String>,
}

/// Where records go, one at a time.
pub(super) type Sink<'a> = &'a mut dyn FnMut(Record) -> Result<(), Found>;

/// Rows that are no figures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Skipped {
    /// Rows whose cells are all blank.
    pub blank_rows: u64,
    /// Rows that repeat the column titles.
    pub repeated_headers: u64,
}

/// Finds the titles, then hands on the wanted cells of each row.
pub(super) struct Grid<'a> {
    wanted: &'a [String],
    /// Whether rows may end early because a workbook does not store blank cells.
    ragged: bool,
    preamble: Vec<(u64, Vec<String>)>,
    layout: Option<Layout>,
    skipped: Skipped,
    sink: Sink<'a>,
}

struct Layout {
    titles: Vec<String>,
    indices: Vec<usize>,
}

impl<'a> Grid<'a> {
    pub(super) fn new(wanted: &'a [String], ragged: bool, sink: Sink<'a>) -> Self {
        let skipped = Skipped::default();
        Self {
            wanted,
            ragged,
            preamble: Vec::new(),
            layout: None,
            skipped,
            sink,
        }
    }

    pub(super) fn row(&mut self, line: u64, cells: &[&str]) -> Result<(), Found> {
        match &self.layout {
            None => self.look_for_titles(line, cells),
            Some(_) if cells.iter().all(|cell| clean(cell).is_empty()) => {
                self.skipped.blank_rows += 1;
                Ok(())
            }
            Some(layout) if layout.is_repeated_by(cells) => {
                self.skipped.repeated_headers += 1;
                Ok(())
            }
            Some(layout) => {
                let values = layout.pick(cells, self.ragged).map_err(|p| p.at(line))?;
                (self.sink)(Record { line, values })
            }
        }
    }

    pub(super) fn end(self) -> Result<Skipped, Found> {
        match self.layout {
            Some(_) => Ok(self.skipped),
            None => Err(self.no_titles()),
        }
    }

    fn look_for_titles(&mut self, line: u64, cells: &[&str]) -> Result<(), Found> {
        let titles: Vec<String> = cells.iter().map(|cell| clean(cell)).collect();
        if self.wanted.iter().all(|column| titles.contains(column)) {
            self.layout = Some(Layout::new(titles, self.wanted).map_err(|p| p.at(line))?);
            return Ok(());
        }
        self.preamble.push((line, titles));
        match self.preamble.len() == PREAMBLE_ROWS_MAX {
            true => Err(self.no_titles()),
            false => Ok(()),
        }
    }

    /// The error that names the column that keeps the likeliest row from being the titles.
    fn no_titles(&self) -> Found {
        let known = |titles: &[String]| self.wanted.iter().filter(|c| titles.contains(c)).count();
        let filled = |titles: &[String]| titles.iter().any(|title| !title.is_empty());
        if !self.preamble.iter().any(|(_, titles)| filled(titles)) {
            return Problem::FileEmpty.into();
        }
        let likeliest = self
            .preamble
            .iter()
            .rev()
            .max_by_key(|(_, titles)| known(titles));
        match likeliest {
            Some((line, titles)) if known(titles) > 0 => self.missing_from(titles).at(*line),
            _ => Problem::HeaderNotFound {
                expected: self.wanted.first().cloned().unwrap_or_default(),
            }
            .into(),
        }
    }

    fn missing_from(&self, titles: &[String]) -> Problem {
        let missing = self.wanted.iter().find(|column| !titles.contains(column));
        let column = missing.cloned().unwrap_or_default();
        let spare = titles.iter().filter(|title| !self.wanted.contains(title));
        Problem::ColumnMissing {
            nearest: nearest(&column, spare.map(String::as_str)),
            column,
            found: titles.to_vec(),
        }
    }
}

impl Layout {
    fn new(mut titles: Vec<String>, wanted: &[String]) -> Result<Self, Problem> {
        while titles.last().is_some_and(String::is_empty) {
            titles.pop();
        }
        let mut indices = Vec::with_capacity(wanted.len());
        for column in wanted {
            let mut places = (0..titles.len()).filter(|i| titles[*i] == *column);
            indices.extend(places.next());
            if places.next().is_some() {
                return Err(Problem::ColumnTwice {
                    column: column.clone(),
                });
            }
        }
        Ok(Self { titles, indices })
    }

    fn is_repeated_by(&self, cells: &[&str]) -> bool {
        cells.len() >= self.titles.len()
            && self
                .titles
                .iter()
                .zip(cells)
                .all(|(title, cell)| *title == clean(cell))
    }

    fn pick(&self, cells: &[&str], ragged: bool) -> Result<Vec<String>, Problem> {
        let (expected, got) = (self.titles.len(), cells.len());
        if got < expected && !ragged {
            return Err(Problem::RowTooShort { expected, got });
        }
        if cells
            .iter()
            .skip(expected)
            .any(|cell| !clean(cell).is_empty())
        {
            return Err(Problem::RowTooLong { expected, got });
        }
        let cell = |i: &usize| cells.get(*i).copied().unwrap_or_default().to_owned();
        Ok(self.indices.iter().map(cell).collect())
    }
}
