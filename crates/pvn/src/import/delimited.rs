//! Rows of a text file with separators (RFC 4180, with any separator and any line ends).

use std::io::Read;

use encoding_rs::Encoding;

use super::decode::{Meter, TextReader, problem_of};
use super::error::Found;
use super::grid::{Grid, Sink, Skipped};
use super::problem::Problem;

/// Reads every row, holding one at a time.
pub(super) fn read(
    bytes: impl Read,
    encoding: &'static Encoding,
    delimiter: u8,
    wanted: &[String],
    sink: Sink<'_>,
) -> Result<Skipped, Found> {
    let meter = Meter::default();
    let text = TextReader::new(bytes, encoding, meter.clone());
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text);
    let mut grid = Grid::new(wanted, false, sink);
    let mut row = csv::StringRecord::new();
    loop {
        let before = reader.position().line();
        match reader.read_record(&mut row) {
            Ok(true) => meter.record_taken(),
            Ok(false) => return grid.end(),
            Err(error) => return Err(problem(error).at(before)),
        }
        let cells: Vec<&str> = row.iter().collect();
        grid.row(start_line(reader.position().line(), before, &cells), &cells)?;
    }
}

/// The reader does not count empty lines before a record as its start, so the start is found from its end.
fn start_line(after: u64, before: u64, cells: &[&str]) -> u64 {
    let inside: usize = cells.iter().map(|cell| cell.matches('\n').count()).sum();
    after.saturating_sub(1 + inside as u64).max(before)
}

fn problem(error: csv::Error) -> Problem {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => problem_of(error),
        other => Problem::FileUnreadable(std::io::Error::other(format!("{other:?}"))),
    }
}
