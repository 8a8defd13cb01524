//! Names of published files and tables.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A published file or table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Name, as a reader would look for it.
    pub title: String,
    /// Who published it and where.
    pub publisher: String,
}

/// Published files and tables by the name that facts give them.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct Sources(BTreeMap<String, Source>);

impl Sources {
    /// The title of a file; one that the description doesn't mention is shown by its own name.
    #[must_use]
    pub fn title<'a>(&'a self, name: &'a str) -> &'a str {
        self.0.get(name).map_or(name, |source| &source.title)
    }

    /// Who published it and where, if the description says so.
    #[must_use]
    pub fn publisher(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|source| source.publisher.as_str())
    }

    /// All of them: name and source.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &Source)> {
        self.0.iter()
    }
}
