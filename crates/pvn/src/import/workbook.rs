//! Rows of one sheet of an `.xlsx` workbook (ECMA-376).

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use calamine::{DataRef, Reader, Xlsx, XlsxError};

use super::error::Found;
use super::grid::{Grid, Sink, Skipped};
use super::limits::{COLUMNS_MAX, WORKBOOK_BYTES_MAX, WORKBOOK_UNPACKED_BYTES_MAX};
use super::problem::Problem;
use super::text::nearest;

/// Reads every row of a sheet with column titles.
pub(super) fn read(
    path: &Path,
    sheet: &str,
    wanted: &[String],
    sink: Sink<'_>,
) -> Result<Skipped, Found> {
    let mut grid = Grid::new(wanted, true, sink);
    each_row(path, sheet, &mut |line, cells| {
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
        grid.row(line, &cells)
    })?;
    grid.end()
}

/// Takes a row's number, counted from 1, and its cells.
pub(super) type RowSink<'a> = &'a mut dyn FnMut(u64, &[String]) -> Result<(), Found>;

/// Hands on each stored row with its number, counted from 1; blank cells are empty texts.
pub(super) fn each_row(path: &Path, sheet: &str, take: RowSink<'_>) -> Result<(), Found> {
    check_size(path)?;
    let file = File::open(path).map_err(Problem::FileUnreadable)?;
    let mut workbook = Xlsx::new(BufReader::new(file)).map_err(unreadable)?;
    let sheets = workbook.sheet_names();
    if !sheets.iter().any(|name| name == sheet) {
        let nearest = nearest(sheet, sheets.iter().map(String::as_str));
        let sheet = sheet.to_owned();
        return Err(Problem::SheetMissing {
            sheet,
            nearest,
            found: sheets,
        }
        .into());
    }
    let mut cells = workbook.worksheet_cells_reader(sheet).map_err(unreadable)?;
    let mut current: Option<(u32, Vec<String>)> = None;
    while let Some(cell) = cells.next_cell().map_err(unreadable)? {
        let (row, column) = cell.get_position();
        let line = u64::from(row) + 1;
        let text = cell_text(cell.get_value());
        if text.is_empty() {
            continue;
        }
        if column >= COLUMNS_MAX {
            let (expected, got) = (COLUMNS_MAX as usize, column as usize + 1);
            return Err(Problem::RowTooLong { expected, got }.at(line));
        }
        if let Some((before, texts)) = current.take_if(|(before, _)| *before != row) {
            take(u64::from(before) + 1, &texts)?;
        }
        let (_, texts) = current.get_or_insert_with(|| (row, Vec::new()));
        texts.resize(texts.len().max(column as usize + 1), String::new());
        texts[column as usize] = text;
    }
    match current {
        Some((row, texts)) => take(u64::from(row) + 1, &texts),
        None => Ok(()),
    }
}

/// A cell as text: a number in the shortest digits that mean the stored number (Excel keeps
/// `54040.2` as `54040.199999999997`), a date as `2025-01-31`.
fn cell_text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Empty | DataRef::Error(_) => String::new(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            text.clone()
        }
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::Bool(flag) => flag.to_string(),
        DataRef::DateTime(moment) => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
    }
}

/// Unpacks every member into nothing, because the sizes that a zip declares need not be true.
fn check_size(path: &Path) -> Result<(), Problem> {
    let file = File::open(path).map_err(Problem::FileUnreadable)?;
    if file.metadata().map_err(Problem::FileUnreadable)?.len() > WORKBOOK_BYTES_MAX {
        return Err(Problem::WorkbookTooLarge);
    }
    let bad = |error: &dyn std::fmt::Display| Problem::WorkbookUnreadable(error.to_string());
    let mut archive = zip::ZipArchive::new(BufReader::new(file)).map_err(|e| bad(&e))?;
    let mut left = WORKBOOK_UNPACKED_BYTES_MAX;
    for i in 0..archive.len() {
        let member = archive.by_index(i).map_err(|e| bad(&e))?;
        let unpacked =
            io::copy(&mut member.take(left + 1), &mut io::sink()).map_err(|e| bad(&e))?;
        left = left
            .checked_sub(unpacked)
            .ok_or(Problem::WorkbookTooLarge)?;
    }
    Ok(())
}

fn unreadable(error: XlsxError) -> Problem {
    Problem::WorkbookUnreadable(error.to_string())
}
