//! Who is on the network, and under which exact names publishers pay them.

use std::collections::BTreeMap;
use std::path::Path;

use deed::Party;
use serde::Deserialize;

use super::settings::{self, SettingsError, SettingsProblem};
use super::text::clean;

/// One body with an account on the network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its identifier.
    pub id: Party,
    /// Its name.
    pub name: String,
    /// Its address on the web.
    pub website: String,
    /// What it does for people, in one line.
    pub service: String,
    /// The member whose node keeps its account; `None` when it has a node of its own.
    pub host: Option<Party>,
    /// Its offices in the service, such as `issuer` or `auditor`.
    pub offices: Vec<String>,
}

/// The member list of a service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Members {
    by_id: BTreeMap<Party, Member>,
    by_payee_name: BTreeMap<String, Party>,
    by_funding_name: BTreeMap<String, Party>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    member: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    name: String,
    website: String,
    service: String,
    host: Option<String>,
    #[serde(default)]
    offices: Vec<String>,
    #[serde(default)]
    payee_names: Vec<String>,
    #[serde(default)]
    funding_names: Vec<String>,
    /// For readers of the file.
    #[serde(default, rename = "note")]
    _note: String,
}

impl Members {
    /// Reads a member list.
    ///
    /// # Errors
    /// A wrong identifier, a host that is no member, a member or a name that is there twice.
    pub fn read(path: &Path) -> Result<Self, SettingsError> {
        let file: File = settings::toml(path)?;
        Self::from_entries(file.member).map_err(|problem| problem.in_file(path))
    }

    fn from_entries(entries: Vec<Entry>) -> Result<Self, SettingsProblem> {
        let mut members = Self::default();
        for entry in entries {
            members.add(entry)?;
        }
        for member in members.by_id.values() {
            if let Some(host) = &member.host
                && members
                    .by_id
                    .get(host)
                    .is_none_or(|host| host.host.is_some())
            {
                return Err(SettingsProblem::PartyUnknown(host.clone()));
            }
        }
        Ok(members)
    }

    fn add(&mut self, entry: Entry) -> Result<(), SettingsProblem> {
        let party = |id: &str| Party::new(id).map_err(SettingsProblem::Party);
        let id = party(&entry.id)?;
        claim(&mut self.by_payee_name, entry.payee_names, &id)?;
        claim(&mut self.by_funding_name, entry.funding_names, &id)?;
        let member = Member {
            id: id.clone(),
            name: entry.name,
            website: entry.website,
            service: entry.service,
            host: entry.host.as_deref().map(party).transpose()?,
            offices: entry.offices,
        };
        match self.by_id.insert(id, member) {
            Some(twice) => Err(SettingsProblem::Twice(twice.id.to_string())),
            None => Ok(()),
        }
    }

    /// All members, by identifier.
    pub fn iter(&self) -> impl Iterator<Item = &Member> {
        self.by_id.values()
    }

    /// One member.
    #[must_use]
    pub fn get(&self, id: &Party) -> Option<&Member> {
        self.by_id.get(id)
    }

    /// The members that hold an office.
    pub fn holding<'a>(&'a self, office: &'a str) -> impl Iterator<Item = &'a Member> {
        self.iter()
            .filter(move |member| member.offices.iter().any(|held| held == office))
    }

    /// The member that is paid under this published name, which has to be exactly one of the list's.
    #[must_use]
    pub fn paid_as(&self, payee: &str) -> Option<&Party> {
        self.by_payee_name.get(payee)
    }

    /// The member that receives the published funding line of this name.
    #[must_use]
    pub fn funded_as(&self, line: &str) -> Option<&Party> {
        self.by_funding_name.get(line)
    }

    pub(super) fn known(&self, id: &str) -> Result<Party, SettingsProblem> {
        let party = Party::new(id).map_err(SettingsProblem::Party)?;
        match self.by_id.contains_key(&party) {
            true => Ok(party),
            false => Err(SettingsProblem::PartyUnknown(party)),
        }
    }
}

fn claim(
    names: &mut BTreeMap<String, Party>,
    claimed: Vec<String>,
    by: &Party,
) -> Result<(), SettingsProblem> {
    for name in claimed {
        let name = clean(&name);
        if names.insert(name.clone(), by.clone()).is_some() {
            return Err(SettingsProblem::Twice(name));
        }
    }
    Ok(())
}
