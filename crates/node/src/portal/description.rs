//! What a service says of itself to the public: which published kinds and fields mean what, and the
//! words on the pages. It is text beside the service's contract, so that a new service needs no code.

mod adjustments;
mod functions;
mod meaning;
mod sources;
mod words;

use std::collections::BTreeSet;

use serde::Deserialize;

pub use adjustments::{Adjustments, SignedLine};
pub use functions::Functions;
pub use meaning::{FlowMeaning, FlowRole, PaymentMeaning, Step, Treatment, TreatmentMeaning};
pub use sources::{Source, Sources};
pub use words::{About, FrontLine, Heading, Line, Notice, Section, ServiceWords};

use super::money::Currency;

/// A service description, read and checked.
#[derive(Debug)]
pub struct Description {
    /// Names and general texts.
    pub service: ServiceWords,
    /// How amounts are written.
    pub currency: Currency,
    /// The kind of fact that says money was issued or passed on.
    pub flow: FlowMeaning,
    /// The kind of fact that is one published payment.
    pub payment: PaymentMeaning,
    /// Where spent money ends, in the order of the pages. The last one is the unclassified one.
    pub lines: Vec<Line>,
    /// Names of purposes.
    pub functions: Functions,
    /// Names of published files.
    pub sources: Sources,
    /// Who is expected to publish payments, by party id. Whoever isn't listed is not missed.
    pub expected: BTreeSet<String>,
    /// Published amounts that are not money on the ledger.
    pub adjustments: Option<Adjustments>,
    /// Words of the page of spending.
    pub spending: Heading,
    /// Words of the page of lines.
    pub front_line: FrontLine,
    /// Words of the page of organisations.
    pub organisations: Heading,
    /// Words of the page of downloads.
    pub data: Heading,
    /// Words of the page on checking a proof.
    pub check: Heading,
    /// Words of the page on the data.
    pub about: About,
}

/// A service description that can't be used.
#[derive(Debug, thiserror::Error)]
pub enum DescriptionError {
    /// A file that the description needs is not in the folder.
    #[error("{0} is missing from the service's folder")]
    Missing(String),
    /// Not TOML, an unknown key, or a missing one.
    #[error("the service description can't be read")]
    Syntax(#[from] Box<toml::de::Error>),
    /// The file of names of functions is not a table of code and name.
    #[error("the names of functions can't be read")]
    Functions(#[from] csv::Error),
    /// Exactly one line must be the unclassified one, and it must come last.
    #[error(
        "exactly one of [[lines]] must be marked `unclassified = true`, and it must be the last"
    )]
    UnclassifiedLine,
    /// A role has no choice, so payments in that role could not be named.
    #[error("[payment.treatments] names no choice for the role `{0}`")]
    TreatmentWithoutChoice(&'static str),
    /// Not a POSIX time zone such as `GMT0BST,M3.5.0/1,M10.5.0`.
    #[error("`{given}` is not a POSIX time zone")]
    TimeZone {
        /// What the description says.
        given: String,
        /// Why it is refused.
        #[source]
        source: jiff::Error,
    },
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct CoverageWritten {
    expected: BTreeSet<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    service: words::ServiceWritten,
    currency: Currency,
    flow: FlowMeaning,
    payment: PaymentMeaning,
    lines: Vec<Line>,
    functions: functions::FunctionsWritten,
    #[serde(default)]
    sources: Sources,
    #[serde(default)]
    coverage: CoverageWritten,
    adjustments: Option<Adjustments>,
    spending: Heading,
    front_line: FrontLine,
    organisations: Heading,
    data: Heading,
    check: Heading,
    about: About,
}

impl Description {
    /// The name of the description in a service's folder.
    pub const FILE: &'static str = "portal.toml";

    /// Reads the description and the files that it names. `file` gives the text of a file of the
    /// service's folder by its name, wherever the folder is (embedded or on disk).
    ///
    /// # Errors
    /// See [`DescriptionError`].
    pub fn read(file: impl Fn(&str) -> Option<String>) -> Result<Self, DescriptionError> {
        let get = |name: &str| file(name).ok_or_else(|| DescriptionError::Missing(name.to_owned()));
        let written: Written = toml::from_str(&get(Self::FILE)?).map_err(Box::new)?;
        let unclassified_last = written.lines.last().is_some_and(|line| line.unclassified);
        if !unclassified_last
            || written
                .lines
                .iter()
                .filter(|line| line.unclassified)
                .count()
                != 1
        {
            return Err(DescriptionError::UnclassifiedLine);
        }
        if let Some(role) = written.payment.role_without_choice() {
            return Err(DescriptionError::TreatmentWithoutChoice(role));
        }
        let names = get(&written.functions.file)?;
        Ok(Self {
            service: written.service.check()?,
            currency: written.currency,
            flow: written.flow,
            payment: written.payment,
            lines: written.lines,
            functions: written.functions.read(&names)?,
            sources: written.sources,
            expected: written.coverage.expected,
            adjustments: written.adjustments,
            spending: written.spending,
            front_line: written.front_line,
            organisations: written.organisations,
            data: written.data,
            check: written.check,
            about: written.about,
        })
    }

    /// The line with this choice.
    #[must_use]
    pub fn line(&self, choice: &str) -> Option<&Line> {
        self.lines.iter().find(|line| line.choice == choice)
    }

    /// Everything that decides how a fact becomes a row of the index, as text: an index filled under
    /// another reading can't be continued.
    pub(crate) fn reading(&self) -> String {
        let choices: Vec<&str> = self.lines.iter().map(|line| line.choice.as_str()).collect();
        format!(
            "{:?} {:?} {choices:?} {}",
            self.flow, self.payment, self.currency.code
        )
    }
}
