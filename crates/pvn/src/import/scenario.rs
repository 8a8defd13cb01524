//! What a service's demonstration plays, and in which order.

use deed::{Currency, Money, Party};
use serde::Deserialize;

use super::folder::Folder;
use super::settings::{self, SettingsError, SettingsProblem};

/// The order of play: issue, allocate, grant, pay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// Source of the funding table whose lines are issued and allocated.
    pub issue: String,
    /// What the issue is for.
    pub purpose: String,
    /// Grants out of what members were allocated.
    pub grants: Vec<Grant>,
    /// Sources of the files of payments.
    pub pay: Vec<String>,
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
    issue: IssueEntry,
    #[serde(default)]
    grant: Vec<GrantEntry>,
    #[serde(default)]
    pay: Vec<PayEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IssueEntry {
    source: String,
    purpose: String,
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
    /// A source without importer, a party that is no member, a line that its giver does not receive, no amount.
    pub fn scenario(&self) -> Result<Scenario, SettingsError> {
        let path = self.dir.join("scenario.toml");
        let file: File = settings::toml(&path)?;
        self.scenario_of(file)
            .map_err(|problem| problem.in_file(&path))
    }

    fn scenario_of(&self, file: File) -> Result<Scenario, SettingsProblem> {
        let Some(table) = self.funding.get(&file.issue.source) else {
            return Err(SettingsProblem::SourceUnknown(file.issue.source));
        };
        let grants = file.grant.into_iter();
        let grants = grants.map(|grant| self.grant(grant, table.currency));
        let pay = file.pay.into_iter().map(|entry| entry.source);
        let known = |source: String| match self.spending.contains_key(&source) {
            true => Ok(source),
            false => Err(SettingsProblem::SourceUnknown(source)),
        };
        Ok(Scenario {
            issue: file.issue.source,
            purpose: file.issue.purpose,
            grants: grants.collect::<Result<_, _>>()?,
            pay: pay.map(known).collect::<Result<_, _>>()?,
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
