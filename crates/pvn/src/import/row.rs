//! One published payment, as the network imports it.

use std::fmt;
use std::sync::Arc;

use deed::{Money, Party};
use jiff::civil::Date;
use node::portal::Treatment;

/// What makes a row itself and no other: where it stands, never what it says. Two rows with the same
/// words and figures are two lines of one invoice.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowId {
    /// The publisher's series of files, such as `cabinet-office-spend`.
    pub source: Arc<str>,
    /// The month that the file is about, as `2022-03`.
    pub period: Arc<str>,
    /// Position among the file's rows of figures, from 1; blank rows and repeated titles do not count.
    pub ordinal: u32,
}

impl fmt::Display for RowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} row {}", self.source, self.period, self.ordinal)
    }
}

/// A published payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its identity.
    pub id: RowId,
    /// The body that published it as its own payment.
    pub payer: Party,
    /// The payee's name as published, on one line.
    pub payee: Arc<str>,
    /// The member that the payee is, when its published name is one that the member list gives.
    pub member: Option<Party>,
    /// The amount as published; below zero for money that came back.
    pub amount: Money,
    /// The payment date that the publisher gives.
    pub published: Date,
    /// What it was for, in the publisher's words.
    pub purpose: Arc<str>,
    /// Code of the classification of functions, by the mapping table; `None` when no line matches.
    pub function: Option<Arc<str>>,
    /// Front line or back office, by the mapping table.
    pub service_line: ServiceLine,
    /// What the network does with it.
    pub treatment: Treatment,
    /// The publisher's transaction number; empty when there is none.
    pub reference: Arc<str>,
}

/// Whether a payment is for a service itself or for what keeps the body running.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ServiceLine {
    /// For a service that people outside the body receive or use.
    FrontLine,
    /// For the body's own running: offices, computers, staff, law, finance.
    BackOffice,
    /// The publisher's columns do not say.
    #[default]
    Unclassified,
}

impl ServiceLine {
    /// All of them, in the order in which they are listed.
    pub const ALL: [Self; 3] = [Self::FrontLine, Self::BackOffice, Self::Unclassified];

    /// The contract's word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FrontLine => "front_line",
            Self::BackOffice => "back_office",
            Self::Unclassified => "unclassified",
        }
    }

    pub(super) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|line| line.as_str() == word)
    }
}

/// What the network does with a row: nought is listed; a payment to itself is internal whatever its sign; below zero is a
/// refund; the rest is a transfer when the payee is a member and spent when it is not.
pub(super) fn treatment(payer: &Party, member: Option<&Party>, minor: i64) -> Treatment {
    match (minor, member) {
        (0, _) => Treatment::Listed,
        (_, Some(member)) if member == payer => Treatment::Internal,
        (..0, _) => Treatment::Refund,
        (_, Some(_)) => Treatment::Transfer,
        (_, None) => Treatment::Spent,
    }
}
