//! What a file would do: counted and added up, so that a person can compare it with the publisher's.

use std::collections::BTreeMap;
use std::sync::Arc;

use deed::{Currency, Money, Party};
use jiff::civil::Date;
use node::portal::Treatment;
use serde::Serialize;

use super::grid::Skipped;
use super::row::{Row, ServiceLine};

/// A number of rows and the sum of their amounts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Rows.
    pub rows: u64,
    /// Sum in minor units (pence for GBP).
    pub minor: i64,
}

impl Tally {
    fn add(&mut self, row: &Row) {
        self.rows += 1;
        self.minor += row.amount.minor;
    }

    /// Both numbers added.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            rows: self.rows + other.rows,
            minor: self.minor + other.minor,
        }
    }
}

/// One file's reconciliation. Every sum keeps the published signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The publisher's series of files.
    pub source: Arc<str>,
    /// The file's period.
    pub period: Arc<str>,
    /// The body whose payments they are.
    pub payer: Party,
    /// The file's currency.
    pub currency: Currency,
    /// All rows, added up without looking at their treatment.
    pub total: Tally,
    /// Rows by what the network does with them.
    pub treatments: BTreeMap<Treatment, Tally>,
    /// Transfers, and money that came back from members, by the other member.
    pub members: BTreeMap<Party, Tally>,
    /// Money that came back from payees that are no members.
    pub refunded: Tally,
    /// Rows by code of function; `None` for those that no line of the mapping matches.
    pub functions: BTreeMap<Option<Arc<str>>, Tally>,
    /// Rows by service line.
    pub service_lines: BTreeMap<ServiceLine, Tally>,
    /// Earliest and latest published payment date.
    pub dates: (Date, Date),
    /// Largest and smallest amount.
    pub extremes: (Money, Money),
    /// Rows passed over.
    pub skipped: Skipped,
}

impl Report {
    /// Counts and adds up; `None` when there are no rows.
    #[must_use]
    pub fn of(rows: &[Row], skipped: Skipped) -> Option<Self> {
        let first = rows.first()?;
        let mut report = Self {
            source: first.id.source.clone(),
            period: first.id.period.clone(),
            payer: first.payer.clone(),
            currency: first.amount.currency,
            total: Tally::default(),
            treatments: Treatment::ALL
                .map(|treatment| (treatment, Tally::default()))
                .into(),
            members: BTreeMap::new(),
            refunded: Tally::default(),
            functions: BTreeMap::new(),
            service_lines: ServiceLine::ALL.map(|line| (line, Tally::default())).into(),
            dates: (first.published, first.published),
            extremes: (first.amount, first.amount),
            skipped,
        };
        rows.iter().for_each(|row| report.add(row));
        Some(report)
    }

    fn add(&mut self, row: &Row) {
        self.total.add(row);
        self.treatments.entry(row.treatment).or_default().add(row);
        self.functions
            .entry(row.function.clone())
            .or_default()
            .add(row);
        self.service_lines
            .entry(row.service_line)
            .or_default()
            .add(row);
        match (row.treatment, &row.member) {
            (Treatment::Transfer | Treatment::Refund, Some(member)) => {
                self.members.entry(member.clone()).or_default().add(row);
            }
            (Treatment::Refund, None) => self.refunded.add(row),
            _ => {}
        }
        self.dates = (
            self.dates.0.min(row.published),
            self.dates.1.max(row.published),
        );
        let (largest, smallest) = self.extremes;
        self.extremes = (largest.max(row.amount), smallest.min(row.amount));
    }

    /// The rows of one treatment.
    #[must_use]
    pub fn treated(&self, treatment: Treatment) -> Tally {
        self.treatments.get(&treatment).copied().unwrap_or_default()
    }

    /// Spent with payees that are no members, less what they gave back.
    #[must_use]
    pub fn spent(&self) -> Tally {
        self.treated(Treatment::Spent).plus(self.refunded)
    }

    /// Passed to other members, less what they gave back.
    #[must_use]
    pub fn to_members(&self) -> Tally {
        self.members
            .values()
            .fold(Tally::default(), |sum, tally| sum.plus(*tally))
    }

    /// Rows that no line of the mapping gives a function.
    #[must_use]
    pub fn without_function(&self) -> Tally {
        self.functions.get(&None).copied().unwrap_or_default()
    }

    /// Rows that are neither front line nor back office.
    #[must_use]
    pub fn unclassified(&self) -> Tally {
        self.service_lines
            .get(&ServiceLine::Unclassified)
            .copied()
            .unwrap_or_default()
    }

    /// Total less spent, to members and internal, in minor units: nought, or a row went astray.
    #[must_use]
    pub fn difference_minor(&self) -> i64 {
        let internal = self.treated(Treatment::Internal);
        self.total.minor - self.spent().minor - self.to_members().minor - internal.minor
    }
}
