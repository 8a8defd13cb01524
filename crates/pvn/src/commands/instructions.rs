//! Published figures as instructions. Which action is sent, and what its parameters are called, a service's scenario says.

use std::collections::BTreeMap;

use api::Instruction;
use deed::{Money, Party};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value as Json;

use crate::import::{
    Funding, FundingLine, Grant, LineColumn, Row, RowColumn, Scenario, Step, Treatment,
};

/// What is sent today, under one contract.
pub(crate) struct Instructions<'a> {
    contract: &'a str,
    scenario: &'a Scenario,
    year: i64,
}

/// A line of a funding table, or a grant.
pub(crate) struct Line<'a> {
    pub(crate) giver: &'a Party,
    pub(crate) receiver: &'a Party,
    amount: Money,
    purpose: &'a str,
    source: &'a str,
    line: i64,
}

impl<'a> Line<'a> {
    /// A line of a published table.
    pub(crate) fn of(table: &'a Funding, line: &'a FundingLine) -> Self {
        Self {
            giver: &table.giver,
            receiver: &line.receiver,
            amount: line.amount,
            purpose: &line.name,
            source: &table.source,
            line: line.ordinal.into(),
        }
    }

    /// The grant at position `line` of the scenario, from 1.
    pub(crate) fn granted(grant: &'a Grant, line: i64) -> Self {
        Self {
            giver: &grant.giver,
            receiver: &grant.receiver,
            amount: grant.amount,
            purpose: &grant.purpose,
            source: &grant.line,
            line,
        }
    }
}

/// An amount as the API takes it: `1234.56`, never rounded.
fn decimal(money: Money) -> String {
    let minor = money.minor.unsigned_abs();
    let sign = if money.minor < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", minor / 100, minor % 100)
}

impl<'a> Instructions<'a> {
    /// What is sent under `contract`, in the year that is open today.
    pub(crate) fn today(contract: &'a str, scenario: &'a Scenario) -> Self {
        let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
        Self {
            contract,
            scenario,
            year: scenario.year.open_on(today),
        }
    }

    fn instruction(
        &self,
        key: String,
        party: &Party,
        action: &str,
        args: BTreeMap<String, Json>,
    ) -> Instruction {
        Instruction {
            key,
            party: Some(party.to_string()),
            contract: self.contract.to_owned(),
            action: action.to_owned(),
            args,
            consumes: Vec::new(),
            references: Vec::new(),
        }
    }

    /// One step with one line of a funding table, or with one grant.
    pub(crate) fn step(&self, step: &Step, line: &Line<'_>) -> Instruction {
        let cell = |column| -> Json {
            match column {
                LineColumn::Giver => line.giver.as_str().into(),
                LineColumn::Receiver => line.receiver.as_str().into(),
                LineColumn::Amount => decimal(line.amount).into(),
                LineColumn::Purpose => line.purpose.into(),
                LineColumn::Source => line.source.into(),
                LineColumn::Line => line.line.into(),
                LineColumn::Year => self.year.into(),
            }
        };
        let parameters = step.parameters.iter();
        let args = parameters.map(|(name, column)| (name.clone(), cell(*column)));
        let key = format!("{}/{}/{}/{}", step.name, self.year, line.source, line.line);
        self.instruction(key, line.giver, &step.action, args.collect())
    }

    /// One published row.
    pub(crate) fn row(&self, row: &Row) -> Instruction {
        let cell = |column| -> Json {
            match column {
                RowColumn::Payer => row.payer.as_str().into(),
                RowColumn::Payee => row.payee.as_ref().into(),
                RowColumn::Member => row.member.as_ref().map(Party::as_str).into(),
                RowColumn::Amount => decimal(row.amount).into(),
                RowColumn::AmountBack => decimal(Money {
                    minor: row.amount.minor.saturating_abs(),
                    ..row.amount
                })
                .into(),
                RowColumn::Published => row.published.to_string().into(),
                RowColumn::Purpose => row.purpose.as_ref().into(),
                RowColumn::Function => row.function.as_deref().unwrap_or_default().into(),
                RowColumn::ServiceLine => row.service_line.as_str().into(),
                RowColumn::Source => row.id.source.as_ref().into(),
                RowColumn::Period => row.id.period.as_ref().into(),
                RowColumn::Ordinal => row.id.ordinal.into(),
                RowColumn::Reference => row.reference.as_ref().into(),
                RowColumn::Year => self.year.into(),
            }
        };
        let (action, parameters) = self.scenario.rows.of(row.treatment);
        let args = parameters.map(|(name, column)| (name.to_owned(), cell(column)));
        let id = &row.id;
        let key = format!("row/{}/{}/{}", id.source, id.period, id.ordinal);
        self.instruction(key, &row.payer, action, args.collect())
    }
}

/// Payments first, refunds last: what comes back must have been spent.
pub(crate) fn in_order(rows: &[Row]) -> Vec<&Row> {
    let (refunds, others): (Vec<&Row>, Vec<&Row>) = rows
        .iter()
        .partition(|row| row.treatment == Treatment::Refund);
    others.into_iter().chain(refunds).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::json;

    use super::*;
    use crate::import::{Folder, RowId, ServiceLine};

    fn row(treatment: Treatment, minor: i64) -> Row {
        let party = |id| Party::new(id).expect("a party");
        Row {
            id: RowId {
                source: "spend".into(),
                period: "2025-03".into(),
                ordinal: 7,
            },
            payer: party("A"),
            payee: "B & Sons".into(),
            member: Some(party("B")),
            amount: Money::gbp(minor),
            published: jiff::civil::date(2025, 3, 4),
            purpose: "Salt".into(),
            function: None,
            service_line: ServiceLine::FrontLine,
            treatment,
            reference: "17".into(),
        }
    }

    #[test]
    fn a_row_becomes_what_the_scenario_says() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../services/public-money");
        let folder = Folder::open(Path::new(folder)).expect("a folder");
        let scenario = folder.scenario().expect("a scenario");
        let sending = Instructions {
            contract: "coins",
            scenario: &scenario,
            year: 2026,
        };
        let transfer = sending.row(&row(Treatment::Transfer, 1_250));
        assert_eq!(
            json!(transfer),
            json!({
                "key": "row/spend/2025-03/7", "party": "A", "contract": "coins", "action": "Transfer",
                "args": {
                    "payer": "A", "payee": "B & Sons", "member": "B", "amount": "12.50", "published": "2025-03-04",
                    "purpose": "Salt", "function": "", "service_line": "front_line", "source": "spend",
                    "period": "2025-03", "ordinal": 7, "reference": "17", "year": 2026,
                },
            })
        );
        let refund = sending.row(&row(Treatment::Refund, -1_250));
        let spent = sending.row(&row(Treatment::Spent, 5));
        let internal = sending.row(&row(Treatment::Internal, -5));
        let told = [&refund, &spent, &internal].map(|given| {
            let member = given.args.get("member");
            (given.action.as_str(), &given.args["amount"], member)
        });
        assert_eq!(
            told,
            [
                ("Refund", &json!("12.50"), None),
                ("Spend", &json!("0.05"), None),
                ("Internal", &json!("-0.05"), None),
            ]
        );
    }
}
