//! A table that reads the publisher's columns and names a function and a service line.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use super::row::ServiceLine;
use super::settings::{self, SettingsError, SettingsProblem};
use super::text::clean;

/// The word for what a table leaves open on purpose.
const UNCLASSIFIED: &str = "unclassified";
/// The columns of every mapping table that are not the publisher's.
const OWN_COLUMNS: [&str; 3] = ["function", "service_line", "note"];

/// The lines of one table, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    columns: Vec<String>,
    lines: Vec<Line>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Line {
    /// One for each column: the text that the cell has to be, or nothing for any.
    cells: Vec<Option<String>>,
    function: Option<Verdict<Arc<str>>>,
    service_line: Option<ServiceLine>,
}

/// A line may say that a thing is to stay open, so that no later line decides it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Verdict<T> {
    Is(T),
    Open,
}

/// What a table says about one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Classified {
    /// Code of the function.
    pub function: Option<Arc<str>>,
    /// Front line or back office.
    pub service_line: ServiceLine,
}

impl Mapping {
    /// Reads a CSV table whose first columns are the publisher's, then `function`, `service_line`, `note`.
    ///
    /// # Errors
    /// A code that `functions` lacks, an unknown service line, a missing column, no table.
    pub fn read(path: &Path, functions: &BTreeSet<Arc<str>>) -> Result<Self, SettingsError> {
        parse(&settings::text(path)?, functions).map_err(|problem| problem.in_file(path))
    }

    /// The publisher's columns that the table reads.
    #[must_use]
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The first line that matches and names a function decides the function; the first that matches
    /// and names a service line decides that. `cells` stand in the order of [`Mapping::columns`].
    #[must_use]
    pub fn classify(&self, cells: &[String]) -> Classified {
        let matching = || self.lines.iter().filter(|line| line.matches(cells));
        let function = matching().find_map(|line| line.function.clone());
        let service_line = matching().find_map(|line| line.service_line);
        Classified {
            function: match function {
                Some(Verdict::Is(code)) => Some(code),
                Some(Verdict::Open) | None => None,
            },
            service_line: service_line.unwrap_or_default(),
        }
    }
}

impl Line {
    fn matches(&self, cells: &[String]) -> bool {
        let fits = |(wanted, cell): (&Option<String>, &String)| match wanted {
            Some(text) => text == cell,
            None => true,
        };
        self.cells.iter().zip(cells).all(fits)
    }
}

fn parse(text: &str, functions: &BTreeSet<Arc<str>>) -> Result<Mapping, SettingsProblem> {
    let mut table = csv::Reader::from_reader(text.as_bytes());
    let titles = table.headers().map_err(SettingsProblem::Table)?.clone();
    let place = |name: &'static str| {
        titles
            .iter()
            .position(|title| title == name)
            .ok_or(SettingsProblem::ColumnMissing(name))
    };
    let (function, service_line) = (place("function")?, place("service_line")?);
    let theirs: Vec<usize> = (0..titles.len())
        .filter(|i| !OWN_COLUMNS.contains(&&titles[*i]))
        .collect();
    let mut lines = Vec::new();
    for row in table.records() {
        let row = row.map_err(SettingsProblem::Table)?;
        let line = row.position().map_or(0, csv::Position::line);
        lines.push(Line {
            cells: theirs.iter().map(|i| some(clean(&row[*i]))).collect(),
            function: function_of(&row[function], functions, line)?,
            service_line: service_line_of(&row[service_line], line)?,
        });
    }
    Ok(Mapping {
        columns: theirs.iter().map(|i| titles[*i].to_owned()).collect(),
        lines,
    })
}

fn function_of(
    cell: &str,
    functions: &BTreeSet<Arc<str>>,
    line: u64,
) -> Result<Option<Verdict<Arc<str>>>, SettingsProblem> {
    match (cell, functions.get(cell)) {
        ("", _) => Ok(None),
        (UNCLASSIFIED, _) => Ok(Some(Verdict::Open)),
        (_, Some(code)) => Ok(Some(Verdict::Is(code.clone()))),
        (_, None) => Err(SettingsProblem::FunctionUnknown {
            line,
            code: cell.to_owned(),
        }),
    }
}

fn service_line_of(cell: &str, line: u64) -> Result<Option<ServiceLine>, SettingsProblem> {
    match (cell, ServiceLine::parse(cell)) {
        ("", _) => Ok(None),
        (_, Some(found)) => Ok(Some(found)),
        (_, None) => Err(SettingsProblem::ServiceLineUnknown {
            line,
            got: cell.to_owned(),
        }),
    }
}

fn some(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}
