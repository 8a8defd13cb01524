//! Which kinds and fields of a contract say that money moved.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The kind of fact that says money was issued or passed on, and its fields.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FlowMeaning {
    /// Name of the kind.
    pub kind: String,
    /// Field: who gives (a party).
    pub giver: String,
    /// Field: who receives (a party).
    pub receiver: String,
    /// Field: how much (money).
    pub amount: String,
    /// Field: the year it belongs to (a whole number).
    pub year: String,
    /// Field: what for (text).
    pub purpose: String,
    /// Field: the published table it comes from (text).
    pub source: String,
    /// Field: the line of that table (a whole number).
    pub line: String,
    /// Field: which step it is (a choice).
    pub step: String,
    /// Choices of the step field.
    pub steps: BTreeMap<String, Step>,
}

/// One choice of the step field.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// What it means.
    pub role: FlowRole,
    /// Its name on the pages.
    pub name: String,
}

/// Whether money came into being, changed hands or can be spent no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FlowRole {
    /// New money, given to the receiver.
    Issued,
    /// Money that the giver held.
    PassedOn,
    /// Money that the giver held and that its year's end has put out of use; nobody received it.
    Lapsed,
}

impl FlowRole {
    const ALL: [Self; 3] = [Self::Issued, Self::PassedOn, Self::Lapsed];

    /// Its name in the index.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Issued => "issued",
            Self::PassedOn => "passed_on",
            Self::Lapsed => "lapsed",
        }
    }

    /// The role with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }
}

/// The kind of fact that is one published payment, and its fields.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaymentMeaning {
    /// Name of the kind.
    pub kind: String,
    /// Field: who paid (a party).
    pub payer: String,
    /// Field: who was paid, as published (text).
    pub payee: String,
    /// Field: the payee as a member of the network (a party or absent).
    pub member: String,
    /// Field: how much (money).
    pub amount: String,
    /// Field: the date that the publisher gives (a date).
    pub published: String,
    /// Field: what for (text).
    pub purpose: String,
    /// Field: code of the function (text).
    pub function: String,
    /// Field: where the money ends (a choice).
    pub line: String,
    /// Field: how the payment is treated (a choice).
    pub treatment: String,
    /// Field: the published file (text).
    pub source: String,
    /// Field: the period of the file (text).
    pub period: String,
    /// Field: place of the row in the file (a whole number).
    pub ordinal: String,
    /// Field: the publisher's own reference (text).
    pub reference: String,
    /// Field: the year that the money belongs to (a whole number).
    pub year: String,
    /// Texts of the function field that say "not classified".
    pub unclassified_functions: Vec<String>,
    /// Choices of the treatment field.
    pub treatments: BTreeMap<String, TreatmentMeaning>,
}

/// One choice of the treatment field.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TreatmentMeaning {
    /// What it means.
    pub role: Treatment,
    /// Its name on the pages.
    pub name: String,
    /// One or two sentences on what happened to the money.
    pub meaning: String,
}

/// What a payment did to the money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Treatment {
    /// It left the network.
    Spent,
    /// Another member holds it now.
    Transfer,
    /// The payer paid itself; nothing moved.
    Internal,
    /// It came back to the payer.
    Refund,
    /// A published row of zero.
    Listed,
}

impl Treatment {
    /// All of them, in the order of the pages.
    pub const ALL: [Self; 5] = [
        Self::Spent,
        Self::Transfer,
        Self::Internal,
        Self::Refund,
        Self::Listed,
    ];

    /// Its name in the index and in addresses of pages.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Spent => "spent",
            Self::Transfer => "transfer",
            Self::Internal => "internal",
            Self::Refund => "refund",
            Self::Listed => "listed",
        }
    }

    /// The treatment with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|treatment| treatment.as_str() == name)
    }
}

impl PaymentMeaning {
    /// The words for a treatment. [`super::Description::read`] has checked that each has some.
    #[must_use]
    pub fn treatment(&self, role: Treatment) -> Option<&TreatmentMeaning> {
        self.treatments
            .values()
            .find(|meaning| meaning.role == role)
    }

    pub(super) fn role_without_choice(&self) -> Option<&'static str> {
        Treatment::ALL
            .into_iter()
            .find(|role| self.treatment(*role).is_none())
            .map(Treatment::as_str)
    }
}
