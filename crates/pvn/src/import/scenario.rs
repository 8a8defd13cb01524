//! What a service's demonstration plays, and in which order.

use deed::{Currency, Money, Party};
use serde::Deserialize;

use super::folder::Folder;
use super::settings::{self, SettingsError, SettingsProblem};
use super::steps::{RowSteps, Step, YearBegins};

/// The order of play: the steps with the lines of one funding table and with grants, then the rows of files of payments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// When a year begins.
    pub year: YearBegins,
    /// Source of the funding table.
    pub funding: String,
    /// What is done with its lines and with the grants, in this order.
    pub steps: Vec<Step>,
    /// Grants out of what members received.
    pub grants: Vec<Grant>,
    /// Sources of the files of payments.
    pub pay: Vec<String>,
    /// What is sent for their rows.
    pub rows: RowSteps,
}

/// Money that one member passes on to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The member that gives.
    pub giver: Party,
    /// The member that receives.
    pub receiver: Party,
    /// The published name of the funding line that it is taken from.
    pub line: String,
    /// How much.
    pub amount: Money,
    /// What it is for.
    pub purpose: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    year: YearBegins,
    funding: FundingEntry,
    step: Vec<Step>,
    #[serde(default)]
    grant: Vec<GrantEntry>,
    #[serde(default)]
    pay: Vec<PayEntry>,
    rows: RowSteps,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FundingEntry {
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GrantEntry {
    giver: String,
    receiver: String,
    line: String,
    amount: String,
    purpose: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PayEntry {
    source: String,
}

impl Folder {
    /// Reads `scenario.toml`.
    ///
    /// # Errors
    /// A source without importer, a party that is no member, a line that its giver does not receive, no amount, no
    /// such day.
    pub fn scenario(&self) -> Result<Scenario, SettingsError> {
        let path = self.dir.join("scenario.toml");
        let file: File = settings::toml(&path)?;
        self.scenario_of(file)
            .map_err(|problem| problem.in_file(&path))
    }

    fn scenario_of(&self, file: File) -> Result<Scenario, SettingsProblem> {
        let Some(table) = self.funding.get(&file.funding.source) else {
            return Err(SettingsProblem::SourceUnknown(file.funding.source));
        };
        let grants = file.grant.into_iter();
        let grants = grants.map(|grant| self.grant(grant, table.currency));
        let pay = file.pay.into_iter().map(|entry| entry.source);
        let known = |source: String| match self.spending.contains_key(&source) {
            true => Ok(source),
            false => Err(SettingsProblem::SourceUnknown(source)),
        };
        Ok(Scenario {
            year: file.year.check()?,
            funding: file.funding.source,
            steps: file.step,
            grants: grants.collect::<Result<_, _>>()?,
            pay: pay.map(known).collect::<Result<_, _>>()?,
            rows: file.rows,
        })
    }

    fn grant(&self, entry: GrantEntry, currency: Currency) -> Result<Grant, SettingsProblem> {
        let giver = self.members.known(&entry.giver)?;
        if self.members.funded_as(&entry.line) != Some(&giver) {
            let figure = format!("{giver} does not receive the line {:?}", entry.line);
            return Err(SettingsProblem::Figure(figure));
        }
        let amount = Money::parse(&entry.amount, currency).ok();
        let amount = amount.filter(|amount| amount.minor > 0).ok_or_else(|| {
            SettingsProblem::Figure(format!("{:?} is no amount above nought", entry.amount))
        })?;
        Ok(Grant {
            giver,
            receiver: self.members.known(&entry.receiver)?,
            line: entry.line,
            amount,
            purpose: entry.purpose,
        })
    }
}
