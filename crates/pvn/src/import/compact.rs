//! Making the shipped tables from the publishers' files.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use flate2::{Compression, GzBuilder};

use super::error::{Found, ImportError};
use super::folder::Folder;
use super::funding::FundingTable;
use super::grid::Record;
use super::importer::Spending;
use super::members::Members;
use super::problem::Problem;
use super::shipped::{FUNDING_COLUMNS, FUNDING_TOTAL, MANIFEST, Manifest, ShippedTable, sha256};

/// Why the tables were not written.
#[derive(Debug, thiserror::Error)]
pub enum CompactError {
    /// An original.
    #[error(transparent)]
    Original(#[from] ImportError),
    /// The operating system refused to write.
    #[error("{}: can't be written ({source})", .file.display())]
    Unwritable {
        /// The file.
        file: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The manifest's texts can't be written as TOML.
    #[error("the manifest can't be written: {0}")]
    Manifest(toml::ser::Error),
}

impl Folder {
    /// Reads every original that an importer names in `originals` and writes the tables and their
    /// manifest into the folder's `data`. All originals are read before anything is written.
    ///
    /// # Errors
    /// An original that can't be imported, or a table that can't be written.
    pub fn compact(&self, originals: &Path) -> Result<Vec<ShippedTable>, CompactError> {
        let mut tables = Vec::new();
        for table in self.funding.values() {
            for name in &table.provenance.files {
                tables.push(compact_funding(table, originals, name, &self.members)?);
            }
        }
        for spending in self.spending.values() {
            for name in &spending.provenance.files {
                tables.push(compact_spending(spending, originals, name, &self.members)?);
            }
        }
        let data = self.dir.join("data");
        for (table, text) in &tables {
            write(&data.join(&table.file), text)?;
        }
        let manifest = Manifest {
            table: tables.into_iter().map(|(table, _)| table).collect(),
        };
        let listing = toml::to_string(&manifest).map_err(CompactError::Manifest)?;
        let heading = "# Made from the publishers' files by the importer; not edited by hand.\n\n";
        write(
            &data.join(MANIFEST),
            format!("{heading}{listing}").as_bytes(),
        )?;
        Ok(manifest.table)
    }
}

fn compact_spending(
    spending: &Spending,
    originals: &Path,
    name: &str,
    members: &Members,
) -> Result<(ShippedTable, Vec<u8>), ImportError> {
    let path = originals.join(name);
    let at = |found| ImportError::new(&path, found);
    let rows = spending.read(&path, members)?.rows;
    let mut text = csv::Writer::from_writer(Vec::new());
    text.write_record(&spending.columns.names)
        .map_err(|e| at(unwritten(e)))?;
    spending
        .each_record(&path, &mut |record| {
            let cells = spending
                .plain_cells(&record)
                .map_err(|p| p.at(record.line))?;
            text.write_record(&cells).map_err(unwritten)
        })
        .map_err(at)?;
    let text = text
        .into_inner()
        .map_err(|e| at(unwritten(e.into_error())))?;
    let period = rows
        .first()
        .map(|row| row.id.period.to_string())
        .unwrap_or_default();
    let file = format!("{}.{period}.csv.gz", spending.source);
    let table = ShippedTable {
        rows: rows.len() as u64,
        total_minor: rows.iter().map(|row| row.amount.minor).sum(),
        ..ShippedTable::new(&spending.source, &spending.provenance, file, name)
    };
    Ok((with_digests(table, &path, &text).map_err(at)?, text))
}

fn compact_funding(
    table: &FundingTable,
    originals: &Path,
    name: &str,
    members: &Members,
) -> Result<(ShippedTable, Vec<u8>), ImportError> {
    let path = originals.join(name);
    let at = |found| ImportError::new(&path, found);
    let funding = table.read(&path, members)?;
    let lines = funding
        .lines
        .iter()
        .map(|line| (line.ordinal, &line.name, line.amount));
    let adjustments = funding
        .adjustments
        .iter()
        .map(|line| (line.ordinal, &line.name, line.amount));
    let mut all: Vec<_> = lines.chain(adjustments).collect();
    all.sort_by_key(|(ordinal, ..)| *ordinal);
    let mut text = csv::Writer::from_writer(Vec::new());
    let mut write = |name: &str, minor: &str| text.write_record([name, minor]).map_err(unwritten);
    write(FUNDING_COLUMNS[0], FUNDING_COLUMNS[1]).map_err(at)?;
    for (_, name, amount) in &all {
        write(name, &amount.minor.to_string()).map_err(at)?;
    }
    write(FUNDING_TOTAL, &funding.published_total.minor.to_string()).map_err(at)?;
    let text = text
        .into_inner()
        .map_err(|e| at(unwritten(e.into_error())))?;
    let table = ShippedTable {
        rows: all.len() as u64,
        total_minor: funding.net().minor,
        ..ShippedTable::new(
            &table.source,
            &table.provenance,
            format!("{}.csv", table.source),
            name,
        )
    };
    Ok((with_digests(table, &path, &text).map_err(at)?, text))
}

fn with_digests(table: ShippedTable, original: &Path, text: &[u8]) -> Result<ShippedTable, Found> {
    let original = File::open(original).map_err(Problem::FileUnreadable)?;
    Ok(ShippedTable {
        original_sha256: sha256(original).map_err(Problem::FileUnreadable)?,
        sha256: sha256(text).map_err(Problem::FileUnreadable)?,
        ..table
    })
}

impl Spending {
    /// The record's cells on one line each, with the dates and amounts that the importer reads written plainly.
    fn plain_cells(&self, record: &Record) -> Result<Vec<String>, Problem> {
        let columns = &self.columns;
        let mut cells = Vec::with_capacity(columns.names.len());
        for column in 0..columns.names.len() {
            cells.push(if column == columns.amount {
                plain_amount(self.amount(record)?)
            } else if column == columns.published || column == columns.period {
                self.date(record, column)?.to_string()
            } else {
                self.text(record, column)?
            });
        }
        Ok(cells)
    }
}

/// `1234.50`, without symbol and separators.
fn plain_amount(amount: deed::Money) -> String {
    let decimals = amount.currency.decimals();
    let unit = 10_u64.pow(decimals);
    let sign = if amount.minor < 0 { "-" } else { "" };
    let minor = amount.minor.unsigned_abs();
    match decimals {
        0 => format!("{sign}{minor}"),
        _ => format!(
            "{sign}{}.{:0width$}",
            minor / unit,
            minor % unit,
            width = decimals as usize
        ),
    }
}

fn unwritten(error: impl Into<io::Error>) -> Found {
    Problem::FileUnreadable(error.into()).into()
}

/// Packs what is named so; the packed bytes hold no time and no file name.
fn write(path: &Path, text: &[u8]) -> Result<(), CompactError> {
    let packed = path.extension().is_some_and(|ending| ending == "gz");
    let bytes = if packed {
        pack(text)
    } else {
        Ok(text.to_vec())
    };
    let written = bytes.and_then(|bytes| {
        fs::create_dir_all(path.parent().unwrap_or(path))?;
        fs::write(path, bytes)
    });
    written.map_err(|source| CompactError::Unwritable {
        file: path.to_path_buf(),
        source,
    })
}

fn pack(text: &[u8]) -> io::Result<Vec<u8>> {
    let mut packer = GzBuilder::new().write(Vec::new(), Compression::best());
    packer.write_all(text)?;
    packer.finish()
}
