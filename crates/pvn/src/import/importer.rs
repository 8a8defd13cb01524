//! What an importer file says about a publisher's files: where they come from and how they are written.

use std::path::Path;

use deed::{Currency, Party};
use encoding_rs::Encoding;
use serde::Deserialize;

use super::amount::AmountStyle;
use super::json::Shape;
use super::mapping::Mapping;
use super::members::Members;
use super::settings::SettingsProblem;

/// Where figures come from and under which terms.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// What it is, for a heading.
    pub title: String,
    /// Who published it first.
    pub publisher: String,
    /// Where it was published.
    pub published_at: String,
    /// The licence's name.
    pub licence: String,
    /// The sentence that the licence asks for.
    pub attribution: String,
    /// What a reader should know before comparing it with anything.
    #[serde(default)]
    pub caution: String,
    /// Names of the files as the project's sources hold them.
    pub files: Vec<String>,
}

/// An importer file.
#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum ImporterFile {
    /// Rows of payments.
    Spending(Box<SpendingFile>),
    /// A table of amounts given to bodies.
    Funding(Box<FundingFile>),
}

#[derive(Debug, Deserialize)]
pub(super) struct SpendingFile {
    pub(super) source: String,
    provenance: Provenance,
    payer: String,
    format: FormatFile,
    columns: ColumnsFile,
    date_formats: Vec<String>,
    amounts: AmountsFile,
    pub(super) mapping: String,
    /// Cells that mean "nothing", such as `None`.
    #[serde(default)]
    absent: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct FundingFile {
    pub(super) source: String,
    pub(super) provenance: Provenance,
    pub(super) giver: String,
    pub(super) currency: String,
    pub(super) table: TableFile,
}

/// A table with one line for each body and one column for each year.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TableFile {
    pub(super) sheet: String,
    /// Texts of the wanted column, from top to bottom.
    pub(super) column: Vec<String>,
    /// The heading directly above the first line.
    pub(super) first_after: String,
    /// The line that adds up the others.
    pub(super) total: String,
    /// Minor units that the published unit has: £1 million is 100,000,000 pence.
    pub(super) unit_minor: i64,
    /// Year in which the financial year starts.
    pub(super) year: i16,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum FormatFile {
    Delimited {
        #[serde(default = "utf_8")]
        encoding: String,
        #[serde(default = "comma")]
        delimiter: String,
    },
    Json {
        rows: Option<String>,
        currency_at: Option<String>,
    },
    Workbook {
        sheet: String,
    },
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ColumnsFile {
    payee: String,
    amount: String,
    published: String,
    period: String,
    reference: Option<String>,
    purpose: Vec<String>,
    currency: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AmountsFile {
    currency: String,
    decimals: Option<u32>,
}

/// How a file of payments is written, checked and ready to read with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spending {
    /// The publisher's series of files.
    pub source: String,
    /// Where the figures come from.
    pub provenance: Provenance,
    /// The body whose payments they are.
    pub payer: Party,
    pub(super) format: Format,
    pub(super) columns: Columns,
    pub(super) date_formats: Vec<String>,
    pub(super) amounts: AmountStyle,
    pub(super) absent: Vec<String>,
    /// The table that names functions and service lines.
    pub mapping: Mapping,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Delimited {
        encoding: &'static Encoding,
        delimiter: u8,
    },
    Json(Shape),
    Workbook {
        sheet: String,
    },
}

/// The wanted columns, each once, and where in a record each part of a row stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Columns {
    pub(super) names: Vec<String>,
    pub(super) payee: usize,
    pub(super) amount: usize,
    pub(super) published: usize,
    pub(super) period: usize,
    pub(super) reference: Option<usize>,
    pub(super) purpose: Vec<usize>,
    pub(super) currency: Option<usize>,
    pub(super) mapping: Vec<usize>,
}

impl SpendingFile {
    pub(super) fn check(
        self,
        members: &Members,
        mapping: Mapping,
    ) -> Result<Spending, SettingsProblem> {
        let currency = Currency::new(&self.amounts.currency).map_err(SettingsProblem::Currency)?;
        Ok(Spending {
            payer: members.known(&self.payer)?,
            format: self.format.check(currency)?,
            columns: Columns::new(&self.columns, &mapping),
            date_formats: self.date_formats,
            amounts: AmountStyle {
                currency,
                decimals: self.amounts.decimals,
            },
            absent: self.absent,
            source: self.source,
            provenance: self.provenance,
            mapping,
        })
    }
}

impl FormatFile {
    fn check(self, currency: Currency) -> Result<Format, SettingsProblem> {
        Ok(match self {
            Self::Delimited {
                encoding,
                delimiter,
            } => Format::Delimited {
                encoding: Encoding::for_label(encoding.as_bytes())
                    .ok_or(SettingsProblem::Encoding(encoding))?,
                delimiter: match delimiter.as_bytes() {
                    [one] => *one,
                    _ => return Err(SettingsProblem::Delimiter(delimiter)),
                },
            },
            Self::Json { rows, currency_at } => Format::Json(Shape {
                rows,
                currency_at: currency_at.map(|at| (at, currency)),
            }),
            Self::Workbook { sheet } => Format::Workbook { sheet },
        })
    }
}

impl Columns {
    fn new(file: &ColumnsFile, mapping: &Mapping) -> Self {
        let mut names = Vec::new();
        let mut place = |name: &String| match names.iter().position(|known| known == name) {
            Some(i) => i,
            None => {
                names.push(name.clone());
                names.len() - 1
            }
        };
        Self {
            period: place(&file.period),
            published: place(&file.published),
            reference: file.reference.as_ref().map(&mut place),
            payee: place(&file.payee),
            amount: place(&file.amount),
            currency: file.currency.as_ref().map(&mut place),
            purpose: file.purpose.iter().map(&mut place).collect(),
            mapping: mapping.columns().iter().map(&mut place).collect(),
            names,
        }
    }
}

/// The importer's name of a source: its file's name without the ending.
pub(super) fn name_of(path: &Path) -> String {
    path.file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

fn utf_8() -> String {
    "utf-8".to_owned()
}

fn comma() -> String {
    ",".to_owned()
}
