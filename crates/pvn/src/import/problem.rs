//! Why a file, a row or a cell was refused: one outcome for each reason, each with what to do.

use deed::Currency;
use jiff::civil::Date;

use super::limits::{
    PREAMBLE_ROWS_MAX, RECORD_BYTES_MAX, ROWS_MAX, TEXT_BYTES_MAX, WORKBOOK_BYTES_MAX,
    WORKBOOK_UNPACKED_BYTES_MAX, YEAR_MAX, YEAR_MIN,
};

/// Why nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// The operating system refused to open or read the file.
    #[error("the file can't be read ({0}); check its name and your permissions")]
    FileUnreadable(std::io::Error),
    /// There is no row of figures.
    #[error("the file has no rows; download it again")]
    FileEmpty,
    /// The bytes are not text in the encoding that the importer names.
    #[error(
        "the bytes are not {encoding} text; if the publisher writes another encoding, name it in the importer (UTF-8, windows-1252, UTF-16LE)"
    )]
    EncodingUnreadable {
        /// The encoding that was tried.
        encoding: &'static str,
    },
    /// A line, quoted record or JSON object beyond [`RECORD_BYTES_MAX`].
    #[error(
        "a record longer than {RECORD_BYTES_MAX} bytes; a line end or a closing quotation mark is missing, or this is not the file that the importer describes"
    )]
    RecordTooLong,
    /// More rows than [`ROWS_MAX`].
    #[error("more than {ROWS_MAX} rows; split the file by period")]
    TooManyRows,
    /// None of the first rows has any of the column titles.
    #[error(
        "none of the first {PREAMBLE_ROWS_MAX} rows holds the column titles (expected {expected:?}, among others); check that the importer is the one for this file"
    )]
    HeaderNotFound {
        /// The first title looked for.
        expected: String,
    },
    /// A column is not there.
    #[error("there is no column {column:?}{}; the file has {}", near(.nearest), list(.found))]
    ColumnMissing {
        /// The title looked for.
        column: String,
        /// The most similar title of the file, when there is one.
        nearest: Option<String>,
        /// The file's titles.
        found: Vec<String>,
    },
    /// Two columns with one title.
    #[error("the column {column:?} is there twice; remove or rename one of them")]
    ColumnTwice {
        /// The title.
        column: String,
    },
    /// A row ends before its last needed column.
    #[error(
        "the row has {got} cells where the titles have {expected}; the file is cut off here, or a quotation mark is not closed"
    )]
    RowTooShort {
        /// Cells of the title row.
        expected: usize,
        /// Cells of this row.
        got: usize,
    },
    /// A row has filled cells beyond the last title.
    #[error(
        "the row has {got} cells where the titles have {expected}; a text with a comma in it needs quotation marks around it"
    )]
    RowTooLong {
        /// Cells of the title row.
        expected: usize,
        /// Cells of this row.
        got: usize,
    },
    /// A cell that has to be filled is blank.
    #[error("column {column:?} is blank; fill it, or remove the row if it is no payment")]
    CellBlank {
        /// The column's title.
        column: String,
    },
    /// A text is longer than [`TEXT_BYTES_MAX`].
    #[error("column {column:?} holds a text longer than {TEXT_BYTES_MAX} bytes; shorten it")]
    TextTooLong {
        /// The column's title.
        column: String,
    },
    /// Not an amount.
    #[error(
        "column {column:?}: {got:?} is not an amount such as 1,234.50, -1234.50 or (1,234.50); correct the cell"
    )]
    AmountUnreadable {
        /// The column's title.
        column: String,
        /// The cell.
        got: String,
    },
    /// Digits beyond the smallest unit that are not the noise of binary fractions.
    #[error(
        "column {column:?}: {got:?} is finer than the currency's smallest unit; correct the cell"
    )]
    AmountTooFine {
        /// The column's title.
        column: String,
        /// The cell.
        got: String,
    },
    /// Fewer decimals than this publisher always writes: the sign of a line cut off.
    #[error(
        "column {column:?}: {got:?} does not have the {decimals} decimals that this publisher writes; the file may be cut off"
    )]
    AmountDecimals {
        /// The column's title.
        column: String,
        /// The cell.
        got: String,
        /// Decimals expected.
        decimals: u32,
    },
    /// An amount or a sum that does not fit.
    #[error("column {column:?}: {got:?} is too large an amount; correct the cell")]
    AmountTooLarge {
        /// The column's title.
        column: String,
        /// The cell.
        got: String,
    },
    /// Another currency than the file's.
    #[error(
        "column {column:?}: {got:?} is not in {expected}; import each currency with an importer of its own"
    )]
    CurrencyUnknown {
        /// The column's title.
        column: String,
        /// The cell.
        got: String,
        /// The importer's currency.
        expected: Currency,
    },
    /// Not a date in any of the importer's formats.
    #[error("column {column:?}: {got:?} is not a date written as {}; correct the cell, or add its format to the importer's date_formats", list(.formats))]
    DateUnreadable {
        /// The column's title.
        column: String,
        /// The cell.
        got: String,
        /// The importer's formats.
        formats: Vec<String>,
    },
    /// Written like a date, but no such day exists.
    #[error(
        "column {column:?}: {got:?} is not a day of the calendar; correct the cell, or ask the publisher"
    )]
    DateImpossible {
        /// The column's title.
        column: String,
        /// The cell.
        got: String,
    },
    /// A day outside [`YEAR_MIN`]..=[`YEAR_MAX`].
    #[error(
        "column {column:?}: {got} is not between {YEAR_MIN} and {YEAR_MAX}; correct the cell, or ask the publisher"
    )]
    DateOutOfRange {
        /// The column's title.
        column: String,
        /// The day.
        got: Date,
    },
    /// Rows of two periods in one file, which would number rows wrongly.
    #[error(
        "the row is of period {got}, the rows before it of {expected}; import one period at a time"
    )]
    PeriodChanges {
        /// Period of the first row.
        expected: String,
        /// Period of this row.
        got: String,
    },
    /// The file is not JSON, or not of the described shape.
    #[error("the JSON can't be read: {0}; download the file again")]
    JsonUnreadable(String),
    /// No list of rows under the described name.
    #[error("the JSON holds no list named {0:?}; check that the importer is the one for this file")]
    JsonRowsMissing(String),
    /// A nested value where a text or number is expected.
    #[error("column {column:?} holds a list or an object where a text or a number is expected")]
    CellNested {
        /// The column's name.
        column: String,
    },
    /// The file is not a workbook that can be read.
    #[error("the workbook can't be read: {0}; save it again as .xlsx")]
    WorkbookUnreadable(String),
    /// Stored or unpacked size beyond the limits.
    #[error(
        "the workbook is larger than {WORKBOOK_BYTES_MAX} bytes, or {WORKBOOK_UNPACKED_BYTES_MAX} unpacked; save the one sheet as CSV"
    )]
    WorkbookTooLarge,
    /// No sheet of that name.
    #[error("there is no sheet {sheet:?}{}; the workbook has {}", near(.nearest), list(.found))]
    SheetMissing {
        /// The name looked for.
        sheet: String,
        /// The most similar name, when there is one.
        nearest: Option<String>,
        /// The workbook's sheets.
        found: Vec<String>,
    },
    /// A table's line of that name is not there.
    #[error("the table has no line {line:?}{}; check that the importer is the one for this file", near(.nearest))]
    LineMissing {
        /// The name looked for.
        line: String,
        /// The most similar name, when there is one.
        nearest: Option<String>,
    },
    /// A line of the funding table that no member names as its own.
    #[error("no member receives the line {line:?}; name it in one member's funding_names")]
    LineWithoutReceiver {
        /// The line's name.
        line: String,
    },
    /// The lines add up to something else than the published total, beyond rounding.
    #[error(
        "the lines add up to {sum}, the published total is {published}; rounding explains at most {tolerance}"
    )]
    TotalDiffers {
        /// Sum of lines and adjustments.
        sum: deed::Money,
        /// Published total.
        published: deed::Money,
        /// Most that rounding can explain.
        tolerance: deed::Money,
    },
    /// A shipped table is not the one that the manifest describes.
    #[error(
        "the table is not the one that the manifest describes ({0}); produce it again from the originals"
    )]
    ShippedTableChanged(String),
}

fn near(nearest: &Option<String>) -> String {
    match nearest {
        Some(name) => {
            format!(" (did the publisher rename it to {name:?}? Then name that in the importer)")
        }
        None => String::new(),
    }
}

fn list(names: &[String]) -> String {
    names
        .iter()
        .map(|name| format!("{name:?}"))
        .collect::<Vec<_>>()
        .join(", ")
}
