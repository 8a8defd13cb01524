//! Turning published figures into instructions, and sending them through the public API.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use api::{Instruction, InstructionStatus, State};
use deed::Money;
use serde_json::Value as Json;

use crate::client::{Client, ClientError};
use crate::import::{Funding, FundingLine, Grant, Row, Treatment};

/// Instructions in one request.
const BATCH: usize = 250;

/// Why playing stopped.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PlayError {
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error("{key} was refused: {reason} [{code}]")]
    Refused {
        key: String,
        code: String,
        reason: String,
    },
    #[error("stopped before everything was played")]
    Stopped,
}

/// An amount as the API takes it: `1234.56`, never rounded.
pub(crate) fn decimal(money: Money) -> String {
    let minor = money.minor.unsigned_abs();
    let sign = if money.minor < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", minor / 100, minor % 100)
}

fn args<const N: usize>(pairs: [(&str, Json); N]) -> BTreeMap<String, Json> {
    pairs
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// What a service calls its steps; the names of actions and parameters are the contract's own.
pub(crate) struct Words<'a> {
    pub(crate) contract: &'a str,
    pub(crate) year: i64,
}

impl Words<'_> {
    fn instruction(
        &self,
        key: String,
        party: &str,
        action: &str,
        args: BTreeMap<String, Json>,
    ) -> Instruction {
        Instruction {
            key,
            party: Some(party.to_owned()),
            contract: self.contract.to_owned(),
            action: action.to_owned(),
            args,
        }
    }

    /// Issues one line of a funding table.
    pub(crate) fn issue(&self, table: &Funding, line: &FundingLine) -> Instruction {
        self.instruction(
            format!("issue/{}/{}/{}", self.year, table.source, line.ordinal),
            table.giver.as_str(),
            "Issue",
            args([
                ("amount", decimal(line.amount).into()),
                ("year", self.year.into()),
                ("purpose", line.name.as_str().into()),
                ("source", table.source.as_str().into()),
                ("line", line.ordinal.into()),
            ]),
        )
    }

    /// Puts an issued line at its receiver's disposal.
    pub(crate) fn allocate(&self, table: &Funding, line: &FundingLine) -> Instruction {
        self.instruction(
            format!("allocate/{}/{}/{}", self.year, table.source, line.ordinal),
            table.giver.as_str(),
            "Allocate",
            args([
                ("receiver", line.receiver.as_str().into()),
                ("amount", decimal(line.amount).into()),
                ("year", self.year.into()),
                ("purpose", line.name.as_str().into()),
                ("source", table.source.as_str().into()),
                ("line", line.ordinal.into()),
            ]),
        )
    }

    /// Passes money on; `line` numbers the grants of a scenario.
    pub(crate) fn grant(&self, grant: &Grant, line: i64) -> Instruction {
        self.instruction(
            format!("grant/{}/{}/{line}", self.year, grant.line),
            grant.giver.as_str(),
            "Grant",
            args([
                ("giver", grant.giver.as_str().into()),
                ("receiver", grant.receiver.as_str().into()),
                ("amount", decimal(grant.amount).into()),
                ("year", self.year.into()),
                ("purpose", grant.purpose.as_str().into()),
                ("source", grant.line.as_str().into()),
                ("line", line.into()),
            ]),
        )
    }

    /// One published row.
    pub(crate) fn row(&self, row: &Row) -> Instruction {
        let action = match row.treatment {
            Treatment::Spent => "Spend",
            Treatment::Transfer => "Transfer",
            Treatment::Internal => "Internal",
            Treatment::Refund => "Refund",
            Treatment::Listed => "List",
        };
        // A refund states how much comes back; the contract publishes it below zero.
        let amount = match row.treatment {
            Treatment::Refund => Money {
                minor: row.amount.minor.saturating_abs(),
                ..row.amount
            },
            _ => row.amount,
        };
        let mut given = args([
            ("payer", row.payer.as_str().into()),
            ("payee", row.payee.as_ref().into()),
            ("amount", decimal(amount).into()),
            ("published", row.published.to_string().into()),
            ("purpose", row.purpose.as_ref().into()),
            (
                "function",
                row.function.as_deref().unwrap_or_default().into(),
            ),
            ("service_line", row.service_line.as_str().into()),
            ("source", row.id.source.as_ref().into()),
            ("period", row.id.period.as_ref().into()),
            ("ordinal", row.id.ordinal.into()),
            ("reference", row.reference.as_ref().into()),
            ("year", self.year.into()),
        ]);
        if let (Treatment::Transfer, Some(member)) = (row.treatment, &row.member) {
            given.insert("member".to_owned(), member.as_str().into());
        }
        let id = &row.id;
        let key = format!("row/{}/{}/{}", id.source, id.period, id.ordinal);
        self.instruction(key, row.payer.as_str(), action, given)
    }
}

/// Payments first, refunds last: what comes back must have been spent.
pub(crate) fn in_order(rows: &[Row]) -> Vec<&Row> {
    let (refunds, others): (Vec<&Row>, Vec<&Row>) = rows
        .iter()
        .partition(|row| row.treatment == Treatment::Refund);
    others.into_iter().chain(refunds).collect()
}

/// Sends instructions until every one is done; tells how many more were after each batch. The first refusal stops it, and
/// so does `stopping`.
pub(crate) fn play(
    client: &Client,
    instructions: &[Instruction],
    stopping: &AtomicBool,
    mut done: impl FnMut(u64),
) -> Result<(), PlayError> {
    for batch in instructions.chunks(BATCH) {
        let mut open: Vec<Instruction> = batch.to_vec();
        while !open.is_empty() {
            if stopping.load(Ordering::Relaxed) {
                return Err(PlayError::Stopped);
            }
            let before = open.len();
            let states = client.instruct(open.clone(), true)?.instructions;
            let mut left = Vec::new();
            for (instruction, state) in open.into_iter().zip(states) {
                match state {
                    InstructionStatus {
                        state: State::Done, ..
                    } => {}
                    InstructionStatus {
                        state: State::Refused,
                        key,
                        code,
                        reason,
                        ..
                    } => {
                        return Err(PlayError::Refused {
                            key,
                            code: code.unwrap_or_default(),
                            reason: reason.unwrap_or_default(),
                        });
                    }
                    InstructionStatus { .. } => left.push(instruction),
                }
            }
            open = left;
            done((before - open.len()) as u64);
        }
    }
    Ok(())
}
