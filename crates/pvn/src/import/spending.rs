//! Reading a file of payments: from any format to rows, one at a time.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use deed::Money;

use super::error::{Found, ImportError};
use super::grid::{Record, Sink, Skipped};
use super::importer::{Format, Spending};
use super::limits::{ROWS_MAX, TEXT_BYTES_MAX};
use super::members::Members;
use super::problem::Problem;
use super::row::{Row, RowId, treatment};
use super::text::{clean, shown};
use super::{date, delimited, json, workbook};

/// The rows of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rows {
    /// In the file's order.
    pub rows: Vec<Row>,
    /// What was passed over.
    pub skipped: Skipped,
}

impl Spending {
    /// Reads a whole file; on the first thing that is wrong, nothing.
    ///
    /// # Errors
    /// See [`Problem`].
    pub fn read(&self, path: &Path, members: &Members) -> Result<Rows, ImportError> {
        let mut rows = Vec::new();
        let skipped = self.each_row(path, members, |row| rows.push(row))?;
        Ok(Rows { rows, skipped })
    }

    /// Hands on each row as it is read, holding one at a time.
    ///
    /// # Errors
    /// See [`Problem`]; rows handed on before it must not be used.
    pub fn each_row(
        &self,
        path: &Path,
        members: &Members,
        take: impl FnMut(Row),
    ) -> Result<Skipped, ImportError> {
        let mut reading = Reading::new(self, members, take);
        self.each_record(path, &mut |record| reading.record(&record))
            .and_then(|skipped| reading.end(skipped))
            .map_err(|found| ImportError::new(path, found))
    }

    /// As [`Self::each_row`], from the bytes of a text file.
    pub(super) fn each_row_from(
        &self,
        bytes: impl Read,
        members: &Members,
        take: impl FnMut(Row),
    ) -> Result<Skipped, Found> {
        let mut reading = Reading::new(self, members, take);
        let skipped = self.each_record_from(bytes, &mut |record| reading.record(&record))?;
        reading.end(skipped)
    }

    /// Hands on the wanted cells of each row as published.
    pub(super) fn each_record(&self, path: &Path, sink: Sink<'_>) -> Result<Skipped, Found> {
        match &self.format {
            Format::Workbook { sheet } => workbook::read(path, sheet, &self.columns.names, sink),
            Format::Delimited { .. } | Format::Json(_) => {
                self.each_record_from(File::open(path).map_err(Problem::FileUnreadable)?, sink)
            }
        }
    }

    fn each_record_from(&self, bytes: impl Read, sink: Sink<'_>) -> Result<Skipped, Found> {
        let names = &self.columns.names;
        match &self.format {
            Format::Delimited {
                encoding,
                delimiter,
            } => delimited::read(bytes, encoding, *delimiter, names, sink),
            Format::Json(shape) => {
                json::read(bytes, shape, names, sink).map(|()| Skipped::default())
            }
            Format::Workbook { .. } => {
                let reason = "a workbook is read from a file, not from a stream".to_owned();
                Err(Problem::WorkbookUnreadable(reason).into())
            }
        }
    }

    /// The cell, cleaned; nothing when the publisher writes a word for nothing.
    pub(super) fn text(&self, record: &Record, column: usize) -> Result<String, Problem> {
        let text = clean(&record.values[column]);
        if text.len() > TEXT_BYTES_MAX {
            return Err(Problem::TextTooLong {
                column: self.columns.names[column].clone(),
            });
        }
        Ok(if self.absent.contains(&text) {
            String::new()
        } else {
            text
        })
    }

    fn filled(&self, record: &Record, column: usize) -> Result<String, Problem> {
        let text = self.text(record, column)?;
        match text.is_empty() {
            true => Err(Problem::CellBlank {
                column: self.columns.names[column].clone(),
            }),
            false => Ok(text),
        }
    }

    pub(super) fn amount(&self, record: &Record) -> Result<Money, Problem> {
        let columns = &self.columns;
        if let Some(currency) = columns.currency {
            let got = self.filled(record, currency)?;
            if got != self.amounts.currency.as_str() {
                let column = columns.names[currency].clone();
                let expected = self.amounts.currency;
                return Err(Problem::CurrencyUnknown {
                    column,
                    got: shown(&got),
                    expected,
                });
            }
        }
        let cell = self.filled(record, columns.amount)?;
        let minor = self.amounts.parse(&cell, &columns.names[columns.amount])?;
        Ok(Money::new(self.amounts.currency, minor))
    }

    pub(super) fn date(
        &self,
        record: &Record,
        column: usize,
    ) -> Result<jiff::civil::Date, Problem> {
        let cell = self.filled(record, column)?;
        date::parse(&cell, &self.date_formats, &self.columns.names[column])
    }
}

/// The state of reading one file.
struct Reading<'a, T> {
    spending: &'a Spending,
    members: &'a Members,
    source: Arc<str>,
    period: Option<Arc<str>>,
    ordinal: u32,
    total: i64,
    take: T,
}

impl<'a, T: FnMut(Row)> Reading<'a, T> {
    fn new(spending: &'a Spending, members: &'a Members, take: T) -> Self {
        let source = Arc::from(spending.source.as_str());
        Self {
            spending,
            members,
            source,
            period: None,
            ordinal: 0,
            total: 0,
            take,
        }
    }

    fn record(&mut self, record: &Record) -> Result<(), Found> {
        let row = self
            .row(record)
            .map_err(|problem| problem.at(record.line))?;
        (self.take)(row);
        Ok(())
    }

    fn end(self, skipped: Skipped) -> Result<Skipped, Found> {
        match self.ordinal {
            0 => Err(Problem::FileEmpty.into()),
            _ => Ok(skipped),
        }
    }

    fn row(&mut self, record: &Record) -> Result<Row, Problem> {
        let (spending, columns) = (self.spending, &self.spending.columns);
        let amount = spending.amount(record)?;
        let id = self.next_id(record)?;
        self.add(amount.minor, record)?;
        let payee = spending.filled(record, columns.payee)?;
        let member = self.members.paid_as(&payee).cloned();
        let mapped = columns.mapping.iter().map(|i| spending.text(record, *i));
        let classified = spending
            .mapping
            .classify(&mapped.collect::<Result<Vec<_>, _>>()?);
        let reference = columns
            .reference
            .map(|i| spending.text(record, i))
            .transpose()?;
        Ok(Row {
            id,
            payer: spending.payer.clone(),
            payee: Arc::from(payee),
            treatment: treatment(&spending.payer, member.as_ref(), amount.minor),
            member,
            amount,
            published: spending.date(record, columns.published)?,
            purpose: self.purpose(record)?,
            function: classified.function,
            service_line: classified.service_line,
            reference: Arc::from(reference.unwrap_or_default()),
        })
    }

    fn next_id(&mut self, record: &Record) -> Result<RowId, Problem> {
        let date = self.spending.date(record, self.spending.columns.period)?;
        let month = format!("{:04}-{:02}", date.year(), date.month());
        let period = self
            .period
            .get_or_insert_with(|| Arc::from(month.as_str()))
            .clone();
        if *period != *month {
            return Err(Problem::PeriodChanges {
                expected: period.to_string(),
                got: month,
            });
        }
        self.ordinal += 1;
        match self.ordinal > ROWS_MAX {
            true => Err(Problem::TooManyRows),
            false => Ok(RowId {
                source: self.source.clone(),
                period,
                ordinal: self.ordinal,
            }),
        }
    }

    /// Sums are kept so that no report of this file can overflow.
    fn add(&mut self, minor: i64, record: &Record) -> Result<(), Problem> {
        let amount = self.spending.columns.amount;
        let sum = self.total.checked_add(minor.saturating_abs());
        self.total = sum.ok_or_else(|| Problem::AmountTooLarge {
            column: self.spending.columns.names[amount].clone(),
            got: shown(&record.values[amount]),
        })?;
        Ok(())
    }

    fn purpose(&self, record: &Record) -> Result<Arc<str>, Problem> {
        let mut parts: Vec<String> = Vec::new();
        for column in &self.spending.columns.purpose {
            let part = self.spending.text(record, *column)?;
            if !part.is_empty() && !parts.contains(&part) {
                parts.push(part);
            }
        }
        let purpose = parts.join(" / ");
        match purpose.len() > TEXT_BYTES_MAX {
            true => Err(Problem::TextTooLong {
                column: "purpose".to_owned(),
            }),
            false => Ok(Arc::from(purpose)),
        }
    }
}

#[cfg(test)]
mod tests;
