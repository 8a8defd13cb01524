//! The words on the pages.

use jiff::tz::TimeZone;
use serde::Deserialize;

use super::DescriptionError;

/// Names and texts that every page shows.
#[derive(Debug)]
pub struct ServiceWords {
    /// Name of the site.
    pub name: String,
    /// First heading of the first page.
    pub title: String,
    /// First sentence of the first page.
    pub lead: String,
    /// The clock of all times shown.
    pub time_zone: TimeZone,
    /// A financial year in words, with `{year}` and `{next}` for its first and its last year.
    pub year_words: String,
    /// Who runs this, and what it is not.
    pub operator: String,
    /// Licence of the figures.
    pub licence: String,
    /// Where the licence's text is.
    pub licence_url: String,
    /// What every reader must know before the figures, if anything.
    pub notice: Option<Notice>,
}

/// A banner on every page.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// One word, such as "Demonstration".
    pub title: String,
    /// One sentence.
    pub text: String,
    /// Text of the link to the page on the data.
    pub link: String,
}

/// Heading and first sentence of a page.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Heading {
    /// First heading.
    pub title: String,
    /// First sentence.
    pub lead: String,
}

/// A heading with paragraphs.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// Heading.
    pub heading: String,
    /// Paragraphs.
    pub text: Vec<String>,
}

/// Where spent money ends, such as the front line.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// The choice in the payment's field.
    pub choice: String,
    /// Name on the pages.
    pub name: String,
    /// What counts as this, in plain words.
    pub definition: String,
    /// Whether it stands for "can't be told".
    #[serde(default)]
    pub unclassified: bool,
}

/// Words of the page of lines.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrontLine {
    /// First heading.
    pub title: String,
    /// First sentence.
    pub lead: String,
    /// How payments are placed.
    pub method: Vec<Section>,
}

/// Words of the page on the data.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// First heading.
    pub title: String,
    /// First sentence.
    pub lead: String,
    /// What a reader should know.
    pub sections: Vec<Section>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ServiceWritten {
    name: String,
    title: String,
    lead: String,
    time_zone: String,
    year_words: String,
    operator: String,
    licence: String,
    licence_url: String,
    notice: Option<Notice>,
}

impl ServiceWritten {
    pub(super) fn check(self) -> Result<ServiceWords, DescriptionError> {
        let time_zone =
            TimeZone::posix(&self.time_zone).map_err(|source| DescriptionError::TimeZone {
                given: self.time_zone.clone(),
                source,
            })?;
        Ok(ServiceWords {
            name: self.name,
            title: self.title,
            lead: self.lead,
            time_zone,
            year_words: self.year_words,
            operator: self.operator,
            licence: self.licence,
            licence_url: self.licence_url,
            notice: self.notice,
        })
    }
}
