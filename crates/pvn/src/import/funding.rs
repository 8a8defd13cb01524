//! A published table of amounts given to bodies for one financial year.

use std::path::Path;

use deed::{Currency, Money, Party};

use super::amount::AmountStyle;
use super::error::{Found, ImportError};
use super::importer::{FundingFile, Provenance, TableFile};
use super::members::Members;
use super::problem::Problem;
use super::settings::SettingsProblem;
use super::text::{clean, nearest};
use super::workbook;

/// A funding importer, checked and ready to read with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FundingTable {
    /// The publisher's table.
    pub source: String,
    /// Where the figures come from.
    pub provenance: Provenance,
    /// The body that gives.
    pub giver: Party,
    pub(super) currency: Currency,
    table: TableFile,
}

/// The figures of one table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Funding {
    /// The publisher's table.
    pub source: String,
    /// The body that gives.
    pub giver: Party,
    /// Year in which the financial year starts.
    pub year: i16,
    /// Amounts above nought, each received by a member, in the published order.
    pub lines: Vec<FundingLine>,
    /// Published adjustments below nought: shown, given to nobody.
    pub adjustments: Vec<Adjustment>,
    /// The total as published, rounded on its own.
    pub published_total: Money,
}

/// One line of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FundingLine {
    /// Position among all lines and adjustments, from 1.
    pub ordinal: u32,
    /// The published name.
    pub name: String,
    /// The member that receives it.
    pub receiver: Party,
    /// The amount.
    pub amount: Money,
}

/// A published figure below nought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adjustment {
    /// Position among all lines and adjustments, from 1.
    pub ordinal: u32,
    /// The published name.
    pub name: String,
    /// The amount, below nought.
    pub amount: Money,
}

/// A figure before its receiver is looked up.
pub(super) struct Figure {
    pub(super) line: u64,
    pub(super) name: String,
    pub(super) minor: i64,
}

impl Funding {
    /// Sum of the lines above nought: what is issued.
    #[must_use]
    pub fn issued(&self) -> Money {
        Money::new(
            self.published_total.currency,
            self.lines.iter().map(|l| l.amount.minor).sum(),
        )
    }

    /// Sum of lines and adjustments.
    #[must_use]
    pub fn net(&self) -> Money {
        let adjusted: i64 = self.adjustments.iter().map(|a| a.amount.minor).sum();
        Money::new(
            self.published_total.currency,
            self.issued().minor + adjusted,
        )
    }

    /// Published total less net: what the publisher's rounding of each figure leaves.
    #[must_use]
    pub fn rounding(&self) -> Money {
        Money::new(
            self.published_total.currency,
            self.published_total.minor - self.net().minor,
        )
    }
}

impl FundingFile {
    pub(super) fn check(self, members: &Members) -> Result<FundingTable, SettingsProblem> {
        let currency = Currency::new(&self.currency).map_err(SettingsProblem::Currency)?;
        let unit = 10_i64.pow(currency.decimals());
        if self.table.unit_minor < unit || self.table.unit_minor % unit != 0 {
            let figure = format!("unit_minor has to be a multiple of {unit}");
            return Err(SettingsProblem::Figure(figure));
        }
        Ok(FundingTable {
            giver: members.known(&self.giver)?,
            currency,
            source: self.source,
            provenance: self.provenance,
            table: self.table,
        })
    }
}

impl FundingTable {
    /// Reads the table from its workbook.
    ///
    /// # Errors
    /// See [`Problem`].
    pub fn read(&self, path: &Path, members: &Members) -> Result<Funding, ImportError> {
        self.figures(path)
            .and_then(|(figures, total)| self.funding(figures, total, members))
            .map_err(|found| ImportError::new(path, found))
    }

    /// The lines with their receivers, when they add up to the published total but for rounding.
    pub(super) fn funding(
        &self,
        figures: Vec<Figure>,
        published_minor: i64,
        members: &Members,
    ) -> Result<Funding, Found> {
        let money = |minor| Money::new(self.currency, minor);
        let half_units = i64::try_from(figures.len())
            .unwrap_or(i64::MAX)
            .saturating_add(1);
        let tolerance = (self.table.unit_minor / 2).saturating_mul(half_units);
        let size = figures
            .iter()
            .try_fold(0_i64, |sum, f| sum.checked_add(f.minor.checked_abs()?));
        size.ok_or_else(|| too_large(&self.table.total))?;
        let sum: i64 = figures.iter().map(|figure| figure.minor).sum();
        if sum.abs_diff(published_minor) > tolerance.unsigned_abs() {
            let (sum, published, tolerance) =
                (money(sum), money(published_minor), money(tolerance));
            return Err(Problem::TotalDiffers {
                sum,
                published,
                tolerance,
            }
            .into());
        }
        let (mut lines, mut adjustments) = (Vec::new(), Vec::new());
        for (figure, ordinal) in figures.into_iter().zip(1_u32..) {
            let (name, amount) = (figure.name, money(figure.minor));
            if amount.minor < 0 {
                adjustments.push(Adjustment {
                    ordinal,
                    name,
                    amount,
                });
                continue;
            }
            let Some(receiver) = members.funded_as(&name).cloned() else {
                return Err(Problem::LineWithoutReceiver { line: name }.at(figure.line));
            };
            lines.push(FundingLine {
                ordinal,
                name,
                receiver,
                amount,
            });
        }
        Ok(Funding {
            source: self.source.clone(),
            giver: self.giver.clone(),
            year: self.table.year,
            lines,
            adjustments,
            published_total: money(published_minor),
        })
    }

    fn figures(&self, path: &Path) -> Result<(Vec<Figure>, i64), Found> {
        let mut rows: Vec<(u64, Vec<String>)> = Vec::new();
        workbook::each_row(path, &self.table.sheet, &mut |line, cells| {
            rows.push((line, cells.iter().map(|cell| clean(cell)).collect()));
            Ok(())
        })?;
        let column = self.column(&rows)?;
        let after = self.line_of(&rows, &self.table.first_after)?;
        let total = self.line_of(&rows, &self.table.total)?;
        let published = self.minor(&rows[total], column)?;
        let body = rows.get(after + 1..total).unwrap_or_default();
        let mut figures = Vec::new();
        for row in body.iter().filter(|row| has_figure(row, column)) {
            let minor = self.minor(row, column)?;
            figures.push(Figure {
                line: row.0,
                name: label(row).to_owned(),
                minor,
            });
        }
        match figures.is_empty() {
            true => Err(Problem::FileEmpty.into()),
            false => Ok((figures, published)),
        }
    }

    /// The column under whose texts, from top to bottom, the wanted figures stand.
    fn column(&self, rows: &[(u64, Vec<String>)]) -> Result<usize, Found> {
        let wanted = &self.table.column;
        let stands = |column: usize, from: usize| {
            wanted.iter().enumerate().all(|(down, text)| {
                rows.get(from + down)
                    .and_then(|(_, cells)| cells.get(column))
                    == Some(text)
            })
        };
        for (from, (_, cells)) in rows.iter().enumerate() {
            if let Some(column) = (0..cells.len()).find(|column| stands(*column, from)) {
                return Ok(column);
            }
        }
        let all = rows
            .iter()
            .flat_map(|(_, cells)| cells.iter().map(String::as_str));
        let column = wanted.join(" / ");
        let first = wanted.first().map(String::as_str).unwrap_or_default();
        Err(Problem::ColumnMissing {
            nearest: nearest(first, all),
            column,
            found: Vec::new(),
        }
        .into())
    }

    fn line_of(&self, rows: &[(u64, Vec<String>)], name: &str) -> Result<usize, Found> {
        let wanted = clean(name);
        rows.iter()
            .position(|row| label(row) == wanted)
            .ok_or_else(|| {
                let nearest = nearest(&wanted, rows.iter().map(label));
                Problem::LineMissing {
                    line: wanted.clone(),
                    nearest,
                }
                .into()
            })
    }

    fn minor(&self, row: &(u64, Vec<String>), column: usize) -> Result<i64, Found> {
        let style = AmountStyle {
            currency: self.currency,
            decimals: None,
        };
        let cell = row.1.get(column).map(String::as_str).unwrap_or_default();
        let whole = style
            .parse(cell, label(row))
            .map_err(|problem| problem.at(row.0))?;
        let unit = 10_i64.pow(self.currency.decimals());
        // The cell counts published units, the style counts it in minor units of the currency.
        whole
            .checked_mul(self.table.unit_minor / unit)
            .ok_or_else(|| too_large(label(row)).problem.at(row.0))
    }
}

fn label(row: &(u64, Vec<String>)) -> &str {
    row.1.first().map(String::as_str).unwrap_or_default()
}

/// Publishers write a dash where there is no amount.
fn has_figure(row: &(u64, Vec<String>), column: usize) -> bool {
    let cell = row.1.get(column).map(String::as_str).unwrap_or_default();
    !matches!(cell, "" | "-" | "–" | "—")
}

fn too_large(column: &str) -> Found {
    Problem::AmountTooLarge {
        column: column.to_owned(),
        got: "the sum".to_owned(),
    }
    .into()
}
