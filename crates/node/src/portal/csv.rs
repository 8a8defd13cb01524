//! Files for spreadsheets: RFC 4180, UTF-8, one header row, amounts as plain decimals.

use ::csv::Writer;

/// Rows of a file. Writing to memory can't fail; a row of another length than the header can't be built
/// because both are arrays of the same length.
pub(crate) struct Table<const COLUMNS: usize> {
    writer: Writer<Vec<u8>>,
}

impl<const COLUMNS: usize> Table<COLUMNS> {
    /// A file that begins with its header.
    pub(crate) fn new(header: [&str; COLUMNS]) -> Result<Self, ::csv::Error> {
        let mut table = Self::rest();
        table.writer.write_record(header)?;
        Ok(table)
    }

    /// A further piece of a file.
    pub(crate) fn rest() -> Self {
        Self {
            writer: ::csv::WriterBuilder::new()
                .terminator(::csv::Terminator::CRLF)
                .from_writer(Vec::new()),
        }
    }

    pub(crate) fn row(&mut self, cells: [Cell<'_>; COLUMNS]) -> Result<(), ::csv::Error> {
        self.writer
            .write_record(cells.iter().map(|cell| cell.written()))
    }

    pub(crate) fn bytes(self) -> Result<Vec<u8>, ::csv::Error> {
        self.writer
            .into_inner()
            .map_err(|why| why.into_error().into())
    }
}

/// A cell: text that people wrote, or something that the portal wrote.
pub(crate) enum Cell<'a> {
    Text(&'a str),
    Own(String),
}

impl Cell<'_> {
    /// Spreadsheets run text that begins with one of these as a formula (OWASP, CSV injection): an
    /// apostrophe before it makes it text again. The page of downloads says so.
    fn written(&self) -> String {
        match self {
            Self::Own(text) => text.clone(),
            Self::Text(text) if text.starts_with(['=', '+', '-', '@', '\t', '\r']) => {
                format!("'{text}")
            }
            Self::Text(text) => (*text).to_owned(),
        }
    }
}
