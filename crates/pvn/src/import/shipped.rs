//! The compact tables that a service's folder ships, so that it can be shown without the publishers' files:
//! the columns that the importer reads, as published, in UTF-8 with plain dates and amounts.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use aws_lc_rs::digest::{Context, SHA256};
use flate2::read::GzDecoder;
use serde::{Deserialize, Serialize};

use super::error::{Found, ImportError};
use super::folder::Folder;
use super::funding::{Figure, Funding};
use super::grid::Skipped;
use super::importer::{Format, Provenance, Spending};
use super::problem::Problem;
use super::row::Row;
use super::settings::{self, SettingsError};

/// Name of the list of tables, in the `data` folder.
pub(super) const MANIFEST: &str = "manifest.toml";

/// The list of shipped tables.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    pub(super) table: Vec<ShippedTable>,
}

/// One shipped table: what it holds, where it came from, and under which terms.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ShippedTable {
    /// Its file in the `data` folder.
    pub file: String,
    /// The publisher's series of files.
    pub source: String,
    /// What it is.
    pub title: String,
    /// Who published it first.
    pub publisher: String,
    /// Where it was published.
    pub published_at: String,
    /// The licence's name.
    pub licence: String,
    /// The sentence that the licence asks for.
    pub attribution: String,
    /// Name of the file that it was made from.
    pub original: String,
    /// SHA-256 of that file, in hex.
    pub original_sha256: String,
    /// Rows of figures.
    pub rows: u64,
    /// Their sum, in minor units.
    pub total_minor: i64,
    /// SHA-256 of the table unpacked, in hex.
    pub sha256: String,
}

/// One shipped file of payments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShippedFile {
    /// Its entry in the manifest.
    pub table: ShippedTable,
    /// Its rows, mapped as the importer maps the original's.
    pub rows: Vec<Row>,
}

/// Everything that a folder ships.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shipped {
    /// Files of payments, in the manifest's order.
    pub files: Vec<ShippedFile>,
    /// Funding tables, in the manifest's order, each with its entry.
    pub funding: Vec<(ShippedTable, Funding)>,
}

/// Why shipped tables can't be used.
#[derive(Debug, thiserror::Error)]
pub enum ShippedError {
    /// The manifest, or an importer that it needs.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// A table.
    #[error(transparent)]
    Table(#[from] ImportError),
}

impl Folder {
    /// The entries of the manifest.
    ///
    /// # Errors
    /// When the manifest can't be read.
    pub fn shipped_tables(&self) -> Result<Vec<ShippedTable>, SettingsError> {
        let manifest: Manifest = settings::toml(&self.dir.join("data").join(MANIFEST))?;
        Ok(manifest.table)
    }

    /// Reads every shipped table and holds it against the manifest.
    ///
    /// # Errors
    /// A table that can't be read, or is not the one that the manifest describes.
    pub fn read_shipped(&self) -> Result<Shipped, ShippedError> {
        let mut shipped = Shipped {
            files: Vec::new(),
            funding: Vec::new(),
        };
        for table in self.shipped_tables()? {
            match self.funding.contains_key(&table.source) {
                true => shipped
                    .funding
                    .push((table.clone(), self.read_shipped_funding(&table)?)),
                false => shipped.files.push(self.read_shipped_file(table)?),
            }
        }
        Ok(shipped)
    }

    /// Reads one shipped file of payments.
    ///
    /// # Errors
    /// As [`Self::read_shipped`].
    pub fn read_shipped_file(&self, table: ShippedTable) -> Result<ShippedFile, ShippedError> {
        let spending = self.spending(&table.source)?.as_shipped();
        let mut rows = Vec::new();
        let path = self.dir.join("data").join(&table.file);
        let read = |bytes: &mut dyn Read| {
            spending
                .each_row_from(bytes, &self.members, |row| rows.push(row))
                .map(|_: Skipped| ())
        };
        let digest = digested(&path, read).map_err(|found| ImportError::new(&path, found))?;
        let total = rows.iter().map(|row| row.amount.minor).sum();
        table
            .check(&digest, rows.len(), total)
            .map_err(|p| ImportError::new(&path, p.into()))?;
        Ok(ShippedFile { table, rows })
    }

    fn read_shipped_funding(&self, table: &ShippedTable) -> Result<Funding, ShippedError> {
        let path = self.dir.join("data").join(&table.file);
        let at = |found| ImportError::new(&path, found);
        let (mut figures, mut total) = (Vec::new(), None);
        let digest = digested(&path, |bytes| read_figures(bytes, &mut figures, &mut total));
        let digest = digest.map_err(at)?;
        let sum = figures.iter().map(|figure| figure.minor).sum();
        table
            .check(&digest, figures.len(), sum)
            .map_err(|p| at(p.into()))?;
        let total = total.ok_or_else(|| at(Problem::FileEmpty.into()))?;
        let importer = self.funding(&table.source)?;
        Ok(importer
            .funding(figures, total, &self.members)
            .map_err(at)?)
    }
}

impl Spending {
    /// The same importer for the table that [`Folder::compact`] writes.
    pub(super) fn as_shipped(&self) -> Self {
        let mut shipped = self.clone();
        shipped.format = Format::Delimited {
            encoding: encoding_rs::UTF_8,
            delimiter: b',',
        };
        shipped.date_formats = vec!["%Y-%m-%d".to_owned()];
        shipped.amounts.decimals = Some(self.amounts.currency.decimals());
        shipped
    }
}

impl ShippedTable {
    pub(super) fn new(source: &str, provenance: &Provenance, file: String, original: &str) -> Self {
        Self {
            file,
            source: source.to_owned(),
            title: provenance.title.clone(),
            publisher: provenance.publisher.clone(),
            published_at: provenance.published_at.clone(),
            licence: provenance.licence.clone(),
            attribution: provenance.attribution.clone(),
            original: original.to_owned(),
            original_sha256: String::new(),
            rows: 0,
            total_minor: 0,
            sha256: String::new(),
        }
    }

    fn check(&self, digest: &str, rows: usize, total_minor: i64) -> Result<(), Problem> {
        let changed = if self.sha256 != digest {
            format!("its SHA-256 is {digest}, not {}", self.sha256)
        } else if self.rows != rows as u64 || self.total_minor != total_minor {
            format!(
                "it has {rows} rows and {total_minor}, not {} and {}",
                self.rows, self.total_minor
            )
        } else {
            return Ok(());
        };
        Err(Problem::ShippedTableChanged(changed))
    }
}

/// Columns of a funding table's file.
pub(super) const FUNDING_COLUMNS: [&str; 2] = ["name", "minor"];
/// The name under which the published total stands.
pub(super) const FUNDING_TOTAL: &str = "=";

fn read_figures(
    bytes: &mut dyn Read,
    figures: &mut Vec<Figure>,
    total: &mut Option<i64>,
) -> Result<(), Found> {
    let wanted = FUNDING_COLUMNS.map(str::to_owned);
    super::delimited::read(bytes, encoding_rs::UTF_8, b',', &wanted, &mut |record| {
        let (column, got) = (wanted[1].clone(), record.values[1].clone());
        let minor = got.parse::<i64>();
        let minor = minor.map_err(|_| Problem::AmountUnreadable { column, got }.at(record.line))?;
        match record.values[0].as_str() {
            FUNDING_TOTAL => *total = Some(minor),
            name => figures.push(Figure {
                line: record.line,
                name: name.to_owned(),
                minor,
            }),
        }
        Ok(())
    })
    .map(|_: Skipped| ())
}

/// Lets `read` have the table unpacked, and gives the SHA-256 of all of it in hex.
fn digested(
    path: &Path,
    read: impl FnOnce(&mut dyn Read) -> Result<(), Found>,
) -> Result<String, Found> {
    let file = File::open(path).map_err(Problem::FileUnreadable)?;
    let packed = path.extension().is_some_and(|ending| ending == "gz");
    let unpacked: Box<dyn Read> = if packed {
        Box::new(GzDecoder::new(file))
    } else {
        Box::new(file)
    };
    let mut digesting = Digesting {
        inner: unpacked,
        context: Context::new(&SHA256),
    };
    read(&mut digesting)?;
    Ok(digesting.finish().map_err(Problem::FileUnreadable)?)
}

/// SHA-256 of all that `bytes` holds, in hex.
pub(super) fn sha256(bytes: impl Read) -> io::Result<String> {
    Digesting {
        inner: bytes,
        context: Context::new(&SHA256),
    }
    .finish()
}

struct Digesting<R> {
    inner: R,
    context: Context,
}

impl<R: Read> Digesting<R> {
    fn finish(mut self) -> io::Result<String> {
        io::copy(&mut self, &mut io::sink())?;
        let digest = self.context.finish();
        Ok(digest
            .as_ref()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect())
    }
}

impl<R: Read> Read for Digesting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.context.update(&buffer[..read]);
        Ok(read)
    }
}
