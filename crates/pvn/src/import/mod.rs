//! Reading what public bodies publish about their money: files of payments and tables of funding.
//!
//! A service's folder describes its publishers' files in text: `importers/*.toml` say how a file is
//! written and whose it is, `mappings/*.csv` which function and service line the publisher's own
//! columns stand for, `members.toml` which names are members. This room turns files into [`Row`]s
//! and [`Funding`], reports what they add up to, and never touches a node: a file is read whole or
//! refused whole. Amounts are whole minor units, read from decimal text.

mod amount;
mod compact;
mod date;
mod decode;
mod delimited;
mod error;
mod folder;
mod funding;
mod grid;
mod importer;
mod json;
pub mod limits;
mod mapping;
mod members;
mod problem;
mod problem_code;
mod report;
mod report_text;
mod row;
mod scenario;
mod settings;
mod shipped;
mod spending;
mod steps;
mod text;
mod workbook;

pub use compact::CompactError;
pub use error::{ImportError, Place};
pub use folder::{Folder, Functions};
pub use funding::{Adjustment, Funding, FundingLine, FundingTable};
pub use grid::Skipped;
pub use importer::{Provenance, Spending};
pub use mapping::{Classified, Mapping};
pub use members::{Member, Members};
pub use node::portal::Treatment;
pub use problem::Problem;
pub use report::{Report, Tally};
pub use report_text::{FundingText, ReportText};
pub use row::{Row, RowId, ServiceLine};
pub use scenario::{Grant, Scenario};
pub use settings::{SettingsError, SettingsProblem};
pub use shipped::{Shipped, ShippedError, ShippedFile, ShippedTable};
pub use spending::Rows;
pub use steps::{LineColumn, RowColumn, RowSteps, Step, StepOf, YearBegins};
