//! What a scenario sends to nodes: which action of the contract, and which column fills each of its parameters. The
//! contract's words stand in `scenario.toml`; here are only columns.

use std::collections::BTreeMap;

use jiff::civil::Date;
use node::portal::Treatment;
use serde::Deserialize;

use super::settings::SettingsProblem;

/// A step of the play, before anybody pays: done once for each line of the funding table, or for each grant.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Its name in idempotency keys: another name makes another instruction.
    pub name: String,
    /// What happens, for whoever watches.
    pub title: String,
    /// For what it is done.
    pub of: StepOf,
    /// The contract's action.
    pub action: String,
    /// The action's parameters, each with the column that fills it.
    pub parameters: BTreeMap<String, LineColumn>,
}

/// What a step is done for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepOf {
    /// Every line of the funding table.
    Lines,
    /// Every line of the funding table that somebody else than the giver receives.
    LinesOfOthers,
    /// Every grant of the scenario.
    Grants,
}

/// What is known of a line of the funding table, and of a grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineColumn {
    /// Who gives.
    Giver,
    /// Who receives.
    Receiver,
    /// How much.
    Amount,
    /// The line's published name; what a grant is for.
    Purpose,
    /// The publisher's table; of a grant, the published name of the line that it is taken from.
    Source,
    /// Position in the table, or among the grants, from 1.
    Line,
    /// The year that is open on the day of the play.
    Year,
}

/// What is sent for a published row, by what the network does with it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowSteps {
    /// Parameters that all actions have, each with the column that fills it.
    parameters: BTreeMap<String, RowColumn>,
    spent: RowStep,
    transfer: RowStep,
    internal: RowStep,
    refund: RowStep,
    listed: RowStep,
}

/// What is sent for a row.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct RowStep {
    action: String,
    /// Parameters besides those that all have, or filled otherwise.
    #[serde(default)]
    parameters: BTreeMap<String, RowColumn>,
}

impl RowSteps {
    /// The contract's action for a row, and its parameters, each with the column that fills it.
    pub fn of(
        &self,
        treatment: Treatment,
    ) -> (&str, impl Iterator<Item = (&str, RowColumn)> + use<'_>) {
        let step = match treatment {
            Treatment::Spent => &self.spent,
            Treatment::Transfer => &self.transfer,
            Treatment::Internal => &self.internal,
            Treatment::Refund => &self.refund,
            Treatment::Listed => &self.listed,
        };
        // What a treatment says of its own comes last, and so replaces what all have.
        let parameters = self.parameters.iter().chain(&step.parameters);
        let parameters = parameters.map(|(name, column)| (name.as_str(), *column));
        (&step.action, parameters)
    }
}

/// What is known of a published row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowColumn {
    /// Who paid.
    Payer,
    /// Who was paid, as published.
    Payee,
    /// The member that the payee is.
    Member,
    /// The amount as published.
    Amount,
    /// How much came back: the amount without its sign.
    AmountBack,
    /// The published date.
    Published,
    /// What for.
    Purpose,
    /// Code of the function; empty when no line of the mapping matches.
    Function,
    /// Front line or back office.
    ServiceLine,
    /// The publisher's series of files.
    Source,
    /// The month that the file is about.
    Period,
    /// Position among the file's rows.
    Ordinal,
    /// The publisher's transaction number.
    Reference,
    /// The year that is open on the day of the play.
    Year,
}

/// The day on which a year begins, such as 1 April.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct YearBegins {
    month: i8,
    day: i8,
}

impl YearBegins {
    pub(super) fn check(self) -> Result<Self, SettingsProblem> {
        let Self { month, day } = self;
        // Not a leap year: a year must be able to begin in every year.
        match Date::new(2001, month, day) {
            Ok(_) => Ok(self),
            Err(_) => Err(SettingsProblem::Figure(format!(
                "no year begins on day {day} of month {month}"
            ))),
        }
    }

    /// The year that is open on a day, named by the calendar year in which it begins.
    #[must_use]
    pub fn open_on(self, day: Date) -> i64 {
        let begun = (day.month(), day.day()) >= (self.month, self.day);
        i64::from(day.year()) - i64::from(!begun)
    }
}
