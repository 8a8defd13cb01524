//! Reading the text files of a service's folder.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

use super::limits::SETTINGS_BYTES_MAX;

/// A file of a service's folder that can't be used.
#[derive(Debug, thiserror::Error)]
#[error("{}: {problem}", .file.display())]
pub struct SettingsError {
    /// The file.
    pub file: PathBuf,
    /// What is wrong with it.
    pub problem: SettingsProblem,
}

/// What is wrong with a file of a service's folder.
#[derive(Debug, thiserror::Error)]
pub enum SettingsProblem {
    /// The operating system refused to open or read it.
    #[error("can't be read ({0}); check the folder's name and your permissions")]
    Unreadable(std::io::Error),
    /// Longer than [`SETTINGS_BYTES_MAX`].
    #[error("is longer than {SETTINGS_BYTES_MAX} bytes")]
    TooLong,
    /// Not UTF-8.
    #[error("is not UTF-8 text")]
    NotUtf8,
    /// Not TOML, or a name or value that is not known there.
    #[error("{0}")]
    Toml(toml::de::Error),
    /// Not a table with separators.
    #[error("is not a CSV table: {0}")]
    Table(csv::Error),
    /// A name that encoding standards do not know.
    #[error("{0:?} is not the name of an encoding (such as utf-8 or windows-1252)")]
    Encoding(String),
    /// A separator that is not one ASCII character.
    #[error("the delimiter {0:?} is not one character such as a comma")]
    Delimiter(String),
    /// Not a currency's code.
    #[error("{0}")]
    Currency(deed::CurrencyError),
    /// Not an identifier of a party.
    #[error("{0}")]
    Party(deed::PartyError),
    /// A party that is no member.
    #[error("{0} is not among the members")]
    PartyUnknown(deed::Party),
    /// A member twice, or a name that two members claim.
    #[error("{0:?} is there twice")]
    Twice(String),
    /// A mapping names a function that the list of functions lacks.
    #[error("line {line}: {code:?} is not in the list of functions")]
    FunctionUnknown {
        /// Line of the table.
        line: u64,
        /// The code.
        code: String,
    },
    /// A mapping names a service line that does not exist.
    #[error("line {line}: {got:?} is not front_line, back_office or unclassified")]
    ServiceLineUnknown {
        /// Line of the table.
        line: u64,
        /// The word.
        got: String,
    },
    /// A table lacks one of its own columns.
    #[error("the table has no column {0:?}")]
    ColumnMissing(&'static str),
    /// No importer of that name in the folder.
    #[error("there is no importer for {0:?}")]
    SourceUnknown(String),
    /// A figure is not one.
    #[error("{0}")]
    Figure(String),
}

impl SettingsProblem {
    /// The reason's name.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "settings_unreadable",
            Self::TooLong => "settings_too_long",
            Self::NotUtf8 => "settings_not_utf8",
            Self::Toml(_) => "settings_not_toml",
            Self::Table(_) => "settings_not_a_table",
            Self::Encoding(_) => "encoding_unknown",
            Self::Delimiter(_) => "delimiter_not_one_character",
            Self::Currency(_) => "currency_code_wrong",
            Self::Party(_) => "party_id_wrong",
            Self::PartyUnknown(_) => "party_unknown",
            Self::Twice(_) => "name_twice",
            Self::FunctionUnknown { .. } => "function_unknown",
            Self::ServiceLineUnknown { .. } => "service_line_unknown",
            Self::ColumnMissing(_) => "settings_column_missing",
            Self::SourceUnknown(_) => "source_unknown",
            Self::Figure(_) => "figure_wrong",
        }
    }

    pub(super) fn in_file(self, file: &Path) -> SettingsError {
        SettingsError {
            file: file.to_path_buf(),
            problem: self,
        }
    }
}

/// The whole of a short text file.
pub(super) fn text(path: &Path) -> Result<String, SettingsError> {
    read(path).map_err(|problem| problem.in_file(path))
}

/// A TOML file as a value.
pub(super) fn toml<T: DeserializeOwned>(path: &Path) -> Result<T, SettingsError> {
    toml::from_str(&text(path)?).map_err(|error| SettingsProblem::Toml(error).in_file(path))
}

fn read(path: &Path) -> Result<String, SettingsProblem> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(SettingsProblem::Unreadable)?;
    file.take(SETTINGS_BYTES_MAX + 1)
        .read_to_end(&mut bytes)
        .map_err(SettingsProblem::Unreadable)?;
    if bytes.len() as u64 > SETTINGS_BYTES_MAX {
        return Err(SettingsProblem::TooLong);
    }
    String::from_utf8(bytes).map_err(|_| SettingsProblem::NotUtf8)
}
