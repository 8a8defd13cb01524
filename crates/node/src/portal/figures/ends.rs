//! Where published payments end: who paid, what for, and what became of the money.

use crate::portal::description::{Description, Treatment};
use crate::portal::store::{PaymentRow, SpendRow};

use super::{Sum, TONE_PLAIN, grouped, line_tone};

/// Where a payment ends: spent money ends in a line, other money in what was done with it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum End {
    /// Spent; the choice of the line.
    Line(String),
    /// Not spent.
    Other(Treatment),
}

/// Payments of a payer for a function at the top with one end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PaidRow {
    pub(crate) payer: String,
    pub(crate) payer_name: String,
    pub(crate) function: String,
    pub(crate) end: End,
    pub(crate) sum: Sum,
}

/// The rows of the chart of payments, its table and its file. Rows of zero move nothing and are left out.
pub(crate) fn paid_rows(description: &Description, spend: &[SpendRow]) -> Vec<PaidRow> {
    let moving = spend
        .iter()
        .filter(|row| row.treatment != Treatment::Listed);
    let key = |row: &SpendRow| {
        let function = description.functions.top(&row.function).to_owned();
        (
            row.payer.clone(),
            row.payer_name.clone(),
            function,
            End::of(row),
        )
    };
    let rows = grouped(moving, key).into_iter();
    rows.map(|((payer, payer_name, function, end), sum)| PaidRow {
        payer,
        payer_name,
        function,
        end,
        sum,
    })
    .collect()
}

/// All ends in the order of the pages.
pub(crate) fn ends_in_order(description: &Description) -> Vec<End> {
    let lines = description
        .lines
        .iter()
        .map(|line| End::Line(line.choice.clone()));
    lines
        .chain([Treatment::Transfer, Treatment::Internal, Treatment::Refund].map(End::Other))
        .collect()
}

impl End {
    fn of(row: &SpendRow) -> Self {
        Self::told_by(row.treatment, &row.line)
    }

    pub(crate) fn of_payment(row: &PaymentRow) -> Self {
        Self::told_by(row.treatment, &row.line)
    }

    fn told_by(treatment: Treatment, line: &str) -> Self {
        match treatment {
            Treatment::Spent => Self::Line(line.to_owned()),
            other => Self::Other(other),
        }
    }

    pub(crate) fn name(&self, description: &Description) -> String {
        match self {
            Self::Line(choice) => description
                .line(choice)
                .map_or_else(|| choice.clone(), |line| line.name.clone()),
            Self::Other(treatment) => description
                .payment
                .treatment(*treatment)
                .map(|it| it.name.clone())
                .unwrap_or_default(),
        }
    }

    /// Name in files and addresses.
    pub(crate) fn code(&self) -> &str {
        match self {
            Self::Line(choice) => choice,
            Self::Other(treatment) => treatment.as_str(),
        }
    }

    pub(crate) fn tone(&self, description: &Description) -> &'static str {
        match self {
            Self::Line(choice) => line_tone(description, choice),
            Self::Other(Treatment::Refund) => "back",
            Self::Other(Treatment::Transfer) => "passed",
            Self::Other(_) => TONE_PLAIN,
        }
    }

    /// The search that finds these payments.
    pub(crate) fn query(&self) -> String {
        match self {
            Self::Line(choice) => format!("treatment=spent&line={choice}"),
            Self::Other(treatment) => format!("treatment={}", treatment.as_str()),
        }
    }
}
