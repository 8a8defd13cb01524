//! A reconciliation as a person reads it, and as JSON.

use std::fmt;

use deed::Money;
use node::portal::Treatment;
use serde_json::{Map, Value, json};

use super::folder::Folder;
use super::funding::Funding;
use super::report::{Report, Tally};
use super::row::ServiceLine;

/// A report with the names that its codes stand for.
pub struct ReportText<'a> {
    report: &'a Report,
    folder: &'a Folder,
}

impl<'a> ReportText<'a> {
    /// Puts the folder's names to the report's codes.
    #[must_use]
    pub fn new(report: &'a Report, folder: &'a Folder) -> Self {
        Self { report, folder }
    }

    fn money(&self, minor: i64) -> Money {
        Money::new(self.report.currency, minor)
    }

    fn function(&self, code: Option<&str>) -> String {
        match code {
            None => "no line of the mapping matches".to_owned(),
            Some(code) => match self.folder.functions.get(code) {
                Some(title) => format!("{code} {title}"),
                None => code.to_owned(),
            },
        }
    }

    fn line(&self, f: &mut fmt::Formatter<'_>, name: &str, tally: Tally) -> fmt::Result {
        let amount = self.money(tally.minor).to_string();
        let name: String = name.chars().take(56).collect();
        writeln!(f, "  {name:<56} {:>8} {amount:>22}", tally.rows)
    }

    /// The report as JSON: rows and minor units, every sum with its published sign.
    #[must_use]
    pub fn json(&self) -> Value {
        let report = self.report;
        let by_treatment: Map<String, Value> = (report.treatments.iter())
            .map(|(treatment, tally)| (treatment.as_str().to_owned(), json!(tally)))
            .collect();
        let by_function: Map<String, Value> = (report.functions.iter())
            .map(|(code, tally)| {
                (
                    code.as_deref().unwrap_or("unclassified").to_owned(),
                    json!(tally),
                )
            })
            .collect();
        let by_service_line: Map<String, Value> = (report.service_lines.iter())
            .map(|(line, tally)| (line.as_str().to_owned(), json!(tally)))
            .collect();
        let by_member: Map<String, Value> = report
            .members
            .iter()
            .map(|(id, tally)| (id.to_string(), json!(tally)))
            .collect();
        json!({
            "source": *report.source,
            "period": *report.period,
            "payer": report.payer.as_str(),
            "currency": report.currency.as_str(),
            "total": report.total,
            "spent_net_of_refunds": report.spent(),
            "to_members": report.to_members(),
            "internal": report.treated(Treatment::Internal),
            "listed": report.treated(Treatment::Listed),
            "refunds": report.treated(Treatment::Refund),
            "difference_minor": report.difference_minor(),
            "without_function": report.without_function(),
            "unclassified": report.unclassified(),
            "by_treatment": by_treatment,
            "by_function": by_function,
            "by_service_line": by_service_line,
            "by_member": by_member,
            "first_payment_date": report.dates.0.to_string(),
            "last_payment_date": report.dates.1.to_string(),
            "largest_minor": report.extremes.0.minor,
            "smallest_minor": report.extremes.1.minor,
            "blank_rows_skipped": report.skipped.blank_rows,
            "repeated_headers_skipped": report.skipped.repeated_headers,
        })
    }
}

impl fmt::Display for ReportText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let report = self.report;
        let payer = self.folder.members.get(&report.payer);
        let payer = payer.map_or(report.payer.as_str(), |member| member.name.as_str());
        writeln!(f, "{} {}, paid by {payer}", report.source, report.period)?;
        writeln!(f, "  {:<56} {:>8} {:>22}", "", "rows", "amount")?;
        self.line(f, "file total", report.total)?;
        self.line(f, "spent, net of refunds", report.spent())?;
        self.line(f, "to members", report.to_members())?;
        self.line(f, "internal", report.treated(Treatment::Internal))?;
        self.line(
            f,
            "listed with an amount of nought",
            report.treated(Treatment::Listed),
        )?;
        match report.difference_minor() {
            0 => writeln!(f, "  total = spent + to members + internal, to the penny")?,
            minor => writeln!(
                f,
                "  total differs from spent + to members + internal by {}",
                self.money(minor)
            )?,
        }
        self.line(f, "refunds among them", report.treated(Treatment::Refund))?;
        if !report.members.is_empty() {
            writeln!(f, "to members, by member")?;
        }
        for (id, tally) in &report.members {
            let name = self
                .folder
                .members
                .get(id)
                .map_or(id.as_str(), |member| &member.name);
            self.line(f, name, *tally)?;
        }
        writeln!(f, "by service line")?;
        for line in ServiceLine::ALL {
            let tally = report.service_lines.get(&line).copied().unwrap_or_default();
            self.line(f, line.as_str(), tally)?;
        }
        writeln!(f, "by function")?;
        for (code, tally) in &report.functions {
            self.line(f, &self.function(code.as_deref()), *tally)?;
        }
        let ((first, last), (largest, smallest)) = (report.dates, report.extremes);
        writeln!(
            f,
            "payments dated {first} to {last}; largest {largest}, smallest {smallest}"
        )?;
        let (blank, repeated) = (report.skipped.blank_rows, report.skipped.repeated_headers);
        writeln!(
            f,
            "passed over: {blank} blank rows, {repeated} repeated titles"
        )
    }
}

/// A funding table with the names of those that receive.
pub struct FundingText<'a> {
    funding: &'a Funding,
    folder: &'a Folder,
}

impl<'a> FundingText<'a> {
    /// Puts the folder's names to the table's parties.
    #[must_use]
    pub fn new(funding: &'a Funding, folder: &'a Folder) -> Self {
        Self { funding, folder }
    }

    /// The table as JSON, in minor units.
    #[must_use]
    pub fn json(&self) -> Value {
        let funding = self.funding;
        let lines = funding.lines.iter().map(|line| {
            json!({ "ordinal": line.ordinal, "name": line.name, "receiver": line.receiver.as_str(), "minor": line.amount.minor })
        });
        let adjustments = (funding.adjustments.iter())
            .map(|line| json!({ "ordinal": line.ordinal, "name": line.name, "minor": line.amount.minor }));
        json!({
            "source": funding.source,
            "giver": funding.giver.as_str(),
            "currency": funding.published_total.currency.as_str(),
            "year": funding.year,
            "lines": lines.collect::<Vec<_>>(),
            "adjustments": adjustments.collect::<Vec<_>>(),
            "issued_minor": funding.issued().minor,
            "net_minor": funding.net().minor,
            "published_total_minor": funding.published_total.minor,
            "rounding_minor": funding.rounding().minor,
        })
    }
}

impl fmt::Display for FundingText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let funding = self.funding;
        writeln!(
            f,
            "{}, financial year {}-{:02}",
            funding.source,
            funding.year,
            (funding.year + 1) % 100
        )?;
        let mut line = |name: &str, amount: Money, note: &str| {
            let amount = amount.to_string();
            writeln!(f, "  {name:<48} {amount:>24}  {note}")
        };
        for item in &funding.lines {
            let receiver = self.folder.members.get(&item.receiver);
            line(
                &item.name,
                item.amount,
                receiver.map_or(item.receiver.as_str(), |m| &m.name),
            )?;
        }
        line(
            "issued",
            funding.issued(),
            &format!("{} lines", funding.lines.len()),
        )?;
        for item in &funding.adjustments {
            line(
                &item.name,
                item.amount,
                "published adjustment, given to nobody",
            )?;
        }
        line("net", funding.net(), "")?;
        line(
            "published total",
            funding.published_total,
            "rounded by the publisher on its own",
        )?;
        line("rounding", funding.rounding(), "")
    }
}
