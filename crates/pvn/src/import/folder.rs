//! A service's folder: its importers, mappings, members and shipped tables, read and checked together.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::funding::FundingTable;
use super::importer::{ImporterFile, Spending, name_of};
use super::mapping::Mapping;
use super::members::Members;
use super::settings::{self, SettingsError, SettingsProblem};

/// The list of functions: code and title, shared with the pages.
const FUNCTIONS: &str = "portal-functions.csv";

/// Codes of functions with their titles.
pub type Functions = BTreeMap<Arc<str>, String>;

/// Everything that a service says about importing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    pub(super) dir: PathBuf,
    /// Who is on the network.
    pub members: Members,
    /// The classification of functions that the mappings use.
    pub functions: Functions,
    /// Importers of payments, by source.
    pub spending: BTreeMap<String, Spending>,
    /// Importers of funding tables, by source.
    pub funding: BTreeMap<String, FundingTable>,
}

impl Folder {
    /// Reads `members.toml`, the list of functions and `importers/*.toml` with their mappings.
    ///
    /// # Errors
    /// The first file that can't be used, and why.
    pub fn open(dir: &Path) -> Result<Self, SettingsError> {
        let members = Members::read(&dir.join("members.toml"))?;
        let functions = functions(&dir.join(FUNCTIONS))?;
        let (spending, funding) = (BTreeMap::new(), BTreeMap::new());
        let mut folder = Self {
            dir: dir.to_path_buf(),
            members,
            functions,
            spending,
            funding,
        };
        for path in toml_files(&dir.join("importers"))? {
            folder.add(&path)?;
        }
        Ok(folder)
    }

    /// The importer of payments of this source.
    ///
    /// # Errors
    /// When there is none.
    pub fn spending(&self, source: &str) -> Result<&Spending, SettingsError> {
        self.spending
            .get(source)
            .ok_or_else(|| self.no_source(source))
    }

    /// The importer of the funding table of this source.
    ///
    /// # Errors
    /// When there is none.
    pub fn funding(&self, source: &str) -> Result<&FundingTable, SettingsError> {
        self.funding
            .get(source)
            .ok_or_else(|| self.no_source(source))
    }

    fn no_source(&self, source: &str) -> SettingsError {
        SettingsProblem::SourceUnknown(source.to_owned()).in_file(&self.dir.join("importers"))
    }

    fn add(&mut self, path: &Path) -> Result<(), SettingsError> {
        let twice = |name: String| SettingsProblem::Twice(name).in_file(path);
        match settings::toml::<ImporterFile>(path)? {
            ImporterFile::Spending(file) => {
                let codes: BTreeSet<Arc<str>> = self.functions.keys().cloned().collect();
                let mapping =
                    Mapping::read(&self.dir.join("mappings").join(&file.mapping), &codes)?;
                let spending = file
                    .check(&self.members, mapping)
                    .map_err(|p| p.in_file(path))?;
                check_name(path, &spending.source)?;
                let before = self.spending.insert(spending.source.clone(), spending);
                before.map_or(Ok(()), |before| Err(twice(before.source)))
            }
            ImporterFile::Funding(file) => {
                let table = file.check(&self.members).map_err(|p| p.in_file(path))?;
                check_name(path, &table.source)?;
                let before = self.funding.insert(table.source.clone(), table);
                before.map_or(Ok(()), |before| Err(twice(before.source)))
            }
        }
    }
}

/// A source names files and facts, so it is the importer file's own name.
fn check_name(path: &Path, source: &str) -> Result<(), SettingsError> {
    match name_of(path) == source {
        true => Ok(()),
        false => Err(SettingsProblem::SourceUnknown(source.to_owned()).in_file(path)),
    }
}

fn toml_files(dir: &Path) -> Result<Vec<PathBuf>, SettingsError> {
    let entries = fs::read_dir(dir).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let entries = entries.map_err(|error| SettingsProblem::Unreadable(error).in_file(dir))?;
    let mut files: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).collect();
    files.retain(|path| path.extension().is_some_and(|ending| ending == "toml"));
    files.sort();
    Ok(files)
}

fn functions(path: &Path) -> Result<Functions, SettingsError> {
    let text = settings::text(path)?;
    let mut table = csv::Reader::from_reader(text.as_bytes());
    let rows = table.deserialize::<(String, String)>();
    let functions: Result<Functions, csv::Error> = rows
        .map(|row| row.map(|(code, title)| (Arc::from(code), title)))
        .collect();
    functions.map_err(|error| SettingsProblem::Table(error).in_file(path))
}
